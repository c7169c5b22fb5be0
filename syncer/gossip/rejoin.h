// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/gossip/status.h"
#include "syncer/gossip/types.h"

namespace syncer::gossip {

// Whom to ask in order to come, or to come back, into the pool: seeds, and members that failed.

/// Addresses to join by. Each is tried for ever, with back-off, until it answered or is a known member; while we are
/// alone, all of them.
class Seeds {
 public:
  Seeds(Duration retry_min, Duration retry_max, Random random) : min_(retry_min), max_(retry_max), random_(random) {}

  /// Replaces the list; what is known about addresses that stay is kept. `self` is never joined.
  void assign(Instant now, const std::vector<Endpoint>& seeds, const Endpoint& self);
  /// Seeds to ask now. `is_member` tells whether a live member has that address.
  template <class IsMember>
  std::vector<Endpoint> take_due(Instant now, bool alone, IsMember is_member) {
    std::vector<Endpoint> due;
    if (alone && !alone_) wake(now);
    alone_ = alone;
    for (Seed& s : seeds_) {
      if (!s.answered && is_member(s.address)) s.answered = true;
      ever_joined_ = ever_joined_ || (s.answered && !alone);
      if (!wanted(s) || s.next > now) continue;
      s.asked = true;
      due.push_back(s.address);
    }
    return due;
  }
  /// The outcome of an attempt.
  void answered(Instant now, const Endpoint& seed);
  void failed(Instant now, const Endpoint& seed, std::string_view reason);
  bool empty() const { return seeds_.empty(); }
  /// One of them led to another member at some time.
  bool ever_joined() const { return ever_joined_; }
  /// For people, in the order they were given.
  std::vector<JoinStatus> status() const;
  Instant next_deadline() const;
  void hash(StateHasher& h) const;

 private:
  struct Seed {
    Endpoint address;
    Instant next;
    Duration wait{};
    bool answered = false;
    bool asked = false;        ///< an attempt is under way
    std::string problem = {};  ///< why the last attempt failed; empty before the first has
  };
  bool wanted(const Seed& s) const { return !s.asked && (!s.answered || alone_); }
  Seed* find(const Endpoint& address);
  void wake(Instant now);
  void wait_longer(Instant now, Seed& s);

  Duration min_;
  Duration max_;
  Random random_;
  std::vector<Seed> seeds_;
  bool alone_ = true;
  bool ever_joined_ = false;
};

/// Members that failed, long after the core forgot them: asked again from time to time, so that two halves of a pool
/// find each other again.
class FailedMembers {
 public:
  FailedMembers(Duration interval, Duration timeout, Random random, Instant now)
      : interval_(interval), timeout_(timeout), random_(random), tick_(now + interval) {}

  /// Most members that are kept; any member can name as many as it likes.
  static constexpr std::size_t kMost = 1024;

  /// Over the limit, the one that failed first is forgotten.
  void add(Instant now, MemberInfo member);
  void remove(const std::string& name) { members_.erase(name); }
  bool contains(const std::string& name) const { return members_.contains(name); }
  /// Nobody said that it left.
  bool is_awaited(std::string_view name) const;
  /// It counts as one that left, and is asked all the same.
  void set_left(std::string_view name);
  /// Address of one failed member, when it is time to ask one.
  std::optional<Endpoint> take_due(Instant now);
  Instant next_deadline() const { return members_.empty() ? kNever : tick_; }
  std::size_t size() const { return members_.size(); }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [name, failed] : members_) visit(failed.member);
  }

 private:
  struct Failed {
    MemberInfo member;
    Instant since;
  };
  Duration interval_;
  Duration timeout_;
  Random random_;
  Instant tick_;
  std::map<std::string, Failed, std::less<>> members_;
};

}  // namespace syncer::gossip
