// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/time.h"

namespace syncer::cluster {

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

}  // namespace syncer::cluster
