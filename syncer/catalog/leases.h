// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "syncer/catalog/calls.h"

namespace syncer::catalog {

/// Renews what this syncer registered: every lease at a third of its life, many in one request.
class Leases {
 public:
  Leases(const registry::V4Requests& requests, Calls& calls, const Addresses& addresses)
      : requests_(requests), calls_(calls), addresses_(addresses) {}

  /// A registration was just made (or renewed) with this lease.
  void track(Instant now, const registry::InstanceRef& ref, Duration lease);
  /// A registration of unknown age was found: it is renewed at once.
  void adopt(Instant now, const registry::InstanceRef& ref, Duration lease);
  void forget(const registry::InstanceRef& ref);
  void advance(Instant now);
  Instant next_deadline() const { return due_.empty() ? kNever : due_.begin()->at; }
  /// Registrations that the registry does not know any more; they are forgotten here.
  std::vector<registry::InstanceRef> take_lost() { return std::exchange(lost_, {}); }
  std::size_t size() const { return leases_.size(); }
  /// The last word on this lease was a renewal.
  bool is_healthy(const registry::InstanceRef& ref) const;

 private:
  struct Lease {
    Duration life{};
    Instant due = kNever;  ///< kNever while a request is under way
    bool healthy = false;
  };
  using Table = std::map<registry::InstanceRef, Lease>;
  using Batch = std::vector<registry::InstanceRef>;
  /// When a lease is to be renewed.
  struct Due {
    Instant at;
    Table::iterator lease;
    bool operator<(const Due& other) const {
      return at != other.at ? at < other.at : lease->first < other.lease->first;
    }
  };

  void schedule(Table::iterator lease, Instant due);
  std::map<std::string, Batch> take_due(Instant now);
  void renew(Instant now, const std::string& project, Batch batch);
  void renew_one(Instant now, const registry::InstanceRef& ref);
  void on_set(Instant now, const std::string& project, const Batch& batch, const registry::RawAnswer& raw);
  void split(Instant now, const std::string& project, const Batch& batch);
  void conclude(Instant now, const registry::InstanceRef& ref, registry::Beat beat);

  const registry::V4Requests& requests_;
  Calls& calls_;
  const Addresses& addresses_;
  Table leases_;
  std::set<Due> due_;
  std::vector<registry::InstanceRef> lost_;
};

}  // namespace syncer::catalog
