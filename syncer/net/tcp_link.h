// SPDX-License-Identifier: Apache-2.0
#pragma once

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

  TcpLink(Loop& loop, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits, OnGone gone);
  ~TcpLink();

  /// Dials.
  void connect(const Endpoint& to);
  /// Takes over an accepted socket by its descriptor.
  void adopt(int descriptor, bool v6);
  void send(ByteView octets);
  std::size_t backlog() const { return queued_.size() + writing_.size(); }
  /// The node's close: no callback follows.
  void close();
  /// Ends everything at once, silently.
  void abort();

 private:
  enum class Phase { Connecting, Open, Flushing, Gone };
  struct Io;

  void connected(const std::string& failure);
  void opened();
  void read();
  void write();
  void written();
  void finish_sending();
  void fail(std::string_view reason);
  void arm_timer(Duration after, std::string_view reason);

  std::unique_ptr<Io> io_;
  LinkId id_;
  const StreamCallbacks& callbacks_;  ///< owned by TcpStreams::State, which aborts its links before it goes
  const StreamLimits& limits_;
  OnGone gone_;
  Phase phase_ = Phase::Connecting;
  Bytes queued_;
  Bytes writing_;
};

}  // namespace syncer::net
