// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/link_pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "syncer/base/random.h"

namespace syncer::peering {
namespace {

using replication::RegionId;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kCap = 32768;
constexpr RegionId kOwn{};
constexpr RegionId kBig{1};
constexpr RegionId kSmall{2};

/// Most bytes that a second holds.
class Window {
 public:
  void add(Instant now, std::uint64_t bytes) {
    sent_.emplace_back(now, bytes);
    sum_ += bytes;
    for (; sent_.front().first + seconds(1) <= now; sent_.pop_front()) sum_ -= sent_.front().second;
    most_ = std::max(most_, sum_);
  }
  std::uint64_t most() const { return most_; }

 private:
  std::deque<std::pair<Instant, std::uint64_t>> sent_;
  std::uint64_t sum_ = 0;
  std::uint64_t most_ = 0;
};

/// Always as much to send as may go, and a heartbeat each second, which does not wait.
TEST(LinkPace, NoSecondHoldsMoreThanTheCapAndOneRecord) {
  LinkPace pace(kCap);
  Window window;
  std::uint64_t all = 0;
  Random random(7);
  Instant now = instant(0);
  const Instant end = now + seconds(60);
  for (Instant beat = now; now < end;) {
    const bool beats = beat <= now;
    if (beats) beat += seconds(1);
    const std::uint64_t bytes = beats ? 300 : random.below(100) == 0 ? 4000 : 1 + random.below(pace.turn_bytes());
    if (!beats && !pace.is_free(now)) {
      now = std::min(beat, pace.free_at());
      continue;
    }
    pace.charge(now, bytes);
    window.add(now, bytes);
    all += bytes;
  }
  EXPECT_LE(window.most(), kCap + 4000);
  EXPECT_GE(all, kCap * 60 * 9 / 10) << "it is used";
}

TEST(LinkPace, ARecordOfManySecondsIsPaidForInOne) {
  LinkPace pace(kCap);
  pace.charge(instant(0), 100 * kCap);
  EXPECT_EQ(pace.free_at(), instant(0) + seconds(1));
}

TEST(LinkPace, IdleTimeIsNotSavedUp) {
  LinkPace pace(kCap);
  const Instant late = instant(0) + seconds(3600);
  EXPECT_TRUE(pace.is_free(late));
  pace.charge(late, 1024);
  EXPECT_FALSE(pace.is_free(late));
}

/// A whole set takes all turns until another region has something, which is next but one at the latest.
TEST(LinkPace, WhoComesWaitsForOneMessage) {
  LinkPace pace(kCap);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(pace.turn({kBig}), kBig);
    pace.served(kBig, 1024);
  }
  int waits = 0;
  while (pace.turn({kBig, kSmall}) != kSmall) {
    pace.served(kBig, 1024);
    ++waits;
  }
  EXPECT_LE(waits, 1);
}

TEST(LinkPace, WhoHaveMuchShareByBytes) {
  LinkPace pace(kCap);
  std::map<RegionId, std::uint64_t> got;
  for (int i = 0; i < 3000; ++i) {
    const RegionId next = pace.turn({kOwn, kBig, kSmall});
    const std::uint64_t bytes = next == kBig ? 1000 : 100;
    pace.served(next, bytes);
    got[next] += bytes;
  }
  EXPECT_LE(std::max({got[kOwn], got[kBig], got[kSmall]}) - std::min({got[kOwn], got[kBig], got[kSmall]}), 1000U);
}

/// Who leaves for a moment does not come back with a claim on others' turns, nor loses what it had too much.
TEST(LinkPace, LeavingForAMomentGainsNothing) {
  LinkPace pace(kCap);
  std::uint64_t trickster = 0;
  std::uint64_t honest = 0;
  for (int i = 0; i < 1000; ++i) {
    const RegionId next = pace.turn({kBig, kSmall});
    (next == kSmall ? trickster : honest) += 1000;
    pace.served(next, 1000);
    if (next == kSmall) pace.served(pace.turn({kBig}), 10);
    if (next == kSmall) honest += 10;
  }
  EXPECT_LE(trickster, honest + 2000);
}

}  // namespace
}  // namespace syncer::peering
