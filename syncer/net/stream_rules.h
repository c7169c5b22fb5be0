// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "syncer/net/loop.h"
#include "syncer/ports/network.h"

namespace syncer::net {

/// Where a stream's news goes; the same calls as on Node. Never called from inside a call on TcpStreams.
struct StreamCallbacks {
  std::function<void(LinkId, Listener, const Endpoint& from, const PeerIdentity&)> accepted;
  std::function<void(LinkId, const PeerIdentity&)> connected;
  std::function<void(LinkId, ByteView bytes)> data;
  std::function<void(LinkId, std::string_view reason)> closed;
  /// Somebody was turned away before the node heard of him; may be empty.
  std::function<void(const Endpoint& from, std::string_view reason)> turned_away = {};
  /// Whether a syncer that is known is at that host: places are kept for it. May be empty.
  std::function<bool(const Endpoint& from)> expects = {};
};

/// Bounds of the streams of one process.
struct StreamLimits {
  Duration connect_timeout = std::chrono::seconds(5);    ///< the handshake included
  Duration handshake_timeout = std::chrono::seconds(5);  ///< from accepted to its end
  Duration close_timeout = std::chrono::seconds(5);      ///< a closed link has this long to send what is queued
  std::size_t backlog = 64U << 20U;                      ///< bytes queued on one link; more closes it
  std::size_t links = 4096;    ///< at once, closed ones that are not over included; more are turned away
  std::size_t flushing = 256;  ///< closed links that send what is queued or wait for the other end; more are reset
  // Handshakes that are not over, on one socket: of all, of all but hosts that are expected, and of one host.
  std::size_t handshakes = 256;
  std::size_t handshakes_of_strangers = 192;
  std::size_t handshakes_of_one_host = 64;
};

}  // namespace syncer::net
