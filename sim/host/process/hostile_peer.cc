// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_peer.h"

#include <array>
#include <set>
#include <utility>

#include "sim/host/process/hostile_gossip.h"
#include "sim/host/process/hostile_raft.h"
#include "sim/host/process/hostile_storm.h"
#include "sim/host/process/hostile_sync.h"
#include "syncer/wire/raft/cluster_message.h"

namespace sim::host {

using syncer::Instant;
using syncer::LinkId;

HostileOrder::Target HostileOrder::target(const syncer::node::NodeConfig& config) {
  return {config.node, config.region, config.gossip_address, config.rpc_address, config.cluster_address};
}

syncer::crypto::NonceSource HostileContext::nonces() {
  return [this] {
    syncer::crypto::Nonce nonce{};
    for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
    return nonce;
  };
}

namespace {

/// Holds connections to all ports open, and fills up what is closed. Says nothing, or drips the first bytes of what
/// each port wants to hear.
class HostileSilence final : public HostileSpeaker {
 public:
  explicit HostileSilence(HostileContext& context) : context_(context) {}

  void act(Instant) override {
    for (const HostileOrder::Target& target : context_.order.targets) {
      fill_up(target.gossip, syncer::Channel::Gossip, syncer::Bytes(1, '\x06'));
      fill_up(target.rpc, syncer::Channel::Sync, syncer::wire::preamble(syncer::wire::kSyncProtocol));
      fill_up(target.cluster, syncer::Channel::Raft, syncer::wire::preamble(syncer::wire::kClusterProtocol));
    }
    if (context_.order.deed != HostileDeed::Drip) return;
    for (auto& [link, held] : open_) {
      if (held.said < held.first_bytes.size()) {
        context_.ports.streams.send(link, syncer::ByteView(held.first_bytes).substr(held.said++, 1));
      }
    }
  }
  void on_stream_closed(LinkId link) override { open_.erase(link); }

 private:
  struct Held {
    syncer::Endpoint to;
    syncer::Bytes first_bytes;
    std::size_t said = 0;
  };

  void fill_up(const syncer::Endpoint& to, syncer::Channel channel, const syncer::Bytes& first_bytes) {
    std::size_t held = 0;
    for (const auto& [link, one] : open_) held += one.to == to ? 1 : 0;
    for (; held < context_.order.count; ++held) open_.emplace(context_.dial(to, channel), Held{to, first_bytes});
  }

  HostileContext& context_;
  std::map<LinkId, Held> open_;
};

class HostilePeer final : public Process {
 public:
  HostilePeer(std::shared_ptr<const HostileOrder> order, const syncer::node::NodeConfig& own, syncer::Ports ports,
              syncer::Random random)
      : order_(std::move(order)), context_{*order_, own, ports, random} {
    switch (order_->deed) {
      case HostileDeed::Silence:
      case HostileDeed::Drip:
        speakers_.push_back(std::make_unique<HostileSilence>(context_));
        break;
      case HostileDeed::Hello:
      case HostileDeed::Heartbeat:
      case HostileDeed::Records:
        speakers_.push_back(std::make_unique<HostileSync>(context_));
        break;
      case HostileDeed::Welcome:
      case HostileDeed::Redirect:
        speakers_.push_back(std::make_unique<HostileGossip>(context_));
        speakers_.push_back(std::make_unique<HostileSync>(context_));
        break;
      case HostileDeed::Name:
      case HostileDeed::Tags:
        speakers_.push_back(std::make_unique<HostileGossip>(context_));
        break;
      case HostileDeed::Crowd:
        speakers_.push_back(std::make_unique<HostileRaft>(context_));
        break;
      case HostileDeed::Storm:
        speakers_.push_back(std::make_unique<HostileStorm>(context_));
        break;
      case HostileDeed::Term:
      case HostileDeed::Append:
      case HostileDeed::List:
      case HostileDeed::Snapshot:
      case HostileDeed::Reassign:
      case HostileDeed::Raise:
      case HostileDeed::Transfer:
      case HostileDeed::Found:
        speakers_.push_back(std::make_unique<HostileGossip>(context_));
        speakers_.push_back(std::make_unique<HostileRaft>(context_));
        break;
    }
  }

  void start(Instant now) override { next_ = now + std::chrono::milliseconds(1); }
  void leave(Instant) override {}
  bool left() const override { return true; }
  const std::string& fatal() const override { return fatal_; }
  Instant next_deadline() const override { return next_; }

  void advance(Instant now) override {
    next_ = now + order_->gap;
    for (const auto& speaker : speakers_) speaker->act(now);
  }
  void on_datagram(Instant, const syncer::Endpoint& from, syncer::ByteView packet) override {
    for (const auto& speaker : speakers_) speaker->on_datagram(from, packet);
  }
  void on_stream_accepted(Instant, LinkId link, syncer::Listener listener, const syncer::Endpoint&,
                          const syncer::PeerIdentity&) override {
    for (const auto& speaker : speakers_) speaker->on_stream_accepted(link, listener);
  }
  void on_stream_connected(Instant, LinkId link, const syncer::PeerIdentity&) override {
    for (const auto& speaker : speakers_) speaker->on_stream_connected(link);
  }
  void on_stream_data(Instant now, LinkId link, syncer::ByteView bytes) override {
    for (const auto& speaker : speakers_) speaker->on_stream_data(now, link, bytes);
  }
  void on_stream_closed(Instant, LinkId link, std::string_view) override {
    for (const auto& speaker : speakers_) speaker->on_stream_closed(link);
  }
  void on_http(Instant, syncer::CallId, syncer::Result<syncer::HttpResponse>) override {}
  void on_stored(Instant, syncer::CallId, syncer::Result<void>) override {}

 private:
  std::shared_ptr<const HostileOrder> order_;
  HostileContext context_;
  std::vector<std::unique_ptr<HostileSpeaker>> speakers_;
  std::string fatal_;
  Instant next_ = syncer::kNever;
};

}  // namespace

ProcessFactory hostile_factory(std::shared_ptr<const HostileOrder> order) {
  return [order = std::move(order)](const syncer::node::NodeConfig& config, syncer::Ports ports, syncer::Random random,
                                    Instant) -> syncer::Result<std::unique_ptr<Process>> {
    return std::make_unique<HostilePeer>(order, config, ports, random);
  };
}

}  // namespace sim::host
