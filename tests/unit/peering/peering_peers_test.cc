// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/base/hash.h"
#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::seconds;

TEST(PeeringPeers, ConnectsFourRegionsWithEachOther) {
  PeeringNet net;
  for (int host = 1; host <= 4; ++host) {
    const std::string n = std::to_string(host);
    net.start(host, "R" + n, "n" + n).open_epoch(net.now(), {1, 1}, {{"key" + n, "v"}});
  }
  net.gossip();
  net.run(seconds(2));
  for (int host = 1; host <= 4; ++host) {
    ASSERT_EQ(net.peering(host).regions().size(), 3U);
    for (const std::string& region : net.peering(host).regions())
      EXPECT_EQ(net.peering(host).replica(region)->size(), 1U);
  }
}

TEST(PeeringPeers, RefusesASecondSyncerOfTheOwnRegionAndBothSaySo) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.start(2, "A", "a2").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(2));
  EXPECT_NE(net.peering(1).conflict().find("\"A\" is used by two syncers"), std::string::npos);
  EXPECT_NE(net.peering(2).conflict().find("\"A\" is used by two syncers"), std::string::npos);
  EXPECT_GE(net.count(1, EventKind::PeerRefused), 1);
  EXPECT_TRUE(net.peering(2).regions().empty());
}

TEST(PeeringPeers, RefusesASecondSyncerOfAnotherRegion) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.gossip();
  net.run(seconds(2));
  net.start(3, "B", "b2").open_epoch(net.now(), {5, 1}, {});
  net.peering(3).set_regions(net.now(), {{"A", "a1", PeeringNet::address(1)}});
  net.run(seconds(2));
  EXPECT_EQ(net.peering(1).replica("B")->size(), 1U);
  EXPECT_NE(net.peering(1).link("B").conflict.find("\"b1\" and \"b2\""), std::string::npos);
  EXPECT_TRUE(net.peering(1).conflict().empty()) << "its own name is not in question";
  EXPECT_FALSE(net.peering(3).conflict().empty());
}

TEST(PeeringPeers, ForgetsAConflictThatIsOver) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "A", "a2").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(2));
  net.kill(2);
  net.run(seconds(13));
  EXPECT_TRUE(net.peering(1).conflict().empty());
}

TEST(PeeringPeers, ForgetsAConflictAtOnceWhenTheOtherLeavesThePool) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "A", "a2").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(2));
  ASSERT_FALSE(net.peering(1).conflict().empty());
  net.kill(2);
  net.peering(1).set_regions(net.now(), {});
  EXPECT_TRUE(net.peering(1).conflict().empty());
}

TEST(PeeringPeers, SaysWhyADialFailedAsAnEventAndInTheLink) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2)}});
  net.run(seconds(3));
  EXPECT_GE(net.count(1, EventKind::DialFailed), 1);
  EXPECT_FALSE(net.reason(1, EventKind::DialFailed).empty());
  const Peering::Link link = net.peering(1).link("B");
  EXPECT_EQ(link.dial_problem, "10.0.0.2:30191: " + net.reason(1, EventKind::DialFailed));
  EXPECT_FALSE(link.last_heard.has_value());
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(8));
  EXPECT_EQ(net.peering(1).link("B").dial_problem, "");
  EXPECT_TRUE(net.peering(1).link("B").last_heard.has_value());
}

