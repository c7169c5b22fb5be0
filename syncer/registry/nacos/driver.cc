// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/driver.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/marks.h"
#include "syncer/registry/nacos/account.h"
#include "syncer/registry/nacos/copy.h"
#include "syncer/registry/nacos/occupancy.h"
#include "syncer/registry/nacos/reader.h"
#include "syncer/registry/nacos/record.h"
#include "syncer/registry/nacos/requests.h"

namespace syncer::registry::nacos {
namespace {

/// A write shows within 0.61 s, in a 1.x server at once.
const Traits kTraits = {
    .read_lag = kReadLag,
    .ghost_time = {},
    .write_lag = std::chrono::seconds(1),
    .change_gap = {},
    .canary_lease = kCanaryLease,
    .renew_batch = 1,
    .chooses_id = true,
    .endpoints_in_place = false,
    .changes_whole = true,
};

/// Where an entry is.
struct Position {
  Service service;
  Address address;
};

class Nacos : public Driver {
 public:
  explicit Nacos(const DriverContext& context)
      : context_(context), occupancy_(context.marks), reader_(context_, occupancy_) {
    SYNCER_ASSERT(!context.settings.projects.empty());
    context.calls.set_max_target(kMaxTarget);
    context.calls.set_ordinary(says_absent);
    const RegistrySettings& settings = context.settings;
    if (!settings.user.empty()) context.calls.set_login(login_scheme(settings.user, settings.password));
  }

  const Traits& traits() const override { return kTraits; }

  void poll(Instant now) override { reader_.poll(now); }
  void confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) override;
  void distrust(const ServiceRef& service) override { reader_.show_anew(service.space); }
  void dropped(const EntryId& entry) override { reader_.show_anew(entry.space); }
  void probe(Instant now, const std::string& address, Answered<bool> done) override {
    context_.calls.probe(now, address, get_names(), [done = std::move(done)](Instant at, const RawAnswer& raw) {
      done(at, raw.has_value() && is_name_list(*raw));
    });
  }

  void follow(Instant, const ServiceRef&) override {}
  bool caught_up() const override { return true; }

  bool is_mirrored(const ServiceKey& service) const override;
  EntryId place_of(const EntryId& entry) const override;
  Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload) override {
    auto plan = plan_copy(region, instance, payload, reader_.release());
    if (!plan) return tl::make_unexpected(plan.error());
    return std::make_shared<const CopyPlan>(std::move(*plan));
  }
  const ServiceRef* prepare(Instant, const ServiceKey& service, const CopyPlan&) override {
    return &(prepared_ = ref_of(service_of(service), service));
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

  void advance(Instant) override {}
  Instant next_deadline() const override { return kNever; }

 private:
  using Looked = std::function<void(Instant now, const Result<Shown>& shown)>;

  std::string canary_space() const { return space_of(context_.settings.projects.front()); }
  /// Asks for the instance at an address, unless an own write is so fresh that the answer may be older.
  void look(Instant now, const Service& service, const Address& address, Looked done);
  /// By ourselves, so lately that an answer may still show it.
  bool was_removed(Instant now, const Service& service, const Address& address) const {
    return occupancy_.recent(now, service, address, kTraits.read_lag) == Occupancy::Recent::Removed;
  }
  /// By a copy of ours other than that, so lately that an answer may still show who was there before.
  bool was_taken(Instant now, const Position& position, const CopyMark& mark) const {
    return occupancy_.recent(now, position.service, position.address, kTraits.read_lag) == Occupancy::Recent::Written &&
           occupancy_.was_taken(position.service, position.address, mark);
  }
  void post(Instant now, Urgency urgency, const Registration& registration, Done done);
  void write_copy(Instant now, const Registration& registration, const CopyMark& mark, Done done);
  void erase(Instant now, const Service& service, const Address& address, Urgency urgency, Done done);

  const DriverContext context_;
  Occupancy occupancy_;
  Reader reader_;
  ServiceRef prepared_;
  std::string canary_since_;
};

/// Nothing for an id that this kind did not make.
std::optional<Position> position_of(const EntryId& entry) {
  auto service = service_behind(entry.owner());
  auto address = address_of(entry.id);
  if (!service || !address) return std::nullopt;
  return Position{std::move(*service), std::move(*address)};
}

tl::unexpected<Error> no_such_entry(const EntryId& entry) {
  return failure(ErrorCode::NotFound, "entry", "there is no " + entry.id.str());
}

CopyMark mark_of(const CopyWrite& copy) {
  const Metadata& metadata = copy.plan.metadata;
  return {marks::value(metadata, marks::kRegion), marks::value(metadata, marks::kInstance), copy.epoch};
}

/// What is there may be removed as that copy. An application's instance and what bears the marks of another copy took
/// the address meanwhile; what nobody of the pool signed is nobody's to remove.
bool is_copy_of(const Shown& shown, const CopyMark& mark, const MarkSeal& marks) {
  if (is_canary_service(shown.service)) return true;
  Metadata metadata = shown.metadata;
  const auto found = take_mark(entry_id(shown.address), metadata, marks);
  return found && marks.believes(*found, entry_id(shown.address)) &&
         (names_same_copy(*found, mark) || SYNCER_MUTATED("nacos.remove_the_copy_of_another"));
}

void Nacos::confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) {
  const auto position = position_of(entry);
  if (!position) return done(now, {Presence::Absent, nullptr});
  const bool is_fresh =
      occupancy_.recent(now, position->service, position->address, kTraits.read_lag) == Occupancy::Recent::Written;
  context_.calls.submit(
      now, Urgency::Read, get_instance(position->service, position->address),
      [this, entry, service = position->service, is_fresh, done = std::move(done)](Instant at, const RawAnswer& raw) {
        auto shown = read_instance(raw, service);
        if (!shown) {
          const bool absent = shown.error().code == ErrorCode::NotFound && !is_fresh;
          return done(at, {absent ? Presence::Absent : Presence::Unknown, nullptr});
        }
        ShownEntry found = entry_of(std::move(*shown), context_.marks);
        // The same address under another neutral name is another instance.
        if (found.entry->service != entry.service) return done(at, {Presence::Absent, nullptr});
        done(at, {Presence::Present, std::move(found.entry)});
      });
}

