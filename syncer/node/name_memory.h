// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "syncer/base/time.h"
#include "syncer/ports/storage.h"

namespace syncer::node {

/// Whether this disk has borne the names of its syncer and region before. Who comes for the first time gives way when
/// somebody in the pool has one of them already: that is an operator's mistake. Who comes back is the elder, whatever
/// is said of its name meanwhile; in a pool without a key anybody says anything, so it stays, with an alarm.
class NameMemory {
 public:
  /// Borrows `storage`.
  NameMemory(Storage& storage, std::string node, std::string region, std::function<CallId()> next_call)
      : storage_(storage), names_(node + "\n" + region + "\n"), next_call_(std::move(next_call)) {}

  /// Reads the disk. A value that is not as it was written counts for nothing: it only costs the right to stay.
  Result<void> load();
  /// The names were this disk's before this process began.
  bool held_before() const { return held_before_; }
  /// The process begins; a while later the names are its own, and written down.
  void start(Instant now);
  Instant next_deadline() const { return due_; }
  void advance(Instant now);
  /// False when the write is none of ours; the error when it failed.
  Result<bool> on_stored(CallId call, const Result<void>& outcome);

  /// Nobody who had a name before needs longer to say so.
  static constexpr Duration kProbation = std::chrono::seconds(10);

 private:
  Storage& storage_;
  std::string names_;
  std::function<CallId()> next_call_;
  bool held_before_ = false;
  Instant due_ = kNever;
  std::optional<CallId> writing_;
};

}  // namespace syncer::node
