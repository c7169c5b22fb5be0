// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/catalog/config.h"
#include "syncer/catalog/guards.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/removal_guard.h"

namespace syncer::catalog {

/// What this region exports: its native instances, their services and what is attached to these. An instance leaves the
/// set only after its absence was confirmed and the sender's guard let it go.
class Exporter {
 public:
  Exporter(const CatalogConfig& config, Observer& observer);

  void put_instance(Instant now, const registry::ServiceKey& service, const std::string& id, const Bytes& payload);
  /// The service's own record; only exported while the service has exported instances.
  void put_service(Instant now, const registry::ServiceKey& service, const Bytes& payload);
  /// All attachments of a service, as a complete reading showed them.
  void put_attachments(Instant now, const registry::ServiceKey& service, const registry::Attachments& attachments);
  /// Instances whose absence is confirmed, all of one reading.
  void remove_instances(Instant now, const std::vector<Bytes>& keys);

  bool has_instances(const registry::ServiceKey& service) const { return services_.contains(service); }
  const std::map<Bytes, Bytes>& exported() const { return exported_; }
  std::size_t instances() const { return instances_; }
  std::vector<ExportChange> take_changes();

  const replication::RemovalGuard& guard() const { return guard_; }
  void set_healthy(Instant now, bool healthy) { guard_.set_origin_healthy(now, healthy); }
  void release_guard(Instant now, std::string_view reason);
  /// Goes on with the guard of the leader before us.
  void take_over_guard(Instant now, const GuardMark& mark) { take_over(now, mark, guard_, observer_); }
  void advance(Instant now);
  Instant next_deadline() const { return guard_.next_deadline(); }

 private:
  void put(Instant now, const Bytes& key, const Bytes& payload);
  void erase(Instant now, const Bytes& key);
  void let_go(Instant now, const std::vector<Bytes>& keys, std::string_view reason);
  void erase_instance(Instant now, const Bytes& key);
  void erase_attachments(Instant now, const registry::ServiceKey& service, const std::set<Bytes>& but);
  void forget_service(Instant now, const registry::ServiceKey& service);

  const CatalogConfig& config_;
  Observer& observer_;
  replication::RemovalGuard guard_;
  std::map<Bytes, Bytes> exported_;
  std::set<Bytes> changed_;                               // keys that differ since take_changes
  std::map<registry::ServiceKey, std::size_t> services_;  // exported instances of each
  std::size_t instances_ = 0;
};

}  // namespace syncer::catalog
