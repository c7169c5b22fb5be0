// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "syncer/base/epoch.h"
#include "syncer/catalog/calls.h"
#include "syncer/catalog/leases.h"
#include "syncer/catalog/regions.h"
#include "syncer/catalog/registry_snapshot.h"
#include "syncer/catalog/services.h"
#include "syncer/registry/plan_memo.h"

namespace syncer::catalog {

/// Makes the registry hold exactly the copies that other regions want: compares, for one origin at a time, what is
/// wanted with what is present and takes the next single step. Level-triggered: whatever a step comes to, the same
/// comparison decides what is next, so a crash, a lost answer or a doubled one changes nothing.
class Importer {
 public:
  Importer(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls,
           const RegistrySnapshot& view, Regions& regions, Leases& leases, Observer& observer, Random random);

  void want(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch);
  void unwant(Instant now, const std::string& region, const Bytes& key);

  /// Writes are allowed: the registry was read, nobody else writes it.
  void enable(Instant now);
  void disable(Instant now);

  void seen(Instant now, const registry::InstanceRef& ref);
  void missing(Instant now, const registry::InstanceRef& ref);
  /// A heartbeat said so. False when it is no copy.
  bool lease_lost(Instant now, const registry::InstanceRef& ref);
  /// The registry's own record of a service is new, changed or gone.
  void service_listed(Instant now, const registry::ServiceKey& key) { services_.reconsider(now, key); }
  /// Looks at all copies of a service again.
  void service_changed(Instant now, const registry::ServiceKey& key);

  /// `last_reading` is when the last complete reading of the registry began.
  void advance(Instant now, Instant last_reading);
  Instant next_deadline() const;

  std::size_t copies() const { return by_ref_.size(); }
  std::size_t waiting() const { return queue_.size() + busy_; }
  std::size_t parked() const { return parked_; }
  /// Why something is not done yet, in words; at most `limit` of them.
  void explain(std::vector<std::string>& out, std::size_t limit) const;

 private:
  struct Place {
    std::string region;
    Bytes key;
    auto operator<=>(const Place&) const = default;
  };
  /// One origin with everything that is needed to act on it.
  struct Subject {
    const Place& place;
    RemoteCopies& remote;
    Origin& origin;
    registry::RecordKey key;
  };
  using Handle = std::function<Result<void>(Instant, Subject&, const registry::RawAnswer&)>;

  Origin* find(const Place& place, RemoteCopies** remote = nullptr);
  void enqueue(const Place& place);
  void enqueue(const Place& place, Origin& origin);
  void revisit(Instant at, const Place& place) { timers_.insert({at, place}); }
  void believe(Instant now, const Place& place, RemoteCopies& remote, Origin& origin, const std::string& copy,
               bool present);
  void believe_view(Instant now, const Place& place, RemoteCopies& remote, Origin& origin, CopyState& copy,
                    const std::string& id);
  void settle_quiet(Instant now, const Place& place);
  bool is_quiet(Instant now, const CopyState& copy) const;

  bool reconcile(Instant now, const Place& place);
  bool fulfil(Instant now, Subject& subject);
  static std::optional<std::string> surplus(const Origin& origin, const std::string& wanted);
  bool fulfil_present(Instant now, Subject& subject, const registry::SharedPlan& plan);
  bool withdraw(Instant now, Subject& subject);
  void done(Instant now, Subject& subject);

  bool add(Instant now, Subject& subject, const std::string& service_id, const registry::SharedPlan& plan);
  bool update_status(Instant now, Subject& subject, const registry::SharedPlan& plan);
  bool update_properties(Instant now, Subject& subject, const registry::SharedPlan& plan);
  bool remove(Instant now, Subject& subject, const std::string& copy, std::string_view reason);
  void call(Instant now, Subject& subject, HttpRequest request, Handle handle);
  void fail(Instant now, const Place& place, Origin& origin, const Error& error);
  void unpark(Instant now, const Place& place, Origin& origin);
  bool gate_open(Instant now) const { return gate_ <= now; }
  void pass_gate(Instant now);
  void report(Instant now, EventKind kind, const Subject& subject, const std::string& copy, std::string_view reason);

  const CatalogConfig& config_;
  const registry::V4Requests& requests_;
  Calls& calls_;
  const RegistrySnapshot& view_;
  Regions& regions_;
  Leases& leases_;
  Observer& observer_;
  Random random_;
  Services services_;
  registry::PlanMemo plans_;
  bool enabled_ = false;
  Instant last_reading_{};
  std::map<registry::InstanceRef, Place> by_ref_;  // copies believed to be present
  std::deque<Place> queue_;
  std::set<std::pair<Instant, Place>> timers_;
  std::size_t busy_ = 0;
  std::size_t parked_ = 0;
  Instant gate_{};
};

}  // namespace syncer::catalog
