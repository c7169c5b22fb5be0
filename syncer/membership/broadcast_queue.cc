// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/broadcast_queue.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

void BroadcastQueue::push(std::string_view name, Bytes message) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) erase(queue_.find(known->second));
  const Key key{0, message.size(), ++pushed_};
  queue_.emplace(key, News{std::string(name), std::move(message)});
  by_name_.emplace(name, key);
  prune(max_);
}

void BroadcastQueue::erase(Queue::iterator it) {
  by_name_.erase(it->second.name);
  queue_.erase(it);
}

BroadcastQueue::Queue::iterator BroadcastQueue::next_fitting(int sends, std::size_t room) {
  const auto it = queue_.lower_bound(Key{sends, room, std::numeric_limits<std::uint64_t>::max()});
  return it != queue_.end() && it->first.sends == sends ? it : queue_.end();
}

void BroadcastQueue::take(std::size_t overhead, std::size_t limit, std::size_t members, std::vector<ByteView>& out) {
  sent_.clear();
  if (queue_.empty()) return;
  const int limit_of_sends = SYNCER_MUTATED("membership.tell_news_once") ? 1 : retransmit_limit(mult_, members);
  const int most = queue_.rbegin()->first.sends;
  std::size_t used = 0;
  for (int sends = queue_.begin()->first.sends; sends <= most && used + overhead < limit;) {
    const auto it = next_fitting(sends, limit - used - overhead);
    if (it == queue_.end()) {
      ++sends;
      continue;
    }
    used += overhead + it->first.length;
    sent_.push_back(queue_.extract(it));
  }
  for (auto& node : sent_) out.push_back(node.mapped().message);
  put_back(limit_of_sends);
}

void BroadcastQueue::put_back(int limit_of_sends) {
  for (auto& node : sent_) {
    const auto known = by_name_.find(node.mapped().name);
    if (++node.key().sends >= limit_of_sends) {
      by_name_.erase(known);
    } else {
      known->second = node.key();
    }
  }
  // A node goes back only now, so that one call never takes it twice; its bytes do not move.
  for (auto& node : sent_) {
    if (node.key().sends < limit_of_sends) queue_.insert(std::move(node));
  }
}

void BroadcastQueue::prune(std::size_t keep) {
  while (queue_.size() > keep) erase(std::prev(queue_.end()));
}

std::vector<std::string_view> BroadcastQueue::names() const {
  std::vector<std::string_view> result;
  for (const auto& [key, news] : queue_) result.push_back(news.name);
  return result;
}

void BroadcastQueue::hash(StateHasher& h) const {
  for (const auto& [key, news] : queue_) {
    h.add(static_cast<std::uint64_t>(key.sends));
    h.add(ByteView(news.message));
  }
}

void Transmitter::send(const Endpoint& to, const Message& message, std::size_t members, Outputs& out) {
  out.begin_packet(to, 0);
  const std::size_t own = out.encode_part([&](Bytes& bytes) { options_.encode(message, bytes); });
  if (queue_.empty()) return;
  // The first part needs its own length field once it shares the packet.
  const std::size_t budget =
      broadcast_budget(options_.packet_budget, options_.packet_overhead, own + kCompoundPartHeader);
  news_.clear();
  queue_.take(kCompoundPartHeader, budget, members, news_);
  for (std::size_t i = 0; i < news_.size() && i + 1 < kMaxParts; ++i) out.add_part(news_[i]);
}

void Transmitter::send_only(const Endpoint& to, std::uint8_t protocol, std::initializer_list<Message> messages,
                            Outputs& out) const {
  out.begin_packet(to, protocol);
  for (const Message& m : messages) out.encode_part([&](Bytes& bytes) { options_.encode(m, bytes); });
}

bool Transmitter::send_news(const Endpoint& to, std::uint8_t protocol, std::size_t members, Outputs& out) {
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
