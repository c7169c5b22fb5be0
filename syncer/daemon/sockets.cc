// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/sockets.h"

#include <utility>

#include "syncer/daemon/process_limits.h"

namespace syncer::daemon {
namespace {

/// UDP and TCP of the gossip address share a port. When the system chose it for one, it may be taken for the other.
constexpr int kPortAttempts = 20;

Error blame(const char* flag, Error error) {
  error.where = flag;
  return error;
}

void take_port(const Endpoint& bound, Endpoint& configured, Endpoint& advertised) {
  configured.port = bound.port;
  if (advertised.port == 0) advertised.port = bound.port;
}

Result<Sockets> open_gossip(net::Loop& loop, const Endpoint& local, const net::StreamCallbacks& callbacks,
                            const net::StreamLimits& limits, const net::UdpSocket::OnPacket& on_packet) {
  for (int attempt = 1;; ++attempt) {
    Sockets sockets;
    sockets.streams = std::make_unique<net::TcpStreams>(loop, callbacks, limits);
    const auto bound = sockets.streams->listen(Listener::Gossip, local);
    if (!bound) return tl::unexpected(blame("--bind-addr", bound.error()));
    auto datagrams = net::UdpSocket::open(loop, *bound, on_packet);
    if (datagrams) {
      sockets.datagrams = std::move(*datagrams);
      return sockets;
    }
    if (local.port != 0 || attempt == kPortAttempts) return tl::unexpected(blame("--bind-addr", datagrams.error()));
  }
}

}  // namespace

Result<Sockets> open_sockets(net::Loop& loop, config::DaemonConfig& config, net::StreamCallbacks callbacks,
                             net::UdpSocket::OnPacket on_packet) {
  const net::StreamLimits limits = stream_limits(raise_descriptor_limit(), config.node.registry.concurrency);
  auto sockets = open_gossip(loop, config.bind, callbacks, limits, on_packet);
  if (!sockets) return sockets;
  take_port(sockets->datagrams->local(), config.bind, config.node.gossip_address);
  const auto rpc = sockets->streams->listen(Listener::Rpc, config.rpc_bind);
  if (!rpc) return tl::unexpected(blame("--rpc-addr", rpc.error()));
  take_port(*rpc, config.rpc_bind, config.node.rpc_address);
  if (config.cluster_bind) {
    const auto cluster = sockets->streams->listen(Listener::Cluster, *config.cluster_bind);
    if (!cluster) return tl::unexpected(blame("--cluster-port", cluster.error()));
    take_port(*cluster, *config.cluster_bind, config.node.cluster_address);
  }
  return sockets;
}

}  // namespace syncer::daemon
