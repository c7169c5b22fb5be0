// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/indexed_map.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/membership/lifeguard.h"
#include "syncer/membership/message.h"
#include "syncer/membership/raises.h"

namespace syncer::membership {

/// Slot of a member in the table; reused after the member was forgotten.
using MemberId = std::uint32_t;

/// The last round trips to one member. Eight are kept: the worst of them stands for a high quantile without history.
class RoundTrips {
 public:
  void add(Duration rtt) {
    last_[next_] = rtt;
    next_ = (next_ + 1) % last_.size();
  }
  /// The newest; zero when none was measured.
  Duration latest() const { return last_[(next_ + last_.size() - 1) % last_.size()]; }
  /// The longest of those kept; zero when none was measured.
  Duration worst() const { return *std::max_element(last_.begin(), last_.end()); }

 private:
  std::array<Duration, 8> last_{};
  std::size_t next_ = 0;
};

/// What is known about one member.
struct Member {
  std::string name;
  Endpoint address;
  Bytes meta;
  Versions versions{};
  State state = State::Dead;
  std::uint64_t incarnation = 0;
  Instant changed{};  ///< when `state` last changed
  std::optional<Suspicion> suspicion;
  RoundTrips round_trips;
  Raises raises;  ///< of `incarnation`
};

/// The member as an alive message tells of it; borrows from the member.
inline Alive account_of(const Member& m) {
  const ByteView versions(reinterpret_cast<const char*>(m.versions.data()), m.versions.size());
  return {m.incarnation, m.name, m.address, m.meta, versions};
}

/// All known members, ourselves included, and the shuffled order in which they are probed. References stay valid until
/// the member is forgotten.
class MemberTable {
 public:
  explicit MemberTable(Random random) : random_(random) {}

  /// Adds a member whose name is new, at a random place of the probe order.
  Member& add(Member member);
  Member* find(std::string_view name);
  const Member* find(std::string_view name) const;
  /// A member with that address, whatever its state.
  const Member* find(const Endpoint& address) const;
  /// The member is at another address from now on. It is set nowhere else.
  void move(Member& member, const Endpoint& address);
  std::size_t size() const { return by_name_.size(); }

  /// Next member to probe: not `self`, not gone. At the end of the order, members that are gone for longer than
  /// `gossip_to_dead` are forgotten and the rest is shuffled.
  Member* next_to_probe(Instant now, std::string_view self, Duration gossip_to_dead);

  /// Up to `count` distinct members for which `eligible`, chosen uniformly: when `count` or fewer are eligible, all.
  template <class Predicate>
  const std::vector<const Member*>& choose(std::size_t count, Predicate eligible) {
    chosen_.clear();
    for (const auto& [name, id] : by_name_) {
      if (eligible(*slots_[id])) chosen_.push_back(&*slots_[id]);
    }
    return draw(count);
  }

  /// In order of names.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [name, id] : by_name_) visit(*slots_[id]);
  }
  template <class Predicate>
  bool any_of(Predicate holds) const {
    return std::any_of(by_name_.begin(), by_name_.end(),
                       [&](const auto& entry) { return holds(*slots_[entry.second]); });
  }
  template <class Visit>
  void for_each(Visit visit) {
    for (const auto& [name, id] : by_name_) visit(*slots_[id]);
  }

 private:
  const std::vector<const Member*>& draw(std::size_t count);
  void forget_gone(Instant now, std::string_view self, Duration gossip_to_dead);

  Random random_;
  std::deque<std::optional<Member>> slots_;
  std::vector<MemberId> free_;
  IndexedMap<std::string, MemberId> by_name_;
  std::set<std::pair<Endpoint, MemberId>> by_address_;
  std::vector<MemberId> probe_order_;
  std::size_t cursor_ = 0;
  std::vector<const Member*> chosen_;
};

}  // namespace syncer::membership
