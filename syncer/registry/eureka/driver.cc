// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/driver.h"

#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "syncer/base/mutation.h"
#include "syncer/registry/eureka/cache_watch.h"
#include "syncer/registry/eureka/claims.h"
#include "syncer/registry/eureka/copy.h"
#include "syncer/registry/eureka/reader.h"
#include "syncer/registry/eureka/stamps.h"
#include "syncer/registry/mapping.h"

namespace syncer::registry::eureka {
namespace {

/// Lists come from a cache that is refreshed each 30 s, unless an operator set it otherwise. An instance whose lease is
/// over is listed until an eviction takes it, up to some minutes.
/// A list that was made while something changed lacks that, and is kept until the next change or for three minutes
/// (https://github.com/google/guava/issues/1881; measured at Spring Cloud's 4.1.3: 180.7 s). So the canary changes each
/// few seconds. That tells of the cache, too: one writing alone may be just in time for it by chance.
const Traits kTraits = {
    .read_lag = std::chrono::seconds(32),
    .ghost_time = std::chrono::minutes(4),
    .write_lag = {},
    .change_gap = {},
    .canary_lease = kLease,
    .canary_pace = std::chrono::seconds(10),
    .renew_batch = 1,
    .chooses_id = true,
    .endpoints_in_place = false,
    .changes_whole = true,
};

/// An address that let a question about one instance time out is left out so long.
constexpr Duration kSilence = std::chrono::seconds(30);

class Eureka : public Driver {
 public:
  explicit Eureka(const DriverContext& context)
      : context_(context),
        requests_(context.settings.user, context.settings.password),
        reader_(context_, requests_),
        cache_(
            context.snapshot, context.observer,
            [this](Instant now, const EntryId& entry, CacheWatch::Confirmed done) {
              confirm(now, entry, std::move(done));
            },
            [this](Instant now) { change_something(now); }) {}

  const Traits& traits() const override { return kTraits; }

  void poll(Instant now) override { reader_.poll(now); }
  void confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) override;
  void distrust(const ServiceRef&) override { reader_.distrust(); }
  void dropped(const EntryId& entry) override { reader_.forget_if_gone(entry.owner()); }
  void probe(Instant now, const std::string& address, Answered<bool> done) override {
    context_.calls.probe(now, address, requests_.delta(), [done = std::move(done)](Instant at, const RawAnswer& raw) {
      done(at, success_of(raw).has_value());
    });
  }

  void follow(Instant, const ServiceRef&) override {}
  bool caught_up() const override { return true; }

  bool is_mirrored(const ServiceKey& service) const override { return service.space.empty(); }
  Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload) override {
    auto plan = plan_copy(region, instance, payload);
    if (!plan) return tl::make_unexpected(plan.error());
    return std::make_shared<const CopyPlan>(std::move(*plan));
  }
  const ServiceRef* prepare(Instant, const ServiceKey& service, const CopyPlan&) override {
    return &(prepared_ = ref_of(service));
  }
  std::string problem(const ServiceKey&) const override { return ""; }
  void reconsider(Instant now, const ServiceKey& service) override { context_.owner.preparation_changed(now, service); }
  void unprepare(const ServiceKey&) override {}
  void allow_writes(Instant, bool) override {}
  std::vector<std::string> problems() const override { return {}; }

