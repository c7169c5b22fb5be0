// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/base/time.h"

namespace syncer::registry {

/// How fast the registry is written: as fast as it takes writes without refusing them for its load, up to a ceiling
/// [AIMD, with slow start, as TCP does]. Single failures among many successes do not count: a registry that spoils
/// one call in a hundred is not overloaded.
class WriteRate {
 public:
  explicit WriteRate(std::uint32_t ceiling);

  /// Another ceiling from now on.
  void set_ceiling(std::uint32_t ceiling);
  /// When the next write may start.
  Instant gate() const { return gate_; }
  /// A write starts.
  void count(Instant now);
  /// A write was answered; `overloaded`: not at all, or by 429 or 5xx.
  void answered(Instant now, bool overloaded);

  std::uint64_t per_second() const { return rate_; }

 private:
  void judge(Instant now);

  std::uint64_t ceiling_;
  std::uint64_t rate_;
  bool is_starting_ = true;  ///< nothing was refused yet
  Instant gate_{};
  Instant window_{};  ///< begin of the answers that are judged together
  std::uint64_t answers_ = 0;
  std::uint64_t refusals_ = 0;
};

}  // namespace syncer::registry
