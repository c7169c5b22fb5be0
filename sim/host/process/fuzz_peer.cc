// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/fuzz_peer.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "syncer/base/random.h"
#include "syncer/membership/message.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"
#include "syncer/wire/gossip/stream.h"
#include "syncer/wire/sync/message.h"

namespace sim::host {

/// Draws what a fuzz peer sends. Well-formed messages go through the product's own encoders, so that they are read to
/// their end; only what they say is nonsense.
class FuzzMessages {
 public:
  FuzzMessages(const FuzzOrder& order, const syncer::Endpoint& own, syncer::Random random)
      : order_(order), own_(own), random_(random) {}

  /// One datagram for the gossip port.
  syncer::Bytes datagram(const FuzzOrder::Target& target);
  /// What it says on a stream to the gossip port, or in answer to one.
  syncer::Bytes stream(const FuzzOrder::Target& target);
  /// What it says on a stream to the RPC port: a hello, and whatever follows.
  syncer::Bytes hello();
  syncer::Random& random() { return random_; }

 private:
  syncer::Bytes noise(std::size_t most);
  syncer::Bytes message(const FuzzOrder::Target& target);
  syncer::Bytes about_member();
  syncer::Bytes exchange();
  syncer::Bytes meta();
  syncer::Bytes user();
  std::string stranger();
  const FuzzOrder::Target& victim();
  std::uint64_t incarnation();
  syncer::Endpoint address();
  syncer::crypto::NonceSource nonces();

  const FuzzOrder& order_;
  syncer::Endpoint own_;
  syncer::Random random_;
};

using syncer::Bytes;
using syncer::ByteView;
using syncer::Endpoint;
namespace gossip = syncer::wire::gossip;
namespace membership = syncer::membership;

namespace {

constexpr std::size_t kMostNoise = 1400;
constexpr std::uint64_t kMostParts = 8;
/// Further than that from what is known is refused, and would be no test of what follows.
constexpr std::uint64_t kFarIncarnation = 1U << 16U;
constexpr membership::Versions kVersions = membership::kOwnVersions;

ByteView version_bytes() { return {reinterpret_cast<const char*>(kVersions.data()), kVersions.size()}; }

}  // namespace

Bytes FuzzMessages::noise(std::size_t most) {
  Bytes bytes(1 + random_.below(most), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random_.next());
  // Half of it begins like a message: what follows is looked at.
  if (random_.below(2) == 0) bytes.front() = static_cast<char>(random_.below(14));
  return bytes;
}

std::string FuzzMessages::stranger() {
  return "stranger-" + std::to_string(random_.below(std::max<std::uint32_t>(order_.strangers, 1)));
}

const FuzzOrder::Target& FuzzMessages::victim() {
  return order_.targets[static_cast<std::size_t>(random_.below(order_.targets.size()))];
}

std::uint64_t FuzzMessages::incarnation() {
  return random_.below(2) == 0 ? random_.below(8) : random_.below(kFarIncarnation);
}

Endpoint FuzzMessages::address() {
  if (random_.below(2) == 0) return own_;
  const auto low = static_cast<std::uint8_t>(random_.below(256));
  return Endpoint::v4(10, 66, 0, low, static_cast<std::uint16_t>(random_.below(65536)));
}

Bytes FuzzMessages::meta() {
  if (random_.below(2) == 0) return noise(membership::kMaxMeta + 8);
  return gossip::encode_tags({{"role", stranger()}}).value_or(Bytes());
}

/// Strangers do everything. A real member is accused, and only an impersonator says more about it.
Bytes FuzzMessages::about_member() {
  const bool real = random_.below(3) == 0;
  const FuzzOrder::Target& someone = victim();
  const std::string name = real ? someone.name : stranger();
  const std::string from = stranger();
  const std::uint64_t number = incarnation();
  const std::uint64_t kind = real && !order_.impersonates ? 0 : random_.below(4);
  Bytes out;
  if (kind == 0) gossip::encode(membership::Suspect{number, name, from}, out);
  if (kind == 1) gossip::encode(membership::Dead{number, name, from}, out);
  if (kind == 2) gossip::encode(membership::Dead{number, name, name}, out);
  if (kind != 3) return out;
  const Endpoint where = real ? someone.gossip : address();
  const Bytes tags = meta();
  gossip::encode(membership::Alive{number, name, where, tags, version_bytes()}, out);
  return out;
}

Bytes FuzzMessages::user() {
  const std::uint64_t clock = random_.below(1U << 24U);
  const auto id = static_cast<std::uint32_t>(random_.next());
  const bool ack = random_.below(2) == 0;
  switch (random_.below(4)) {
    case 0:
      return gossip::encode_leave_intent(clock, stranger());
    case 1:
      return gossip::encode_user_state(clock);
    case 2:
      return gossip::encode_query({clock, id, own_, ack, false, false, "_serf_list-keys", "x"});
    default:
      return noise(64);
  }
}

Bytes FuzzMessages::message(const FuzzOrder::Target& target) {
  const auto seq = static_cast<std::uint32_t>(random_.next());
  const FuzzOrder::Target& someone = victim();
  const std::string asker = stranger();
  Bytes out;
  switch (random_.below(8)) {
    case 0:
      gossip::encode(membership::Ping{seq, target.name, own_, asker}, out);
      return out;
    case 1:
    case 2:
      gossip::encode(membership::IndirectPing{seq, someone.gossip, someone.name, true, own_, asker}, out);
      return out;
    case 3:
      gossip::encode(membership::Ack{seq, {}}, out);
      return out;
    case 4:
      gossip::encode(membership::Nack{seq}, out);
      return out;
    case 5: {
      const Bytes payload = user();
      gossip::encode(membership::User{payload}, out);
      return out;
    }
    default:
      return about_member();
  }
}

syncer::crypto::NonceSource FuzzMessages::nonces() {
  return [this] {
    syncer::crypto::Nonce nonce{};
    for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random_.next());
    return nonce;
  };
}

