// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/copy_tally.h"

#include <gtest/gtest.h>

namespace syncer::daemon {
namespace {

using std::chrono::milliseconds;

class CopyTallyTest : public testing::Test {
 protected:
  void happen(Duration at, EventKind kind, const char* region) {
    const std::initializer_list<Field> fields = {{"region", region}};
    tally_.count(Event{Instant(at), kind, Severity::Info, {fields.begin(), fields.size()}});
  }
  CopyTally tally_;
};

TEST_F(CopyTallyTest, OneLineASecondAtMostHasAllOfIt) {
  int lines = 0;
  std::uint64_t counted = 0;
  for (int i = 0; i < 10'000; ++i) {  // ten seconds
    happen(milliseconds(i), EventKind::CopyRegistered, "east");
    if (const auto counts = tally_.take(Instant(milliseconds(i)))) {
      ++lines;
      counted += total(*counts).registered;
    }
  }
  EXPECT_EQ(lines, 9);
  counted += total(tally_.take(Instant(milliseconds(11'000))).value()).registered;
  EXPECT_EQ(counted, 10'000U);
}

TEST_F(CopyTallyTest, SaysWhatHappenedToWhichRegion) {
  happen(milliseconds(0), EventKind::CopyRegistered, "east");
  happen(milliseconds(1), EventKind::CopyRegistered, "east");
  happen(milliseconds(2), EventKind::CopyRemoved, "west");
  happen(milliseconds(2), EventKind::CopyUpdated, "east");
  happen(milliseconds(2), EventKind::LinkUp, "north");
  EXPECT_EQ(tally_.next_deadline(), Instant(milliseconds(1000)));
  const auto counts = tally_.take(Instant(milliseconds(1000))).value();
  EXPECT_EQ(to_string(counts), "east +2 ~1, west -1");
  EXPECT_EQ(total(counts), (CopyTally::Counts{2, 1, 1}));
  EXPECT_EQ(tally_.next_deadline(), kNever);
  EXPECT_FALSE(tally_.take(Instant(milliseconds(9000))));
}

TEST_F(CopyTallyTest, TheLineStaysShortWithManyRegions) {
  for (int i = 0; i < 50; ++i) happen(milliseconds(0), EventKind::CopyRemoved, std::to_string(100 + i).c_str());
  EXPECT_EQ(to_string(tally_.take(Instant(milliseconds(1000))).value()),
            "100 -1, 101 -1, 102 -1, 103 -1, 104 -1 and 45 more");
}

}  // namespace
}  // namespace syncer::daemon
