// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "syncer/base/result.h"
#include "syncer/net/stream_rules.h"
#include "syncer/tls/credentials.h"

namespace syncer::net {

/// TCP connections and listeners, and TLS on those that are not gossip. Lives on the loop's thread; the loop outlives
/// it.
class TcpStreams : public Streams {
 public:
  TcpStreams(Loop& loop, StreamCallbacks callbacks, StreamLimits limits = {});
  ~TcpStreams() override;

  /// Starts to accept; gives the bound address with its real port. The error says what to do.
  Result<Endpoint> listen(Listener listener, const Endpoint& local);

  /// From now on links begin with these credentials, and those that are up are judged by them. With `plain_too` an end
  /// that does not speak TLS is dialled without. Accepted links may be plain in any case: the node knows what it
  /// believes.
  void secure(std::shared_ptr<const tls::Credentials> credentials, bool plain_too);
  /// Judges all links anew: time passes.
  void judge();

  void connect(LinkId link, const Endpoint& to, Channel channel) override;
  void send(LinkId link, ByteView bytes) override;
  std::size_t backlog(LinkId link) const override;
  void close(LinkId link) override;
  /// See TcpLink; nothing for a link that is not there.
  std::optional<Duration> round_trip(LinkId link) const;
  /// No link is still sending what was queued when it was closed.
  bool flushed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with pending operations
};

}  // namespace syncer::net
