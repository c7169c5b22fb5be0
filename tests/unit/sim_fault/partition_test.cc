// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/partition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sim::fault {
namespace {

Sites nodes(std::uint32_t count) {
  Sites sites;
  for (std::uint32_t i = 0; i < count; ++i) sites.push_back(Site::node(i));
  return sites;
}

bool blocks(const PartitionSpec& spec, std::uint32_t a, std::uint32_t b) {
  const Direction wanted{Site::node(a), Site::node(b)};
  return std::find(spec.blocked.begin(), spec.blocked.end(), wanted) != spec.blocked.end();
}

/// How many others each site can reach.
std::multiset<std::size_t> degrees(const PartitionSpec& spec, std::uint32_t count) {
  std::multiset<std::size_t> result;
  for (std::uint32_t a = 0; a < count; ++a) {
    std::size_t reached = 0;
    for (std::uint32_t b = 0; b < count; ++b) reached += a != b && !blocks(spec, a, b) ? 1 : 0;
    result.insert(reached);
  }
  return result;
}

TEST(Partition, GroupsCutBothWaysAndLeaveTheInsideOpen) {
  const PartitionSpec spec = groups({{Site::node(0), Site::node(1)}, {Site::node(2)}});
  EXPECT_TRUE(blocks(spec, 0, 2));
  EXPECT_TRUE(blocks(spec, 2, 0));
  EXPECT_FALSE(blocks(spec, 0, 1));
  EXPECT_EQ(spec.blocked.size(), 4U);
}

TEST(Partition, OneWayLeavesTheWayBackOpen) {
  const PartitionSpec spec = one_way({Site::node(0)}, {Site::node(1)});
  EXPECT_TRUE(blocks(spec, 0, 1));
  EXPECT_FALSE(blocks(spec, 1, 0));
}

TEST(Partition, AroundBlocksEachDirectionOnce) {
  const PartitionSpec spec = around({Site::node(0), Site::node(1)}, nodes(3), true, true, BlockMode::Jam);
  EXPECT_EQ(std::set(spec.blocked.begin(), spec.blocked.end()).size(), spec.blocked.size());
  EXPECT_EQ(spec.blocked.size(), 6U);
}

TEST(Partition, HalvesAreEven) {
  EXPECT_EQ(degrees(shaped(PartitionShape::Halves, nodes(6), syncer::Random(1)), 6),
            (std::multiset<std::size_t>{2, 2, 2, 2, 2, 2}));
}

TEST(Partition, IsolateOneLeavesOneAlone) {
  EXPECT_EQ(degrees(shaped(PartitionShape::IsolateOne, nodes(4), syncer::Random(1)), 4),
            (std::multiset<std::size_t>{0, 2, 2, 2}));
}

TEST(Partition, RingLeavesTwoNeighboursEach) {
  EXPECT_EQ(degrees(shaped(PartitionShape::Ring, nodes(6), syncer::Random(1)), 6),
            (std::multiset<std::size_t>{2, 2, 2, 2, 2, 2}));
}

TEST(Partition, BridgeIsTheOnlyOneThatReachesAll) {
  EXPECT_EQ(degrees(shaped(PartitionShape::Bridge, nodes(5), syncer::Random(1)), 5),
            (std::multiset<std::size_t>{2, 2, 2, 2, 4}));
}

}  // namespace
}  // namespace sim::fault
