// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "syncer/base/epoch.h"
#include "syncer/base/random.h"
#include "syncer/catalog/calls.h"
#include "syncer/catalog/present_copies.h"
#include "syncer/catalog/services.h"
#include "syncer/registry/plan_memo.h"

namespace syncer::catalog {

/// Makes the registry hold exactly the copies that other regions desire: compares, for one copy at a time, what is
/// desired with what is present and takes the next single step. Level-triggered: whatever a step comes to, the same
/// comparison decides what is next, so a crash, a lost answer or a doubled one changes nothing.
class Importer {
 public:
  Importer(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls,
           const RegistrySnapshot& view, Regions& regions, Leases& leases, Observer& observer, Random random);

  void desire(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch);
  void release(Instant now, const std::string& region, const Bytes& key);

  /// Writes are allowed while the registry was read and nobody else writes it.
  void set_enabled(Instant now, bool enabled);

  PresentCopies& present() { return present_; }
  /// The registry's own record of a service is new, changed or gone.
  void service_listed(Instant now, const registry::ServiceKey& key) { services_.reconsider(now, key); }

  void advance(Instant now);
  Instant next_deadline() const;

  std::size_t copies() const { return present_.size(); }
  std::size_t waiting() const { return queue_.size() + busy_; }
  std::size_t rejected() const { return rejected_; }
  /// Why something is not done yet, for people; at most `limit` of them.
  void explain(std::vector<std::string>& out, std::size_t limit) const;

 private:
  /// One copy with everything that is needed to act on it.
  struct Work {
    const CopyName& name;
    RemoteCopies& remote;
    DesiredCopy& copy;
    registry::RecordKey key;
  };
  using Handle = std::function<Result<void>(Instant, Work&, const registry::RawAnswer&)>;

  void desire_service(RemoteCopies& remote, const registry::RecordKey& key, const Bytes& payload);
  void release_service(RemoteCopies& remote, const registry::RecordKey& key);
  bool is_mirrored(const registry::ServiceKey& service) const;
  void service_changed(const registry::ServiceKey& key);

  // The comparison and the step that follows; true when the step is a write.
  bool reconcile(Instant now, const CopyName& name);
  bool fulfil(Instant now, Work& work);
  bool fulfil_present(Instant now, Work& work, const registry::SharedPlan& plan);
  bool withdraw(Instant now, Work& work);
  void done(Instant now, Work& work);
  static std::optional<std::string> surplus(const DesiredCopy& copy, const std::string& kept);

  // The steps: each is one call and what its answer means.
  bool add(Instant now, Work& work, const std::string& service_id, const registry::SharedPlan& plan);
  bool update_status(Instant now, Work& work, const registry::SharedPlan& plan);
  bool update_properties(Instant now, Work& work, const registry::SharedPlan& plan);
  Result<void> on_updated(Instant now, Work& work, const std::string& id, std::string_view what,
                          const registry::RawAnswer& raw, const std::function<void(CopyState&)>& apply);
  bool remove(Instant now, Work& work, const std::string& id, std::string_view reason);
  void call(Instant now, Work& work, HttpRequest request, Handle handle);
  void fail(Instant now, const CopyName& name, DesiredCopy& copy, const Error& error);
  void reject(Instant now, const CopyName& name, DesiredCopy& copy);
  void clear_rejection(Instant now, const CopyName& name, DesiredCopy& copy);
  void report(Instant now, EventKind kind, const Work& work, const std::string& id, std::string_view reason);

  const CatalogConfig& config_;
  const registry::V4Requests& requests_;
  Calls& calls_;
  Regions& regions_;
  Leases& leases_;
  Observer& observer_;
  Random random_;
  CopyQueue queue_;
  PresentCopies present_;
  Services services_;
  registry::PlanMemo plans_;
  std::size_t busy_ = 0;
  std::size_t rejected_ = 0;
};

}  // namespace syncer::catalog
