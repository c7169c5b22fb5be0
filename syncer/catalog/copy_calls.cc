// SPDX-License-Identifier: Apache-2.0
// The single steps of the copier: each is one call and what its answer means.
#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/catalog/importer.h"

namespace syncer::catalog {
namespace {

constexpr Duration kFirstPark = std::chrono::seconds(1);
constexpr Duration kSlowestPark = std::chrono::minutes(5);
constexpr Duration kFirstRetry = std::chrono::milliseconds(500);
constexpr Duration kSlowestRetry = std::chrono::seconds(10);

}  // namespace

bool Importer::add(Instant now, Subject& subject, const std::string& service_id, const registry::SharedPlan& plan) {
  auto body = registry::registration_body(*plan, subject.origin.payload, to_string(subject.remote.epoch));
  if (!body) {
    fail(now, subject.place, subject.origin, body.error());
    return false;
  }
  const std::string& project = subject.key.service.project;
  const registry::InstanceRef ref{project, service_id, plan->id};
  HttpRequest request = requests_.register_instance(project, service_id, std::move(*body));
  call(now, subject, std::move(request), [this, plan, ref](Instant at, Subject& s, const registry::RawAnswer& raw) {
    const auto id = registry::read_instance_id(raw);
    if (!id) {
      if (id.error().code == ErrorCode::NotFound) services_.forget(s.key.service);
      if (registry::is_outcome_unknown(id.error())) {
        s.origin.copies[plan->id].ref = ref;
        s.origin.copies[plan->id].doubtful = true;
      }
      return Result<void>(tl::make_unexpected(id.error()));
    }
    CopyState& copy = s.origin.copies[plan->id];
    copy.ref = ref;
    copy.doubtful = false;
    copy.status = plan->status;
    copy.properties = plan->properties;
    copy.quiet_until = at + kReadLag;
    believe(at, s.place, s.remote, s.origin, plan->id, true);
    leases_.track(at, ref, plan->lease);
    revisit(copy.quiet_until, s.place);
    report(at, EventKind::CopyRegistered, s, plan->id, "");
    return Result<void>();
  });
  return true;
}

bool Importer::update_status(Instant now, Subject& subject, const registry::SharedPlan& plan) {
  const CopyState& copy = subject.origin.copies.at(plan->id);
  call(now, subject, requests_.put_status(copy.ref, plan->status),
       [this, plan](Instant at, Subject& s, const registry::RawAnswer& raw) {
         auto success = registry::read_success(raw);
         if (!success && success.error().code == ErrorCode::NotFound) {
           believe(at, s.place, s.remote, s.origin, plan->id, false);
           return Result<void>();
         }
         if (!success) return success;
         CopyState& state = s.origin.copies[plan->id];
         state.status = plan->status;
         state.quiet_until = at + kReadLag;
         revisit(state.quiet_until, s.place);
         report(at, EventKind::CopyUpdated, s, plan->id, "status");
         return success;
       });
  return true;
}

bool Importer::update_properties(Instant now, Subject& subject, const registry::SharedPlan& plan) {
  auto body = registry::properties_body(*plan, to_string(subject.remote.epoch));
  if (!body) {
    fail(now, subject.place, subject.origin, body.error());
    return false;
  }
  const CopyState& copy = subject.origin.copies.at(plan->id);
  call(now, subject, requests_.put_properties(copy.ref, std::move(*body)),
       [this, plan](Instant at, Subject& s, const registry::RawAnswer& raw) {
         auto success = registry::read_success(raw);
         if (!success && success.error().code == ErrorCode::NotFound) {
           believe(at, s.place, s.remote, s.origin, plan->id, false);
           return Result<void>();
         }
         if (!success) return success;
         CopyState& state = s.origin.copies[plan->id];
         state.properties = plan->properties;
         state.quiet_until = at + kReadLag;
         s.origin.extras_settled = true;
         revisit(state.quiet_until, s.place);
         report(at, EventKind::CopyUpdated, s, plan->id, "properties");
         return success;
       });
  return true;
}

bool Importer::remove(Instant now, Subject& subject, const std::string& copy, std::string_view reason) {
  const registry::InstanceRef ref = subject.origin.copies.at(copy).ref;
  call(now, subject, requests_.unregister(ref),
       [this, copy, why = std::string(reason)](Instant at, Subject& s, const registry::RawAnswer& raw) {
         auto success = registry::read_success(raw);
         const bool gone = success || success.error().code == ErrorCode::NotFound;
         if (!gone && SYNCER_MUTATED("catalog.forget_failed_unregister")) {
           believe(at, s.place, s.remote, s.origin, copy, false);
           return Result<void>();
         }
         if (!gone) return success;
         CopyState& state = s.origin.copies[copy];
         const bool was_present = state.present;
         believe(at, s.place, s.remote, s.origin, copy, false);
         state.doubtful = false;
         state.quiet_until = at + kReadLag;
         revisit(state.quiet_until, s.place);
         if (was_present) report(at, EventKind::CopyRemoved, s, copy, why);
         return Result<void>();
       });
  return true;
}

void Importer::call(Instant now, Subject& subject, HttpRequest request, Handle handle) {
  subject.origin.busy = true;
  ++busy_;
  calls_.submit(now, Urgency::Write, std::move(request),
                [this, place = subject.place, handle = std::move(handle)](Instant at, const registry::RawAnswer& raw) {
                  RemoteCopies* remote = nullptr;
                  Origin* origin = find(place, &remote);
                  SYNCER_ASSERT(origin != nullptr && origin->busy);
                  origin->busy = false;
                  --busy_;
                  Subject s{place, *remote, *origin, *registry::decode_key(place.key)};
                  if (const auto outcome = handle(at, s, raw); !outcome)
                    fail(at, place, *origin, outcome.error());
                  else
                    origin->failures = 0;
                  enqueue(place, *origin);
                });
}

void Importer::fail(Instant now, const Place& place, Origin& origin, const Error& error) {
  // Nobody knows what an unanswered write did: the same step is taken again, and every one of them may be repeated.
  const bool passing =
      registry::is_outcome_unknown(error) || registry::is_unauthorized(error) || error.code == ErrorCode::NotFound;
  const Duration wait = passing ? doubled(kFirstRetry, origin.failures, kSlowestRetry)
                                : doubled(kFirstPark, origin.failures, kSlowestPark);
  ++origin.failures;
  origin.retry_at = now + wait + random_.between(Duration::zero(), wait / 4);
  origin.waiting = to_string(error);
  revisit(origin.retry_at, place);
  if (passing) return;
  const bool is_new = origin.parked.empty();
  origin.parked = to_string(error);
  if (!is_new) return;
  ++parked_;
  const auto key = registry::decode_key(place.key);
  observe(observer_, now, EventKind::CopyParked, Severity::Warning,
          {{"region", place.region},
           {"key", to_string(*key)},
           {"reason", origin.parked},
           {"retry", to_string(origin.retry_at - now)}});
}

void Importer::unpark(Instant now, const Place& place, Origin& origin) {
  if (origin.parked.empty()) return;
  origin.parked.clear();
  --parked_;
  const auto key = registry::decode_key(place.key);
  observe(observer_, now, EventKind::CopyUnparked, Severity::Info,
          {{"region", place.region}, {"key", to_string(*key)}});
}

void Importer::report(Instant now, EventKind kind, const Subject& subject, const std::string& copy,
                      std::string_view reason) {
  observe(observer_, now, kind, Severity::Info,
          {{"region", subject.place.region}, {"instance", subject.key.id}, {"copy", copy}, {"reason", reason}});
}

}  // namespace syncer::catalog
