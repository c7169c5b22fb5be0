// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/scenario/values/process_events.h"

namespace sim::scenario {

/// The calls of a syncer at which it can be made to die.
enum class CallKind : std::uint8_t { RegistryWrite, DiskWrite };

/// Power cut in the middle of a step: the moment the syncer made its n-th such call from now on. What it wanted to do
/// after that call never happens.
struct CrashAt {
  Selector who;
  CallKind call = CallKind::RegistryWrite;
  std::uint64_t nth = 1;
  Disk disk = Disk::Tear;
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

}  // namespace sim::scenario
