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

void DatagramNet::send(NodeIndex from, const syncer::Endpoint& to, ByteView bytes) {
  const Socket* socket = fabric_.directory.find(to);
  if (socket == nullptr || socket->listener != syncer::Listener::Gossip) {
    report(MessageFate::Unreachable, from, from, bytes);
    return;
  }
  const NodeIndex target = socket->node;
  Network& network = fabric_.network;
  // The draw comes first, so that a partition shifts no draw.
  const DatagramVerdict verdict =
      network.path(Site::node(from), Site::node(target)).datagram(fabric_.kernel.now(), bytes.size());
  if (network.drops(Site::node(from), Site::node(target))) return report(MessageFate::Blocked, from, target, bytes);
  report(fate_of(verdict.fate), from, target, bytes);
  if (verdict.fate != DatagramVerdict::Fate::Pass) return;
  const engine::Handle twins = verdict.duplicate ? make_twins() : engine::Handle{};
  launch(from, target, bytes, verdict.delay, verdict, twins);
  if (verdict.duplicate) launch(from, target, bytes, verdict.duplicate_delay, verdict, twins);
}

engine::Handle DatagramNet::make_twins() {
  const engine::Handle twins = twins_.acquire();
  twins_.at(twins) = {2, 0, {}};
  return twins;
}

void DatagramNet::launch(NodeIndex from, NodeIndex to, ByteView bytes, syncer::Duration delay,
                         const DatagramVerdict& verdict, engine::Handle twins) {
  const engine::Handle handle = packets_.acquire();
  Packet& packet = packets_.at(handle);
  packet.from = from;
  packet.to = to;
  packet.source = fabric_.nodes[from]->config().gossip_address;
  packet.bytes.assign(bytes);
  packet.damaged = verdict.corrupt;
  packet.twins = twins;
  if (verdict.corrupt) fault::flip_bits(packet.bytes, verdict.bits);
  const Site source = Site::node(from);
  const Site target = Site::node(to);
  fabric_.network.transmit(source, target, fabric_.kernel.now() + delay + fabric_.network.slowness(source, target),
                           EventCode::DatagramArrived, to, handle);
}

void DatagramNet::arrived(engine::Handle handle) {
  const Packet& packet = packets_.at(handle);
  NodeHost& host = *fabric_.nodes[packet.to];
  if (host.takes_datagram(packet.bytes.size())) {
    report(MessageFate::Delivered, packet.from, packet.to, packet.bytes);
    host.post({static_cast<std::uint32_t>(EventCode::WorkDatagram), packet.to, handle}, packet.bytes.size());
    return;
  }
  report(host.running() ? MessageFate::Overflowed : MessageFate::Unreachable, packet.from, packet.to, packet.bytes);
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

void DatagramNet::report(MessageFate fate, NodeIndex from, NodeIndex to, ByteView bytes) const {
  const Probes& probes = fabric_.kernel.probes;
  if (!probes.wants_messages()) return;
  probes.message({Channel::Datagram, fate, Site::node(from), Site::node(to), bytes});
}

}  // namespace sim::host
