// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/ghosts.h"

#include <gtest/gtest.h>

namespace syncer::registry {
namespace {

using std::chrono::seconds;

const EntryId kRef{"default", "s1", "i1"};

Instant at(int second) { return instant(0) + seconds(second); }

Entry entry(const std::string& registration, int lease) {
  Entry entry;
  entry.registration = registration;
  entry.lease = seconds(lease);
  return entry;
}

TEST(Ghosts, AreWhatACacheShowsOfTheRemoved) {
  Ghosts ghosts(seconds(20));
  ghosts.bury(at(0), kRef, entry("7", 10));
  EXPECT_TRUE(ghosts.is_ghost(at(20), kRef, "7"));
  EXPECT_FALSE(ghosts.is_ghost(at(20), kRef, "8")) << "registered anew";
  EXPECT_FALSE(ghosts.is_ghost(at(20), {"default", "s1", "i2"}, "7"));
  EXPECT_FALSE(ghosts.is_ghost(at(21), kRef, "7"));
}

TEST(Ghosts, MayShowForTheirLease) {
  Ghosts ghosts(seconds(20));
  ghosts.bury(at(0), kRef, entry("7", 120));
  EXPECT_TRUE(ghosts.is_ghost(at(121), kRef, "7"));
  EXPECT_FALSE(ghosts.is_ghost(at(122), kRef, "7"));
}

TEST(Ghosts, AreNoneOnceTheStoreHasThem) {
  Ghosts ghosts(seconds(20));
  ghosts.bury(at(0), kRef, entry("7", 10));
  ghosts.forget(kRef);
  EXPECT_FALSE(ghosts.is_ghost(at(1), kRef, "7"));
  ghosts.bury(at(5), kRef, entry("9", 10));
  EXPECT_TRUE(ghosts.is_ghost(at(24), kRef, "9"));
}

}  // namespace
}  // namespace syncer::registry
