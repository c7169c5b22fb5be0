// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/relay.h"

#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Records = std::vector<std::pair<Bytes, Bytes>>;
using Names = std::vector<std::string>;

/// Regions A to E on hosts 1 to 5. Those of `relays` pass on.
class PeeringByRelay : public ::testing::Test {
 protected:
  void start(int host, bool relay = false) {
    const std::string region = name(host);
    net.sync.relay = relay;
    Records own;
    for (int i = 0; i < records_; ++i) own.emplace_back("key" + std::to_string(i), "value of " + region);
    net.start(host, region, region + "1").open_epoch(net.now(), {1, ++terms_}, own);
  }
  static std::string name(int host) { return {static_cast<char>('A' + host - 1)}; }
  Peering& at(int host) { return net.peering(host); }
  /// A host holds exactly what another says.
  bool equal(int reader, int writer) {
    const replication::Replica* replica = at(reader).replica(name(writer));
    const replication::OwnLog& log = at(writer).core().log();
    return replica != nullptr && replica->consistent() && replica->epoch() == log.epoch() &&
           replica->seq() == log.head() && replica->set_hash() == log.set_hash().total() &&
           at(reader).state(name(writer), net.now()).connected;
  }
  Names via(int reader, int writer) { return at(reader).link(name(writer)).via; }

  PeeringNet net;
  int records_ = 3;  ///< of each region that starts from now on
  std::uint64_t terms_ = 0;
};

/// A and C do not reach each other; B passes on.
class RelayOfThree : public PeeringByRelay {
 protected:
  RelayOfThree() {
    net.partition(1, 3);
    start(1);
    start(2, true);
    start(3);
    net.gossip();
    net.run(seconds(10));
  }
};

TEST_F(RelayOfThree, BringsBothWhatTheOtherHas) {
  EXPECT_TRUE(equal(1, 3));
  EXPECT_TRUE(equal(3, 1));
  EXPECT_EQ(via(1, 3), Names{"B"});
  EXPECT_EQ(via(1, 2), Names{});
  EXPECT_EQ(at(1).link("C").read_via, "B");
  EXPECT_TRUE(at(1).link("C").publishing);
}

TEST_F(RelayOfThree, PassesChangesOnAsTheyCome) {
  at(1).put(net.now(), "key1", "new");
  at(1).erase(net.now(), "key2");
  net.run(milliseconds(150));
  EXPECT_EQ(*at(3).replica("A")->find("key1"), "new");
  EXPECT_EQ(at(3).replica("A")->find("key2"), nullptr);
  EXPECT_TRUE(equal(3, 1));
  EXPECT_EQ(at(1).link("C").unacknowledged, 0U);
}

TEST_F(RelayOfThree, IsAwayWhenItsOriginIs) {
  net.kill(1);
  net.run(seconds(10));
  EXPECT_FALSE(at(3).state("A", net.now()).connected);
  EXPECT_GE(net.now() - *at(3).link("A").last_heard, seconds(8));
  EXPECT_EQ(at(3).replica("A")->size(), 3U);
  EXPECT_EQ(via(3, 1), Names{});
}

TEST_F(RelayOfThree, NobodyIsOfferedWhoDoesNotSpeak) {
  net.partition(1, 2);
  net.run(seconds(4));
  EXPECT_TRUE(at(2).link("A").up) << "the link is only silent yet";
  EXPECT_EQ(via(3, 1), Names{});
}

TEST_F(RelayOfThree, AReaderThatIsGoneCostsNothing) {
  EXPECT_EQ(at(2).sizes().log.relayed, 2U);
  net.kill(3);
  net.run(seconds(10));
  EXPECT_EQ(at(2).sizes().log.relayed, 0U);
}

TEST_F(RelayOfThree, LeavesRemovalsToTheRelay) {
  for (const char* key : {"key0", "key1", "key2"}) at(1).erase(net.now(), key);
  net.run(seconds(5));
  EXPECT_TRUE(equal(3, 1));
  EXPECT_EQ(at(1).core().log().tombstones(), 0U);
  EXPECT_EQ(at(1).link("C").unacknowledged, 0U);
}

/// What a record costs a relay, over all that it sends: once to each region, and little besides.
TEST_F(PeeringByRelay, SendsEachRecordOnceToEachRegion) {
  constexpr int kLeaves = 9;
  records_ = 1000;
  for (int a = 2; a <= kLeaves + 1; ++a) {
    for (int b = a + 1; b <= kLeaves + 1; ++b) net.partition(a, b);
  }
  for (int host = 1; host <= kLeaves + 1; ++host) start(host, host == 1);
  net.gossip();
  net.run(seconds(20));
  const std::size_t idle_from = net.sent(1);
  net.run(seconds(20));
  const std::size_t idle = net.sent(1) - idle_from;
  const std::size_t busy_from = net.sent(1);
  constexpr std::size_t kRecord = 700;
  constexpr std::size_t kChanges = 200;
  for (std::size_t i = 0; i < kChanges; ++i) {
    at(2).put(net.now(), "changed" + std::to_string(i), Bytes(kRecord, 'v'));
    net.run(milliseconds(100));
  }
  const std::size_t busy = net.sent(1) - busy_from - idle;
  net.run(seconds(1));
  for (int host = 3; host <= kLeaves + 1; ++host) EXPECT_TRUE(equal(host, 2)) << host;
  // To eight regions; the ninth is the origin, which gets acknowledgements.
  EXPECT_LE(busy, kChanges * (kLeaves - 1) * kRecord * 11 / 10);
  std::cout << "a relay sends " << busy / kChanges << " bytes for a change of " << kRecord << " to " << kLeaves - 1
            << " regions\n";
}

