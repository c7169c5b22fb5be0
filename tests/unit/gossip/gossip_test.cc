// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/gossip.h"

#include <gtest/gtest.h>

#include <set>

#include "syncer/wire/gossip/message.h"
#include "tests/unit/gossip/network.h"

namespace syncer::gossip {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Three hosts that know each other.
class Pool : public testing::Test {
 protected:
  void SetUp() override {
    a_ = &net_.add("a", 1);
    b_ = &net_.add("b", 2);
    c_ = &net_.add("c", 3);
    b_->gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
    c_->gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
    ASSERT_TRUE(net_.run_until([&] { return everybody_sees(3); }, seconds(5)));
  }
  bool everybody_sees(std::size_t members) const {
    return a_->alive_members() == members && b_->alive_members() == members && c_->alive_members() == members;
  }

  TestNetwork net_;
  TestNetwork::Host* a_ = nullptr;
  TestNetwork::Host* b_ = nullptr;
  TestNetwork::Host* c_ = nullptr;
};

TEST_F(Pool, JoinsByAGossipAddress) {
  EXPECT_EQ(c_->info("b").address, net_.gossip_address(2));
  EXPECT_EQ(c_->info("b").tags.at("region"), "b");
  EXPECT_EQ(a_->history("c"), "joined");
  EXPECT_EQ(c_->events(EventKind::JoinSucceeded), 1U);
}

TEST_F(Pool, JoinsByAnRpcAddress) {
  TestNetwork::Host& d = net_.add("d", 4);
  d.gossip().set_seeds(net_.now(), {net_.rpc_address(2)});
  EXPECT_TRUE(net_.run_until([&] { return d.alive_members() == 4 && a_->alive_members() == 4; }, seconds(5)));
}

/// The first releases of memberlist do not say whose ping it is.
TEST_F(Pool, AsksNoMemberForThePoolWhosePingSaysNoAddress) {
  net_.run_for(seconds(10));
  const LinkId before = a_->last_dialled();
  Bytes ping;
  wire::gossip::encode(membership::Ping{77, "a", {}, ""}, ping);
  a_->gossip().on_datagram(net_.now(), net_.gossip_address(2), ping);
  EXPECT_EQ(a_->last_dialled(), before);
  a_->gossip().on_datagram(net_.now(), net_.gossip_address(9), ping);
  EXPECT_NE(a_->last_dialled(), before) << "a stranger is asked";
}

TEST_F(Pool, TellsWhoAdvertisesAnAddressThatLeadsNowhere) {
  GossipConfig config;
  config.node = "d";
  config.address = Endpoint::v4(10, 9, 9, 9, 30190);
  TestNetwork::Host& d = net_.add(std::move(config), net_.gossip_address(4));
  d.gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
  EXPECT_TRUE(net_.run_until([&] { return d.gossip().is_unreached(net_.now()); }, seconds(150)));
  EXPECT_FALSE(a_->gossip().is_unreached(net_.now()));
  net_.kill("a"), net_.kill("b"), net_.kill("c");
  net_.run_for(minutes(5));
  EXPECT_FALSE(d.gossip().is_unreached(net_.now())) << "nobody is there who could";
}

TEST_F(Pool, IsReachedByMembersThatAreThereAndAloneWhenTheyAreGone) {
  net_.run_for(minutes(3));
  EXPECT_FALSE(a_->gossip().is_unreached(net_.now()));
  net_.kill("b"), net_.kill("c");
  for (int i = 0; i < 60; ++i) {
    net_.run_for(seconds(5));
    EXPECT_FALSE(a_->gossip().is_unreached(net_.now())) << i;
  }
}

TEST_F(Pool, SaysWhatBecameOfTheAddressesToJoinBy) {
  TestNetwork::Host& d = net_.add("d", 4);
  d.gossip().set_seeds(net_.now(), {net_.gossip_address(77)});
  net_.run_for(seconds(15));
  ASSERT_EQ(d.gossip().joins().size(), 1U);
  EXPECT_FALSE(d.gossip().joins()[0].joined);
  EXPECT_TRUE(d.gossip().joins()[0].needed);
  EXPECT_NE(d.gossip().joins()[0].problem.find("not joined: "), std::string::npos) << d.gossip().joins()[0].problem;
  d.gossip().set_seeds(net_.now(), {net_.gossip_address(77), net_.gossip_address(1)});
  net_.run_for(seconds(5));
  ASSERT_EQ(d.gossip().joins().size(), 2U);
  EXPECT_FALSE(d.gossip().joins()[0].joined);
  EXPECT_FALSE(d.gossip().joins()[0].needed) << "the other one led into the pool";
  EXPECT_TRUE(d.gossip().joins()[1].joined);
  EXPECT_EQ(d.gossip().joins()[1].problem, "");
}

TEST_F(Pool, DetectsACrashWithinTheReferenceTime) {
  net_.kill("c");
  ASSERT_TRUE(net_.run_until([&] { return a_->sees("c") == "dead" && b_->sees("c") == "dead"; }, seconds(9)));
  EXPECT_EQ(a_->history("c"), "joined suspected died");
  EXPECT_GE(a_->events(EventKind::MemberDied), 1U);
}

TEST_F(Pool, StaysQuietForTenMinutes) {
  net_.run_for(minutes(10));
  for (TestNetwork::Host* host : {a_, b_, c_}) {
    EXPECT_EQ(host->events(EventKind::MemberSuspected), 0U);
    EXPECT_EQ(host->gossip().health_score(), 0);
    EXPECT_TRUE(host->drops().empty());
  }
  EXPECT_EQ(a_->info("b").rtt, milliseconds(10));
}

TEST_F(Pool, TellsALeaveFromADeath) {
  c_->gossip().leave(net_.now());
  ASSERT_TRUE(net_.run_until([&] { return c_->gossip().left(); }, seconds(6)));
  net_.kill("c");
  net_.run_for(seconds(20));
  EXPECT_EQ(a_->sees("c"), "left");
  EXPECT_EQ(a_->history("c"), "joined left");
  EXPECT_EQ(b_->history("c"), "joined left");
}

TEST_F(Pool, LeavingAPoolOfOneNeedsNoTime) {
  TestNetwork::Host& alone = net_.add("alone", 9);
  alone.gossip().leave(net_.now());
  EXPECT_TRUE(alone.gossip().left());
}

TEST_F(Pool, TakesARestartedMemberBackWithItsNewTags) {
  net_.kill("c");
  net_.run_for(milliseconds(300));
  GossipConfig again;
  again.node = "c";
  again.address = net_.gossip_address(3);
  again.tags = {{"region", "moved"}};
  c_ = &net_.add(again);
  c_->gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
  ASSERT_TRUE(net_.run_until([&] { return b_->sees("c") == "alive" && b_->info("c").tags.at("region") == "moved"; },
                             seconds(5)));
  EXPECT_GT(b_->info("c").incarnation, 1U);
  net_.run_for(seconds(30));
  EXPECT_TRUE(everybody_sees(3));
}

TEST_F(Pool, TakesADeadMemberBackAfterItsRestart) {
  net_.kill("c");
  ASSERT_TRUE(net_.run_until([&] { return a_->sees("c") == "dead" && b_->sees("c") == "dead"; }, seconds(9)));
  c_ = &net_.add("c", 3);
  c_->gossip().set_seeds(net_.now(), {net_.gossip_address(2)});
  EXPECT_TRUE(net_.run_until([&] { return everybody_sees(3); }, seconds(10)));
}

TEST_F(Pool, RefutesAFalseAccusation) {
  net_.cut("a", "c");
  net_.cut("b", "c");
  ASSERT_TRUE(net_.run_until([&] { return a_->sees("c") == "suspect"; }, seconds(6)));
  net_.heal();
  ASSERT_TRUE(net_.run_until([&] { return everybody_sees(3); }, seconds(6)));
  EXPECT_EQ(a_->history("c"), "joined suspected refuted");
  EXPECT_GT(a_->info("c").incarnation, 1U);
}

TEST_F(Pool, SurvivesALostLinkThroughRelays) {
  net_.cut("a", "c");
  net_.run_for(minutes(1));
  EXPECT_EQ(a_->sees("c"), "alive");
  EXPECT_EQ(a_->history("c"), "joined");
}

TEST_F(Pool, FindsItselfAgainAfterALongPartition) {
  net_.cut("a", "c");
  net_.cut("b", "c");
  net_.run_for(minutes(5));  // far beyond the time that the core remembers the dead
  EXPECT_EQ(a_->sees("c"), "dead");
  net_.heal();
  EXPECT_TRUE(net_.run_until([&] { return everybody_sees(3); }, seconds(30)));
}

TEST_F(Pool, SpreadsNewTags) {
  ASSERT_TRUE(a_->gossip().set_tags(net_.now(), {{"region", "a"}, {"mode", "cluster"}}));
  EXPECT_TRUE(net_.run_until(
      [&] { return c_->info("a").tags.count("mode") == 1 && b_->info("a").tags.count("mode") == 1; }, seconds(2)));
  EXPECT_EQ(c_->history("a"), "joined updated");
}

TEST_F(Pool, RefusesTagsThatDoNotFit) {
  const auto refused = a_->gossip().set_tags(net_.now(), {{"region", std::string(600, 'x')}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
}

TEST_F(Pool, TheNewcomerWithATakenNameGivesWay) {
  net_.run_for(minutes(2));
  GossipConfig twin;
  twin.node = "c";
  twin.address = net_.gossip_address(9);
  TestNetwork::Host& second = net_.add(twin);
  second.gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
  ASSERT_TRUE(net_.run_until([&] { return !second.gossip().conflict().empty(); }, seconds(5)));
  EXPECT_NE(second.gossip().conflict().find("10.0.0.3:30190"), std::string::npos);
  net_.run_for(seconds(5));
  EXPECT_TRUE(c_->gossip().conflict().empty());
  EXPECT_EQ(a_->info("c").address, net_.gossip_address(3));
}

TEST(Name, IsKeptByAYoungMemberThatANewcomerOfTheSameNameJoinsThrough) {
  TestNetwork net;
  TestNetwork::Host& first = net.add("same", 1);
  net.run_for(seconds(10));
  GossipConfig twin;
  twin.node = "same";
  twin.address = net.gossip_address(9);
  TestNetwork::Host& second = net.add(twin);
  second.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  ASSERT_TRUE(net.run_until([&] { return !second.gossip().conflict().empty(); }, seconds(2)));
  net.kill(second.name());  // as a process does that gives way
  net.run_for(minutes(1));
  EXPECT_TRUE(first.gossip().conflict().empty()) << first.gossip().conflict();
}

TEST_F(Pool, AMemberThatMovedIsTakenBackOnceItsOldLifeIsMissed) {
  net_.kill("c");
  GossipConfig moved;
  moved.node = "c";
  moved.address = net_.gossip_address(9);
  c_ = &net_.add(moved);
  c_->gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
  EXPECT_TRUE(net_.run_until([&] { return a_->info("c").address == net_.gossip_address(9); }, minutes(1)));
  EXPECT_TRUE(c_->gossip().conflict().empty());
}

TEST_F(Pool, OnlyWhoAnsweredIsTakenForThere) {
  const Endpoint nowhere = net_.gossip_address(9);
  Bytes alive;
  wire::gossip::encode(membership::Alive{1, "ghost", nowhere, "", ByteView("\x01\x05\x02\x02\x05\x05", 6)}, alive);
  wire::gossip::PacketBuilder builder(1);
  builder.add(alive);
  a_->gossip().on_datagram(net_.now(), nowhere, builder.finish({}, false, {}));
  net_.run_for(seconds(5));
  std::set<std::string> names;
  for (const auto& [name, address] : a_->gossip().take_answered()) {
    EXPECT_EQ(address, a_->info(name).address);
    names.insert(name);
  }
  EXPECT_EQ(names, (std::set<std::string>{"b", "c"}));
}

TEST_F(Pool, AMemberThatIsAskedWhereItWasIsBelievedToBeThere) {
  net_.kill("b");
  net_.kill("c");
  ASSERT_TRUE(net_.run_until([&] { return a_->sees("b") == "dead"; }, seconds(30)));
  net_.run_for(seconds(11));
  GossipConfig liar;
  liar.node = "b";
  liar.address = net_.gossip_address(9);
  net_.add(liar).gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
  ASSERT_TRUE(net_.run_until([&] { return a_->info("b").address == net_.gossip_address(9); }, seconds(30)));
  GossipConfig back;
  back.node = "b";
  back.address = net_.gossip_address(2);
  net_.add(back);
  a_->gossip().recall(net_.now(), net_.gossip_address(2));
  net_.run_for(milliseconds(100));
  EXPECT_EQ(a_->info("b").address, net_.gossip_address(2));
}

/// Who says once that it is another address where a name is, and goes as well, does not bring the name back.
TEST_F(Pool, AClaimantThatWentIsNotBelievedWhenTheNameIsFree) {
  const auto say = [&](std::uint64_t incarnation, std::uint8_t number) {
    Bytes alive;
    const ByteView versions("\x01\x05\x02\x02\x05\x05", 6);
    const Endpoint at = net_.gossip_address(number);
    wire::gossip::encode(membership::Alive{incarnation, "ghost", at, "", versions}, alive);
    wire::gossip::PacketBuilder builder(1);
    builder.add(alive);
    a_->gossip().on_datagram(net_.now(), at, builder.finish({}, false, {}));
  };
  say(1, 9);
  say(1, 10);
  ASSERT_TRUE(net_.run_until([&] { return a_->sees("ghost") == "dead"; }, seconds(30)));
  net_.run_for(minutes(1));
  EXPECT_EQ(a_->history("ghost"), "joined conflict suspected died");
}

TEST(Seeds, AreTriedUntilTheyComeUp) {
  TestNetwork net;
  TestNetwork::Host& early = net.add("early", 1);
  early.gossip().set_seeds(net.now(), {net.gossip_address(1), net.gossip_address(2), net.rpc_address(3)});
  net.run_for(minutes(3));
  EXPECT_GT(early.events(EventKind::JoinFailed), 10U);
  TestNetwork::Host& late = net.add("late", 2);
  TestNetwork::Host& later = net.add("later", 3);
  EXPECT_TRUE(net.run_until(
      [&] { return early.alive_members() == 3 && late.alive_members() == 3 && later.alive_members() == 3; },
      seconds(15)));
  EXPECT_EQ(early.events(EventKind::JoinSucceeded), 2U);
}

TEST(Seeds, AreTriedAgainWhenTheyAnsweredSomethingElse) {
  TestNetwork net;
  TestNetwork::Host& b = net.add("b", 2);
  b.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  Bytes ack;
  wire::gossip::encode(membership::Ack{1, ""}, ack);
  b.gossip().on_stream_data(net.now(), b.last_dialled(), ack);
  EXPECT_EQ(b.events(EventKind::JoinFailed), 1U);
  net.add("a", 1);
  EXPECT_TRUE(net.run_until([&] { return b.sees("a") == "alive"; }, seconds(5)));
}

TEST(Seeds, AreTriedAgainWhenWeAreAlone) {
  TestNetwork net;
  TestNetwork::Host& a = net.add("a", 1);
  net.add("b", 2);
  a.gossip().set_seeds(net.now(), {net.gossip_address(2)});
  ASSERT_TRUE(net.run_until([&] { return a.alive_members() == 2; }, seconds(5)));
  net.kill("b");
  ASSERT_TRUE(net.run_until([&] { return a.sees("b") == "dead"; }, seconds(15)));
  net.run_for(minutes(2));
  TestNetwork::Host& fresh = net.add("fresh", 2);
  EXPECT_TRUE(net.run_until([&] { return a.sees("fresh") == "alive" && fresh.sees("a") == "alive"; }, seconds(15)));
}

GossipConfig sealed(const std::string& name, std::uint8_t number, const std::vector<Bytes>& keys,
                    const std::string& label) {
  GossipConfig config;
  config.node = name;
  config.address = TestNetwork::gossip_address(number);
  config.pool.label = label;
  config.pool.keys = crypto::Keyring::make(keys).value();
  config.nonce = [random = Random(number)]() mutable {
    crypto::Nonce nonce{};
    for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
    return nonce;
  };
  return config;
}

TEST(SealedPool, WorksWithALabelAndRotatedKeys) {
  const Bytes old_key(32, 'o');
  const Bytes new_key(16, 'n');
  TestNetwork net;
  TestNetwork::Host& a = net.add(sealed("a", 1, {new_key, old_key}, "blue"));
  TestNetwork::Host& b = net.add(sealed("b", 2, {old_key, new_key}, "blue"));
  b.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  ASSERT_TRUE(net.run_until([&] { return a.alive_members() == 2 && b.alive_members() == 2; }, seconds(5)));
  net.run_for(minutes(1));
  EXPECT_EQ(a.history("b"), "joined");
  EXPECT_TRUE(a.drops().empty());
}

TEST(SealedPool, ChangesItsKeyWithoutLosingAnybody) {
  const Bytes old_key(16, 'o');
  const Bytes new_key(32, 'n');
  TestNetwork net;
  TestNetwork::Host& a = net.add(sealed("a", 1, {old_key}, ""));
  TestNetwork::Host& b = net.add(sealed("b", 2, {old_key}, ""));
  b.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  ASSERT_TRUE(net.run_until([&] { return a.alive_members() == 2 && b.alive_members() == 2; }, seconds(5)));
  const auto change = [&](const std::vector<Bytes>& keys) {
    for (TestNetwork::Host* host : {&a, &b}) {
      ASSERT_TRUE(host->gossip().set_keys(crypto::Keyring::make(keys).value()));
      net.run_for(seconds(20));
    }
  };
  change({old_key, new_key});
  change({new_key, old_key});
  change({new_key});
  EXPECT_EQ(a.history("b"), "joined");
  EXPECT_TRUE(a.drops().empty() && b.drops().empty());
}

TEST(SealedPool, StaysSealedAndAnOpenOneOpen) {
  TestNetwork net;
  EXPECT_FALSE(net.add(sealed("a", 1, {Bytes(16, 'k')}, "")).gossip().set_keys({}));
  EXPECT_FALSE(net.add("b", 2).gossip().set_keys(crypto::Keyring::make({Bytes(16, 'k')}).value()));
}

TEST(SealedPool, KeepsStrangersOut) {
  TestNetwork net;
  TestNetwork::Host& a = net.add(sealed("a", 1, {Bytes(16, 'k')}, ""));
  TestNetwork::Host& stranger = net.add("stranger", 2);
  TestNetwork::Host& other = net.add(sealed("other", 3, {Bytes(16, 'x')}, ""));
  stranger.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  other.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  net.run_for(minutes(1));
  EXPECT_EQ(a.alive_members(), 1U);
  EXPECT_GT(stranger.events(EventKind::JoinFailed), 0U);
  EXPECT_GT(other.events(EventKind::JoinFailed), 0U);
}

TEST(Runs, AreRepeatable) {
  const auto run = [] {
    TestNetwork net;
    for (std::uint8_t i = 1; i <= 5; ++i)
      net.add("n" + std::to_string(i), i).gossip().set_seeds(net.now(), {net.gossip_address(1)});
    net.run_for(seconds(20));
    net.kill("n2");
    net.run_for(seconds(20));
    StateHasher h;
    for (const char* name : {"n1", "n3", "n4", "n5"}) net.host(name).gossip().hash(h);
    return h.digest();
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace syncer::gossip
