// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/pacing.h"

#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Records = std::vector<std::pair<Bytes, Bytes>>;

/// A publishes to B, at 8 KiB/s.
class PeeringWithACap : public ::testing::Test {
 protected:
  PeeringWithACap() {
    net.sync.link_caps = *LinkCaps::parse("B=8KiB/s");
    net.start(1, "A", "A1").open_epoch(net.now(), {1, 1}, {});
    net.sync.link_caps = {};
    net.start(2, "B", "B1").open_epoch(net.now(), {1, 2}, {});
    net.gossip();
    net.run(seconds(5));
  }
  void put(int first, int last) {
    for (int i = first; i < last; ++i) net.peering(1).put(net.now(), "key" + std::to_string(i), Bytes(400, 'x'));
  }
  std::size_t held() { return net.peering(2).replica("A")->size(); }
  Peering::Link link() { return net.peering(1).link("B"); }

  PeeringNet net;
};

TEST_F(PeeringWithACap, SendsNoMoreThanThatAndAllInTheEnd) {
  const std::size_t before = net.sent(1);
  put(0, 200);
  for (int second = 1; second <= 9; ++second) {
    net.run(seconds(1));
    EXPECT_LE(net.sent(1) - before, static_cast<std::size_t>(second) * 8192 + 512) << second;
  }
  EXPECT_LT(held(), 200U);
  net.run(seconds(5));
  EXPECT_EQ(held(), 200U);
}

TEST_F(PeeringWithACap, SaysWhatWaitsAndSinceWhen) {
  EXPECT_EQ(link().cap->bytes_per_second, 8192U);
  EXPECT_EQ(link().cap->waiting_since, std::nullopt);
  put(0, 100);
  const Instant since = net.now();
  net.run(seconds(2));
  EXPECT_NEAR(static_cast<double>(link().cap->waiting_records), 65, 10);
  EXPECT_LE(*link().cap->waiting_since - since, milliseconds(50));
  net.run(seconds(10));
  EXPECT_EQ(link().cap->waiting_records, 0U);
  EXPECT_EQ(link().cap->waiting_since, std::nullopt);
}

/// What waits is replaced by what is newer: it is the log that waits, not messages.
TEST_F(PeeringWithACap, WhatIsSupersededIsNotSent) {
  put(0, 100);
  const std::size_t before = net.sent(1);
  for (int i = 0; i < 50; ++i) {
    put(0, 100);
    net.peering(1).put(net.now(), "key99", Bytes(400, static_cast<char>('a' + i % 26)));
    net.run(milliseconds(100));
  }
  net.run(seconds(10));
  EXPECT_EQ(held(), 100U);
  EXPECT_LE(net.sent(1) - before, 8192U * 15);
}

/// Several heartbeats go between two of the records. Each that spoke of what is not sent yet would make the reader ask
/// for it.
TEST_F(PeeringWithACap, NobodyAsksForWhatWaits) {
  SyncSettings often = net.sync;
  often.heartbeat = milliseconds(100);
  often.link_caps = *LinkCaps::parse("B=10KiB");
  net.peering(1).reconfigure(net.now(), often);
  for (int i = 0; i < 8; ++i) net.peering(1).put(net.now(), "key" + std::to_string(i), Bytes(8000, 'x'));
  net.run(seconds(2));
  EXPECT_LT(held(), 5U);
  net.run(seconds(13));
  EXPECT_EQ(held(), 8U);
  EXPECT_EQ(net.count(2, EventKind::ReplicaAsked), 0);
  EXPECT_EQ(net.count(2, EventKind::HashMismatch), 0);
}

TEST_F(PeeringWithACap, ALinkThatIsDialledAgainGoesOnWhereItWas) {
  put(0, 200);
  net.run(seconds(3));
  net.break_links(1, 2);
  const std::size_t before = held();
  net.run(seconds(14));
  EXPECT_GT(before, 20U);
  EXPECT_EQ(held(), 200U);
  EXPECT_EQ(net.count(2, EventKind::HashMismatch), 0);
  EXPECT_EQ(net.count(2, EventKind::ReplicaReloaded), 0);
  EXPECT_EQ(net.count(2, EventKind::ReplicaRepaired), 0);
}

TEST_F(PeeringWithACap, TheRegionIsHeardAllTheWhile) {
  put(0, 400);
  for (int i = 0; i < 20; ++i) {
    net.run(seconds(1));
    EXPECT_TRUE(net.peering(2).state("A", net.now()).connected);
  }
}

TEST_F(PeeringWithACap, AWholeSetTakesItsTurns) {
  put(0, 200);
  net.run(seconds(20));
  net.kill(2);
  net.start(2, "B", "B2").open_epoch(net.now(), {1, 3}, {});
  net.gossip();
  net.run(seconds(3));
  const std::size_t before = net.sent(1);
  EXPECT_EQ(held(), 0U);
  net.run(seconds(3));
  EXPECT_LE(net.sent(1) - before, 8192U * 3 + 512);
  net.run(seconds(12));
  EXPECT_EQ(held(), 200U);
}

TEST_F(PeeringWithACap, AnotherCapHoldsAtOnceAndNoneLetsAllGo) {
  put(0, 400);
  net.run(seconds(1));
  SyncSettings sync = net.sync;
  sync.link_caps = *LinkCaps::parse("*=16KiB");
  net.peering(1).reconfigure(net.now(), sync);
  EXPECT_EQ(link().cap->bytes_per_second, 16384U);
  const std::size_t before = held();
  net.run(seconds(2));
  EXPECT_GT(held() - before, 50U);
  sync.link_caps = {};
  net.peering(1).reconfigure(net.now(), sync);
  net.run(seconds(1));
  EXPECT_EQ(held(), 400U);
  EXPECT_FALSE(link().cap.has_value());
}