Bytes FuzzMessages::datagram(const FuzzOrder::Target& target) {
  if (order_.what == FuzzKind::Noise) return noise(kMostNoise);
  const std::size_t parts = 1 + static_cast<std::size_t>(random_.below(kMostParts));
  gossip::PacketBuilder builder(parts);
  for (std::size_t i = 0; i < parts; ++i) builder.add(message(target));
  const bool checksum = random_.below(2) == 0;
  return builder.finish(order_.pool, checksum, nonces());
}

/// A state exchange about strangers, with states that there are and one that there is not.
Bytes FuzzMessages::exchange() {
  std::vector<std::string> names;
  std::vector<Bytes> metas;
  const std::size_t count = static_cast<std::size_t>(random_.below(12));
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back(stranger());
    metas.push_back(meta());
  }
  std::vector<membership::Entry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = incarnation();
    const Endpoint where = address();
    const auto state = static_cast<std::int64_t>(random_.below(5));
    entries.push_back({names[i], where, metas[i], number, state, version_bytes()});
  }
  Bytes out;
  const bool join = random_.below(2) == 0;
  gossip::encode_exchange(entries, join, user(), out);
  return out;
}

Bytes FuzzMessages::stream(const FuzzOrder::Target& target) {
  if (order_.what == FuzzKind::Noise) return noise(kMostNoise);
  const Bytes said = random_.below(2) == 0 ? exchange() : message(target);
  Bytes out;
  gossip::write_stream(said, order_.pool, gossip::Opened::ByUs, nonces(), out);
  return out;
}

