// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "syncer/config/daemon_config.h"
#include "syncer/net/loop.h"
#include "syncer/net/tcp_streams.h"
#include "syncer/net/udp_socket.h"

namespace syncer::daemon {

/// The open sockets of one syncer.
struct Sockets {
  std::unique_ptr<net::TcpStreams> streams;
  std::unique_ptr<net::UdpSocket> datagrams;
};

/// Binds everything the configuration names and writes the ports the system chose (where 0 was asked for) into it. The
/// error begins with the flag whose address cannot be used. Borrows the loop.
Result<Sockets> open_sockets(net::Loop& loop, config::DaemonConfig& config, const net::StreamLimits& limits,
                             const net::StreamCallbacks& callbacks, const net::UdpSocket::OnPacket& on_packet);

}  // namespace syncer::daemon
