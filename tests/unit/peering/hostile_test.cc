// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using replication::Heartbeat;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kHighest = std::numeric_limits<std::uint64_t>::max();

/// Hosts 1 and 2 serve regions A and B; a liar who is no host speaks to B as if it were A.
class PeeringAndALiar : public ::testing::Test {
 protected:
  PeeringAndALiar() {
    net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}, {"l", "w"}});
    net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
    net.gossip();
    net.run(seconds(3));
  }

  Peering& a() { return net.peering(1); }
  Peering& b() { return net.peering(2); }

  LinkId greet(Epoch epoch, bool single = true, const std::string& node = "liar") {
    const wire::Hello hello{"A", node, 666, single, epoch, 0};
    return net.intrude(2, wire::preamble(wire::kSyncProtocol) + wire::encode_sync(wire::SyncMessage(hello)));
  }
  void say(LinkId link, const replication::WriterMessage& message) {
    b().on_stream_data(net.now(), link, wire::encode_sync(message));
  }
  /// Says it each second for so long.
  void repeat(LinkId link, const replication::WriterMessage& message, int times) {
    for (int i = 0; i < times; ++i) {
      say(link, message);
      net.run(seconds(1));
    }
  }
  /// A message of a set of one record of the liar's own.
  static Heartbeat forged(Epoch epoch) { return {epoch, 7, 0, 1, {1, 2}, true}; }
  bool equal() {
    const replication::Replica* replica = b().replica("A");
    return replica != nullptr && replica->consistent() && replica->epoch() == a().core().log().epoch() &&
           replica->set_hash() == a().core().log().set_hash().total();
  }

  PeeringNet net;
};

TEST_F(PeeringAndALiar, DoesNotDisplaceALinkWhoseWriterIsThere) {
  const LinkId link = greet({1, 2});
  net.run(seconds(2));
  EXPECT_FALSE(b().owns(link));
  EXPECT_EQ(b().link("A").node, "a1");
  EXPECT_TRUE(equal());
  EXPECT_NE(b().link("A").conflict.find("\"a1\" and \"liar\""), std::string::npos);
}

TEST_F(PeeringAndALiar, DoesNotDisplaceItAsASyncerOfACluster) {
  const LinkId link = greet({1, 2}, false);
  net.run(seconds(2));
  EXPECT_FALSE(b().owns(link));
  EXPECT_EQ(b().link("A").node, "a1");
  EXPECT_EQ(net.count(2, EventKind::PeerRefused), 1);
}

TEST_F(PeeringAndALiar, WaitsAloneForTheWriterToProveItself) {
  const LinkId first = greet({1, 2}, false);
  const LinkId second = greet({1, 2}, false, "another");
  net.run(milliseconds(20));
  EXPECT_TRUE(b().owns(first));
  EXPECT_FALSE(b().owns(second)) << "one newcomer waits already";
  net.run(seconds(2));
  EXPECT_FALSE(b().owns(first));
  EXPECT_EQ(b().link("A").node, "a1");
}

TEST_F(PeeringAndALiar, TakesThePlaceOfAWriterThatIsGone) {
  net.partition(1, 2);
  net.run(milliseconds(1100));
  greet({1, 2}, false);
  net.run(milliseconds(1400));
  EXPECT_EQ(b().link("A").node, "liar");
}

TEST_F(PeeringAndALiar, IsReplacedByTheWriterThatCanProveItself) {
  net.partition(1, 2);
  net.run(seconds(4));
  const LinkId link = greet({1, 5}, false);
  repeat(link, forged({1, 5}), 5);
  EXPECT_EQ(b().link("A").node, "liar");
  net.heal();
  for (int i = 0; i < 6 && b().owns(link); ++i) repeat(link, forged({1, 5}), 1);
  net.run(seconds(3));
  EXPECT_EQ(b().link("A").node, "a1");
  EXPECT_TRUE(equal());
}

TEST_F(PeeringAndALiar, RaisesNoKnownEpochByWordsAlone) {
  net.partition(1, 2);
  net.run(seconds(4));
  const LinkId link = greet({1, 5}, false);
  repeat(link, forged({1, 5}), 3);
  EXPECT_FALSE(b().state("A", net.now()).connected);
  EXPECT_EQ(b().replica("A")->epoch(), Epoch({1, 1}));
  net.heal();
  net.run(seconds(8));
  EXPECT_TRUE(equal());
  EXPECT_EQ(a().core().log().epoch(), Epoch({1, 1}));
  EXPECT_FALSE(a().reopen_wanted());
}

TEST_F(PeeringAndALiar, KeepsNoLinkByStaleWords) {
  net.kill(1);
  net.run(seconds(1));
  const LinkId link = greet({0, 1}, false);
  repeat(link, Heartbeat{{0, 1}, 7, 0, 1, {1, 2}, true}, 17);
  EXPECT_FALSE(b().owns(link));
}

