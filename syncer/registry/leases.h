// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "syncer/registry/calls.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/sizes.h"

namespace syncer::registry {

/// Renews what this syncer registered: every lease at a third of its life, as many in one request as the kind takes.
class Leases {
 public:
  Leases(Driver& driver, const Addresses& addresses) : driver_(driver), addresses_(addresses) {}

  /// A registration was just made (or renewed) with this lease.
  void track(Instant now, const EntryId& ref, Duration lease);
  /// A registration of unknown age was found: it is renewed at once.
  void adopt(Instant now, const EntryId& ref, Duration lease);
  void forget(const EntryId& ref);
  void advance(Instant now);
  Instant next_deadline() const { return due_.empty() ? kNever : due_.begin()->at; }
  /// Registrations that the registry does not know any more; they are forgotten here.
  std::vector<EntryId> take_lost() { return std::exchange(lost_, {}); }
  /// Those that were renewed in the last third of their life, or after it.
  std::vector<EntryId> take_late() { return std::exchange(late_, {}); }
  /// How long ago it was renewed last; nothing when no renewal is known.
  std::optional<Duration> age(Instant now, const EntryId& ref) const;
  /// The last news of this lease was a renewal.
  bool is_healthy(const EntryId& ref) const;
  /// Adds the leases.
  void fill(Sizes& sizes) const {
    sizes.leases = leases_.size();
    sizes.lease_timers = due_.size();
  }

 private:
  struct Lease {
    Duration life{};
    Instant due = kNever;      ///< kNever while a request is under way
    Instant late_at = kNever;  ///< two thirds after the last renewal that is known
    bool healthy = false;
  };
  using Table = std::map<EntryId, Lease>;
  using Batch = std::vector<EntryId>;
  /// When a lease is to be renewed.
  struct Due {
    Instant at;
    Table::iterator lease;
    bool operator<(const Due& other) const {
      return at != other.at ? at < other.at : lease->first < other.lease->first;
    }
  };

  Duration spread(const EntryId& ref, Duration pace) const;
  void schedule(Table::iterator lease, Instant due);
  std::map<std::string, Batch> take_due(Instant now);
  void renew(Instant now, const Batch& batch);
  void conclude(Instant now, const EntryId& ref, Beat beat);

  Driver& driver_;
  const Addresses& addresses_;
  Table leases_;
  std::set<Due> due_;
  std::vector<EntryId> lost_;
  std::vector<EntryId> late_;
};

}  // namespace syncer::registry
