// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/event_ring.h"

#include <gtest/gtest.h>

namespace syncer::admin {
namespace {

KeptEvent event(const std::string& name, const std::string& region = "", Severity level = Severity::Info,
                bool single = false) {
  return {0, level, name, region, "\"event\":\"" + name + "\"", single};
}

std::vector<std::string> names_after(const EventRing& ring, std::uint64_t id, const EventFilter& filter = {}) {
  std::vector<std::string> names;
  while (const KeptEvent* next = ring.next(id)) {
    id = next->id;
    if (filter.matches(*next)) names.push_back(next->name);
  }
  return names;
}

TEST(EventRing, KeepsTheLastOnesInTheirOrder) {
  EventRing ring(3);
  for (int i = 1; i <= 5; ++i) ring.add(event("a" + std::to_string(i)));
  EXPECT_EQ(ring.size(), 3U);
  EXPECT_EQ(ring.last(), 5U);
  EXPECT_EQ(names_after(ring, 0), (std::vector<std::string>{"a3", "a4", "a5"}));
  EXPECT_EQ(names_after(ring, 4), (std::vector<std::string>{"a5"}));
  EXPECT_EQ(ring.next(5), nullptr);
  EXPECT_EQ(ring.next(99), nullptr);
}

TEST(EventRing, SingleInstancesPushOutNothingElse) {
  EventRing ring(2);
  ring.add(event("guard.tripped"));
  for (int i = 0; i < 100; ++i) ring.add(event("copy.registered", "east", Severity::Info, true));
  ring.add(event("link.up"));
  EXPECT_EQ(names_after(ring, 0),
            (std::vector<std::string>{"guard.tripped", "copy.registered", "copy.registered", "link.up"}));
}

TEST(EventRing, WhatHappensAllTheTimePushesOutItsOwnKind) {
  EventRing ring(4);
  for (const char* name : {"guard.tripped", "replica.rebound", "operator.command"}) ring.add(event(name));
  for (int i = 0; i < 100; ++i) ring.add(event(i % 2 == 0 ? "replica.rebound" : "link.up"));
  EXPECT_EQ(names_after(ring, 0),
            (std::vector<std::string>{"guard.tripped", "operator.command", "replica.rebound", "link.up"}));
  EXPECT_EQ(ring.size(), 4U);
}

TEST(EventRing, AFilterTakesKindsByTheirFirstWordARegionAndALevel) {
  EventRing ring(9);
  ring.add(event("guard.tripped", "east", Severity::Warning));
  ring.add(event("guard.released", "west"));
  ring.add(event("copy.registered", "east"));
  ring.add(event("copy.rejected", "east", Severity::Warning));
  EXPECT_EQ(names_after(ring, 0, parse_filter("guard", "", "").value()).size(), 2U);
  EXPECT_EQ(names_after(ring, 0, parse_filter("guard,copy.rejected", "east", "").value()),
            (std::vector<std::string>{"guard.tripped", "copy.rejected"}));
  EXPECT_EQ(names_after(ring, 0, parse_filter("", "", "warning").value()).size(), 2U);
  EXPECT_EQ(names_after(ring, 0, parse_filter("", "north", "").value()).size(), 0U);
}

TEST(EventRing, WordsThatMeanNothingAreRefused) {
  EXPECT_FALSE(parse_filter("guart", "", ""));
  EXPECT_FALSE(parse_filter("", "", "loud"));
  for (const char* kind : {"operator", "operator.command", "daemon", "copies", "replica", "replica.hash_mismatch"}) {
    EXPECT_TRUE(parse_filter(kind, "", "")) << kind;
  }
}

TEST(EventRing, AnEventOfAnyLengthTakesBoundedMemory) {
  EventRing ring(1);
  KeptEvent long_one = event("copy.rejected");
  long_one.inside += ",\"reason\":\"" + std::string(100'000, 'x') + "\"";
  ring.add(long_one);
  EXPECT_EQ(to_json(*ring.next(0)), R"({"id":1,"event":"copy.rejected","too_long":true})");
}

}  // namespace
}  // namespace syncer::admin
