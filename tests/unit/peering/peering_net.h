// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "syncer/peering/peering.h"

namespace syncer::peering {

/// Peerings joined by an ordered network with delay, in virtual time. One per address 10.0.0.<host>.
class PeeringNet {
 public:
  struct Host;
  PeeringNet();
  ~PeeringNet();

  /// Starts a peering at host number `host`.
  Peering& start(int host, const std::string& region, const std::string& node, bool single = true);
  /// The process dies; its links break.
  void kill(int host);
  Peering& peering(int host);
  /// Gives every peering the regions that are running.
  void gossip();
  /// Nothing gets through between two hosts; what is on its way is lost, links stay up until somebody notices.
  void partition(int a, int b) {
    cut_.insert({a, b});
    cut_.insert({b, a});
  }
  void heal() { cut_.clear(); }
  /// Both ends see their links close.
  void break_links(int a, int b);
  /// Bytes from `from` to `to` are damaged from now on.
  void damage(int from, int to) { damaged_.insert({from, to}); }
  void run(Duration time);
  Instant now() const { return now_; }
  static Endpoint address(int host) { return Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(host), 30191); }
  /// Number of events of a kind that a host reported; the last one's reason.
  int count(int host, EventKind kind) const;
  std::string reason(int host, EventKind kind) const;
  /// Bytes that left a host.
  std::size_t sent(int host) const;
  /// An unknown host opens a stream to `host` and sends these bytes; gives the link there.
  LinkId intrude(int host, ByteView bytes);

 private:
  struct Wire {
    int from;
    int to;
    LinkId from_link;
    LinkId to_link;
  };
  struct Parcel {
    enum class Kind { Open, Opened, Data, Close } kind;
    int from;
    int to;
    LinkId link;  ///< at the receiver; at the dialer's side for Open
    Bytes bytes;
  };

  void send(int from, LinkId link, ByteView bytes);
  void close(int from, LinkId link);
  void connect(int from, LinkId link, const Endpoint& to);
  void deliver(const Parcel& parcel);
  void post(Parcel parcel) { queue_.emplace(now_ + std::chrono::milliseconds(50), std::move(parcel)); }

  Instant now_ = instant(0);
  std::map<int, std::unique_ptr<Host>> hosts_;
  std::map<std::pair<int, LinkId>, std::pair<int, LinkId>> ends_;
  std::multimap<Instant, Parcel> queue_;
  std::set<std::pair<int, int>> cut_;
  std::set<std::pair<int, int>> damaged_;
  std::map<int, std::map<EventKind, std::pair<int, std::string>>> events_;
  std::map<int, std::size_t> sent_;
  std::uint64_t next_accepted_ = 1'000'000;
  std::uint64_t starts_ = 0;
};

}  // namespace syncer::peering
