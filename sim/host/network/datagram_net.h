// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/engine/event_queue.h"
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
  syncer::Bytes bytes;
  bool damaged = false;
  engine::Handle twins;  ///< what it shares with its duplicate; zero when it has none
};

/// Datagrams between nodes.
class DatagramNet {
 public:
  explicit DatagramNet(Fabric& fabric) : fabric_(fabric) {}

  void send(NodeIndex from, const syncer::Endpoint& to, syncer::ByteView bytes);
  /// The packet reached its machine.
  void arrived(engine::Handle packet);
  Packet& packet(engine::Handle handle) { return packets_.at(handle); }
  /// A process takes the packet up: says what is odd about that.
  OddDelivery take_up(engine::Handle packet, std::uint32_t incarnation);
  void release(engine::Handle packet);

 private:
  /// A datagram and its duplicate.
  struct Twins {
    std::uint32_t left = 0;      ///< of the two, not released yet
    std::uint32_t taken_by = 0;  ///< incarnation of the process that took up the first; 0 for none
    syncer::Instant taken{};
  };
  void launch(NodeIndex from, NodeIndex to, syncer::ByteView bytes, syncer::Duration delay,
              const fault::DatagramVerdict& verdict, engine::Handle twins);
  engine::Handle make_twins();
  void report(MessageFate fate, NodeIndex from, NodeIndex to, syncer::ByteView bytes) const;

  Fabric& fabric_;
  engine::Slab<Packet> packets_;
  engine::Slab<Twins> twins_;
};

}  // namespace sim::host
