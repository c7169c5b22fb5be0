// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/scenario/language/selector_syntax.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/values/topology.h"

namespace sim::scenario {
namespace {

Topology three_regions() {
  Topology t;
  for (const char* name : {"a", "b", "c"}) {
    const std::string n = name;
    Region region;
    region.name = n;
    region.registry = "sc-" + n;
    region.syncers = {n + "1"};
    region.machines = {{"rack-" + n, {n + "1"}}};
    t.regions.push_back(region);
    Registry center;
    center.name = region.registry;
    t.registries.push_back(center);
  }
  return t;
}

std::string names(const std::string& selector, std::uint64_t seed = 1, const Captures& captures = {}) {
  const Names names(three_regions());
  std::string text;
  for (const fault::Site& s : resolve({selector}, names, captures, syncer::Random(seed))) {
    const bool node = s.kind == fault::Site::Kind::Node;
    text += (text.empty() ? "" : " ") + (node ? names.nodes()[s.index].name : names.registries()[s.index]);
  }
  return text;
}

TEST(Selector, NamesNodesRegistriesRegionsAndMachines) {
  EXPECT_EQ(names("b1"), "b1");
  EXPECT_EQ(names("sc-b"), "sc-b");
  EXPECT_EQ(names("region:b"), "b1 sc-b");
  EXPECT_EQ(names("machine:rack-c"), "c1");
  EXPECT_EQ(names("all"), "a1 b1 c1 sc-a sc-b sc-c");
  EXPECT_EQ(names("?1"), "a1 b1 c1");
}

TEST(Selector, AddsAndTakesAway) {
  EXPECT_EQ(names("a1 + c1"), "a1 c1");
  EXPECT_EQ(names("region:* - region:b"), "a1 c1 sc-a sc-c");
  EXPECT_EQ(names("not(region:a)"), "b1 c1 sc-b sc-c");
  EXPECT_EQ(names("c1 + a1 - a1"), "c1");
}

TEST(Selector, DrawsTheSameForTheSameStream) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(names("one(all)", seed), names("one(all)", seed));
    EXPECT_EQ(names("one(all)", seed).size(), 2U);
    EXPECT_EQ(names("random(2, all)", seed).size(), 5U);
    EXPECT_EQ(names("majority(all)", seed).size(), 5U);
    EXPECT_EQ(names("minority(all)", seed).size(), 2U);
  }
}

TEST(Selector, DrawsEverybodySometimes) {
  std::string seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) seen += names("one(all)", seed) + " ";
  for (const char* node : {"a1", "b1", "c1"}) EXPECT_NE(seen.find(node), std::string::npos);
}

TEST(Selector, TakesTheMajorityOfEachClusterApart) { EXPECT_EQ(names("majority(each cluster)"), "a1 b1 c1"); }

TEST(Selector, RemembersWhatWasCaptured) {
  EXPECT_EQ(names("$victim", 1, {{"victim", {fault::Site::node(2)}}}), "c1");
  EXPECT_EQ(names("$nobody"), "");
}

TEST(Selector, RefusesTextsThatAreNone) {
  for (const char* text :
       {"", "+", "a1 +", "one()", "one(a1", "random(all)", "random(x, all)", "a1 b1", "best(a1)", "a1)"}) {
    EXPECT_FALSE(parse_selector(text)) << text;
  }
  EXPECT_FALSE(parse_selector(std::string(400, '(')));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "not(";
  EXPECT_FALSE(parse_selector(deep));
}

TEST(Glob, StarStaysInsideOneSegment) {
  EXPECT_TRUE(matches_glob("base/*/1", "base/svc-12/1"));
  EXPECT_FALSE(matches_glob("base/*/1", "base/svc-1/2"));
  EXPECT_FALSE(matches_glob("base/*", "base/svc-1/1"));
  EXPECT_TRUE(matches_glob("*", "cart-1"));
  EXPECT_TRUE(matches_glob("c*t-?", "cart-1"));
  EXPECT_FALSE(matches_glob("c*t-?", "cart-"));
  EXPECT_FALSE(matches_glob("a?c", "a/c"));
}

TEST(InstanceNames, GoThereAndBack) {
  EXPECT_EQ(instance_id("base/svc-1/3"), "base..svc-1..3");
  EXPECT_EQ(instance_name("base..svc-1..3"), "base/svc-1/3");
  EXPECT_TRUE(instance_matches("base/*/3", "base..svc-1..3"));
  EXPECT_TRUE(instance_matches("any", "x"));
  EXPECT_FALSE(instance_matches("base/*/3", "base..svc-1..31"));
  EXPECT_FALSE(is_instance_name("a..b"));
  EXPECT_FALSE(is_instance_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace sim::scenario
