// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/engine/draws.h"
#include "sim/host/options.h"
#include "syncer/base/bytes.h"
#include "syncer/base/ids.h"
#include "syncer/base/result.h"

namespace sim::host {

/// One write or append, and how it ended.
struct DiskDone {
  syncer::CallId call;
  syncer::Result<void> outcome;
};

/// The disk of one machine. Writes become durable one after the other, each after a drawn time; until then a crash may
/// take them away. Outlives the process.
class Disk {
 public:
  Disk(engine::Draws draws, syncer::Duration min, syncer::Duration max) : draws_(draws), min_(min), max_(max) {}

  void set_fault(DiskFault fault) { fault_ = fault; }
  syncer::Result<std::optional<syncer::Bytes>> read(std::string_view key) const;
  /// Both give the time at which complete() is to be called.
  syncer::Instant write(syncer::Instant now, syncer::CallId call, std::string_view key, syncer::Bytes value);
  syncer::Instant append(syncer::Instant now, syncer::CallId call, std::string_view key, syncer::Bytes bytes);
  /// The oldest pending operation takes effect, or fails.
  DiskDone complete();
  bool idle() const { return pending_.empty(); }
  /// Decides about the pending operations; none is left.
  void crash(DiskFate fate);
  /// One bit of what is durable under that key flips; false when there is nothing.
  bool flip_bit(std::string_view key);
  /// Bytes that are durable, for tests and checkers.
  std::size_t size() const;

 private:
  struct Operation {
    syncer::CallId call;
    std::string key;
    syncer::Bytes bytes;
    bool append;
  };
  syncer::Instant enqueue(syncer::Instant now, Operation operation);
  void apply(const Operation& operation);
  void tear();

  engine::Draws draws_;
  syncer::Duration min_;
  syncer::Duration max_;
  DiskFault fault_;
  std::map<std::string, syncer::Bytes, std::less<>> durable_;
  std::deque<Operation> pending_;
  syncer::Instant busy_until_{};
};

}  // namespace sim::host