TEST_F(RelayOfThree, ReadsDirectlyAgainAsSoonAsThatWorks) {
  at(3).take_changes();
  net.heal();
  net.run(seconds(6));
  EXPECT_EQ(via(3, 1), Names{});
  EXPECT_TRUE(at(3).link("A").up);
  EXPECT_TRUE(equal(3, 1));
  EXPECT_TRUE(at(3).take_changes().empty());
  net.partition(1, 3);
  net.run(seconds(6));
  EXPECT_EQ(via(3, 1), Names{"B"});
  EXPECT_TRUE(equal(3, 1));
  EXPECT_TRUE(at(3).take_changes().empty());
}

TEST_F(RelayOfThree, FollowsANewEpochOfTheOrigin) {
  net.kill(1);
  net.run(seconds(1));
  start(1);
  net.gossip();
  net.run(seconds(8));
  EXPECT_TRUE(equal(3, 1));
  EXPECT_EQ(via(3, 1), Names{"B"});
}

TEST_F(RelayOfThree, GoesOnWithARelayThatForgotEverything) {
  net.kill(2);
  net.run(seconds(3));
  start(2, true);
  net.gossip();
  at(1).put(net.now(), "key7", "new");
  net.run(seconds(10));
  EXPECT_TRUE(equal(3, 1));
  EXPECT_TRUE(equal(1, 3));
}

TEST_F(RelayOfThree, SpeaksItsWordsToNobodyWhoMayNotKnowThem) {
  // D was told of no relay, as a release that knows none.
  start(4);
  net.gossip();
  net.run(seconds(5));
  EXPECT_EQ(net.count(4, EventKind::FrameDropped), 0);
}

TEST_F(RelayOfThree, PassesNothingOnToWhomItIsNotShown) {
  const auto view_of = [](const std::string& region) {
    return region == "C" ? replication::View([](const Bytes& key, const Bytes&) {
      return replication::Seen{key, std::nullopt, 1};
    })
                         : replication::View();
  };
  at(1).set_views(net.now(), view_of, seconds(0));
  at(1).put(net.now(), "key9", "secret");
  net.run(seconds(10));
  EXPECT_EQ(at(3).replica("A")->find("key9"), nullptr);
  EXPECT_NE(at(2).replica("A")->find("key9"), nullptr);
  EXPECT_FALSE(at(3).state("A", net.now()).connected);
}

/// Where hardly anybody reaches another, gossip may never show a region alive.
TEST_F(PeeringByRelay, ReadsRegionsThatGossipNeverShowed) {
  net.partition(1, 3);
  start(1);
  start(2, true);
  net.gossip();
  net.run(seconds(5));
  start(3);
  at(3).set_regions(net.now(), {{"B", "B1", PeeringNet::address(2), true, false, true}});
  at(2).set_regions(net.now(), {{"A", "A1", PeeringNet::address(1)}, {"C", "C1", PeeringNet::address(3)}});
  net.run(seconds(5));
  EXPECT_TRUE(equal(3, 1));
  EXPECT_EQ(at(3).absent().forgettable(net.now()), Names{});
  net.kill(2);
  net.run(seconds(20));
  EXPECT_EQ(at(3).absent().forgettable(net.now()), Names{"A"}) << "as soon as none of its copies is left";
}

TEST_F(PeeringByRelay, TakesAnotherWayWhenARelayDies) {
  net.partition(1, 4);
  for (int host = 1; host <= 4; ++host) start(host, host == 2 || host == 3);
  net.gossip();
  net.run(seconds(8));
  ASSERT_EQ(via(4, 1), Names{"B"});
  at(4).take_changes();
  net.kill(2);
  at(1).put(net.now(), "key1", "new");
  net.run(seconds(5));
  EXPECT_EQ(via(4, 1), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(at(4).take_changes().size(), 1U);
}

/// A chain: each reaches the next one alone.
class RelayInAChain : public PeeringByRelay {
 protected:
  explicit RelayInAChain(int length = 5) {
    for (int a = 1; a <= length; ++a) {
      for (int b = a + 2; b <= length; ++b) net.partition(a, b);
    }
    for (int host = 1; host <= length; ++host) start(host, true);
    net.gossip();
    net.run(seconds(20));
  }
};

TEST_F(RelayInAChain, GoesThreeHopsAndNoFurther) {
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(via(4, 1), (Names{"C", "B"}));
  EXPECT_TRUE(equal(1, 4));
  EXPECT_EQ(at(5).replica("A"), nullptr);
  EXPECT_EQ(at(1).link("D").read_via, "B");
}

TEST_F(RelayInAChain, NobodyHearsItselfInACircle) {
  net.kill(1);
  net.run(seconds(12));
  for (int host = 2; host <= 4; ++host) EXPECT_FALSE(at(host).state("A", net.now()).connected) << host;
}

TEST(Relays, CostNothingWhereThereIsNone) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(20));
  for (const int host : {1, 2}) {
    for (const Bytes& sent : net.recorded(host)) {
      wire::FrameReader reader(wire::kSyncProtocol);
      ByteView rest = sent;
      if (rest.substr(0, 4) == wire::kSyncProtocol.magic) rest.remove_prefix(5);
      if (rest.size() <= 4) continue;
      EXPECT_LT(static_cast<unsigned char>(rest[4]), 64U);
    }
  }
}

}  // namespace
}  // namespace syncer::peering
