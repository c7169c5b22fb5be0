// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/driver.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/registry/servicecenter/account.h"
#include "syncer/registry/servicecenter/copy.h"
#include "syncer/registry/servicecenter/reader.h"
#include "syncer/registry/servicecenter/services.h"

namespace syncer::registry::servicecenter {
namespace {

using Batch = std::vector<EntryId>;

/// More than the marks of a copy take, with the names of members that an encoded record does not repeat.
constexpr std::size_t kRoomForMarks = 2048;
/// Below this size a set of heartbeats in which something is lost is sent one by one.
constexpr std::size_t kSmallBatch = 16;

/// An unregistered instance is listed for about 2.3 s, a registered one may be missing for 0.35 s; what a front-end
/// takes for a mass loss it goes on listing for 20.4 s. A change starts from what is cached: within its gap it brings
/// back what was before the write that it follows.
const Traits kTraits = {
    .read_lag = std::chrono::seconds(3),
    .ghost_time = std::chrono::milliseconds(20'400),
    .write_lag = {},
    .change_gap = std::chrono::milliseconds(500),
    .canary_lease = kCanaryLease,
    .renew_batch = 500,
    .chooses_id = true,
    .endpoints_in_place = false,
};

class ServiceCenter : public Driver {
 public:
  explicit ServiceCenter(const DriverContext& context)
      : context_(context),
        requests_(context.settings.domain),
        reader_(context_, requests_),
        schemas_(context_, requests_),
        services_(context_, requests_) {
    SYNCER_ASSERT(!context.settings.projects.empty());
    context.calls.set_max_target(kMaxTarget);
    const RegistrySettings& settings = context.settings;
    if (!settings.user.empty()) context.calls.set_login(login_scheme(settings.user, settings.password));
  }

  const Traits& traits() const override { return kTraits; }

  void poll(Instant now) override { reader_.poll(now); }
  void confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) override;
  void distrust(const ServiceRef& service) override { reader_.distrust(service); }
  void dropped(const EntryId& entry) override { reader_.recheck_services(entry.space); }
  void probe(Instant now, const std::string& address, Answered<bool> done) override;

  void follow(Instant now, const ServiceRef& service) override { schemas_.read_soon(now, service); }
  bool caught_up() const override { return schemas_.caught_up(); }

  bool is_mirrored(const ServiceKey& service) const override;
  Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload) override {
    return plans_.plan(region, instance, payload);
  }
  Result<void> check_room(const std::string& region, const std::string& instance, ByteView payload) const override {
    // Marks and what a registration has besides are never this large.
    if (payload.size() + kRoomForMarks <= kMaxRegistration) return {};
    return check_copy(region, instance, payload);
  }
  const ServiceRef* prepare(Instant now, const ServiceKey& service, const CopyPlan& plan) override {
    return services_.ensure(now, service, plan.foreign);
  }
  std::string problem(const ServiceKey& service) const override { return services_.problem(service); }
  void reconsider(Instant now, const ServiceKey& service) override { services_.reconsider(now, service); }
  void unprepare(const ServiceKey& service) override { services_.forget(service); }
  void abandon(const ServiceKey& service) override { services_.abandon(service); }
  void allow_writes(Instant now, bool allowed) override { services_.set_enabled(now, allowed); }
  std::vector<std::string> problems() const override { return services_.problems(); }

  void put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) override;
  void change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect aspect, Done done) override;
  void remove(Instant now, const EntryId& entry, const CopyMark& mark, Urgency urgency, Done done) override;
  void renew(Instant now, std::span<const EntryId> entries, BeatSink sink) override;

  void put_canary(Instant now, const CanaryMark& mark, DoneWithId done) override;
  void change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) override;

  void advance(Instant now) override;
  Instant next_deadline() const override { return std::min(schemas_.next_deadline(), services_.next_deadline()); }
  DriverSizes sizes() const override {
    DriverSizes sizes;
    reader_.fill(sizes);
    schemas_.fill(sizes);
    services_.fill(sizes);
    return sizes;
  }

 private:
  void submit(Instant now, Urgency urgency, HttpRequest request, Done done);
  void renew_one(Instant now, const EntryId& entry, const BeatSink& sink);
  void on_set(Instant now, const Batch& batch, const BeatSink& sink, const RawAnswer& raw);
  void split(Instant now, const Batch& batch, const BeatSink& sink);
  const std::string& canary_project() const { return context_.settings.projects.front(); }
  ServiceKey canary_key() const { return canary_service(requests_.domain(), canary_project()); }
  std::string seal_of(const CopyWrite& copy, const std::string& id) const;
  CanaryMark sealed(CanaryMark mark, const std::string& id) const {
    mark.seal = context_.marks.sign(mark, id);
    return mark;
  }
  void create_canary_service(Instant now, const CanaryMark& mark, DoneWithId done);
  void register_canary(Instant now, const CanaryMark& mark, const std::string& service_id, DoneWithId done);

  const DriverContext context_;
  const Requests requests_;
  Reader reader_;
  Schemas schemas_;
  Services services_;
  PlanMemo plans_;
  std::string canary_service_id_;
};

