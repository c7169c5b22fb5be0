// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/cluster/cluster_net.h"

#include <algorithm>

namespace syncer::cluster {

using namespace std::chrono_literals;

namespace {

constexpr test::Delays delays() {
  test::Delays delays = test::Delays::of(1ms);
  delays.refused = delays.unreachable = 50ms;
  delays.stream = 2ms;
  return delays;
}

}  // namespace

/// One process.
struct ClusterNet::Host : test::Process {
  Host(ClusterNet& n, const std::string& name)
      : Process(n, name, n.address_of(name)),
        net(n),
        cluster(
            {"east", name, address(), n.settings(), n.keys_of(name), [this] { return next_nonce(); },
             [this](const crypto::Keyring&) { return keep_keys(); },
             n.identities_.empty() ? CertificateRule::Off : CertificateRule::Required},
            *this, *this, *this, Random(life()), [this] { return next_link(); }, [this] { return next_call(); }) {}

  crypto::Nonce next_nonce() {
    crypto::Nonce nonce{};
    nonce[0] = static_cast<std::uint8_t>(life());
    nonce[1] = static_cast<std::uint8_t>(nonces & 0xFFU);
    nonce[2] = static_cast<std::uint8_t>(nonces++ >> 8U);
    return nonce;
  }

  Result<void> keep_keys() const {
    if (net.refuses_keys_[host()]) return failure(ErrorCode::Io, "keyring", "read-only");
    return {};
  }

  bool wants(Severity severity) const override { return severity >= Severity::Warning; }
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from) override {
    cluster.on_stream_accepted(now, link, from, identity_at(link));
  }
  void on_stream_connected(Instant now, LinkId link) override {
    cluster.on_stream_connected(now, link, identity_at(link));
  }
  void on_stream_data(Instant now, LinkId link, ByteView bytes) override { cluster.on_stream_data(now, link, bytes); }
  void on_stream_closed(Instant now, LinkId link, std::string_view) override { cluster.on_stream_closed(now, link); }
  void on_stored(Instant now, CallId id, const Result<void>& outcome) override { cluster.on_stored(now, id, outcome); }
  void advance(Instant now) override { cluster.advance(now); }
  Instant next_deadline() const override { return cluster.next_deadline(); }

  ClusterNet& net;
  std::uint64_t nonces = 0;
  Cluster cluster;
};

ClusterNet::ClusterNet(std::size_t voters) : World(instant(1'000'000'000), delays()), voters_(voters) {
  set_watch([this] { watch_writers(); });
}

crypto::Keyring ClusterNet::keys_of(const std::string& name) const {
  const auto found = keys_.find(name);
  return found == keys_.end() ? crypto::Keyring() : found->second;
}

ClusterSettings ClusterNet::settings() const {
  ClusterSettings settings;
  settings.voters = voters_;
  return settings;
}

Result<void> ClusterNet::start(const std::string& name) {
  auto host = std::make_unique<Host>(*this, name);
  if (const auto shown = identities_.find(name); shown != identities_.end()) host->set_identity(shown->second);
  if (auto loaded = host->cluster.load(); !loaded) return loaded;
  World::start(std::move(host));
  cluster(name).start(now());
  return {};
}

void ClusterNet::kill(const std::string& name, bool wipe) {
  World::kill(name);
  if (wipe) disk(name).clear();
}

std::vector<Cluster::Member> ClusterNet::others_than(const std::string& name) const {
  std::vector<Cluster::Member> others;
  for (const auto& [other, unused] : processes()) {
    if (other != name) others.push_back({other, address_of(other)});
  }
  return others;
}

void ClusterNet::gossip() {
  for (const auto& [name, unused] : processes()) cluster(name).set_members(now(), others_than(name));
}

void ClusterNet::gossip_claims() {
  for (const auto& [name, unused] : processes()) cluster(name).set_members(now(), {}, others_than(name));
}

Endpoint ClusterNet::address_of(const std::string& name) const {
  const auto moves = moves_.find(name);
  const std::uint8_t network = moves == moves_.end() ? 0 : moves->second;
  return Endpoint::v4(10, network, 0, static_cast<std::uint8_t>(name.front()), 30192);
}

void ClusterNet::slow_disk(const std::string& name, Duration delay) { process(name).set_disk_delay(delay); }

void ClusterNet::watch_writers() {
  std::size_t writers = 0;
  for (const auto& [name, unused] : processes()) {
    if (!cluster(name).may_write(now())) continue;
    ++writers;
    const Epoch epoch = *cluster(name).writer_epoch();
    went_back_ = went_back_ || epoch < latest_.first || (epoch.term == latest_.first.term && name != latest_.second);
    latest_ = {epoch, name};
  }
  most_writers_ = std::max(most_writers_, writers);
}

void ClusterNet::found(const std::vector<std::string>& names) {
  for (const std::string& name : names) static_cast<void>(start(name));
  gossip();
  run(5s);
}

Cluster& ClusterNet::cluster(const std::string& name) { return static_cast<Host&>(process(name)).cluster; }

std::string ClusterNet::writer() {
  for (const auto& [name, unused] : processes()) {
    if (cluster(name).may_write(now())) return name;
  }
  return "";
}

}  // namespace syncer::cluster