bool Nacos::is_mirrored(const ServiceKey& service) const {
  if (is_canary_service(service_of(service))) return false;
  const auto& projects = context_.settings.projects;
  return std::any_of(projects.begin(), projects.end(),
                     [&](const std::string& project) { return space_of(project) == service.space; });
}

EntryId Nacos::place_of(const EntryId& entry) const {
  auto position = position_of(entry);
  if (!position) return entry;
  position->address.cluster.clear();
  return {position->service.space, position->service.full(), entry_id(position->address)};
}

void Nacos::look(Instant now, const Service& service, const Address& address, Looked done) {
  // What we wrote ourselves a moment ago is ours.
  if (occupancy_.recent(now, service, address, kTraits.read_lag) == Occupancy::Recent::Written)
    return done(now, Shown{{}, address, "1", true, true, {}});
  context_.calls.submit(
      now, Urgency::Write, get_instance(service, address),
      [service, done = std::move(done)](Instant at, const RawAnswer& raw) { done(at, read_instance(raw, service)); });
}

void Nacos::post(Instant now, Urgency urgency, const Registration& registration, Done done) {
  context_.calls.submit(now, urgency, post_instance(registration),
                        [done = std::move(done)](Instant at, const RawAnswer& raw) { done(at, read_ok(raw)); });
}

void Nacos::write_copy(Instant now, const Registration& registration, const CopyMark& mark, Done done) {
  post(now, Urgency::Write, registration,
       [this, service = registration.service, address = registration.address, mark, done = std::move(done)](
           Instant at, const Result<void>& success) {
         if (success) occupancy_.wrote(at, service, address, mark);
         done(at, success);
       });
}

void Nacos::put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) {
  auto registration = copy_registration(copy, reader_.release(), context_.marks);
  if (!registration) return done(now, tl::make_unexpected(registration.error()));
  const CopyMark mark = mark_of(copy);
  if (const auto reason = occupancy_.objection(now, registration->service, registration->address, mark))
    return done(now, failure(ErrorCode::Refused, "address", *reason));
  const EntryId entry{where.space, where.id, copy.plan.id};
  look(now, registration->service, registration->address,
       [this, registration = *registration, mark, entry, done = std::move(done)](Instant at,
                                                                                 const Result<Shown>& shown) {
         if (!shown && shown.error().code != ErrorCode::NotFound) return done(at, tl::make_unexpected(shown.error()));
         const bool is_known = shown && !shown->service.name.empty();
         if (const auto reason = is_known ? occupancy_.objection(at, *shown, mark) : std::nullopt)
           return done(at, failure(ErrorCode::Refused, "address", *reason));
         write_copy(at, registration, mark, [entry, done](Instant then, const Result<void>& success) {
           done(then, success ? Result<EntryId>(entry) : tl::make_unexpected(success.error()));
         });
       });
}

