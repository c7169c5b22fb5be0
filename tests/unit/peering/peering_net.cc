// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {

using namespace std::chrono_literals;

namespace {

/// Who refuses is known after one way already; a cut is left to the dialer's own patience.
constexpr test::Delays delays() {
  test::Delays delays = test::Delays::of(50ms);
  delays.refused = delays.accept;
  delays.unreachable = 2min;
  return delays;
}

}  // namespace

/// One process.
struct PeeringNet::Host : test::Process {
  Host(PeeringNet& n, int number, PeeringConfig c, const PeerIdentity& identity)
      : Process(n, std::to_string(number), PeeringNet::address(number)),
        net(n),
        config(std::move(c)),
        signer(identity),
        peering(
            config, *this, *this, Random(life()), n.now(), [this] { return next_link(); },
            identity.present() ? &signer : nullptr) {}

  void send(LinkId link, ByteView bytes) override {
    net.sent_[host()] += bytes.size();
    net.recorded_[host()].emplace_back(bytes);
    if (const auto liar = net.liars_.find(host()); liar != net.liars_.end()) return lie(liar->second, link, bytes);
    Process::send(link, bytes);
  }
  void lie(const Lie& liar, LinkId link, ByteView bytes) {
    wire::FrameReader reader(wire::kSyncProtocol);
    const Bytes stream = wire::preamble(wire::kSyncProtocol) + Bytes(bytes);
    ByteView rest = stream;
    const auto frame = reader.next(rest);
    if (!frame || !*frame) return Process::send(link, bytes);
    const bool is_packed = (*frame)->type == wire::kPackedType;
    const wire::Unpacked content =
        is_packed ? wire::unpack_frame((*frame)->body).value() : wire::Unpacked{(*frame)->type, Bytes((*frame)->body)};
    for (const wire::SyncMessage& said : liar(wire::decode_sync(content.type, content.body).value())) {
      Process::send(link, wire::encode_sync(said));
    }
  }
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from) override {
    peering.on_stream_accepted(now, link, from, identity_at(link));
  }
  void on_stream_connected(Instant now, LinkId link) override {
    peering.on_stream_connected(now, link, identity_at(link));
  }
  void on_stream_data(Instant now, LinkId link, ByteView bytes) override { peering.on_stream_data(now, link, bytes); }
  void on_stream_closed(Instant now, LinkId link, std::string_view reason) override {
    peering.on_stream_closed(now, link, reason);
  }
  void advance(Instant now) override { peering.advance(now); }
  Instant next_deadline() const override { return peering.next_deadline(); }

  PeeringNet& net;
  PeeringConfig config;
  test::MacSigner signer;
  Peering peering;
};

PeeringNet::PeeringNet() : World(instant(0), delays()) {}

Peering& PeeringNet::start(int host, const std::string& region, const std::string& node, bool single,
                           std::vector<Bytes> keys, const PeerIdentity& identity) {
  const auto nonce = [random = Random(static_cast<std::uint64_t>(host)).stream(++starts_)]() mutable {
    crypto::Nonce fresh{};
    for (auto& byte : fresh) byte = static_cast<std::uint8_t>(random.next());
    return fresh;
  };
  PeeringConfig config{region, node, single, sync, crypto::Keyring::make(std::move(keys)).value(), nonce};
  if (identity.present()) config.certificates = CertificateRule::Required;
  World::start(std::make_unique<Host>(*this, host, std::move(config), identity)).set_identity(identity);
  return peering(host);
}

Peering& PeeringNet::peering(int host) { return static_cast<Host&>(process(std::to_string(host))).peering; }

test::MacSigner& PeeringNet::signer(int host) { return static_cast<Host&>(process(std::to_string(host))).signer; }

void PeeringNet::gossip() {
  std::vector<RemoteRegion> regions;
  for (const auto& [name, process] : processes()) {
    const PeeringConfig& config = static_cast<Host&>(*process).config;
    const bool packs = !config.node.starts_with("former");
    const bool attests = config.certificates != CertificateRule::Off;
    regions.push_back({config.region, config.node, process->address(), true, false, config.sync.relay, attests, packs});
  }
  for (const auto& [name, process] : processes()) static_cast<Host&>(*process).peering.set_regions(now(), regions);
}

}  // namespace syncer::peering