TEST(PeeringPeers, ForgetsARegionThatLeftAndTakesItBack) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.gossip();
  net.run(seconds(2));
  Peering& a = net.peering(1);
  EXPECT_EQ(a.absent().may_forget("B").error().code, ErrorCode::Refused);
  EXPECT_EQ(a.absent().may_forget("C").error().code, ErrorCode::NotFound);
  EXPECT_TRUE(a.absent().forgettable(net.now()).empty());
  net.kill(2);
  net.run(seconds(1));
  EXPECT_TRUE(a.absent().forgettable(net.now()).empty()) << "gossip has not noticed yet";
  a.set_regions(net.now(), {});
  EXPECT_EQ(a.absent().forgettable(net.now()), std::vector<std::string>{"B"});
  a.erase_region(net.now(), "B");
  EXPECT_TRUE(a.regions().empty());
  EXPECT_EQ(a.replica("B"), nullptr);
  a.set_regions(net.now(), {{"B", "b1", PeeringNet::address(2), false}});
  EXPECT_TRUE(a.regions().empty()) << "a dead member does not bring its region back";
  net.start(3, "C", "c1").open_epoch(net.now(), {1, 1}, {{"other", "v"}});
  net.start(2, "B", "b1").open_epoch(net.now(), {2, 1}, {{"k", "w"}});
  net.gossip();
  net.run(seconds(3));
  ASSERT_NE(a.replica("B"), nullptr);
  EXPECT_EQ(a.replica("B")->size(), 1U);
  EXPECT_EQ(a.replica("C")->size(), 1U);
}

TEST(PeeringPeers, ForgetsADeadRegionAfterItsTimeOrWhenAnOperatorSaysSo) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(2));
  net.kill(2);
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2), false}});
  net.run(std::chrono::hours(23));
  EXPECT_TRUE(net.peering(1).absent().forgettable(net.now()).empty());
  EXPECT_TRUE(net.peering(1).absent().may_forget("B"));
  net.peering(1).absent().want_forgotten("B");
  EXPECT_TRUE(net.peering(1).absent().is_unwanted("B"));
  EXPECT_EQ(net.peering(1).absent().forgettable(net.now()).size(), 1U);
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2), true}});
  EXPECT_TRUE(net.peering(1).absent().forgettable(net.now()).empty()) << "it has come back";
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2), false}});
  EXPECT_TRUE(net.peering(1).absent().forgettable(net.now()).empty());
  net.run(std::chrono::hours(25));
  EXPECT_EQ(net.peering(1).absent().forgettable(net.now()).size(), 1U);
}

TEST(Exchange, StallsWhenNothingIsTakenThoughMoreIsThere) {
  Exchange exchange;
  exchange.opened(instant(0));
  EXPECT_FALSE(exchange.look(instant(0) + seconds(1), 0, 5, true));
  EXPECT_FALSE(exchange.look(instant(0) + seconds(29), 3, 2, true));
  EXPECT_FALSE(exchange.look(instant(0) + seconds(58), 3, 9, true));
  EXPECT_TRUE(exchange.look(instant(0) + seconds(60), 3, 9, true)) << "nothing was taken for 31 s";
  EXPECT_FALSE(exchange.look(instant(0) + seconds(61), 3, 9, true)) << "said once";
  EXPECT_TRUE(exchange.is_stalled());
  EXPECT_FALSE(exchange.look(instant(0) + seconds(62), 12, 0, true));
  EXPECT_FALSE(exchange.is_stalled());
  EXPECT_FALSE(exchange.look(instant(0) + seconds(90), 12, 0, false));
  EXPECT_TRUE(exchange.look(instant(0) + seconds(93), 12, 0, false));
  EXPECT_TRUE(exchange.is_incomplete());
}

TEST(PeeringPeers, LeavesItselfAloneWhenItsOwnAddressIsGivenToIt) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(1)}});
  net.run(seconds(2));
  EXPECT_TRUE(net.peering(1).conflict().empty());
  EXPECT_EQ(net.reason(1, EventKind::PeerRefused), "this address is the dialer's own");
}

TEST(PeeringPeers, TriesTheNextAddressOfARegion) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.start(3, "B", "b2");
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2)}, {"B", "b2", PeeringNet::address(3)}});
  net.run(seconds(1));
  EXPECT_TRUE(net.peering(1).link("B").publishing);
  EXPECT_EQ(net.peering(3).replica("A")->size(), 1U);
}

TEST(PeeringPeers, FollowsARedirectToTheLeader) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.start(2, "B", "b1", false).set_leader(false, PeeringNet::address(3));
  net.start(3, "B", "b2", false);
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2)}, {"B", "b2", PeeringNet::address(3)}});
  net.run(seconds(1));
  EXPECT_EQ(net.peering(3).replica("A")->size(), 1U);
}