TEST_F(PeeringAndALiar, AnUnfinishedFrameIsNoSignOfLife) {
  net.kill(1);
  const LinkId link = greet({1, 2}, false);
  const auto told = [&] {
    const auto changes = b().take_region_changes(net.now());
    return changes.empty() ? std::nullopt : std::optional(changes.front().second.connected);
  };
  EXPECT_EQ(told(), true) << "its own word is not old yet";
  const Bytes frame = wire::encode_sync(replication::WriterMessage(forged({1, 2})));
  const Instant silent = net.now() + net.sync.silence;
  for (std::size_t i = 0; net.now() <= silent; ++i) {
    EXPECT_EQ(told(), std::nullopt);
    b().on_stream_data(net.now(), link, ByteView(frame).substr(i, 1));
    net.run(seconds(1));
  }
  ASSERT_TRUE(b().owns(link));
  EXPECT_EQ(told(), false);
}

TEST_F(PeeringAndALiar, NoEpochOutOfBoundsIsKnownEverAndNothingAborts) {
  for (const Epoch epoch : {Epoch{kHighest, kHighest}, Epoch{1, kHighest}, Epoch{kHighest, 1}, Epoch{0, 0},
                            Epoch{std::uint64_t{1} << 62U, 0}}) {
    net.partition(1, 2);
    net.run(seconds(6));
    const LinkId link = greet(epoch, false);
    // The very set that B holds, so that the words would be proof enough.
    const auto& hash = b().replica("A")->set_hash();
    repeat(link, Heartbeat{epoch, 2, 0, 2, hash, true}, 3);
    EXPECT_EQ(b().replica("A")->epoch(), Epoch({1, 1})) << to_string(epoch);
    net.heal();
    net.run(seconds(8));
    EXPECT_TRUE(equal()) << to_string(epoch);
  }
  EXPECT_GE(net.count(2, EventKind::EpochDoubted), 1);
}

TEST_F(PeeringAndALiar, LeapsNoFurtherThanARegionComesByItself) {
  net.partition(1, 2);
  net.run(seconds(6));
  const LinkId link = greet({1, 1'000'000}, false);
  repeat(link, Heartbeat{{1, 1'000'000}, 2, 0, 2, b().replica("A")->set_hash(), true}, 5);
  EXPECT_EQ(b().replica("A")->epoch(), Epoch({1, 1}));
  EXPECT_GE(net.count(2, EventKind::EpochDoubted), 5);
}

TEST_F(PeeringAndALiar, ForgetsWhatTheLiarMadeItBelieveWithinThirtySecondsAfterHisEnd) {
  net.partition(1, 2);
  net.run(seconds(6));
  // He is a patient one: nobody else speaks for the region, and so he is believed in the end.
  const Epoch lie{5, 1'000'000'000};
  const LinkId link = greet(lie, false);
  for (int i = 0; i < 25; ++i) {
    say(link, Heartbeat{lie, 2, 0, 2, b().replica("A")->set_hash(), true});
    if (!b().owns(link)) break;
    net.run(seconds(1));
  }
  const LinkId again = b().owns(link) ? link : greet(lie, false);
  repeat(again, Heartbeat{lie, 2, 0, 2, b().replica("A")->set_hash(), true}, 12);
  ASSERT_EQ(b().replica("A")->epoch(), lie);
  b().on_stream_closed(net.now(), again, "he ended");
  net.heal();
  const Instant end = net.now();
  EXPECT_TRUE(net.run_until([&] { return equal(); }, seconds(30)));
  EXPECT_LE(net.now() - end, seconds(30));
  EXPECT_EQ(a().core().log().epoch(), Epoch({1, 1}));  // the region follows no lie
}

TEST_F(PeeringAndALiar, FollowsAnEpochOfItsOwnThatALiarTookWithinBounds) {
  net.partition(1, 2);
  net.run(seconds(6));
  const LinkId link = greet({1, 40}, false);
  repeat(link, Heartbeat{{1, 40}, 2, 0, 2, b().replica("A")->set_hash(), true}, 2);
  ASSERT_EQ(b().replica("A")->epoch(), Epoch({1, 40}));
  net.heal();
  b().on_stream_closed(net.now(), link, "he ended");
  net.run(seconds(6));
  ASSERT_TRUE(a().reopen_wanted().has_value());
  a().open_epoch(net.now(), {1, 41}, {{"k", "v"}, {"l", "w"}});
  net.run(seconds(3));
  EXPECT_TRUE(equal());
}

TEST_F(PeeringAndALiar, AMarkThatNoRegionCanHaveCountsForNothing) {
  b().raise_floor(net.now(), "A", {kHighest, kHighest});
  net.run(seconds(3));
  EXPECT_TRUE(equal());
  EXPECT_EQ(net.count(2, EventKind::EpochDoubted), 1);
}

TEST_F(PeeringAndALiar, FollowsNoRedirectToWhereNoMemberIs) {
  net.start(3, "C", "c1", false).set_leader(false, PeeringNet::address(98));
  a().set_regions(net.now(), {{"B", "b1", PeeringNet::address(2)}, {"C", "c1", PeeringNet::address(3)}});
  net.run(seconds(2));
  EXPECT_NE(net.reason(1, EventKind::PeerRefused).find("where gossip knows no syncer"), std::string::npos);
}

TEST(PeeringAndStrangers, SoonForgetsARegionThatWasOnlyNamed) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
  const RemoteRegion real{"B", "b1", PeeringNet::address(2)};
  RemoteRegion named{"X", "x1", PeeringNet::address(97)};
  net.peering(1).set_regions(net.now(), {real, named});
  net.run(seconds(3));
  named.alive = false;
  net.peering(1).set_regions(net.now(), {real, named});
  net.run(seconds(5));
  EXPECT_TRUE(net.peering(1).absent().forgettable(net.now()).empty());
  net.run(seconds(6));
  EXPECT_EQ(net.peering(1).absent().forgettable(net.now()), std::vector<std::string>{"X"});
}

