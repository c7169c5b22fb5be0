// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/replica.h"

#include <gtest/gtest.h>

namespace syncer::replication {
namespace {

TEST(Replica, CountsLiveEntriesByKind) {
  Replica replica;
  EXPECT_EQ(replica.size_of('a'), 0U);
  replica.put("a1", "one", 1);
  replica.put("a2", "two", 2);
  replica.put("b1", "three", 3);
  replica.put("a1", "another", 4);
  EXPECT_EQ(replica.size_of('a'), 2U);
  EXPECT_EQ(replica.size_of('b'), 1U);
  EXPECT_TRUE(replica.erase("a1"));
  EXPECT_FALSE(replica.erase("a1"));
  EXPECT_EQ(replica.size_of('a'), 1U);
}

}  // namespace
}  // namespace syncer::replication