Bytes FuzzMessages::hello() {
  if (order_.what == FuzzKind::Noise) return noise(kMostNoise);
  Bytes out = syncer::wire::preamble(syncer::wire::kSyncProtocol);
  const std::uint64_t kind = random_.below(4);
  if (kind == 0) out.back() = static_cast<char>(random_.next());  // perhaps another version
  const std::string region = kind == 1 ? "" : stranger();
  const std::uint64_t run = random_.next();
  const syncer::wire::Hello hello{region, stranger(), run, true, {}, 0};
  out += syncer::wire::encode_sync(syncer::wire::SyncMessage(hello));
  if (kind == 2) out += noise(64);
  if (kind == 3) out.resize(out.size() - 1);
  return out;
}

namespace {

using syncer::Duration;
using syncer::Instant;
using syncer::LinkId;

/// Streams that it holds open at once: some are never closed by the other side.
constexpr std::size_t kMostLinks = 32;

class FuzzPeer final : public Process {
 public:
  FuzzPeer(const FuzzOrder& order, const Endpoint& own, syncer::Ports ports, syncer::Random random)
      : order_(order), ports_(ports), messages_(order_, own, random) {}

  void start(Instant now) override { next_ = now + messages_.random().between(Duration(1), 2 * order_.gap); }
  void leave(Instant) override {}
  bool left() const override { return true; }
  const std::string& fatal() const override { return fatal_; }
  Instant next_deadline() const override { return next_; }

  void advance(Instant now) override {
    next_ = now + messages_.random().between(Duration(1), 2 * order_.gap);
    syncer::Random& random = messages_.random();
    const FuzzOrder::Target& target = order_.targets[static_cast<std::size_t>(random.below(order_.targets.size()))];
    switch (random.below(8)) {
      case 0:
        return dial(target.gossip, syncer::Channel::Gossip, messages_.stream(target));
      case 1:
        return dial(target.rpc, syncer::Channel::Sync,
                    random.below(2) == 0 ? messages_.hello() : messages_.stream(target));
      default:
        ports_.datagrams.send(target.gossip, messages_.datagram(target));
    }
  }

  void on_datagram(Instant, const Endpoint&, syncer::ByteView) override {}
  void on_stream_accepted(Instant, LinkId, syncer::Listener, const Endpoint&, const syncer::PeerIdentity&) override {}
  void on_stream_connected(Instant, LinkId, const syncer::PeerIdentity&) override {}
  /// Who dials a stranger gets an answer of the same kind.
  void on_stream_data(Instant, LinkId link, syncer::ByteView) override {
    if (links_.erase(link) == 0) ports_.streams.send(link, messages_.stream(order_.targets.front()));
    ports_.streams.close(link);
  }
  void on_stream_closed(Instant, LinkId link, std::string_view) override { links_.erase(link); }
  void on_http(Instant, syncer::CallId, syncer::Result<syncer::HttpResponse>) override {}
  void on_stored(Instant, syncer::CallId, syncer::Result<void>) override {}

 private:
  void dial(const Endpoint& to, syncer::Channel channel, const syncer::Bytes& bytes) {
    while (links_.size() >= kMostLinks) {
      ports_.streams.close(*links_.begin());
      links_.erase(links_.begin());
    }
    const LinkId link{next_link_ += 2};
    links_.insert(link);
    ports_.streams.connect(link, to, channel);
    ports_.streams.send(link, bytes);
  }

  const FuzzOrder order_;
  syncer::Ports ports_;
  FuzzMessages messages_;
  std::string fatal_;
  Instant next_;
  std::set<LinkId> links_;  ///< dialled, not yet closed
  std::uint64_t next_link_ = 1;
};

}  // namespace

ProcessFactory fuzz_factory(std::shared_ptr<const FuzzOrder> order) {
  return [order = std::move(order)](const syncer::node::NodeConfig& config, syncer::Ports ports, syncer::Random random,
                                    Instant) -> syncer::Result<std::unique_ptr<Process>> {
    return std::make_unique<FuzzPeer>(*order, config.gossip_address, ports, random);
  };
}

}  // namespace sim::host
