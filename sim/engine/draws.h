// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "syncer/base/random.h"

namespace sim::engine {

/// The random numbers of one entity (a link, a disk) in one stream, keyed by (seed, stream, entity, ordinal): the draws
/// for its n-th event are the same whatever happened to any other event, so removing one shifts no other.
class Draws {
 public:
  Draws(std::uint64_t seed, std::string_view stream, std::uint64_t entity)
      : base_(syncer::Random(seed).stream(stream).stream(entity)) {}

  /// The numbers for the next event.
  syncer::Random next() { return base_.stream(ordinal_++); }
  /// How many events have drawn.
  std::uint64_t ordinal() const { return ordinal_; }

 private:
  syncer::Random base_;
  std::uint64_t ordinal_ = 0;
};

}  // namespace sim::engine
