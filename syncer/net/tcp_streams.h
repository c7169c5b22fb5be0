// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "syncer/base/result.h"
#include "syncer/net/loop.h"
#include "syncer/ports/network.h"

namespace syncer::net {

/// Where a stream's news goes; the same calls as on Node. Never called from inside a call on TcpStreams.
struct StreamCallbacks {
  std::function<void(LinkId, Listener, const Endpoint& from)> accepted;
  std::function<void(LinkId)> connected;
  std::function<void(LinkId, ByteView bytes)> data;
  std::function<void(LinkId, std::string_view reason)> closed;
};

/// Bounds of the streams of one process.
struct StreamLimits {
  Duration connect_timeout = std::chrono::seconds(5);
  Duration close_timeout = std::chrono::seconds(5);  ///< a closed link has this long to send what is queued
  std::size_t backlog = 64U << 20U;                  ///< bytes queued on one link; more closes it
  std::size_t links = 4096;                          ///< accepted at once; more are turned away
  std::size_t flushing = 256;  ///< closed links that wait for the other end; more are reset when nothing is queued
};

/// TCP connections and listeners. Lives on the loop's thread; the loop outlives it.
class TcpStreams : public Streams {
 public:
  TcpStreams(Loop& loop, StreamCallbacks callbacks, StreamLimits limits = {});
  ~TcpStreams() override;

  /// Starts to accept; gives the bound address with its real port. The error says what to do.
  Result<Endpoint> listen(Listener listener, const Endpoint& local);

  void connect(LinkId link, const Endpoint& to) override;
  void send(LinkId link, ByteView bytes) override;
  std::size_t backlog(LinkId link) const override;
  void close(LinkId link) override;
  /// No link is still sending what was queued when it was closed.
  bool flushed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with pending operations
};

}  // namespace syncer::net
