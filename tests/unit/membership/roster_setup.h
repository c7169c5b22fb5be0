// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "syncer/membership/swim.h"

namespace syncer::membership {

/// Puts a core into a state that a test names, and turns its clocks one by one.
class RosterSetup {
 public:
  explicit RosterSetup(Swim& swim) : swim_(swim) {}

  void self(std::uint64_t incarnation, std::uint64_t counter, State state, Bytes meta) {
    Member& me = *swim_.roster_.table_.find(swim_.self_name());
    me.incarnation = incarnation;
    me.state = state;
    me.meta = std::move(meta);
    swim_.roster_.counter_ = counter;
  }
  void leaving(bool leaving) { swim_.roster_.leaving_ = leaving; }
  void health(int score) { swim_.roster_.awareness_.apply(score); }
  Member& add(Member member) {
    if (member.suspicion) ++swim_.roster_.suspects_;
    return swim_.roster_.table_.add(std::move(member));
  }
  void start_suspicion(Member& member, std::string_view from, Instant now) {
    const Options& o = swim_.options_;
    member.suspicion.emplace(
        from, suspicion_start(o.suspicion_mult, o.suspicion_max_mult, swim_.members().size(), o.probe_interval), now);
    ++swim_.roster_.suspects_;
  }
  const Member* find(std::string_view name) const { return swim_.members().find(name); }
  BroadcastQueue& queue() { return swim_.roster_.queue(); }

  /// Lets suspicions run out until `now`, each at its own time.
  void expire_until(Instant now, Outputs& out) {
    while (swim_.roster_.next_expiry() <= now) swim_.roster_.expire(swim_.roster_.next_expiry(), out);
  }
  /// One probe of that member; no other round starts.
  void probe(Instant now, std::string_view target, Outputs& out) {
    swim_.prober_.tick_ = kNever;
    swim_.prober_.probe(now, *find(target), out);
  }
  void advance_probe(Instant now, Outputs& out) { swim_.prober_.advance(now, out); }
  bool probing() const { return swim_.prober_.probing(); }
  Instant probe_deadline() const { return swim_.prober_.next_deadline(); }

 private:
  Swim& swim_;
};

}  // namespace syncer::membership