  void put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) override;
  void change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect aspect, Done done) override;
  void remove(Instant now, const EntryId& entry, const CopyMark& mark, Urgency urgency, Done done) override;
  void renew(Instant now, std::span<const EntryId> entries, BeatSink sink) override;

  void put_canary(Instant now, const CanaryMark& mark, DoneWithId done) override;
  void change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) override;

  void advance(Instant now) override { cache_.advance(now); }
  Instant next_deadline() const override { return cache_.next_deadline(); }

 private:
  using Reply = std::function<void(Instant now, const RawAnswer& raw)>;

  static std::string app_of(const EntryId& entry) {
    const auto key = key_of(entry.owner());
    return key ? upper_case(key->name) : std::string();
  }
  void submit(Instant now, Urgency urgency, HttpRequest request, Done done);
  Result<void> claim(Instant now, const ServiceKey& service);
  void ask_others(Instant now, const EntryId& entry, const std::string& asked, std::size_t address,
                  Answered<const Confirmation&> done);
  bool is_silent(Instant now, const std::string& address) const;
  static Confirmation confirmation_of(const EntryId& entry, const RawAnswer& raw);
  void note_canary(const EntryId& entry, const CanaryMark& mark, const std::string& address);
  bool is_behind(const std::string& address, const Confirmation& confirmation) const;
  void tell_canary(Instant now);
  void change_something(Instant now);

  const DriverContext context_;
  const Requests requests_;
  Reader reader_;
  ServiceRef prepared_;
  Claims claims_;
  Stamps stamps_;
  std::map<std::string, Instant> silent_until_;  ///< addresses that let a question time out: left out until then
  EntryId canary_;                               ///< as it was written last
  CanaryMark canary_mark_;
  std::string canary_address_;  ///< the server that was told so
  CacheWatch cache_;
};

void Eureka::submit(Instant now, Urgency urgency, HttpRequest request, Done done) {
  context_.calls.submit(now, urgency, std::move(request),
                        [done = std::move(done)](Instant at, const RawAnswer& raw) { done(at, success_of(raw)); });
}

Confirmation Eureka::confirmation_of(const EntryId& entry, const RawAnswer& raw) {
  if (!raw) return {};
  if (says_absent(*raw)) return {Presence::Absent, nullptr};
  if (raw->status != 200) return {};
  const auto document = json::Document::parse(raw->body);
  const json::Value* instance = document ? document->root().find("instance") : nullptr;
  auto seen = instance == nullptr ? std::nullopt : read_instance(*instance);
  if (!seen || seen->entry.id != entry.id) return {};
  // Under another name or version it is another entry.
  if (seen->entry.service != entry.service) return {Presence::Absent, nullptr};
  return {Presence::Present, std::make_shared<const Entry>(std::move(seen->entry))};
}

/// An id with a slash cannot be asked for: the server in front of the API takes the path for another one. Such an
/// instance is gone when the list lacks it.
void Eureka::confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) {
  if (entry.id.str().find('/') != std::string::npos) return done(now, {Presence::Absent, nullptr});
  context_.calls.submit(
      now, Urgency::Read, requests_.instance(app_of(entry), entry.id),
      [this, entry, asked = context_.calls.address(), done = std::move(done)](Instant at, const RawAnswer& raw) {
        const Confirmation confirmation = confirmation_of(entry, raw);
        if (is_behind(asked, confirmation)) {
          tell_canary(at);
          return done(at, {});
        }
        if (confirmation.presence != Presence::Absent) return done(at, confirmation);
        // Who of them answered is not known when another address was taken meanwhile.
        ask_others(at, entry, asked == context_.calls.address() ? asked : "", 0, done);
      });
}

bool Eureka::is_silent(Instant now, const std::string& address) const {
  const auto found = silent_until_.find(address);
  return found != silent_until_.end() && now < found->second && !SYNCER_MUTATED("eureka.wait_for_silent_peers");
}

/// One peer may know what another one was not told yet: absent is what all that answer do not know. One that lets a
/// question time out keeps the others waiting no more for a while.
void Eureka::ask_others(Instant now, const EntryId& entry, const std::string& asked, std::size_t address,
                        Answered<const Confirmation&> done) {
  const auto& addresses = context_.settings.addresses;
  while (address < addresses.size() && (addresses[address] == asked || is_silent(now, addresses[address]))) ++address;
  if (addresses.size() < 2 || address == addresses.size() || SYNCER_MUTATED("eureka.believe_one_peer"))
    return done(now, {Presence::Absent, nullptr});
  context_.calls.probe(now, addresses[address], requests_.instance(app_of(entry), entry.id),
                       [this, entry, asked, address, done = std::move(done)](Instant at, const RawAnswer& raw) {
                         const Confirmation confirmation = confirmation_of(entry, raw);
                         if (confirmation.presence == Presence::Present) return done(at, confirmation);
                         if (!raw && raw.error().code == ErrorCode::Timeout)
                           silent_until_[context_.settings.addresses[address]] = at + kSilence;
                         ask_others(at, entry, asked, address + 1, done);
                       });
}

