// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/datagram_net.h"

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"

namespace sim::host {

using fault::DatagramVerdict;
using syncer::ByteView;

namespace {

MessageFate fate_of(DatagramVerdict::Fate fate) {
  switch (fate) {
    case DatagramVerdict::Fate::Lost:
      return MessageFate::Lost;
    case DatagramVerdict::Fate::Overflowed:
      return MessageFate::Overflowed;
    case DatagramVerdict::Fate::TooBig:
      return MessageFate::TooBig;
    case DatagramVerdict::Fate::Pass:
      break;
  }
  return MessageFate::Sent;
}

}  // namespace

void DatagramNet::send(NodeIndex from, const syncer::Endpoint& to, ByteView octets) {
  const Socket* socket = fabric_.directory.find(to);
  if (socket == nullptr || socket->listener != syncer::Listener::Gossip) {
    report(MessageFate::Unreachable, from, from, octets);
    return;
  }
  const NodeIndex target = socket->node;
  Network& network = fabric_.network;
  // The draw comes first, so that a partition shifts no draw.
  const DatagramVerdict verdict =
      network.path(Site::node(from), Site::node(target)).datagram(fabric_.kernel.now(), octets.size());
  if (network.drops(Site::node(from), Site::node(target))) return report(MessageFate::Blocked, from, target, octets);
  report(fate_of(verdict.fate), from, target, octets);
  if (verdict.fate != DatagramVerdict::Fate::Pass) return;
  const engine::Handle twins = verdict.duplicate ? make_twins() : engine::Handle{};
  launch(from, target, octets, verdict.delay, verdict, twins);
  if (verdict.duplicate) launch(from, target, octets, verdict.duplicate_delay, verdict, twins);
}

engine::Handle DatagramNet::make_twins() {
  const engine::Handle twins = twins_.acquire();
  twins_.at(twins) = {2, 0, {}};
  return twins;
}

void DatagramNet::launch(NodeIndex from, NodeIndex to, ByteView octets, syncer::Duration delay,
                         const DatagramVerdict& verdict, engine::Handle twins) {
  const engine::Handle handle = packets_.acquire();
  Packet& packet = packets_.at(handle);
  packet.from = from;
  packet.to = to;
  packet.source = fabric_.nodes[from]->config().gossip_address;
  packet.octets.assign(octets);
  packet.damaged = verdict.corrupt;
  packet.twins = twins;
  if (verdict.corrupt) fault::flip_bits(packet.octets, verdict.bits);
  const Site source = Site::node(from);
  const Site target = Site::node(to);
  fabric_.network.transmit(source, target, fabric_.kernel.now() + delay + fabric_.network.slowness(source, target),
                           EventCode::DatagramArrived, to, handle);
}

void DatagramNet::arrived(engine::Handle handle) {
  const Packet& packet = packets_.at(handle);
  NodeHost& host = *fabric_.nodes[packet.to];
  if (host.takes_datagram(packet.octets.size())) {
    report(MessageFate::Delivered, packet.from, packet.to, packet.octets);
    host.post({static_cast<std::uint32_t>(EventCode::WorkDatagram), packet.to, handle}, packet.octets.size());
    return;
  }
  report(host.running() ? MessageFate::Overflowed : MessageFate::Unreachable, packet.from, packet.to, packet.octets);
  release(handle);
}

OddDelivery DatagramNet::take_up(engine::Handle handle, std::uint32_t incarnation) {
  const Packet& packet = packets_.at(handle);
  if (packet.damaged) return {packet.to, Oddity::Damaged, {}};
  if (!packet.twins) return {packet.to, Oddity::None, {}};
  Twins& twins = twins_.at(packet.twins);
  if (twins.taken_by == incarnation) return {packet.to, Oddity::Repeated, twins.taken};
  twins.taken_by = incarnation;
  twins.taken = fabric_.kernel.now();
  return {packet.to, Oddity::None, {}};
}

void DatagramNet::release(engine::Handle handle) {
  const engine::Handle twins = packets_.at(handle).twins;
  if (twins && --twins_.at(twins).left == 0) twins_.release(twins);
  packets_.release(handle);
}

void DatagramNet::report(MessageFate fate, NodeIndex from, NodeIndex to, ByteView octets) const {
  const Probes& probes = fabric_.kernel.probes;
  if (!probes.wants_messages()) return;
  probes.message({Channel::Datagram, fate, Site::node(from), Site::node(to), octets});
}

}  // namespace sim::host