TEST(PeeringPeers, StopsDiallingARegionThatLeft) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(2));
  net.peering(1).set_regions(net.now(), {});
  EXPECT_FALSE(net.peering(1).link("B").publishing);
  net.run(seconds(20));
  EXPECT_FALSE(net.peering(1).link("B").publishing);
}

TEST(PeeringPeers, NotesAnAddressThatAnswersForAnotherRegion) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1");
  net.peering(1).set_regions(net.now(), {{"C", "c1", PeeringNet::address(2)}});
  net.run(seconds(1));
  EXPECT_EQ(net.reason(1, EventKind::PeerRefused), "the address answers for region \"B\"");
}

TEST(PeeringPeers, TakesNothingFromAStrangerWhoDidNotSayHello) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  const replication::WriterMessage message = replication::Heartbeat{{1, 1}, 0, 0, 0, {}, true};
  const LinkId link = net.intrude(1, wire::preamble(wire::kSyncProtocol) + wire::encode_sync(message));
  EXPECT_FALSE(net.peering(1).owns(link));
  EXPECT_TRUE(net.peering(1).regions().empty());
  EXPECT_EQ(net.reason(1, EventKind::FrameDropped), "no hello");
}

TEST(PeeringPeers, RefusesAVersionItDoesNotSpeak) {
  PeeringNet net;
  net.start(1, "A", "a1");
  EXPECT_FALSE(net.peering(1).owns(net.intrude(1, "SYNC\x63")));
  EXPECT_NE(net.reason(1, EventKind::PeerRefused).find("version 99"), std::string::npos);
}

TEST(PeeringPeers, ClosesAStrangerWhoSaysNothing) {
  PeeringNet net;
  net.start(1, "A", "a1");
  const LinkId link = net.intrude(1, "SYN");
  net.run(seconds(6));
  EXPECT_FALSE(net.peering(1).owns(link));
}

TEST(PeeringPeers, BoundsTheNumberOfStrangers) {
  PeeringNet net;
  net.start(1, "A", "a1");
  for (int i = 0; i < 192; ++i) EXPECT_TRUE(net.peering(1).owns(net.intrude(1, "SYN", 100 + i / 64)));
  EXPECT_FALSE(net.peering(1).owns(net.intrude(1, "SYN", 200)));
}

TEST(PeeringPeers, EndsInTheSameStateFromTheSameSeed) {
  const auto digest = [] {
    PeeringNet net;
    net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
    net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
    net.gossip();
    net.run(seconds(10));
    net.break_links(1, 2);
    net.run(seconds(10));
    StateHasher hasher;
    net.peering(1).hash(hasher);
    net.peering(2).hash(hasher);
    return hasher.digest();
  };
  EXPECT_EQ(digest(), digest());
}

/// Two syncers of a region that name each other the leader: followed once, then with a pause.
TEST(PeeringPeers, IsNotSentToAndFroWithoutEnd) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1", false).set_leader(false, PeeringNet::address(3));
  net.start(3, "B", "b2", false).set_leader(false, PeeringNet::address(2));
  net.gossip();
  net.run(seconds(10));
  const std::size_t before = net.recorded(1).size();
  net.run(seconds(20));
  EXPECT_GE(net.recorded(1).size() - before, 8U) << "it goes on trying";
  EXPECT_LE(net.recorded(1).size() - before, 100U);
}

/// The first address is one of a syncer that does not want us; the second one is right.
TEST(PeeringPeers, TriesTheNextAddressAfterARefusal) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.sync.regions = {"C"};
  net.start(2, "B", "b1", false);
  net.sync.regions = {"*"};
  net.start(3, "B", "b2", false).open_epoch(net.now(), {1, 1}, {});
  net.peering(1).set_regions(net.now(), {{"B", "b1", PeeringNet::address(2)}, {"B", "b2", PeeringNet::address(3)}});
  net.run(seconds(10));
  EXPECT_EQ(net.count(1, EventKind::PeerRefused), 1);
  EXPECT_TRUE(net.peering(1).link("B").publishing);
}

}  // namespace
}  // namespace syncer::peering
