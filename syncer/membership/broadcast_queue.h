// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/membership/message.h"
#include "syncer/membership/options.h"
#include "syncer/membership/outputs.h"

namespace syncer::membership {

/// News to be spread (memberlist queue.go): each message is sent a limited number of times, the least sent and, among
/// those, the longest that fits first. News about one name replaces older news about it.
class BroadcastQueue {
 public:
  BroadcastQueue(int retransmit_mult, std::size_t max_queued) : mult_(retransmit_mult), max_(max_queued) {}

  /// Queues encoded news about `name`. Over the limit, the one sent most often is dropped.
  void push(std::string_view name, Bytes message);
  /// Appends to `out` messages that fit into `limit` bytes with `overhead` bytes each. `members` sets how often news
  /// is sent. The views are valid until the next call of any member.
  void take(std::size_t overhead, std::size_t limit, std::size_t members, std::vector<ByteView>& out);
  /// Keeps the first `keep` in sending order.
  void prune(std::size_t keep);
  /// News about `name` is still waiting.
  bool holds(std::string_view name) const { return by_name_.find(name) != by_name_.end(); }
  bool empty() const { return queue_.empty(); }
  std::size_t size() const { return queue_.size(); }
  /// How often news was queued so far. Every change of a member is news: an observer of the members sees by it that
  /// something happened.
  std::uint64_t pushed() const { return pushed_; }
  /// Names in sending order.
  std::vector<std::string_view> names() const;
  void hash(StateHasher& h) const;

 private:
  struct Key {
    int sends;
    std::size_t length;
    std::uint64_t number;
    bool operator<(const Key& o) const {
      if (sends != o.sends) return sends < o.sends;
      if (length != o.length) return length > o.length;
      return number > o.number;
    }
  };
  struct News {
    std::string name;
    Bytes message;
  };
  using Queue = std::map<Key, News>;
  Queue::iterator next_fitting(int sends, std::size_t room);
  void erase(Queue::iterator it);
  /// Counts a sending of what was taken and queues it again, unless it was sent often enough.
  void put_back(int limit_of_sends);

  int mult_;
  std::size_t max_;
  std::uint64_t pushed_ = 0;
  Queue queue_;
  std::map<std::string, Key, std::less<>> by_name_;
  std::vector<Queue::node_type> sent_;  ///< taken in the current call; the views of the caller point into these
};

/// Fills packets: a message of our own first, then as much waiting news as fits.
class Transmitter {
 public:
  Transmitter(const Options& options, BroadcastQueue& queue) : options_(options), queue_(queue) {}

  /// One message, with news on its back.
  void send(const Endpoint& to, const Message& message, std::size_t members, Outputs& out);
  /// Exactly these messages in one packet, to a member that speaks `protocol`; 0: to a stranger.
  void send_only(const Endpoint& to, std::uint8_t protocol, std::initializer_list<Message> messages,
                 Outputs& out) const;
  /// A packet of news alone. False when there is none.
  bool send_news(const Endpoint& to, std::uint8_t protocol, std::size_t members, Outputs& out);

 private:
  const Options& options_;
  BroadcastQueue& queue_;
  std::vector<ByteView> news_;
};

}  // namespace syncer::membership