/// A and C reach B alone, which passes on; what goes to C has a cap.
TEST(PeeringWithACapAtARelay, OneSetDelaysNoOthersChange) {
  PeeringNet net;
  net.partition(1, 3);
  net.partition(3, 4);
  Records many;
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    // What cannot be packed.
    Bytes payload;
    for (int byte = 0; byte < 400; ++byte) payload += static_cast<char>(random.next());
    many.emplace_back("key" + std::to_string(i), std::move(payload));
  }
  net.start(1, "A", "A1").open_epoch(net.now(), {1, 1}, many);
  net.start(4, "D", "D1").open_epoch(net.now(), {1, 4}, {{"one", "1"}});
  net.sync.relay = true;
  net.sync.link_caps = *LinkCaps::parse("C=8KiB");
  net.start(2, "B", "B1").open_epoch(net.now(), {1, 2}, {});
  net.gossip();
  net.run(seconds(5));
  net.sync.relay = false;
  net.sync.link_caps = {};
  net.start(3, "C", "C1").open_epoch(net.now(), {1, 3}, {});
  net.gossip();
  net.run(seconds(6));
  const auto* small = net.peering(3).replica("D");
  ASSERT_NE(small, nullptr);
  EXPECT_EQ(small->size(), 1U);
  EXPECT_EQ(net.peering(3).replica("A")->size(), 0U) << "its set is on its way";
  net.peering(4).put(net.now(), "two", "2");
  net.run(milliseconds(500));
  EXPECT_EQ(small->size(), 2U);
  EXPECT_EQ(net.peering(3).replica("A")->size(), 0U);
  for (int i = 0; i < 100; ++i) net.peering(1).put(net.now(), "key" + std::to_string(i), Bytes(400, 'y'));
  net.run(seconds(25));
  EXPECT_EQ(net.peering(3).replica("A")->size(), 300U);
  EXPECT_EQ(*net.peering(3).replica("A")->find("key7"), Bytes(400, 'y'));
}

/// A relay that comes to hold many changes slowly says meanwhile that their region is there.
TEST(PeeringWithACapAtARelay, LifeGoesOnAmidACatchUp) {
  PeeringNet net;
  net.partition(1, 3);
  net.sync.link_caps = *LinkCaps::parse("B=4KiB");
  net.start(1, "A", "A1").open_epoch(net.now(), {1, 1}, {{"key", "1"}});
  net.sync.link_caps = {};
  net.sync.relay = true;
  net.start(2, "B", "B1").open_epoch(net.now(), {1, 2}, {});
  net.sync.relay = false;
  net.start(3, "C", "C1").open_epoch(net.now(), {1, 3}, {});
  net.gossip();
  net.run(seconds(8));
  ASSERT_EQ(net.peering(3).replica("A")->size(), 1U);
  for (int i = 0; i < 300; ++i) net.peering(1).put(net.now(), "key" + std::to_string(i), Bytes(400, 'x'));
  for (int i = 0; i < 25; ++i) {
    net.run(seconds(1));
    EXPECT_TRUE(net.peering(3).state("A", net.now()).connected) << i;
  }
  net.run(seconds(15));
  EXPECT_EQ(net.peering(3).replica("A")->size(), 301U);
}

/// A and C reach B alone, which passes on to C at 4 KiB/s.
class PeeringBehindACap : public ::testing::Test {
 protected:
  PeeringBehindACap() {
    net.partition(1, 3);
    net.start(1, "A", "A1").open_epoch(net.now(), {1, 1}, {{"key", "1"}});
    net.sync.link_caps = *LinkCaps::parse("C=4KiB");
    net.sync.relay = true;
    net.start(2, "B", "B1").open_epoch(net.now(), {1, 2}, {});
    net.sync.relay = false;
    net.sync.link_caps = {};
    net.start(3, "C", "C1").open_epoch(net.now(), {1, 3}, {});
    net.gossip();
    net.run(seconds(8));
    for (int i = 0; i < 300; ++i) net.peering(1).put(net.now(), "key" + std::to_string(i), Bytes(400, 'x'));
    net.run(seconds(2));
  }
  PeeringNet net;
};

/// All copies of a region that is not heard are removed after a time.
TEST_F(PeeringBehindACap, ARegionIsHeardAllTheWhile) {
  ASSERT_LT(net.peering(3).replica("A")->size(), 100U);
  for (int i = 0; i < 25; ++i) {
    net.run(seconds(1));
    EXPECT_TRUE(net.peering(3).state("A", net.now()).connected) << i;
  }
  net.run(seconds(15));
  EXPECT_EQ(net.peering(3).replica("A")->size(), 301U);
}

/// As where another syncer of the relay's region takes the lead.
TEST_F(PeeringBehindACap, WhatWaitsEndsWithTheEpoch) {
  net.peering(2).close_epoch(net.now());
  net.run(seconds(1));
  net.peering(2).open_epoch(net.now(), {1, 9}, {});
  net.gossip();
  net.run(seconds(60));
  EXPECT_EQ(net.peering(3).replica("A")->size(), 301U);
}

}  // namespace
}  // namespace syncer::peering
