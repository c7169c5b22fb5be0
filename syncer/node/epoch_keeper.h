// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "syncer/base/ids.h"
#include "syncer/ports/storage.h"

namespace syncer::node {

/// Hands out the region's epochs in single mode, where the "election" is a durable counter: an epoch may be used only
/// after it is on disk, so that a restart is always a later epoch and stragglers of an earlier one are recognised.
class EpochKeeper {
 public:
  EpochKeeper(Storage& storage, std::function<CallId()> next_call)
      : storage_(storage), next_call_(std::move(next_call)) {}

  /// Reads the last epoch ever claimed; an unreadable value is an error, a missing one is a first start.
  Result<void> load();
  /// Starts writing the next epoch, one above everything known: the stored one and `floor` (what a peer has seen).
  /// ErrorCode::TooLarge when there is none.
  Result<void> claim(std::optional<Epoch> floor);
  bool claiming() const { return pending_.has_value(); }
  /// The completion of a write: the epoch that may be used from now on, nothing for foreign calls, or the error.
  Result<std::optional<Epoch>> on_stored(CallId call, const Result<void>& outcome);

 private:
  struct Claim {
    CallId call;
    Epoch epoch;
  };
  Storage& storage_;
  std::function<CallId()> next_call_;
  Epoch last_{1, 0};
  std::optional<Claim> pending_;
};

}  // namespace syncer::node
