// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/net/stream_rules.h"
#include "syncer/tls/credentials.h"

namespace syncer::net {

/// One TCP connection: coming about, open, or flushing after the node closed it. With credentials it speaks TLS, and
/// comes about when the handshake is over. Keeps itself alive through its pending operations.
class TcpLink : public std::enable_shared_from_this<TcpLink> {
 public:
  /// Called once when the link is over, after the last callback.
  using OnGone = std::function<void(LinkId)>;
  using Trust = std::shared_ptr<const tls::Credentials>;

  TcpLink(Loop& loop, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits, OnGone gone);
  ~TcpLink();

  /// Dials. With `trust` over TLS; if `or_plain`, a second time without it where the other end answers nothing that is
  /// TLS.
  void connect(const Endpoint& to, Channel channel, Trust trust, bool or_plain);
  /// Takes over an accepted socket by its descriptor. With `trust`, one that begins with TLS has to finish its
  /// handshake before the node hears of it, and any other its first byte.
  void adopt(int descriptor, bool v6, Listener listener, const Endpoint& from, Trust trust);
  void send(ByteView bytes);
  /// Smoothed round trip as TCP measures it; nothing while it has none.
  std::optional<Duration> round_trip() const;
  std::size_t backlog() const { return queued_.size() + writing_.size(); }
  /// The node's close: no callback follows.
  void close();
  /// Ends everything at once, silently.
  void abort();
  /// The same, and the other end is told that nothing follows and nothing is read.
  void reset();

  /// Accepted on that socket from that host, and the node has not heard of it.
  bool is_unreported(Listener listener) const { return !reported_ && listener == listener_; }
  const Endpoint& from() const { return from_; }
  /// Judges the certificate at the other end by what is believed now; closes the link when it does not pass.
  void judge(const Trust& trust);

 private:
  enum class Phase { Connecting, Open, Flushing, Gone };
  struct Io;

  // How a link comes about.
  void connected(const std::string& failure);
  void connect_socket(const Endpoint& to);
  void connect_plain();
  void look_at_first_byte();
  void shake_hands(bool as_server);
  void shaken(const std::error_code& failed);
  void begin(const PeerIdentity& identity);
  void turn_away(std::string_view reason);
  void drain();
  void opened();
  // Bytes.
  void read();
  void write();
  void written();
  void finish_sending();
  // Its end.
  std::string words(const std::error_code& failed) const;
  void fail(std::string_view reason);
  void arm_timer(Duration after, std::string_view reason);

  std::unique_ptr<Io> io_;
  LinkId id_;
  const StreamCallbacks& callbacks_;  ///< owned by TcpStreams::State, which aborts its links before it goes
  const StreamLimits& limits_;
  OnGone gone_;
  Phase phase_ = Phase::Connecting;
  bool dialled_ = false;
  bool reported_ = false;  ///< the node knows of it
  bool or_plain_ = false;
  Listener listener_ = Listener::Gossip;
  Channel channel_ = Channel::Gossip;
  Endpoint from_;  ///< the other end
  Trust trust_;    ///< what the handshake was made with
  Bytes queued_;
  Bytes writing_;
};

}  // namespace syncer::net
