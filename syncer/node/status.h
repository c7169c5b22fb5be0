// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/epoch.h"
#include "syncer/base/time.h"
#include "syncer/catalog/status.h"
#include "syncer/cluster/status.h"

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

/// A whole node at one instant.
struct Status {
  std::string node;
  std::string region;
  std::string mode;
  Epoch epoch;
  std::optional<cluster::GroupStatus> group = {};  ///< in cluster mode
  bool ready = false;
  std::vector<MemberStatus> members;
  std::vector<RegionStatus> regions;
  catalog::RegistryStatus registry;
  std::vector<std::string> pending;                          ///< in words, why the node is not at rest; empty at rest
  std::map<std::string, std::uint64_t> gossip_dropped = {};  ///< packets and streams not believed, by reason
};

}  // namespace syncer::node
