// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
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

constexpr auto words(Type<BlockMode>) {
  return Words<BlockMode, 3>{{{"drop", BlockMode::Drop}, {"slow", BlockMode::Slow}, {"jam", BlockMode::Jam}}};
}

constexpr auto words(Type<PartitionShape>) {
  return Words<PartitionShape, 4>{{{"halves", PartitionShape::Halves},
                                   {"isolate_one", PartitionShape::IsolateOne},
                                   {"ring", PartitionShape::Ring},
                                   {"bridge", PartitionShape::Bridge}}};
}

constexpr auto words(Type<Direction>) {
  return Words<Direction, 3>{{{"both", Direction::Both}, {"in", Direction::In}, {"out", Direction::Out}}};
}

constexpr EventWord word(Type<Partition>) { return {"partition", "cuts the network"}; }

template <class V>
void describe(V& v, Type<Partition>) {
  v.takes("groups", &Partition::groups, "sides that cannot reach each other");
  v.takes("from", &Partition::from, "side that cannot send");
  v.takes("to", &Partition::to, "side that does not receive");
  v.takes("both", &Partition::both, "from and to in both directions");
  v.takes("shape", &Partition::shape, "random shape over among");
  v.takes("among", &Partition::among, "nodes of the shape");
  v.takes("mode", &Partition::mode, "what becomes of packets");
  v.takes("for", &Partition::for_, "until heal when absent");
}

constexpr EventWord word(Type<Heal>) { return {"heal", "ends a fault of the network"}; }

template <class V>
void describe(V& v, Type<Heal>) {
  v.takes("what", &Heal::what, "id of a partition, clog or link event, or all");
}

constexpr EventWord word(Type<LinkChange>) { return {"link", "changes the quality of links"}; }

template <class V>
void describe(V& v, Type<LinkChange>) {
  v.needs("from", &LinkChange::from, "sending side");
  v.needs("to", &LinkChange::to, "receiving side");
  v.takes("both", &LinkChange::both, "the way back as well");
  v.inlined(&LinkChange::quality);
  v.takes("for", &LinkChange::for_, "until heal when absent");
}

constexpr EventWord word(Type<Clog>) { return {"clog", "nothing arrives, queues grow"}; }

template <class V>
void describe(V& v, Type<Clog>) {
  v.takes("who", &Clog::who, "nodes");
  v.takes("from", &Clog::from, "or from these");
  v.takes("to", &Clog::to, "to these");
  v.takes("direction", &Clog::direction, "what who sends, receives, or both");
  v.takes("for", &Clog::for_, "until unclog or heal when absent");
}

constexpr EventWord word(Type<Unclog>) { return {"unclog", "ends a clog"}; }

template <class V>
void describe(V& v, Type<Unclog>) {
  v.takes("what", &Unclog::what, "id of a clog event, or all");
}

constexpr EventWord word(Type<Swizzle>) { return {"swizzle", "clogs one by one, unclogs in another order"}; }

template <class V>
void describe(V& v, Type<Swizzle>) {
  v.needs("who", &Swizzle::who, "nodes");
  v.needs("down_gap", &Swizzle::down_gap, "time between two clogs");
  v.needs("up_gap", &Swizzle::up_gap, "time between two unclogs");
}

constexpr EventWord word(Type<Reset>) { return {"reset", "TCP reset of open connections"}; }

template <class V>
void describe(V& v, Type<Reset>) {
  v.needs("from", &Reset::from, "one end");
  v.needs("to", &Reset::to, "other end");
}

constexpr EventWord word(Type<HalfOpen>) { return {"half_open", "connections go silent without being closed"}; }

template <class V>
void describe(V& v, Type<HalfOpen>) {
  v.needs("from", &HalfOpen::from, "one end");
  v.needs("to", &HalfOpen::to, "other end");
  v.needs("for", &HalfOpen::for_, "after this a segment is answered by a reset");
}

/// Every event of this page, in the order of the documentation.
using NetworkEvents = std::tuple<Partition, Heal, LinkChange, Clog, Unclog, Swizzle, Reset, HalfOpen>;

}  // namespace sim::scenario
