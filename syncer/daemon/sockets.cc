// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/sockets.h"

#include <string>
#include <utility>

namespace syncer::daemon {
namespace {

/// UDP and TCP of the gossip address share a port. When the system chose it for one, it may be taken for the other.
constexpr int kPortAttempts = 20;

/// An address is what the operator gave, or follows from it.
Error blame(const config::DaemonConfig& config, const char* key, Error error) {
  const auto given = config.effective.find(key);
  const bool is_told = given != config.effective.end() && given->second.origin.starts_with("--");
  error.where = is_told ? given->second.origin : std::string("--") + key;
  return error;
}

void take_port(const Endpoint& bound, Endpoint& configured, Endpoint& advertised) {
  configured.port = bound.port;
  if (advertised.port == 0) advertised.port = bound.port;
}

Result<Sockets> open_gossip(net::Loop& loop, const config::DaemonConfig& config, const net::StreamCallbacks& callbacks,
                            const net::StreamLimits& limits, const net::UdpSocket::OnPacket& on_packet) {
  for (int attempt = 1;; ++attempt) {
    Sockets sockets;
    sockets.streams = std::make_unique<net::TcpStreams>(loop, callbacks, limits);
    const auto bound = sockets.streams->listen(Listener::Gossip, config.bind);
    if (!bound) return tl::unexpected(blame(config, "bind-addr", bound.error()));
    auto datagrams = net::UdpSocket::open(loop, *bound, on_packet);
    if (datagrams) {
      sockets.datagrams = std::move(*datagrams);
      return sockets;
    }
    if (config.bind.port != 0 || attempt == kPortAttempts)
      return tl::unexpected(blame(config, "bind-addr", datagrams.error()));
  }
}

}  // namespace

Result<Sockets> open_sockets(net::Loop& loop, config::DaemonConfig& config, const net::StreamLimits& limits,
                             const net::StreamCallbacks& callbacks, const net::UdpSocket::OnPacket& on_packet) {
  auto sockets = open_gossip(loop, config, callbacks, limits, on_packet);
  if (!sockets) return sockets;
  take_port(sockets->datagrams->local(), config.bind, config.node.gossip_address);
  const auto rpc = sockets->streams->listen(Listener::Rpc, config.rpc_bind);
  if (!rpc) return tl::unexpected(blame(config, "rpc-addr", rpc.error()));
  take_port(*rpc, config.rpc_bind, config.node.rpc_address);
  if (config.cluster_bind) {
    const auto cluster = sockets->streams->listen(Listener::Cluster, *config.cluster_bind);
    if (!cluster) return tl::unexpected(blame(config, "cluster-port", cluster.error()));
    take_port(*cluster, *config.cluster_bind, config.node.cluster_address);
  }
  return sockets;
}

}  // namespace syncer::daemon
