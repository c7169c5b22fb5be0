// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "syncer/base/result.h"
#include "syncer/net/loop.h"
#include "syncer/ports/network.h"

namespace syncer::net {

/// The gossip address's UDP socket. Lives on the loop's thread; the loop outlives it.
class UdpSocket : public Datagrams {
 public:
  using OnPacket = std::function<void(const Endpoint& from, ByteView packet)>;

  /// Binds; port 0 lets the system choose. The error says what to do.
  static Result<std::unique_ptr<UdpSocket>> open(Loop& loop, const Endpoint& local, OnPacket on_packet);
  ~UdpSocket() override;

  void send(const Endpoint& to, ByteView packet) override;
  /// The bound address with its real port.
  Endpoint local() const;

 private:
  struct State;
  explicit UdpSocket(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  ///< shared with the pending receive
};

}  // namespace syncer::net
