// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/earliest_region.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "syncer/base/random.h"
#include "syncer/catalog/regions.h"

namespace syncer::catalog {
namespace {

class NoObserver : public Observer {
 public:
  bool wants(Severity) const override { return false; }
  void on_event(const Event&) override {}
};

/// Regions whose deadlines are what the test says.
struct Table {
  explicit Table(int regions) {
    for (int i = 0; i < regions; ++i) add(std::to_string(i));
  }
  void add(const std::string& name) {
    const auto added = regions.try_emplace(name, GuardSettings{}, name, observer, Instant{}).first;
    deadlines[&added->second] = kNever;
  }
  Instant first() const {
    Instant due = kNever;
    for (const auto& [region, deadline] : deadlines) due = std::min(due, deadline);
    return due;
  }

  NoObserver observer;
  Regions::Map regions;
  std::map<const RemoteCopies*, Instant> deadlines;
};

TEST(EarliestRegionTest, IsThatOfAllWhateverChanges) {
  Table table(20);
  EarliestRegion earliest;
  Random random(7);
  for (int i = 0; i < 5000; ++i) {
    for (std::uint64_t changes = random.below(12); changes > 0; --changes) {
      auto& [region, deadline] = *std::next(table.deadlines.begin(), static_cast<int>(random.below(20)));
      earliest.touch(*region, deadline);
      deadline = random.below(3) == 0 ? kNever : Instant(Duration(random.below(50)));
    }
    const Instant due =
        earliest.get(table.regions, [&](const RemoteCopies& region) { return table.deadlines.at(&region); });
    ASSERT_EQ(due, table.first()) << "after " << i << " looks";
  }
}

TEST(EarliestRegionTest, LooksOnlyAtThoseThatMayHaveChanged) {
  Table table(20);
  EarliestRegion earliest;
  int looks = 0;
  const auto deadline = [&](const RemoteCopies& region) {
    ++looks;
    return table.deadlines.at(&region);
  };
  earliest.get(table.regions, deadline);
  EXPECT_EQ(looks, 20);
  earliest.get(table.regions, deadline);
  EXPECT_EQ(looks, 20);
  auto& [region, due] = *table.deadlines.begin();
  earliest.touch(*region, due);
  earliest.touch(*region, due);
  due = Instant(Duration(5));
  EXPECT_EQ(earliest.get(table.regions, deadline), due);
  EXPECT_EQ(looks, 21);
  earliest.touch(*region, due);
  EXPECT_EQ(earliest.get(table.regions, deadline), due);
  EXPECT_EQ(looks, 41) << "it may have been the only one so early";
}

}  // namespace
}  // namespace syncer::catalog
