// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/epoch.h"
#include "syncer/base/time.h"

namespace syncer::node {

/// One line of `syncer members`.
struct MemberStatus {
  std::string name;
  std::string address;
  std::string rpc_address;
  std::string region;
  std::string state;  ///< alive, suspect, dead, left
  std::uint64_t incarnation = 0;
  Duration rtt{};
  std::map<std::string, std::string> tags = {};
  std::optional<int> health = {};  ///< of ourselves alone, 0 well to 7: nobody tells the others
};

/// What is known of another region.
struct RegionStatus {
  std::string region;
  bool link_up = false;
  Duration last_heard{};  ///< age of the last word from it
  Epoch epoch;
  std::uint64_t sequence = 0;
  std::uint64_t records = 0;
  std::uint64_t unacknowledged = 0;  ///< our entries it has not acknowledged yet
  bool holding = false;              ///< unreachable, copies are kept
  bool guard_frozen = false;
  std::uint64_t guard_pending = 0;
};

/// The own service center.
struct RegistryStatus {
  std::string address;
  bool reachable = false;
  std::string problem;  ///< empty when all is well
  std::uint64_t exported = 0;
  std::uint64_t copies = 0;
  std::uint64_t pending = 0;  ///< writes waiting
  std::uint64_t parked = 0;   ///< records the registry refuses
  bool guard_frozen = false;
  std::uint64_t guard_pending = 0;
};

/// One line of `syncer cluster members`: a seat of the region's group.
struct VoterStatus {
  std::string name;
  std::string disk;  ///< number of the disk that has the seat, in hexadecimal
  std::string address;
  std::string state;                        ///< leader, follower, joining, disk lost, not there
  std::optional<std::uint64_t> match = {};  ///< how much of the leader's log it is known to hold; only the leader knows
  std::optional<std::uint64_t> lag = {};    ///< entries it lacks of those that are committed; only the leader knows
  std::optional<Duration> last_heard = {};  ///< age of its last word; nothing for ourselves and who never spoke
  bool operator==(const VoterStatus&) const = default;
};

/// The group of syncers of one region, as this one of them sees it.
struct GroupStatus {
  bool leads = false;  ///< the others neither read nor write the registry
  std::string leader;  ///< empty while none is known
  std::uint64_t term = 0;
  std::uint64_t commit = 0;
  std::uint64_t generation = 0;
  std::vector<VoterStatus> voters = {};  ///< empty until the list is agreed
};

/// A whole node at one instant.
struct Status {
  std::string node;
  std::string region;
  std::string mode;
  Epoch epoch;
  std::optional<GroupStatus> group = {};  ///< in cluster mode
  bool ready = false;
  std::vector<MemberStatus> members;
  std::vector<RegionStatus> regions;
  RegistryStatus registry;
  std::vector<std::string> pending;                          ///< in words, why the node is not at rest; empty at rest
  std::map<std::string, std::uint64_t> gossip_dropped = {};  ///< packets and streams not believed, by reason
};

}  // namespace syncer::node
