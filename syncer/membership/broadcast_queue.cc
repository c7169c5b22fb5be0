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
  const int told_enough = SYNCER_MUTATED("membership.tell_news_once") ? 1 : retransmit_limit(mult_, members);
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
  for (auto& node : sent_) {
    const auto known = by_name_.find(node.mapped().name);
    if (++node.key().sends >= told_enough) {
      by_name_.erase(known);
    } else {
      known->second = node.key();
    }
  }
  // A node goes back only now, so that one call never takes it twice; its octets do not move.
  for (auto& node : sent_) {
    if (node.key().sends < told_enough) queue_.insert(std::move(node));
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

}  // namespace syncer::membership
