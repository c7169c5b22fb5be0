// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace syncer::gossip {

/// Addresses to join by. Each is tried for ever, with back-off, until it answered or is a known member; while we are
/// alone, all of them.
class GossipSeeds {
 public:
  GossipSeeds(Duration retry_min, Duration retry_max, Random random)
      : min_(retry_min), max_(retry_max), random_(random) {}

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
      if (!wanted(s) || s.next > now) continue;
      s.asked = true;
      due.push_back(s.address);
    }
    return due;
  }
  /// The outcome of an attempt.
  void answered(Instant now, const Endpoint& seed);
  void failed(Instant now, const Endpoint& seed);
  bool empty() const { return seeds_.empty(); }
  Instant next_deadline() const;
  void hash(StateHasher& h) const;

 private:
  struct Seed {
    Endpoint address;
    Instant next;
    Duration wait{};
    bool answered = false;
    bool asked = false;  ///< an attempt is under way
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
};

}  // namespace syncer::gossip
