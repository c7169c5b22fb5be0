// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "sim/real/router/ip_packet.h"
#include "syncer/base/bytes.h"
#include "syncer/base/time.h"

namespace sim::real {

/// The TCP connections that the router has seen packets of, each direction for itself: what it must know to reset one,
/// or to let one go dead. Those that ended are forgotten; at most so many are kept, the oldest go first.
class Connections {
 public:
  using Meant = std::function<bool(const Ends&)>;

  /// A packet was sent. Not when it dies on the way.
  void note(const IpPacket& packet);
  /// Resets for both ends of each connection that is meant; they are forgotten.
  std::vector<syncer::Bytes> reset(const Meant& is_meant);
  /// Those that are meant go dead; from `until` on what they send is answered with a reset.
  void kill(const Meant& is_meant, syncer::Instant until);
  /// What becomes of a packet of a dead connection: nothing, or that reset. Nothing at all for one that lives.
  struct Dead {
    std::optional<syncer::Bytes> reset;
  };
  std::optional<Dead> dead(const IpPacket& packet, syncer::Instant now);
  std::size_t size() const { return open_.size(); }

 private:
  struct Direction {
    std::uint32_t next = 0;          ///< sequence number that the sender goes on with
    std::uint32_t acknowledged = 0;  ///< that the sender expects of the other end
    std::uint64_t order = 0;
  };
  void forget(const Ends& ends);

  std::map<Ends, Direction> open_;
  std::map<Ends, syncer::Instant> dead_;
  std::uint64_t order_ = 0;
};

}  // namespace sim::real
