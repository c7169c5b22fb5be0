// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "sim/fault/site.h"
#include "sim/host/world.h"
#include "sim/real/router/connections.h"
#include "sim/real/router/ip_packet.h"

namespace sim::real {

/// Stands between all hosts and passes each IP packet through the links of a world: its rules, partitions, jams and
/// machines that are down. A datagram has the fate that a simulated one has. Packets of TCP keep their order as
/// simulated streams do; one that is lost or damaged is for the kernels to repeat.
class Router {
 public:
  using Deliver = std::function<void(fault::Site to, syncer::ByteView packet)>;

  Router(host::World& world, Deliver deliver) : world_(world), deliver_(std::move(deliver)) {}

  /// Packets for that address go to that host; the last one to have it gets them.
  void add_address(std::uint32_t address, fault::Site site) { sites_[address] = site; }
  /// A host sent a packet.
  void send(fault::Site from, syncer::Bytes packet);
  /// Both ends of all connections between two hosts are reset.
  void reset(fault::Site a, fault::Site b);
  /// These go dead, see World::half_open.
  void half_open(fault::Site a, fault::Site b, syncer::Duration duration);

 private:
  bool between(const Ends& ends, fault::Site a, fault::Site b) const;
  bool is_stopped(fault::Site from, fault::Site to, const IpPacket& packet);
  void carry(fault::Site from, fault::Site to, syncer::Bytes packet, const IpPacket& read);

  host::World& world_;
  Deliver deliver_;
  std::map<std::uint32_t, fault::Site> sites_;
  Connections connections_;
  std::map<Ends, syncer::Instant> streams_;  ///< when the last packet of each direction of TCP arrives
};

/// The address of an endpoint as packets name it.
std::uint32_t address_of(const syncer::Endpoint& endpoint);

}  // namespace sim::real