/// Names that differ in case alone are one application here: the one whose copies stand first keeps it.
Result<void> Eureka::claim(Instant now, const ServiceKey& service) {
  if (service.name.find('/') != std::string::npos)
    return failure(ErrorCode::Refused, "name", "a name with a slash cannot be asked for in Eureka");
  const std::string app = upper_case(service.name);
  if (app == kCanaryApp) return failure(ErrorCode::Refused, "name", "it is the name of the syncers' own application");
  std::string other = reader_.other_spelling(service);
  if (other.empty()) other = claims_.holder(now, app);
  if (other == service.name) other.clear();
  if (!other.empty() && !SYNCER_MUTATED("eureka.mix_names_of_other_case")) {
    return failure(ErrorCode::Refused, "name",
                   "its name differs from that of service \"" + other +
                       "\" in case alone, and both would be one application in Eureka");
  }
  claims_.take(now, app, service.name);
  return {};
}

void Eureka::put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) {
  if (const auto claimed = claim(now, copy.service); !claimed) return done(now, tl::make_unexpected(claimed.error()));
  const EntryId entry{where.space, where.id, copy.plan.id};
  auto body = registration_body(copy.service, copy.plan, copy.payload, copy.epoch, 0, context_.marks);
  if (!body) return done(now, tl::make_unexpected(body.error()));
  submit(now, Urgency::Write, requests_.add(upper_case(copy.service.name), std::move(*body)),
         [this, entry, done = std::move(done)](Instant at, const Result<void>& success) {
           if (success) stamps_.registered(at, entry, reader_.dirty_of(entry));
           if (success && !SYNCER_MUTATED("eureka.await_the_canary_alone")) cache_.written(at, entry);
           done(at, success ? Result<EntryId>(entry) : tl::make_unexpected(success.error()));
         });
}

/// A registration replaces what is there, unless that is newer by its timestamp: then nothing happens, and the answer
/// is the same. So a change is a moment newer than what it replaces. What is not there is not created.
void Eureka::change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect, Done done) {
  const std::uint64_t stamp = stamps_.next(now, entry, reader_.dirty_of(entry));
  auto body = registration_body(copy.service, copy.plan, copy.payload, copy.epoch, stamp, context_.marks);
  if (!body) return done(now, tl::make_unexpected(body.error()));
  submit(now, Urgency::Write, requests_.renew(app_of(entry), entry.id),
         [this, app = app_of(entry), body = std::move(*body), done = std::move(done)](
             Instant at, const Result<void>& renewed) mutable {
           if (!renewed) return done(at, renewed);
           submit(at, Urgency::Write, requests_.add(app, std::move(body)), std::move(done));
         });
}

void Eureka::remove(Instant now, const EntryId& entry, const CopyMark&, Urgency urgency, Done done) {
  // What is withdrawn is not written again, whatever is under way for it.
  if (entry == canary_ && !SYNCER_MUTATED("eureka.write_a_withdrawn_canary")) canary_ = {};
  submit(now, urgency, requests_.remove(app_of(entry), entry.id), std::move(done));
}

void Eureka::renew(Instant now, std::span<const EntryId> entries, BeatSink sink) {
  for (const EntryId& entry : entries) {
    submit(now, Urgency::Lease, requests_.renew(app_of(entry), entry.id),
           [entry, sink](Instant at, const Result<void>& success) {
             const bool lost = !success && success.error().code == ErrorCode::NotFound;
             sink(at, entry, success ? Beat::Renewed : lost ? Beat::Lost : Beat::Unknown);
           });
  }
}

