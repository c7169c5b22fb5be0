// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/fault/partition.h"
#include "sim/scenario/values/topology.h"

namespace sim::scenario {

using fault::BlockMode;
using fault::PartitionShape;

/// Cuts `groups` from each other, or `from` -> `to` (one way, both with `both`), or `among` in a random `shape`.
/// Ends with "heal" of its id, or after `for`.
struct Partition {
  std::vector<Selector> groups;
  Selector from;
  Selector to;
  bool both = false;
  Selector among;
  std::optional<PartitionShape> shape;
  BlockMode mode = BlockMode::Drop;
  std::optional<Duration> for_;
  bool operator==(const Partition&) const = default;
};
/// Ends partitions, clogs and link changes.
struct Heal {
  std::string what = "all";  ///< label of the event, or "all"
  bool operator==(const Heal&) const = default;
};
/// Changes the quality of links.
struct LinkChange {
  Selector from;
  Selector to;
  bool both = false;
  LinkQuality quality;
  std::optional<Duration> for_;
  bool operator==(const LinkChange&) const = default;
};
enum class Direction : std::uint8_t { Both, In, Out };

/// Nothing arrives, what is sent waits: of nodes `who`, or of the pair `from` -> `to`.
struct Clog {
  Selector who;
  Selector from;
  Selector to;
  Direction direction = Direction::Both;
  std::optional<Duration> for_;
  bool operator==(const Clog&) const = default;
};
struct Unclog {
  std::string what = "all";  ///< label of a clog, or "all"
  bool operator==(const Unclog&) const = default;
};
/// Clogs one node after the other, unclogs them in another order.
struct Swizzle {
  Selector who;
  Duration down_gap{};
  Duration up_gap{};
  bool operator==(const Swizzle&) const = default;
};
/// Resets the open streams of a pair (TCP RST).
struct Reset {
  Selector from;
  Selector to;
  bool operator==(const Reset&) const = default;
};
/// Open streams of a pair go silent without being closed; after `for_` a segment is answered by a reset.
struct HalfOpen {
  Selector from;
  Selector to;
  Duration for_{};
  bool operator==(const HalfOpen&) const = default;
};

}  // namespace sim::scenario
