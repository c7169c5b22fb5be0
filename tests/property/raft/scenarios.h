// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tests/property/raft/cluster.h"

namespace syncer::raft::property {

/// How a scenario broke its demand (or a safety property); nothing when all was well.
using Broken = std::optional<std::string>;

/// Runs `body` on a calm group that has a leader; violations and broken assertions come back as text.
Broken on_calm_group(std::size_t voters, std::uint64_t seed, const std::function<void(Cluster&, Random&)>& body);

/// L1: the time from a leader's end to its successor's first committed entry.
std::optional<Duration> failover_time(std::size_t voters, std::uint64_t seed);
/// L3: a node cut off fully, inwards, outwards or from the leader only leaves term and leader alone when it returns.
Broken cut_off_node_disturbs(std::size_t voters, std::uint64_t seed);
/// L4: a leader without a majority is follower within 2 T.
Broken lonely_leader_stays(std::size_t voters, std::uint64_t seed);
/// L5: a leader that can send but not receive is replaced within 10 T.
Broken deaf_leader_stays(std::size_t voters, std::uint64_t seed);
/// L6: with one node connected to all and no other links, that node becomes leader and terms stop growing.
Broken hub_does_not_lead(std::uint64_t seed);
/// L7: a healthy target leads within three message delays and its writes.
Broken transfer_is_slow(std::size_t voters, std::uint64_t seed);
/// L9: a follower that lags behind the compacted log follows again within 3 heartbeats and 3 round trips.
Broken lagging_follower_waits(std::size_t voters, std::uint64_t seed);
/// L11: without faults and proposals nothing happens.
Broken quiet_group_moves(std::size_t voters, std::uint64_t seed);
/// L12: syncs of up to T / 4 change no leader.
Broken slow_disk_changes_leader(std::size_t voters, std::uint64_t seed);
/// S1 while a voter restarts during a cut of the leader: the lease alone does not survive that.
Broken restart_during_cut_gives_two_writers(std::size_t voters, std::uint64_t seed);
/// S1 while the leader hands over and is cut off.
Broken cut_during_transfer_gives_two_writers(std::size_t voters, std::uint64_t seed);

}  // namespace syncer::raft::property
