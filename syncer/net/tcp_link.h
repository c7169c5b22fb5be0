// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "syncer/net/tcp_streams.h"

/// Inside syncer/net only.
namespace syncer::net {

/// One TCP connection: connecting, open, or flushing after the node closed it. Keeps itself alive through its pending
/// operations.
class TcpLink : public std::enable_shared_from_this<TcpLink> {
 public:
  /// Told once when the link is over, after the last callback.
  using OnGone = std::function<void(LinkId)>;

  TcpLink(asio::ip::tcp::socket socket, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits,
          OnGone gone);

  void connect(const asio::ip::tcp::endpoint& to);
  /// Of an accepted socket.
  void start();
  void send(ByteView octets);
  std::size_t backlog() const { return queued_.size() + writing_.size(); }
  /// The node's close: no callback follows.
  void close();
  /// Ends everything at once, silently.
  void abort();

 private:
  enum class Phase { Connecting, Open, Flushing, Gone };

  void opened();
  void read();
  void write();
  void finish_sending();
  void fail(std::string_view reason);
  void arm_timer(Duration after, std::string_view reason);

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  LinkId id_;
  const StreamCallbacks& callbacks_;  ///< owned by TcpStreams::State, which aborts its links before it goes
  const StreamLimits& limits_;
  OnGone gone_;
  Phase phase_ = Phase::Connecting;
  Bytes queued_;
  Bytes writing_;
  std::array<char, 65536> buffer_;
};

}  // namespace syncer::net
