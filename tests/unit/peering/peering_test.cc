// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/peering.h"

#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Records = std::vector<std::pair<Bytes, Bytes>>;

Records records(int count) {
  Records out;
  for (int i = 0; i < count; ++i) out.emplace_back("key" + std::to_string(i), "value" + std::to_string(i));
  return out;
}

/// Hosts 1 and 2 serve regions A and B, both publish.
class PeeringOfTwo : public ::testing::Test {
 protected:
  PeeringOfTwo() {
    net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, records(3));
    net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
    net.gossip();
    net.run(seconds(2));
  }

  Peering& a() { return net.peering(1); }
  Peering& b() { return net.peering(2); }
  /// B holds exactly what A says.
  bool equal() {
    const replication::Replica* replica = b().replica("A");
    const replication::OwnLog& log = a().core().log();
    return replica != nullptr && replica->consistent() && replica->epoch() == log.epoch() &&
           replica->seq() == log.head() && replica->set_hash() == log.set_hash().total();
  }

  PeeringNet net;
};

TEST_F(PeeringOfTwo, BringsTheFirstSetAcross) {
  EXPECT_TRUE(equal());
  EXPECT_EQ(b().replica("A")->size(), 3U);
  EXPECT_TRUE(b().link("A").up);
  EXPECT_TRUE(b().link("A").publishing);
  EXPECT_TRUE(b().state("A", net.now()).complete);
  EXPECT_EQ(b().link("A").node, "a1");
  EXPECT_EQ(b().regions(), std::vector<std::string>{"A"});
}

TEST_F(PeeringOfTwo, NamesEveryKeyThatChanged) {
  EXPECT_EQ(b().take_changes().size(), 3U);
  a().put(net.now(), "key1", "new");
  a().erase(net.now(), "key2");
  net.run(milliseconds(200));
  const auto changes = b().take_changes();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].key, "key1");
  EXPECT_EQ(changes[1].region, "A");
  EXPECT_EQ(*b().replica("A")->find("key1"), "new");
  EXPECT_EQ(b().replica("A")->find("key2"), nullptr);
}

TEST_F(PeeringOfTwo, PushesAChangeWithinOneWayAndABatch) {
  a().put(net.now(), "key9", "v");
  net.run(milliseconds(71));
  EXPECT_NE(b().replica("A")->find("key9"), nullptr);
}

TEST_F(PeeringOfTwo, SaysLittleWhenNothingChanges) {
  const std::size_t before = net.sent(1) + net.sent(2);
  net.run(seconds(100));
  // Two directions, each with heartbeat and acknowledgement, at most 128 bytes a second.
  EXPECT_LE(net.sent(1) + net.sent(2) - before, 2 * 128 * 101U);
}

TEST_F(PeeringOfTwo, CatchesUpAfterABrokenLink) {
  net.break_links(1, 2);
  a().put(net.now(), "key9", "v");
  net.run(seconds(3));
  EXPECT_TRUE(equal());
  EXPECT_EQ(net.count(2, EventKind::ReplicaReloaded), 1);
}

TEST_F(PeeringOfTwo, CatchesUpAfterAPartition) {
  net.partition(1, 2);
  for (int i = 0; i < 1000; ++i) a().put(net.now(), "key" + std::to_string(i % 100), std::to_string(i));
  net.run(seconds(30));
  EXPECT_FALSE(b().link("A").up);
  EXPECT_GE(net.now() - *b().link("A").last_heard, seconds(29));
  net.heal();
  net.run(seconds(5));
  EXPECT_TRUE(equal());
  EXPECT_EQ(a().link("B").unacknowledged, 0U);
}

TEST_F(PeeringOfTwo, RemembersNoRemovalsOfALogThatItClosed) {
  net.run(seconds(2));
  net.partition(1, 2);
  a().erase(net.now(), "key0");
  net.run(seconds(5));
  EXPECT_EQ(a().sizes().log.tombstones, 1U) << "the other one does not know";
  a().close_epoch(net.now());
  net.gossip();
  net.run(seconds(5));
  EXPECT_EQ(a().sizes().log.tombstones, 0U) << "nobody will ask";
  a().open_epoch(net.now(), {1, 2}, {{"l", "w"}});
  a().erase(net.now(), "l");
  net.run(seconds(5));
  EXPECT_EQ(a().sizes().log.tombstones, 1U) << "of the new log it does";
}

TEST_F(PeeringOfTwo, RebindsWithoutTransferWhenARestartedWriterSaysTheSame) {
  b().take_changes();
  net.kill(1);
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 2}, records(3));
  net.gossip();
  net.run(seconds(3));
  EXPECT_TRUE(equal());
  EXPECT_EQ(net.count(2, EventKind::ReplicaRebound), 1);
  EXPECT_TRUE(b().take_changes().empty());
}

TEST_F(PeeringOfTwo, RepairsTheDifferenceOfANewEpoch) {
  b().take_changes();
  net.kill(1);
  Records other = records(4);
  other.erase(other.begin());
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 2}, other);
  net.gossip();
  net.run(seconds(3));
  EXPECT_TRUE(equal());
  EXPECT_EQ(net.count(2, EventKind::ReplicaRepaired), 1);
  EXPECT_EQ(b().take_changes().size(), 2U);
}