void ServiceCenter::submit(Instant now, Urgency urgency, HttpRequest request, Done done) {
  context_.calls.submit(now, urgency, std::move(request),
                        [done = std::move(done)](Instant at, const RawAnswer& raw) { done(at, read_success(raw)); });
}

void ServiceCenter::confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) {
  context_.calls.submit(now, Urgency::Read, requests_.get_instance(entry),
                        [id = entry.id, done = std::move(done)](Instant at, const RawAnswer& raw) {
                          auto instance = read_one_instance(raw);
                          // Whatever lies between may mix answers up: one about another instance says nothing of this.
                          const bool other = instance && instance->id != id;
                          if (instance && !other) {
                            return done(at, {Presence::Present, std::make_shared<const Entry>(std::move(*instance))});
                          }
                          const bool absent = !instance && instance.error().code == ErrorCode::NotFound;
                          done(at, {absent ? Presence::Absent : Presence::Unknown, nullptr});
                        });
}

void ServiceCenter::probe(Instant now, const std::string& address, Answered<bool> done) {
  // Reads what lies behind the address too: a front-end that lost its storage answers simpler questions well.
  context_.calls.probe(now, address, requests_.existence(canary_key()),
                       [done = std::move(done)](Instant at, const RawAnswer& raw) {
                         const auto id = read_service_id(raw);
                         done(at, id.has_value() || id.error().code == ErrorCode::NotFound);
                       });
}

bool ServiceCenter::is_mirrored(const ServiceKey& service) const {
  if (is_syncer_service(service)) return false;
  const auto& projects = context_.settings.projects;
  return std::any_of(projects.begin(), projects.end(), [&](const std::string& project) {
    return space_of(context_.settings.domain, project) == service.space;
  });
}

std::string ServiceCenter::seal_of(const CopyWrite& copy, const std::string& id) const {
  const auto mark = [&](const char* name) {
    const auto found = copy.plan.metadata.find(name);
    return found == copy.plan.metadata.end() ? std::string() : found->second;
  };
  return context_.marks.sign(CopyMark{mark("syncer.region"), mark("syncer.instance"), copy.epoch}, id);
}

void ServiceCenter::put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) {
  auto body = registration_body(copy.plan, copy.payload, copy.epoch, seal_of(copy, copy.plan.id));
  if (!body) return done(now, tl::make_unexpected(body.error()));
  context_.calls.submit(
      now, Urgency::Write, requests_.register_instance(where.space, where.id, std::move(*body)),
      [entry = EntryId{where.space, where.id, copy.plan.id}, done = std::move(done)](Instant at, const RawAnswer& raw) {
        const auto id = read_instance_id(raw);
        done(at, id ? Result<EntryId>(entry) : tl::make_unexpected(id.error()));
      });
}

void ServiceCenter::change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect aspect, Done done) {
  SYNCER_ASSERT(aspect != Aspect::Endpoints);
  if (aspect == Aspect::Status) {
    return submit(now, Urgency::Write, requests_.put_status(entry, copy.plan.status), std::move(done));
  }
  auto body = properties_body(copy.plan, copy.epoch, seal_of(copy, entry.id));
  if (!body) return done(now, tl::make_unexpected(body.error()));
  submit(now, Urgency::Write, requests_.put_properties(entry, std::move(*body)), std::move(done));
}

void ServiceCenter::remove(Instant now, const EntryId& entry, const CopyMark&, Urgency urgency, Done done) {
  submit(now, urgency, requests_.unregister(entry), std::move(done));
}

void ServiceCenter::renew(Instant now, std::span<const EntryId> entries, BeatSink sink) {
  if (entries.size() == 1) return renew_one(now, entries.front(), sink);
  context_.calls.submit(now, Urgency::Lease, requests_.heartbeats(entries.front().space, entries),
                        [this, batch = Batch(entries.begin(), entries.end()), sink = std::move(sink)](
                            Instant at, const RawAnswer& raw) { on_set(at, batch, sink, raw); });
}

