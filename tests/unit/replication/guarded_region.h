// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "syncer/replication/loss_guard.h"

namespace syncer::replication {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = GuardDecision::Kind;
using Rule = GuardRule;

inline constexpr Duration kLease = seconds(120);
inline constexpr Duration kHold = seconds(123);  // the lease and the grace

inline Instant at(Duration d) { return instant(0) + d; }

/// Application `n` of a service: an endpoint and a host of its own.
inline Sighting app(const std::string& service, int n, const std::string& id = "") {
  const std::string text = service + "-" + std::to_string(n);
  return {text + id, service, {"10.0." + text + ":8080"}, "host-of-" + text, kLease};
}

/// A guard, the region that it guards, and what is shown elsewhere after its decisions.
class GuardedRegion : public testing::Test {
 protected:
  LossGuard guard{{}};
  Instant now = at(seconds(0));
  Instant canary = at(seconds(-10));
  bool healthy = true;
  std::map<Bytes, Sighting> shown;
  std::map<Bytes, GuardDecision> removed;  // that may be restored
  std::vector<GuardDecision> seen;         // since the last clear

  void follow() {
    for (const GuardDecision& decision : guard.take_decisions()) {
      seen.push_back(decision);
      if (decision.kind == Kind::Remove) shown.erase(decision.key);
      if (decision.kind == Kind::Restore) shown[decision.key] = {};
    }
  }
  void pass(Duration time) {
    const Instant end = now + time;
    while (guard.next_deadline() <= end) {
      now = std::max(now, guard.next_deadline());
      guard.advance(now);
      follow();
    }
    now = end;
  }
  /// As a first reading shows it: of unknown age.
  void there(Sighting sighting) {
    sighting.proven = now;
    guard.put(now, sighting);
    shown[sighting.key] = sighting;
    follow();
  }
  void registered(Sighting sighting) {
    sighting.renewed = now;
    there(sighting);
  }
  void services(int count, int instances) {
    for (int s = 0; s < count; ++s) {
      for (int n = 0; n < instances; ++n) there(app("s" + std::to_string(s), n));
    }
    prove();
  }
  void prove() {
    guard.prove(now, {now, healthy, canary});
    follow();
  }
  void absent(const std::vector<Bytes>& keys) {
    std::vector<LossGuard::Absence> absences;
    for (const Bytes& key : keys) absences.push_back({key});
    guard.absent(now, absences);
    follow();
  }
  /// Confirmed absent, and the canary looked at afterwards.
  void gone(const std::vector<Bytes>& keys) {
    absent(keys);
    prove();
  }
  std::vector<Bytes> all() const {
    std::vector<Bytes> keys;
    for (const auto& [key, sighting] : shown) keys.push_back(key);
    return keys;
  }
  std::vector<Bytes> of(const std::string& service) const {
    std::vector<Bytes> keys;
    for (const auto& [key, sighting] : shown) {
      if (key.starts_with(service + "-")) keys.push_back(key);
    }
    return keys;
  }
  std::size_t count(Kind kind, Rule rule) const {
    return static_cast<std::size_t>(std::count_if(
        seen.begin(), seen.end(), [&](const GuardDecision& d) { return d.kind == kind && d.rule == rule; }));
  }
  /// Wiped, and soon found out: the canary is registered anew a second later.
  void wipe() {
    const std::vector<Bytes> lost = all();
    absent(lost);
    pass(seconds(1));
    canary = now;
    prove();
  }
  /// The leases of all of `keys` end, one each second.
  void expire(const std::vector<Bytes>& keys) {
    for (const Bytes& key : keys) {
      pass(seconds(1));
      gone({key});
    }
  }
};

}  // namespace syncer::replication
