// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "syncer/base/time.h"
#include "syncer/ports/storage.h"
#include "syncer/raft/store.h"

namespace syncer::cluster {

/// Writes in order, each only after the one before is durable: the order is what a voter's recovery relies on.
class ClusterStore {
 public:
  using Done = std::function<void(Instant)>;

  ClusterStore(Storage& storage, std::function<CallId()> next_call)
      : storage_(storage), next_call_(std::move(next_call)) {}

  /// Writes all of them, then calls `done`, from within on_stored (or at once when there is nothing to write).
  void write(Instant now, std::vector<raft::StoreOperation> operations, Done done);
  /// False when the call is none of ours. A write that failed is an error: a retry would prove nothing.
  Result<bool> on_stored(Instant now, CallId call, const Result<void>& outcome);
  bool idle() const { return steps_.empty(); }
  /// Steps that are not done.
  std::size_t size() const { return steps_.size(); }

 private:
  struct Step {
    std::optional<raft::StoreOperation> operation;
    Done done;
  };
  void issue(Instant now);

  Storage& storage_;
  std::function<CallId()> next_call_;
  std::deque<Step> steps_;
  std::optional<CallId> under_way_;
};

}  // namespace syncer::cluster
