// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/removal_guard.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace syncer::replication {
namespace {

/// A region whose entries come and go, and everything the guard granted by itself.
struct Region {
  struct Grant {
    Instant at;
    std::size_t count;
    std::size_t size_before;
    std::size_t size_after;
  };

  std::set<Bytes> live;
  std::vector<Grant> grants;
  RemovalGuard guard{GuardOptions{5, {15, 100}, std::chrono::seconds(60), std::chrono::minutes(10)}};

  void remove(Instant now, std::size_t count) {
    std::vector<Bytes> keys;
    for (const Bytes& key : live) {
      if (keys.size() < count && !guard.holds(key)) keys.push_back(key);
    }
    guard.set_size(live.size());
    if (keys.empty() || guard.request(now, keys) == RemovalGuard::Verdict::Held) return;
    grants.push_back({now, keys.size(), live.size(), live.size() - keys.size()});
    for (const Bytes& key : keys) live.erase(key);
  }
};

/// R9 for every window that starts with a grant.
void check_windows(const std::vector<Region::Grant>& grants) {
  for (std::size_t first = 0; first < grants.size(); ++first) {
    const std::size_t size = grants[first].size_before;
    std::size_t removed = 0;
    for (std::size_t i = first; i < grants.size() && grants[i].at < grants[first].at + std::chrono::seconds(60); ++i) {
      removed += grants[i].count;
      RC_ASSERT(size <= 1 || grants[i].size_after > 0);
    }
    RC_ASSERT(removed <= std::max<std::size_t>(5, size * 15 / 100));
  }
}

RC_GTEST_PROP(RemovalGuard, KeepsToItsBudgetUnderAnySequence, ()) {
  Region region;
  Instant now = instant(0);
  const auto steps = *rc::gen::container<std::vector<std::pair<std::uint8_t, std::uint8_t>>>(
      rc::gen::pair(rc::gen::inRange<std::uint8_t>(0, 6), rc::gen::arbitrary<std::uint8_t>()));
  int next = 0;
  for (const auto& [kind, size] : steps) {
    now += std::chrono::milliseconds(size * 100);
    switch (kind) {
      case 0:
        for (int i = 0; i < size; ++i) region.live.insert("k" + std::to_string(next++));
        break;
      case 1:
        region.live.insert("k" + std::to_string(next++));
        break;
      case 2:
        region.remove(now, 1);
        break;
      case 3:
        region.remove(now, size % 8);
        break;
      case 4:
        region.remove(now, size);
        break;
      default:
        for (const Bytes& key : region.live) region.guard.cancel(now, key);
    }
  }
  check_windows(region.grants);
}

RC_GTEST_PROP(RemovalGuard, GivesBackExactlyWhatItHeld, (const std::set<Bytes>& keys)) {
  RC_PRE(keys.size() > 1);
  RemovalGuard guard({});
  guard.set_size(keys.size());
  RC_ASSERT(guard.request(instant(0), std::vector<Bytes>(keys.begin(), keys.end())) == RemovalGuard::Verdict::Held);
  const std::vector<Bytes> released = guard.release();
  RC_ASSERT(std::set<Bytes>(released.begin(), released.end()) == keys);
}

}  // namespace
}  // namespace syncer::replication
