// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/words_topology.h"
#include "sim/scenario/values/network_events.h"

namespace sim::scenario {

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

template <class V>
void describe(V& v, Type<Heal>) {
  v.takes("what", &Heal::what, "id of a partition, clog or link event, or all");
}

template <class V>
void describe(V& v, Type<LinkChange>) {
  v.needs("from", &LinkChange::from, "sending side");
  v.needs("to", &LinkChange::to, "receiving side");
  v.takes("both", &LinkChange::both, "the way back as well");
  v.inlined(&LinkChange::quality);
  v.takes("for", &LinkChange::for_, "until heal when absent");
}

template <class V>
void describe(V& v, Type<Clog>) {
  v.takes("who", &Clog::who, "nodes");
  v.takes("from", &Clog::from, "or from these");
  v.takes("to", &Clog::to, "to these");
  v.takes("direction", &Clog::direction, "what who sends, receives, or both");
  v.takes("for", &Clog::for_, "until unclog or heal when absent");
}

template <class V>
void describe(V& v, Type<Unclog>) {
  v.takes("what", &Unclog::what, "id of a clog event, or all");
}

template <class V>
void describe(V& v, Type<Swizzle>) {
  v.needs("who", &Swizzle::who, "nodes");
  v.needs("down_gap", &Swizzle::down_gap, "time between two clogs");
  v.needs("up_gap", &Swizzle::up_gap, "time between two unclogs");
}

template <class V>
void describe(V& v, Type<Reset>) {
  v.needs("from", &Reset::from, "one end");
  v.needs("to", &Reset::to, "other end");
}

template <class V>
void describe(V& v, Type<HalfOpen>) {
  v.needs("from", &HalfOpen::from, "one end");
  v.needs("to", &HalfOpen::to, "other end");
  v.needs("for", &HalfOpen::for_, "after this a segment is answered by a reset");
}

}  // namespace sim::scenario
