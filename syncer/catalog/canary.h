// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "syncer/base/random.h"
#include "syncer/catalog/calls.h"
#include "syncer/catalog/leases.h"
#include "syncer/catalog/registry_snapshot.h"

namespace syncer::catalog {

/// This syncer's own instance in the registry. It shows that the registry keeps what is written to it, and it tells any
/// other syncer that writes the same registry that it is not alone.
class Canary {
 public:
  Canary(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls, const RegistrySnapshot& view,
         Leases& leases, Observer& observer, Random random);

  void start(Instant now) { due_ = now; }
  void seen(Instant now, const registry::InstanceRef& ref);
  void missing(Instant now, const registry::InstanceRef& ref);
  /// False when it is none of ours.
  bool lease_lost(Instant now, const registry::InstanceRef& ref);
  void advance(Instant now);
  Instant next_deadline() const { return busy_ ? kNever : due_; }

  /// When others could first see us (or the registry refused us for good); a reading that began later would have
  /// shown them.
  std::optional<Instant> announced() const { return announced_; }
  /// Listed, and its heartbeats succeed.
  bool healthy() const;
  /// Registered, but the list does not show it (yet).
  bool is_overlooked() const { return registered_ && !listed_; }
  /// Who else writes this registry, in words; empty when nobody does.
  const std::string& conflict() const { return conflict_; }

  /// Removes it; done when withdrawn() is true.
  void withdraw(Instant now);
  bool withdrawn() const { return withdrawn_; }

 private:
  void create_service(Instant now);
  void register_instance(Instant now, const std::string& service_id);
  void take_over(Instant now);
  void remove(Instant now, const registry::InstanceRef& ref);
  void retry(Instant now, const Error& error);
  void judge(Instant now);
  bool is_own(const registry::InstanceRef& ref) const { return ref.instance_id == id_; }
  const std::string& project() const { return config_.registry.projects.front(); }

  const CatalogConfig& config_;
  const registry::V4Requests& requests_;
  Calls& calls_;
  const RegistrySnapshot& view_;
  Leases& leases_;
  Observer& observer_;
  registry::CanaryMark mark_;
  std::string id_;
  std::string service_id_;
  registry::InstanceRef ref_;  // when registered
  bool busy_ = false;
  bool registered_ = false;
  bool listed_ = false;
  bool confirmed_ = false;  // seen in the list as this very process's
  bool usurped_ = false;    // then seen as another process's
  bool stale_ = false;      // listed with an earlier run's mark
  bool withdrawn_ = false;
  bool leaving_ = false;
  Instant due_ = kNever;
  std::uint32_t failures_ = 0;
  std::optional<Instant> announced_;
  std::map<registry::InstanceRef, registry::CanaryMark> others_;
  std::string conflict_;
};

}  // namespace syncer::catalog
