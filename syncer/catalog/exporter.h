// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/catalog/config.h"
#include "syncer/catalog/sizes.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/guard_mark.h"

namespace syncer::catalog {

/// An operator's release covers what shows of the same loss, in every region.
using replication::kReleaseLasts;

/// What this region exports: its native instances, their services and what is attached to these. Decides nothing: an
/// instance leaves the set when the guard says so, and may have to come back for a while after that.
class Exporter {
 public:
  explicit Exporter(Observer& observer) : observer_(observer) {}

  void put_instance(Instant now, const registry::ServiceKey& service, const std::string& id, const Bytes& payload);
  /// The service's own record; only exported while the service has exported instances.
  void put_service(Instant now, const registry::ServiceKey& service, const Bytes& payload);
  /// All attachments of a service, as a complete reading showed them.
  void put_attachments(Instant now, const registry::ServiceKey& service, const registry::Attachments& attachments);

  /// The instance leaves the set, and with the last one its service. Until `until` restore() brings it back.
  void remove(Instant now, const Bytes& key, Instant until = Instant::min());
  /// The instance is as it was when it was removed, its service too. Nothing happens when the time for it is over.
  void restore(Instant now, const Bytes& key);
  /// An operator lets go what guards anywhere hold of this region: a record says so for a while.
  void tell_release(Instant now);
  /// The own guard holds removals, or does so no more.
  void tell_holding(Instant now, bool holding);

  bool exports(const Bytes& key) const { return exported_.contains(key); }
  bool has_instances(const registry::ServiceKey& service) const { return services_.contains(service); }
  const std::map<Bytes, Bytes>& exported() const { return exported_; }
  std::size_t instances() const { return instances_; }
  /// What differs since the last call; of what came and went meanwhile nothing is left.
  std::vector<ExportChange> take_changes();

  /// Forgets what is not to be restored any more.
  void advance(Instant now);
  Instant next_deadline() const;
  /// Adds what is exported or may be again.
  void fill(Sizes& sizes) const;

 private:
  using Records = std::map<Bytes, Bytes>;
  struct Removed {
    Bytes payload;
    Instant until{};
  };
  /// Of a service whose last instance may have to be restored.
  struct RemovedService {
    std::size_t instances = 0;
    Records records;
  };

  void put(Instant now, const Bytes& key, const Bytes& payload);
  void erase(Instant now, const Bytes& key);
  Records records_of(const registry::ServiceKey& service) const;
  void forget_removed(const Bytes& key);

  Observer& observer_;
  Records exported_;
  std::map<Bytes, bool> changed_;  // keys that differ since take_changes, and whether they were exported then
  std::map<registry::ServiceKey, std::size_t> services_;  // exported instances of each
  std::size_t instances_ = 0;
  bool tells_holding_ = false;
  std::map<Bytes, Removed> removed_;
  std::set<std::pair<Instant, Bytes>> removed_until_;
  std::map<registry::ServiceKey, RemovedService> removed_services_;
  Instant release_until_ = kNever;
};

}  // namespace syncer::catalog