TEST_F(PeeringOfTwo, ReloadsAReaderThatLostEverything) {
  net.kill(2);
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 2}, {});
  net.gossip();
  net.run(seconds(3));
  EXPECT_TRUE(equal());
}

TEST_F(PeeringOfTwo, AsksForAHigherEpochWhenTheWriterLostItsDisk) {
  net.kill(1);
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, records(7));
  net.gossip();
  net.run(seconds(3));
  ASSERT_TRUE(a().reopen_wanted());
  EXPECT_EQ(*a().reopen_wanted(), (Epoch{1, 1}));
  EXPECT_EQ(b().replica("A")->size(), 3U);
  a().open_epoch(net.now(), {2, 1}, records(7));
  EXPECT_FALSE(a().reopen_wanted());
  net.run(seconds(3));
  EXPECT_TRUE(equal());
}

TEST_F(PeeringOfTwo, TellsOfTheFloorWhenItGreetsAWriterThatLostItsDisk) {
  net.kill(1);
  net.kill(2);
  net.start(2, "B", "b1").raise_floor(net.now(), "A", {1, 3});
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, records(7));
  net.gossip();
  b().open_epoch(net.now(), {1, 2}, {});
  net.run(seconds(3));
  ASSERT_TRUE(a().reopen_wanted());
  EXPECT_EQ(*a().reopen_wanted(), (Epoch{1, 3}));
  EXPECT_EQ(b().replica("A")->size(), 0U);
  a().open_epoch(net.now(), {1, 4}, records(7));
  net.run(seconds(3));
  EXPECT_TRUE(equal());
}

TEST_F(PeeringOfTwo, TakesTheWriterOfTheEpochThatTheFloorNames) {
  net.kill(2);
  net.start(2, "B", "b1").raise_floor(net.now(), "A", {1, 1});
  net.gossip();
  b().open_epoch(net.now(), {1, 2}, {});
  net.run(seconds(5));
  EXPECT_FALSE(a().reopen_wanted());
  EXPECT_TRUE(equal());
}

TEST_F(PeeringOfTwo, DoesNotAskForAHigherEpochAfterAnOrdinaryReconnect) {
  net.break_links(1, 2);
  net.run(seconds(3));
  EXPECT_FALSE(a().reopen_wanted());
}

TEST_F(PeeringOfTwo, RepairsACorruptedReplicaAndSaysSo) {
  // As if memory went bad: no interface allows it.
  const_cast<replication::Replica*>(b().replica("A"))->put("key1", "wrong", 1);
  net.run(seconds(3));
  EXPECT_EQ(net.count(2, EventKind::HashMismatch), 1);
  EXPECT_EQ(net.count(2, EventKind::ReplicaRepaired), 1);
  EXPECT_TRUE(equal());
}

TEST_F(PeeringOfTwo, ChangesNothingForADamagedFrame) {
  net.damage(1, 2);
  a().put(net.now(), "key9", "v");
  net.run(seconds(1));
  EXPECT_GE(net.count(2, EventKind::FrameDropped), 1);
  EXPECT_EQ(b().replica("A")->size(), 3U);
}

TEST_F(PeeringOfTwo, CarriesTheHealthOfTheOrigin) {
  EXPECT_FALSE(b().state("A", net.now()).healthy);
  a().set_healthy(true);
  net.run(seconds(2));
  EXPECT_TRUE(b().state("A", net.now()).healthy);
}

TEST_F(PeeringOfTwo, KeepsDiallingAMemberThatGossipCallsDead) {
  net.kill(2);
  net.run(minutes(5));
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 2}, {});
  net.run(seconds(6));
  EXPECT_TRUE(equal());
}

TEST_F(PeeringOfTwo, GivesAllKeysOfAForgottenRegion) {
  b().take_changes();
  b().forget(net.now(), "A");
  EXPECT_EQ(b().take_changes().size(), 3U);
  EXPECT_EQ(b().replica("A"), nullptr);
}

TEST_F(PeeringOfTwo, RefusesEpochsBelowTheFloor) {
  b().raise_floor(net.now(), "A", {1, 9});
  EXPECT_EQ(b().replica("A")->size(), 0U) << "what was taken from an epoch that is over is kept";
  a().put(net.now(), "key9", "v");
  net.run(seconds(2));
  EXPECT_EQ(b().replica("A")->find("key9"), nullptr);
  EXPECT_GE(net.count(2, EventKind::StaleEpochRefused), 1);
  ASSERT_TRUE(a().reopen_wanted());
  EXPECT_EQ(*a().reopen_wanted(), (Epoch{1, 9}));
}

TEST_F(PeeringOfTwo, MovesALargeSetInChunks) {
  const Bytes payload(1000, 'p');
  for (int i = 0; i < 5000; ++i) a().put(net.now(), "big" + std::to_string(i), payload);
  net.run(seconds(3));
  EXPECT_TRUE(equal());
  net.kill(2);
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 2}, {});
  net.gossip();
  net.run(seconds(3));
  EXPECT_TRUE(equal());
}

}  // namespace
}  // namespace syncer::peering
