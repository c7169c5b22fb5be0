// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/indexed_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "syncer/base/random.h"

namespace syncer {
namespace {

TEST(IndexedMapTest, FindsByNameAndGoesThroughInOrder) {
  IndexedMap<std::string, int> map;
  for (const char* name : {"c", "a", "b"}) EXPECT_TRUE(map.try_emplace(name, 1).second);
  EXPECT_FALSE(map.try_emplace("a", 7).second);
  EXPECT_EQ(*map.find("a"), 1);
  EXPECT_EQ(map.find("d"), nullptr);
  std::string order;
  for (const auto& [name, value] : map) order += name;
  EXPECT_EQ(order, "abc");
}

TEST(IndexedMapTest, KeepsItsIndexThroughRemovalsAndMoves) {
  IndexedMap<LinkId, std::unique_ptr<int>> map;
  for (std::uint64_t id = 1; id <= 100; ++id) map.try_emplace(LinkId{id}, std::make_unique<int>(static_cast<int>(id)));
  const std::unique_ptr<int>* seventh = map.find(LinkId{7});
  EXPECT_EQ(**map.extract(LinkId{3}), 3);
  EXPECT_FALSE(map.extract(LinkId{3}));
  map.erase(LinkId{4});
  map.erase(LinkId{4});
  IndexedMap<LinkId, std::unique_ptr<int>> moved = std::move(map);
  EXPECT_EQ(moved.size(), 98U);
  EXPECT_FALSE(moved.contains(LinkId{4}));
  EXPECT_EQ(moved.find(LinkId{7}), seventh) << "what it holds stays where it is";
  IndexedMap<std::string, int> names;
  names.try_emplace("key", 1);
  names.erase(names.begin()->first);
  EXPECT_EQ(names.size(), 0U);
  EXPECT_FALSE(names.contains("key"));
}

TEST(IndexedMapTest, IsCopiedWithAllItHolds) {
  IndexedMap<LinkId, int> map;
  for (std::uint64_t id = 1; id <= 20; ++id) map.try_emplace(LinkId{id}, static_cast<int>(id));
  IndexedMap<LinkId, int> copy = map;
  map.at(LinkId{7}) = 0;
  map.erase(LinkId{8});
  EXPECT_EQ(copy.size(), 20U);
  EXPECT_EQ(copy.at(LinkId{7}), 7);
  EXPECT_EQ(copy.at(LinkId{8}), 8);
}

TEST(IndexedMapTest, FindsAllThatIsLeftAfterManyChanges) {
  IndexedMap<std::string, std::uint64_t> map;
  std::map<std::string, std::uint64_t> same;
  Random random(1);
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t n = random.below(200);
    const std::string name = "name-" + std::to_string(n);
    if (random.below(2) == 0) {
      EXPECT_EQ(map.try_emplace(name, n).second, same.try_emplace(name, n).second);
    } else {
      EXPECT_EQ(map.extract(name).has_value(), same.erase(name) == 1);
    }
    EXPECT_EQ(map.contains(name), same.contains(name));
  }
  EXPECT_TRUE(std::equal(map.begin(), map.end(), same.begin(), same.end()));
  for (const auto& [name, n] : same) EXPECT_EQ(*map.find(name), n);
  EXPECT_EQ(map.find("another"), nullptr);
}

}  // namespace
}  // namespace syncer
