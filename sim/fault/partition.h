// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/fault/site.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace sim::fault {

/// What a blocked direction does with packets.
enum class BlockMode : std::uint8_t {
  Drop,  ///< datagrams are lost, streams wait for their retransmission timer
  Slow,  ///< everything takes `extra` longer
  Jam,   ///< everything is kept and delivered at heal
};

/// A direction between two sites.
using Direction = std::pair<Site, Site>;

/// A cut of the network: a set of directions that are blocked until it is healed.
struct PartitionSpec {
  std::vector<Direction> blocked;
  BlockMode mode = BlockMode::Drop;
  syncer::Duration extra = std::chrono::milliseconds(500);  ///< mode Slow only
};

/// Nobody talks across groups. Sites in no group talk to everybody.
PartitionSpec groups(const std::vector<Sites>& groups, BlockMode mode = BlockMode::Drop);
/// `from` cannot reach `to`; the way back stays open.
PartitionSpec one_way(const Sites& from, const Sites& to, BlockMode mode = BlockMode::Drop);
/// Everything from and to `sites` (clog of a machine), or one of the two.
PartitionSpec around(const Sites& sites, const Sites& all, bool outgoing, bool incoming, BlockMode mode);

/// Named shapes over a set of sites; who falls where is drawn.
enum class PartitionShape : std::uint8_t {
  Halves,      ///< two random groups, the smaller with half the sites (rounded down)
  IsolateOne,  ///< one random site alone
  Ring,        ///< each reaches only its two neighbours in a random ring
  Bridge,      ///< two halves that only meet through one random site
};
PartitionSpec shaped(PartitionShape shape, Sites sites, syncer::Random random, BlockMode mode = BlockMode::Drop);

}  // namespace sim::fault
