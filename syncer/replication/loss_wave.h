// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "syncer/base/hash.h"
#include "syncer/base/time.h"

namespace syncer::replication {

/// A mass loss while it goes on: those that show it, its founders, and whether what is lost now is still of it. It is
/// over after a time, or as soon as nearly all of its founders are back: some never come back, and what else goes then
/// is ordinary.
class LossWave {
 public:
  /// Each wave has one; 0 is none.
  using Number = std::uint32_t;

  /// One more founder; others of its wave may be lost until `until`. Gives the wave that it belongs to from now on,
  /// which is a new one when the former is over.
  Number found(Instant now, Instant until);
  /// A founder of that wave is missing no more.
  void back(Number wave);
  /// What is lost now is of this wave.
  bool takes_in(Instant now) const;
  void end() { until_ = Instant::min(); }
  void hash(StateHasher& hasher) const;

 private:
  Number number_ = 0;
  Instant until_ = Instant::min();
  std::size_t founders_ = 0;
  std::size_t missing_ = 0;
};

}  // namespace syncer::replication