void ServiceCenter::renew_one(Instant now, const EntryId& entry, const BeatSink& sink) {
  submit(now, Urgency::Lease, requests_.heartbeat(entry), [entry, sink](Instant at, const Result<void>& success) {
    if (success) return sink(at, entry, Beat::Renewed);
    sink(at, entry, success.error().code == ErrorCode::NotFound ? Beat::Lost : Beat::Unknown);
  });
}

void ServiceCenter::on_set(Instant now, const Batch& batch, const BeatSink& sink, const RawAnswer& raw) {
  const auto beats = read_heartbeats(raw, batch);
  if (beats) {
    for (std::size_t i = 0; i < batch.size(); ++i) sink(now, batch[i], (*beats)[i]);
    return;
  }
  const ErrorCode code = beats.error().code;
  // "Some are lost" without saying which, and "there is no such route": both end at single heartbeats.
  if (code == ErrorCode::NotFound || code == ErrorCode::Unsupported || code == ErrorCode::Refused) {
    return split(now, batch, sink);
  }
  for (const EntryId& entry : batch) sink(now, entry, Beat::Unknown);
}

void ServiceCenter::split(Instant now, const Batch& batch, const BeatSink& sink) {
  if (batch.size() <= kSmallBatch) {
    for (const EntryId& entry : batch) renew_one(now, entry, sink);
    return;
  }
  const std::span<const EntryId> all = batch;
  renew(now, all.first(batch.size() / 2), sink);
  renew(now, all.subspan(batch.size() / 2), sink);
}

void ServiceCenter::put_canary(Instant now, const CanaryMark& mark, DoneWithId done) {
  const ServiceRef* ref = context_.snapshot.find(canary_key());
  const std::string known = ref != nullptr ? ref->id.str() : canary_service_id_;
  if (known.empty()) return create_canary_service(now, mark, std::move(done));
  // A registry that lost its data lost the service, too.
  register_canary(now, mark, known, [this, mark, done = std::move(done)](Instant at, const Result<EntryId>& entry) {
    if (entry || entry.error().code != ErrorCode::NotFound) return done(at, entry);
    create_canary_service(at, mark, done);
  });
}

void ServiceCenter::create_canary_service(Instant now, const CanaryMark& mark, DoneWithId done) {
  auto body = service_body(canary_key(), R"({"description":"syncers that write this registry"})");
  SYNCER_ASSERT(body.has_value());
  context_.calls.submit(now, Urgency::Lease, requests_.create_service(canary_project(), std::move(*body)),
                        [this, mark, done = std::move(done)](Instant at, const RawAnswer& raw) {
                          const auto id = read_service_id(raw);
                          if (!id) return done(at, tl::make_unexpected(id.error()));
                          canary_service_id_ = *id;
                          register_canary(at, mark, *id, done);
                        });
}

void ServiceCenter::register_canary(Instant now, const CanaryMark& mark, const std::string& service_id,
                                    DoneWithId done) {
  const EntryId entry{canary_project(), service_id, canary_id(mark.region, mark.node)};
  context_.calls.submit(
      now, Urgency::Lease,
      requests_.register_instance(entry.space, service_id, canary_body(entry.id, sealed(mark, entry.id))),
      [this, entry, done = std::move(done)](Instant at, const RawAnswer& raw) {
        const auto id = read_instance_id(raw);
        canary_service_id_ = id ? entry.service : "";
        done(at, id ? Result<EntryId>(entry) : tl::make_unexpected(id.error()));
      });
}

void ServiceCenter::change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) {
  submit(now, Urgency::Lease, requests_.put_properties(entry, canary_properties_body(sealed(mark, entry.id))),
         std::move(done));
}

void ServiceCenter::advance(Instant now) {
  schemas_.advance(now);
  services_.advance(now);
}

}  // namespace

KindSign sign() {
  KindSign sign;
  sign.title = "a service center";
  sign.paths = {""};
  sign.question.method = "GET";
  sign.question.target = "/v4/default/registry/health";
  sign.recognises = [](const HttpResponse& answer) {
    const auto document = json::Document::parse(answer.body);
    const json::Value* instances = document ? document->root().find("instances") : nullptr;
    return answer.status == 200 && instances != nullptr && instances->is_list();
  };
  return sign;
}

std::unique_ptr<Driver> make_driver(const DriverContext& context) { return std::make_unique<ServiceCenter>(context); }

}  // namespace syncer::registry::servicecenter