TEST(PeeringAndStrangers, MissesARegionThatDiedBeforeAnybodyHereListened) {
  PeeringNet net;
  net.start(1, "A", "a1");
  RemoteRegion other{"X", "x1", PeeringNet::address(97)};
  net.peering(1).set_regions(net.now(), {other});
  other.alive = false;
  net.peering(1).set_regions(net.now(), {other});
  net.run(seconds(20));
  EXPECT_TRUE(net.peering(1).absent().forgettable(net.now()).empty()) << "a follower hears nobody";
  net.peering(1).open_epoch(net.now(), {1, 1}, {});
  net.run(seconds(20));
  EXPECT_TRUE(net.peering(1).absent().forgettable(net.now()).empty()) << "nor could the new leader hear it";
}

TEST(PeeringAndStrangers, TakesAndGivesOnlyWhatTheRegionsOnItsListMay) {
  PeeringNet net;
  net.sync.regions = {"A", "C"};
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.sync.regions = {"*"};
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {{"k", "w"}});
  net.start(3, "C", "c1").open_epoch(net.now(), {1, 1}, {{"k", "x"}});
  net.gossip();
  net.run(seconds(5));
  EXPECT_EQ(net.peering(1).regions(), std::vector<std::string>{"C"});
  EXPECT_TRUE(net.peering(1).link("C").up);
  EXPECT_EQ(net.peering(2).replica("A"), nullptr) << "B is given nothing";
  EXPECT_NE(net.reason(2, EventKind::PeerRefused).find("sync.regions"), std::string::npos);
  EXPECT_GE(net.peering(1).refusals().of(Refusal::NotAllowed), 1U);
  EXPECT_GE(net.peering(2).refusals().of(Refusal::ByOther), 1U);
  EXPECT_EQ(net.peering(3).regions(), (std::vector<std::string>{"A", "B"})) << "the list is A's own";
}

TEST(PeeringAndStrangers, CountsWhatItRefusesByReason) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  net.intrude(1, "SYNC\xff\xff\xff\xff");
  const wire::Hello hello{"A", "twin", 666, true, {1, 1}, 0};
  net.intrude(1, wire::preamble(wire::kSyncProtocol) + wire::encode_sync(wire::SyncMessage(hello)));
  net.intrude(
      1, wire::preamble(wire::kSyncProtocol) +
             wire::encode_sync(wire::SyncMessage(replication::WriterMessage(Heartbeat{{1, 1}, 1, 0, 1, {}, true}))));
  for (int i = 0; i < 70; ++i) net.intrude(1, "S");
  const std::map<std::string, std::uint64_t> counted = {
      {"name_taken", 1}, {"out_of_turn", 1}, {"strangers", 6}, {"unreadable", 1}};
  EXPECT_EQ(net.peering(1).refusals().by_name(), counted);
}

TEST(PeeringAndStrangers, GivesADrippingStrangerFiveSeconds) {
  PeeringNet net;
  net.start(1, "A", "a1");
  const LinkId link = net.intrude(1, "S");
  for (const char* drip : {"Y", "N", "C", "\x01"}) {
    net.run(milliseconds(1500));
    net.peering(1).on_stream_data(net.now(), link, drip);
  }
  EXPECT_FALSE(net.peering(1).owns(link));
}

TEST(PeeringAndStrangers, ReadsNoLargeFrameOfWhoDidNotSayHello) {
  PeeringNet net;
  net.start(1, "A", "a1");
  Bytes start = wire::preamble(wire::kSyncProtocol);
  ByteWriter(start).u32(std::uint32_t{3} << 20U);
  const LinkId link = net.intrude(1, start);
  EXPECT_FALSE(net.peering(1).owns(link));
  EXPECT_EQ(net.reason(1, EventKind::FrameDropped), "frame too large");
}

TEST(PeeringAndStrangers, KeepsPlacesForMembers) {
  PeeringNet net;
  net.start(1, "A", "a1");
  int kept = 0;
  for (int i = 0; i < 100; ++i) kept += net.peering(1).owns(net.intrude(1, "SYN")) ? 1 : 0;
  EXPECT_EQ(kept, 64);  // all of them are one host
  net.start(2, "B", "b1").open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(1));
  EXPECT_TRUE(net.peering(1).link("B").up);
}

}  // namespace
}  // namespace syncer::peering
