// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/canary.h"

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/registry/copy.h"

namespace syncer::catalog {
namespace {

constexpr Duration kLease = std::chrono::seconds(20);  // as canary_body asks for
constexpr Duration kRetry = std::chrono::seconds(1);
constexpr Duration kSlowest = std::chrono::seconds(30);

std::string run_id(Random random) { return to_string(Hash128{random.next(), 0}).substr(0, 16); }

}  // namespace

Canary::Canary(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls,
               const RegistrySnapshot& view, Leases& leases, Observer& observer, Random random)
    : config_(config),
      requests_(requests),
      calls_(calls),
      view_(view),
      leases_(leases),
      observer_(observer),
      mark_{config.region, config.node, run_id(random)},
      id_(registry::canary_id(config.region, config.node)) {}

void Canary::advance(Instant now) {
  if (busy_ || leaving_ || now < due_) return;
  due_ = kNever;
  if (usurped_) return;
  if (registered_ && stale_) return take_over(now);
  if (registered_) return;
  const auto key = registry::canary_service(requests_.domain(), project());
  if (const ServiceRef* ref = view_.find(key)) return register_instance(now, ref->second);
  if (!service_id_.empty()) return register_instance(now, service_id_);
  create_service(now);
}

void Canary::create_service(Instant now) {
  busy_ = true;
  const auto key = registry::canary_service(requests_.domain(), project());
  auto body = registry::service_body(key, R"({"description":"syncers that write this registry"})");
  SYNCER_ASSERT(body.has_value());
  calls_.submit(now, Urgency::Lease, requests_.create_service(project(), std::move(*body)),
                [this](Instant at, const registry::RawAnswer& raw) {
                  busy_ = false;
                  const auto id = registry::read_service_id(raw);
                  if (!id) return retry(at, id.error());
                  service_id_ = *id;
                  register_instance(at, *id);
                });
}

void Canary::register_instance(Instant now, const std::string& service_id) {
  busy_ = true;
  const registry::InstanceRef ref{project(), service_id, id_};
  calls_.submit(now, Urgency::Lease, requests_.register_instance(project(), service_id, canary_body(id_, mark_)),
                [this, ref](Instant at, const registry::RawAnswer& raw) {
                  busy_ = false;
                  const auto id = registry::read_instance_id(raw);
                  if (!id) {
                    service_id_.clear();
                    return retry(at, id.error());
                  }
                  service_id_ = ref.service_id;
                  ref_ = ref;
                  registered_ = true;
                  failures_ = 0;
                  if (!announced_) announced_ = at;
                  leases_.track(at, ref, kLease);
                  if (leaving_) withdraw(at);
                });
}

/// The list shows our id with the mark of an earlier run: its lease was still alive, so the registration was dropped.
void Canary::take_over(Instant now) {
  busy_ = true;
  const registry::InstanceRef ref{project(), service_id_, id_};
  calls_.submit(now, Urgency::Lease, requests_.put_properties(ref, canary_properties_body(mark_)),
                [this](Instant at, const registry::RawAnswer& raw) {
                  busy_ = false;
                  const auto success = registry::read_success(raw);
                  if (!success) return retry(at, success.error());
                  stale_ = false;
                });
}

void Canary::retry(Instant now, const Error& error) {
  if (leaving_) {
    withdrawn_ = true;
    return;
  }
  // A registry that has no room for a canary may still be read; one that does not answer may not.
  const bool outage = registry::is_outcome_unknown(error);
  if (!announced_ && !outage) announced_ = now;
  if (error.code == ErrorCode::NotFound) registered_ = false;
  due_ = now + (outage ? kRetry : doubled(kRetry, failures_++, kSlowest));
}

void Canary::seen(Instant now, const registry::InstanceRef& ref) {
  const SeenInstance* shown = view_.instance(ref);
  if (shown == nullptr || !shown->document->canary) return;
  const registry::CanaryMark& mark = *shown->document->canary;
  if (!is_own(ref)) {
    others_[ref] = mark;
    if (!config_.single && mark.region == config_.region) remove(now, ref);
    return judge(now);
  }
  listed_ = true;
  if (registered_) leases_.adopt(now, ref, shown->document->lease);
  if (mark.run == mark_.run) {
    confirmed_ = true;
    usurped_ = stale_ = false;
  } else if (confirmed_) {
    usurped_ = true;
    leases_.forget(ref);
  } else {
    stale_ = true;
    if (registered_ && due_ == kNever) due_ = now;
  }
  judge(now);
}

void Canary::missing(Instant now, const registry::InstanceRef& ref) {
  others_.erase(ref);
  if (is_own(ref)) {
    listed_ = confirmed_ = stale_ = false;
    if (usurped_) {
      usurped_ = registered_ = false;
      due_ = now;
    }
  }
  judge(now);
}

bool Canary::lease_lost(Instant now, const registry::InstanceRef& ref) {
  if (!is_own(ref)) return false;
  registered_ = listed_ = confirmed_ = stale_ = false;
  due_ = now;
  return true;
}

bool Canary::healthy() const { return registered_ && listed_ && leases_.is_healthy(ref_); }

/// The canary of the writer before us: only one node of the region writes.
void Canary::remove(Instant now, const registry::InstanceRef& ref) {
  calls_.submit(now, Urgency::Write, requests_.unregister(ref), [](Instant, const registry::RawAnswer&) {});
}

void Canary::judge(Instant now) {
  std::string text;
  std::string other;
  for (const auto& [ref, mark] : others_) {
    const bool same_region = mark.region == config_.region;
    if (same_region && !config_.single) continue;
    other = mark.region;
    text = same_region
               ? "region \"" + config_.region + "\" is served twice: syncer \"" + mark.node + "\" and syncer \"" +
                     config_.node + "\" both write this registry"
               : "this registry is shared: syncer \"" + mark.node + "\" of region \"" + mark.region +
                     "\" and syncer \"" + config_.node + "\" of region \"" + config_.region + "\" both write it";
  }
  if (usurped_) {
    other = config_.region;
    text = "another process runs as syncer \"" + config_.node + "\" of region \"" + config_.region + "\"";
  }
  if (SYNCER_MUTATED("catalog.ignore_other_canaries")) text.clear();
  if (text == conflict_) return;
  conflict_ = std::move(text);
  if (conflict_.empty()) return;
  observe(observer_, now, EventKind::RegistryShared, Severity::Error,
          {{"region", config_.region}, {"other", other}, {"reason", conflict_}});
}

void Canary::withdraw(Instant now) {
  leaving_ = true;
  if (busy_) return;  // its answer comes back here
  if (!registered_) {
    withdrawn_ = true;
    return;
  }
  const registry::InstanceRef ref{project(), service_id_, id_};
  leases_.forget(ref);
  calls_.submit(now, Urgency::Lease, requests_.unregister(ref),
                [this](Instant, const registry::RawAnswer&) { withdrawn_ = true; });
}

}  // namespace syncer::catalog
