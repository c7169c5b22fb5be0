// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <vector>

#include "syncer/membership/broadcast_queue.h"
#include "syncer/membership/message.h"
#include "syncer/membership/options.h"
#include "syncer/membership/outputs.h"

namespace syncer::membership {

/// Fills packets: a message of our own first, then as much waiting news as fits.
class Courier {
 public:
  Courier(const Options& options, BroadcastQueue& queue) : options_(options), queue_(queue) {}

  /// One message, with news on its back.
  void send(const Endpoint& to, const Message& message, std::size_t members, Outputs& out);
  /// Exactly these messages in one packet, to a member that speaks `protocol`.
  void send_only(const Endpoint& to, std::uint8_t protocol, std::initializer_list<Message> messages, Outputs& out);
  /// A packet of news alone. False when there is none.
  bool send_news(const Endpoint& to, std::uint8_t protocol, std::size_t members, Outputs& out);

 private:
  const Options& options_;
  BroadcastQueue& queue_;
  std::vector<ByteView> news_;
};

}  // namespace syncer::membership
