// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/identity.h"
#include "syncer/base/ids.h"

namespace syncer {

/// Unreliable packets from the gossip address. A packet may be lost, doubled, delayed or reordered; what arrives comes
/// back through Node::on_datagram.
class Datagrams {
 public:
  virtual ~Datagrams() = default;
  /// Never blocks; a packet that cannot be sent is lost.
  virtual void send(const Endpoint& to, ByteView packet) = 0;
};

/// Which of the node's listening sockets a stream came in on.
enum class Listener : std::uint8_t { Gossip, Rpc, Cluster };

/// What a link is for: sealed by TLS, unless it is gossip, where a node has a certificate.
enum class Channel : std::uint8_t {
  Gossip,
  Sync,  ///< between regions
  Raft,  ///< between the syncers of one region
};

/// Ordered byte streams (TCP). Everything comes back as plain calls on Node with the link's id: on_stream_accepted,
/// on_stream_connected, on_stream_data, on_stream_closed. The first two say whose certificate the other end has shown,
/// if there is one: they come after the handshake. A link that on_stream_closed was called for, or that the node
/// closed, is gone: late calls with its id are ignored on both sides.
class Streams {
 public:
  virtual ~Streams() = default;
  /// Starts a connection; ends in on_stream_connected or on_stream_closed (refused, unreachable, connect timeout, a
  /// handshake that failed).
  virtual void connect(LinkId link, const Endpoint& to, Channel channel) = 0;
  /// Queues bytes; never blocks. Sending before on_stream_connected is allowed, the bytes wait.
  virtual void send(LinkId link, ByteView bytes) = 0;
  /// Bytes accepted by send() that have not left this process; the sender bounds itself by it.
  virtual std::size_t backlog(LinkId link) const = 0;
  /// Sends what is queued, then closes. No on_stream_closed follows.
  virtual void close(LinkId link) = 0;
};

}  // namespace syncer
