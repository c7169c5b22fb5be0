// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/attacker.h"

#include <atomic>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/net/tcp_streams.h"
#include "syncer/net/udp_socket.h"

namespace e2e {

using sim::host::HostileOrder;
using syncer::Endpoint;
using syncer::Listener;

namespace {

/// The ports that a hostile peer never uses.
struct NoPorts final : syncer::Http, syncer::Storage, syncer::Observer {
  void call(syncer::CallId, syncer::HttpRequest, syncer::Instant) override {}
  void cancel(syncer::CallId) override {}
  syncer::Result<std::optional<syncer::Bytes>> read(std::string_view) override { return std::nullopt; }
  void write(syncer::CallId, std::string_view, syncer::Bytes) override {}
  void append(syncer::CallId, std::string_view, syncer::Bytes) override {}
  bool wants(syncer::Severity) const override { return false; }
  void on_event(const syncer::Event&) override {}
};

Endpoint loopback() { return Endpoint::v4(127, 0, 0, 1, 0); }

}  // namespace

struct Attacker::Machine {
  explicit Machine(HostileOrder given)
      : streams(loop,
                {[this](auto link, auto listener, const auto& from, const auto& identity) {
                   process->on_stream_accepted(loop.now(), link, listener, from, identity);
                 },
                 [this](auto link, const auto& identity) { process->on_stream_connected(loop.now(), link, identity); },
                 [this](auto link, auto bytes) { process->on_stream_data(loop.now(), link, bytes); },
                 [this](auto link, auto reason) { process->on_stream_closed(loop.now(), link, reason); }}) {
    auto socket = syncer::net::UdpSocket::open(loop, loopback(), [this](const Endpoint& from, syncer::ByteView packet) {
      process->on_datagram(loop.now(), from, packet);
    });
    SYNCER_ASSERT(socket.has_value());
    datagrams = std::move(*socket);
    syncer::node::NodeConfig config;
    config.gossip_address = *streams.listen(Listener::Gossip, datagrams->local());
    config.rpc_address = *streams.listen(Listener::Rpc, loopback());
    config.cluster_address = *streams.listen(Listener::Cluster, loopback());
    const auto factory = sim::host::hostile_factory(std::make_shared<const HostileOrder>(std::move(given)));
    process = *factory(config, {*datagrams, streams, none, none, none}, syncer::Random(1), loop.now());
    process->start(loop.now());
  }

  void run() {
    loop.run([this] {
      if (process->next_deadline() <= loop.now()) {
        process->advance(loop.now());
        ++deeds;
      }
      return process->next_deadline();
    });
  }

  std::atomic<std::uint64_t> deeds{0};
  syncer::net::Loop loop;
  NoPorts none;
  std::unique_ptr<syncer::net::UdpSocket> datagrams;
  std::unique_ptr<sim::host::Process> process;
  syncer::net::TcpStreams streams;
};

Attacker::Attacker(HostileOrder order)
    : machine_(std::make_unique<Machine>(std::move(order))), thread_([this] { machine_->run(); }) {}

Attacker::~Attacker() {
  machine_->loop.post([this] { machine_->loop.stop(); });
  thread_.join();
}

std::uint64_t Attacker::deeds() const { return machine_->deeds; }

HostileOrder::Target target_of(const Syncer& syncer, const std::string& region, const std::string& cluster) {
  HostileOrder::Target target;
  target.name = syncer.node;
  target.region = region;
  target.gossip = *syncer::parse_endpoint(syncer.gossip);
  target.rpc = *syncer::parse_endpoint(syncer.rpc);
  if (!cluster.empty()) target.cluster = *syncer::parse_endpoint(cluster);
  return target;
}

}  // namespace e2e
