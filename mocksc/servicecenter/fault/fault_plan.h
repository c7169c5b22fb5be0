// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "mocksc/servicecenter/fault/fault.h"
#include "syncer/base/random.h"

namespace mocksc {

/// The faults that are on. Several may be on at once; of one kind the oldest counts.
class FaultPlan {
 public:
  /// What is on for one request.
  struct Entry {
    Fault fault;
    std::uint64_t salt = 0;  ///< decides which records a partial list misses, as long as the fault is on
  };

  explicit FaultPlan(syncer::Random random) : random_(random) {}
  /// Starts a fault.
  FaultId add(Fault fault);
  /// False when it is not on.
  bool remove(FaultId id) { return faults_.erase(id) > 0; }
  void clear() { faults_.clear(); }
  /// Forgets the faults whose end has come.
  void advance(syncer::Instant now);
  /// End of the fault that ends first.
  syncer::Instant next_deadline() const;
  /// The oldest fault of a kind that touches the front-end, or nullptr.
  const Entry* find(FaultKind kind, std::size_t frontend) const;
  const std::map<FaultId, Entry>& all() const { return faults_; }

 private:
  syncer::Random random_;
  std::map<FaultId, Entry> faults_;
  FaultId next_ = 1;
};

}  // namespace mocksc
