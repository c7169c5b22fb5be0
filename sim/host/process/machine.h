// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
#include "syncer/base/time.h"

namespace sim::host {

/// 2026-01-01T00:00:00Z: the wall clock of everything at the start of a world, nanoseconds since 1970.
inline constexpr std::int64_t kWallAtZero = 1'767'225'600'000'000'000;

/// The clocks of one machine. The monotonic one runs at its own speed, counts the time the machine is suspended, never
/// jumps and never goes back. The wall clock follows true time, apart from jumps.
class MachineClock {
 public:
  explicit MachineClock(syncer::Instant local_at_zero) : local_base_(local_at_zero) {}

  /// Reading of the monotonic clock at a time of the world (not before the last change of speed).
  syncer::Instant local(syncer::Instant world) const;
  /// First time of the world at which the monotonic clock shows at least `local`.
  syncer::Instant world(syncer::Instant local) const;
  syncer::WallTime wall(syncer::Instant world) const;

  void set_drift(syncer::Instant world, std::int64_t ppm);
  void jump_wall(syncer::Duration by) { wall_offset_ += by; }
  /// How far the wall clock is off in all.
  syncer::Duration wall_off() const { return wall_offset_ + wall_skew_; }
  /// The wall clock is off by so much, apart from jumps.
  void skew_wall(syncer::Duration by) { wall_skew_ = by; }

 private:
  void rebase(syncer::Instant world);

  syncer::Instant world_base_{};
  syncer::Instant local_base_;
  std::int64_t ppm_ = 0;
  syncer::Duration wall_offset_{};
  syncer::Duration wall_skew_{};
};

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
