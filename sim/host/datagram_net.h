// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/engine/slab.h"
#include "sim/fault/path.h"
#include "sim/host/probe.h"
#include "syncer/base/endpoint.h"

namespace sim::host {

struct Fabric;

/// A datagram under way or in a socket.
struct Packet {
  NodeIndex from = 0;
  NodeIndex to = 0;
  syncer::Endpoint source;
  syncer::Bytes octets;
};

/// Datagrams between nodes.
class DatagramNet {
 public:
  explicit DatagramNet(Fabric& fabric) : fabric_(fabric) {}

  void send(NodeIndex from, const syncer::Endpoint& to, syncer::ByteView octets);
  /// The packet reached its machine.
  void arrived(engine::Handle packet);
  Packet& packet(engine::Handle handle) { return packets_.at(handle); }
  void release(engine::Handle packet) { packets_.release(packet); }

 private:
  void launch(NodeIndex from, NodeIndex to, syncer::ByteView octets, syncer::Duration delay,
              const fault::DatagramVerdict& verdict);
  void report(MessageFate fate, NodeIndex from, NodeIndex to, syncer::ByteView octets) const;

  Fabric& fabric_;
  engine::Slab<Packet> packets_;
};

}  // namespace sim::host