void Nacos::change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect aspect, Done done) {
  SYNCER_ASSERT(aspect != Aspect::Endpoints);
  auto registration = copy_registration(copy, reader_.release(), context_.marks);
  if (!registration) return done(now, tl::make_unexpected(registration.error()));
  if (was_removed(now, registration->service, registration->address)) return done(now, no_such_entry(entry));
  const CopyMark mark = mark_of(copy);
  look(now, registration->service, registration->address,
       [this, registration = *registration, mark, entry, done = std::move(done)](Instant at,
                                                                                 const Result<Shown>& shown) {
         if (!shown) return done(at, tl::make_unexpected(shown.error()));
         const bool is_known = !shown->service.name.empty();
         // Who took the address meanwhile keeps it: the copy is lost.
         if (is_known && occupancy_.objection(at, *shown, mark)) return done(at, no_such_entry(entry));
         write_copy(at, registration, mark, done);
       });
}

void Nacos::erase(Instant now, const Service& service, const Address& address, Urgency urgency, Done done) {
  context_.calls.submit(now, urgency, delete_instance(service, address),
                        [this, service, address, done = std::move(done)](Instant at, const RawAnswer& raw) {
                          const auto success = read_ok(raw);
                          if (success) occupancy_.removed(at, service, address);
                          done(at, success);
                        });
}

void Nacos::remove(Instant now, const EntryId& entry, const CopyMark& mark, Urgency urgency, Done done) {
  const auto position = position_of(entry);
  if (!position || was_removed(now, position->service, position->address)) return done(now, no_such_entry(entry));
  if (was_taken(now, *position, mark)) return done(now, no_such_entry(entry));
  if (SYNCER_MUTATED("nacos.remove_whoever_is_there"))
    return erase(now, position->service, position->address, urgency, std::move(done));
  look(now, position->service, position->address,
       [this, entry, position = *position, mark, urgency, done = std::move(done)](Instant at,
                                                                                  const Result<Shown>& shown) {
         if (!shown) return done(at, tl::make_unexpected(shown.error()));
         const bool is_known = !shown->service.name.empty();
         if (is_known && !is_copy_of(*shown, mark, context_.marks)) return done(at, no_such_entry(entry));
         // The server may show the time before.
         if (was_taken(at, position, mark)) return done(at, no_such_entry(entry));
         erase(at, position.service, position.address, urgency, done);
       });
}

void Nacos::renew(Instant now, std::span<const EntryId> entries, BeatSink sink) {
  for (const EntryId& entry : entries) {
    const auto position = position_of(entry);
    if (!position) {
      sink(now, entry, Beat::Lost);
      continue;
    }
    context_.calls.submit(now, Urgency::Lease, put_beat(position->service, position->address),
                          [entry, sink](Instant at, const RawAnswer& raw) { sink(at, entry, read_beat(raw)); });
  }
}

void Nacos::put_canary(Instant now, const CanaryMark& mark, DoneWithId done) {
  Registration registration = canary_registration(mark, "", context_.marks);
  registration.service.space = canary_space();
  const ServiceRef ref = ref_of(registration.service, key_of(registration.service, version_of({})));
  const EntryId entry{ref.space, ref.id, entry_id(registration.address)};
  confirm(now, entry,
          [this, mark, registration, entry, done = std::move(done)](Instant at, const Confirmation& answer) {
            if (answer.presence == Presence::Unknown)
              return done(at, failure(ErrorCode::Unreachable, "canary", "nobody knows whether it is there"));
            // Where it lives still, it is not registered anew but told again.
            const bool lives = answer.presence == Presence::Present && !answer.entry->registration.empty();
            canary_since_ = lives ? answer.entry->registration : mark.run + "-" + std::to_string(mark.count);
            if (SYNCER_MUTATED("nacos.canary_of_one_age")) canary_since_ = "1";
            Registration told = canary_registration(mark, canary_since_, context_.marks);
            told.service = registration.service;
            post(at, Urgency::Lease, told, [this, told, entry, done](Instant then, const Result<void>& success) {
              if (success) occupancy_.wrote(then, told.service, told.address, {});
              done(then, success ? Result<EntryId>(entry) : tl::make_unexpected(success.error()));
            });
          });
}

void Nacos::change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) {
  const SeenEntry* seen = context_.snapshot.entry(entry);
  const std::string since = canary_since_.empty() && seen != nullptr ? seen->entry->registration : canary_since_;
  Registration registration = canary_registration(mark, since, context_.marks);
  registration.service.space = canary_space();
  look(now, registration.service, registration.address,
       [this, registration, done = std::move(done)](Instant at, const Result<Shown>& shown) {
         if (!shown) return done(at, tl::make_unexpected(shown.error()));
         post(at, Urgency::Lease, registration, done);
       });
}

}  // namespace

std::unique_ptr<Driver> make_driver(const DriverContext& context) { return std::make_unique<Nacos>(context); }

KindSign sign() { return {"a Nacos server", {"/nacos", ""}, get_names(), is_name_list}; }

}  // namespace syncer::registry::nacos
