// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/courier.h"

#include <algorithm>

#include "syncer/membership/formulas.h"

namespace syncer::membership {

void Courier::send(const Endpoint& to, const Message& message, std::size_t members, Outputs& out) {
  out.begin_packet(to, 0);
  const std::size_t own = out.encode_part([&](Bytes& octets) { options_.encode(message, octets); });
  if (queue_.empty()) return;
  // The first part needs its own length field once it shares the packet.
  const std::size_t budget =
      broadcast_budget(options_.packet_budget, options_.packet_overhead, own + kCompoundPartHeader);
  news_.clear();
  queue_.take(kCompoundPartHeader, budget, members, news_);
  for (std::size_t i = 0; i < news_.size() && i + 1 < kMaxParts; ++i) out.add_part(news_[i]);
}

void Courier::send_only(const Endpoint& to, std::uint8_t protocol, std::initializer_list<Message> messages,
                        Outputs& out) {
  out.begin_packet(to, protocol);
  for (const Message& m : messages) out.encode_part([&](Bytes& octets) { options_.encode(m, octets); });
}

bool Courier::send_news(const Endpoint& to, std::uint8_t protocol, std::size_t members, Outputs& out) {
  news_.clear();
  const std::size_t budget = broadcast_budget(options_.packet_budget, options_.packet_overhead, 0);
  queue_.take(kCompoundPartHeader, budget, members, news_);
  for (std::size_t i = 0; i < news_.size(); ++i) {
    if (i % kMaxParts == 0) out.begin_packet(to, protocol);
    out.add_part(news_[i]);
  }
  return !news_.empty();
}

}  // namespace syncer::membership