void Eureka::put_canary(Instant now, const CanaryMark& mark, DoneWithId done) {
  const ServiceKey service{"", "", "syncer", std::string(kCanaryApp), "1.0.0"};
  const EntryId canary{"", ref_of(service).id, canary_id(mark.region, mark.node)};
  submit(now, Urgency::Lease, requests_.add(service.name, canary_body(canary.id, mark, 0, context_.marks)),
         [this, entry = canary, mark, address = context_.calls.address(), done = std::move(done)](
             Instant at, const Result<void>& success) {
           if (success) {
             stamps_.registered(at, entry, reader_.dirty_of(entry));
             note_canary(entry, mark, address);
             cache_.written(at, entry);
           }
           done(at, success ? Result<EntryId>(entry) : tl::make_unexpected(success.error()));
         });
}

void Eureka::change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) {
  const std::uint64_t stamp = stamps_.next(now, entry, reader_.dirty_of(entry));
  submit(now, Urgency::Lease,
         requests_.add(std::string(kCanaryApp), canary_body(entry.id, mark, stamp, context_.marks)),
         [this, entry, mark, address = context_.calls.address(), done = std::move(done)](Instant at,
                                                                                         const Result<void>& success) {
           if (success) note_canary(entry, mark, address);
           if (success && !SYNCER_MUTATED("eureka.await_what_is_new_alone")) cache_.written(at, entry, mark.count);
           done(at, success);
         });
}

void Eureka::note_canary(const EntryId& entry, const CanaryMark& mark, const std::string& address) {
  canary_ = entry;
  canary_mark_ = mark;
  canary_address_ = address;
}

/// Another peer was told the mark last, and did not pass it on before this one was asked: no older state came back.
bool Eureka::is_behind(const std::string& address, const Confirmation& confirmation) const {
  if (confirmation.presence != Presence::Present || confirmation.entry->id != canary_.id) return false;
  const auto& mark = confirmation.entry->canary;
  const bool is_older = mark && mark->run == canary_mark_.run && mark->count < canary_mark_.count;
  return is_older && address != canary_address_ && !SYNCER_MUTATED("eureka.take_a_peer_that_lags_for_an_older_state");
}

void Eureka::tell_canary(Instant now) {
  if (canary_.id.empty()) return;
  const std::uint64_t stamp = stamps_.next(now, canary_, reader_.dirty_of(canary_));
  submit(now, Urgency::Lease,
         requests_.add(std::string(kCanaryApp), canary_body(canary_.id, canary_mark_, stamp, context_.marks)),
         [this, address = context_.calls.address()](Instant, const Result<void>& success) {
           if (success) canary_address_ = address;
         });
}

/// As it is; where it is another process's by now, or gone, nothing.
void Eureka::change_something(Instant now) {
  if (canary_.id.empty()) return;
  confirm(now, canary_, [this](Instant at, const Confirmation& confirmed) {
    const Entry* here = confirmed.presence == Presence::Present ? confirmed.entry.get() : nullptr;
    if (here != nullptr && here->canary && here->canary->run == canary_mark_.run) tell_canary(at);
  });
}

}  // namespace

std::unique_ptr<Driver> make_driver(const DriverContext& context) { return std::make_unique<Eureka>(context); }

KindSign sign() {
  KindSign sign;
  sign.title = "a Eureka server";
  sign.paths = {"/eureka", "/eureka/v2", ""};
  sign.question = Requests("", "").delta();
  sign.recognises = [](const HttpResponse& answer) {
    const auto document = json::Document::parse(answer.body);
    const json::Value* apps = document ? document->root().find("applications") : nullptr;
    return answer.status == 200 && apps != nullptr && apps->find("apps__hashcode") != nullptr;
  };
  return sign;
}

}  // namespace syncer::registry::eureka
