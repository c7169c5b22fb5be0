// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/fault/process_fault.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

using fault::CallKind;
using fault::DiskFate;
using fault::FuzzKind;

struct Start {
  Selector who;
  Duration spread{};  ///< each node boots at a random time up to this later
  Settings config{};  ///< over those of the node, from now on
  bool operator==(const Start&) const = default;
};
/// Orderly shutdown.
struct Stop {
  Selector who;
  bool operator==(const Stop&) const = default;
};
/// The syncer leaves for good: it says good-bye to the pool, is seen as left, and ends. Only in mode single.
struct Leave {
  Selector who;
  bool operator==(const Leave&) const = default;
};
struct Crash {
  Selector who;
  DiskFate disk = DiskFate::LoseUnsynced;
  bool operator==(const Crash&) const = default;
};
struct Restart {
  Selector who;
  DiskFate disk = DiskFate::Keep;  ///< Keep or Wipe
  Duration delay{};
  Settings config{};   ///< over those of the node, from now on
  bool moved = false;  ///< with other addresses from now on; their settings name the new ones of each other
  bool operator==(const Restart&) const = default;
};
/// Crash, and start again after `down`.
struct Bounce {
  Selector who;
  Duration down = std::chrono::seconds(1);
  DiskFate disk = DiskFate::LoseUnsynced;
  bool operator==(const Bounce&) const = default;
};
/// The process is frozen, its monotonic clock goes on, its sockets fill.
struct Pause {
  Selector who;
  std::optional<Duration> for_;  ///< until "resume" when absent
  bool operator==(const Pause&) const = default;
};
struct Resume {
  Selector who;
  bool operator==(const Resume&) const = default;
};
/// The machine sleeps: packets to it are lost and no timer fires; the clocks go on, on waking all of it is overdue.
struct Suspend {
  Selector who;
  Duration for_{};
  bool operator==(const Suspend&) const = default;
};
/// Every event costs the node `factor` times 100 microseconds of processor time.
struct Slow {
  Selector who;
  std::uint64_t factor = 1;
  std::optional<Duration> for_;
  bool operator==(const Slow&) const = default;
};
/// The operator tells running nodes whom to join.
struct Join {
  Selector who;
  Selector via;
  bool operator==(const Join&) const = default;
};
/// The operator gives the slots of these voters, whose disks were lost, to their new disks: asks the leader of their
/// region. With `refused` the answer must be no.
struct ClusterReplace {
  Selector who;
  bool refused = false;
  bool operator==(const ClusterReplace&) const = default;
};
/// The operator lets the frozen removals of a region go ("*" for all): says so to these nodes.
struct GuardRelease {
  Selector who;
  std::string region = "*";
  bool operator==(const GuardRelease&) const = default;
};
/// The monotonic clock runs too fast (positive) or too slow.
struct ClockDrift {
  Selector who;
  std::int64_t ppm = 0;
  bool operator==(const ClockDrift&) const = default;
};
/// The wall clock leaps.
struct ClockJump {
  Selector who;
  Shift by;
  bool operator==(const ClockJump&) const = default;
};

/// The wall clock is off by so much from now on.
struct ClockSkew {
  Selector who;
  Shift by;
  std::optional<Duration> for_;
  bool operator==(const ClockSkew&) const = default;
};
/// The wall clock leaps forth and back again and again.
struct ClockStrobe {
  Selector who;
  Shift by;
  Duration gap{};  ///< between two leaps
  Duration for_{};
  bool operator==(const ClockStrobe&) const = default;
};

/// Power cut in the middle of a step: the moment the syncer made its n-th such call from now on. What it wanted to do
/// after that call never happens.
struct CrashAt {
  Selector who;
  CallKind call = CallKind::RegistryWrite;
  std::uint64_t nth = 1;
  DiskFate disk = DiskFate::Tear;
  Duration down = std::chrono::seconds(1);
  bool operator==(const CrashAt&) const = default;
};

/// How a disk is sick.
enum class DiskIllness : std::uint8_t { Fail, Full, Slow };

struct DiskFault {
  Selector who;
  DiskIllness mode = DiskIllness::Fail;
  std::uint64_t factor = 100;  ///< of Slow
  std::optional<Duration> for_;
  bool operator==(const DiskFault&) const = default;
};

/// One bit of a stored file flips.
struct DiskFlip {
  Selector who;
  std::string file;
  bool operator==(const DiskFlip&) const = default;
};

/// Somebody with an address of his own sends what makes no sense to nodes `who`, as datagrams and over streams to both
/// ports. Ends after `for`, or with "settle".
struct FuzzPeer {
  Selector who;
  FuzzKind what = FuzzKind::Noise;
  Rate rate{std::chrono::milliseconds(20)};
  std::uint32_t strangers = 16;
  bool impersonate = false;
  std::optional<Duration> for_;
  bool operator==(const FuzzPeer&) const = default;
};

}  // namespace sim::scenario
