// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"

namespace syncer {

/// Which of the node's listening sockets a stream came in on.
enum class Listener : std::uint8_t { Gossip, Rpc, Cluster };

/// Ordered byte streams (TCP). Everything comes back as plain calls on Node with the link's id: on_stream_accepted,
/// on_stream_connected, on_stream_data, on_stream_closed. A link that on_stream_closed was called for, or that the node
/// closed, is gone: late calls with its id are ignored on both sides.
class Streams {
 public:
  virtual ~Streams() = default;
  /// Starts a connection; ends in on_stream_connected or on_stream_closed (refused, unreachable, connect timeout).
  virtual void connect(LinkId link, const Endpoint& to) = 0;
  /// Queues octets; never blocks. Sending before on_stream_connected is allowed, the octets wait.
  virtual void send(LinkId link, ByteView octets) = 0;
  /// Octets accepted by send() that have not left this process; the sender bounds itself by it.
  virtual std::size_t backlog(LinkId link) const = 0;
  /// Sends what is queued, then closes. No on_stream_closed follows.
  virtual void close(LinkId link) = 0;
};

}  // namespace syncer
