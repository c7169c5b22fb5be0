// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_gossip.h"

#include <variant>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace sim::host {

namespace gossip = syncer::wire::gossip;
namespace membership = syncer::membership;
using syncer::Bytes;

namespace {

syncer::ByteView version_bytes() {
  return {reinterpret_cast<const char*>(membership::kOwnVersions.data()), membership::kOwnVersions.size()};
}

/// As far as one message may raise a number.
constexpr std::uint64_t kLeap = 1U << 20U;
constexpr std::uint32_t kLeaps = 3;

}  // namespace

void HostileGossip::act(syncer::Instant) {
  for (const HostileOrder::Target& target : context_.order.targets) {
    if (context_.order.deed == HostileDeed::Tags) {
      for (const HostileOrder::Target& about : context_.order.targets) tell_tags(target, about);
      continue;
    }
    say_alive(target, context_.order.node, context_.order.region);
    if (context_.order.deed == HostileDeed::Name) say_alive(target, target.name, target.region);
  }
  ++incarnation_;
}

void HostileGossip::say_alive(const HostileOrder::Target& to, const std::string& name, const std::string& region) {
  const Bytes tags = own_tags(region);
  send(to.gossip, membership::Alive{incarnation_, name, context_.own.gossip_address, tags, version_bytes()});
}

/// Several numbers in one datagram: whom it is about hears of the last one, if of any.
void HostileGossip::tell_tags(const HostileOrder::Target& to, const HostileOrder::Target& about) {
  const Bytes tags = own_tags(context_.order.region);
  gossip::PacketBuilder builder(kLeaps);
  for (std::uint64_t leap = 1; leap <= kLeaps; ++leap) {
    const std::uint64_t number = incarnation_ + ((incarnation_ - 1) * kLeaps + leap) * kLeap;
    Bytes encoded;
    gossip::encode(membership::Alive{number, about.name, about.gossip, tags, version_bytes()}, encoded);
    builder.add(encoded);
  }
  context_.ports.datagrams.send(to.gossip, builder.finish(context_.order.pool, true, context_.nonces()));
}

Bytes HostileGossip::own_tags(const std::string& region) const {
  const auto& own = context_.own;
  return *gossip::encode_tags({{"region", region},
                               {"rpc", to_string(own.rpc_address)},
                               {"cluster", to_string(own.cluster_address)},
                               {"mode", "cluster"}});
}

void HostileGossip::send(const syncer::Endpoint& to, const membership::Message& message) {
  Bytes encoded;
  gossip::encode(message, encoded);
  gossip::PacketBuilder builder(1);
  builder.add(encoded);
  context_.ports.datagrams.send(to, builder.finish(context_.order.pool, true, context_.nonces()));
}

void HostileGossip::on_datagram(const syncer::Endpoint& from, syncer::ByteView packet) {
  gossip::unpack(packet, context_.order.pool, unpacked_);
  for (const syncer::ByteView part : unpacked_.messages) {
    membership::Message message;
    if (gossip::decode(part, message) != gossip::Drop::None) continue;
    if (const auto* ping = std::get_if<membership::Ping>(&message)) send(from, membership::Ack{ping->seq, {}});
  }
}

void HostileGossip::on_stream_accepted(syncer::LinkId link, syncer::Listener listener) {
  if (listener != syncer::Listener::Gossip) return;
  streams_.emplace(link, gossip::StreamReader(context_.order.pool, gossip::Opened::ByPeer));
}

/// Whoever asks whether it has a name hears that it has.
void HostileGossip::on_stream_data(syncer::Instant, syncer::LinkId link, syncer::ByteView bytes) {
  const auto stream = streams_.find(link);
  if (stream == streams_.end() || stream->second.feed(bytes) != gossip::StreamReader::Status::Complete) return;
  if (const auto* ping = std::get_if<membership::Ping>(&stream->second.message())) {
    Bytes ack;
    gossip::encode(membership::Ack{ping->seq, {}}, ack);
    Bytes out;
    gossip::write_stream(ack, context_.order.pool, gossip::Opened::ByPeer, context_.nonces(), out);
    context_.ports.streams.send(link, out);
  }
  context_.ports.streams.close(link);
  streams_.erase(stream);
}

}  // namespace sim::host
