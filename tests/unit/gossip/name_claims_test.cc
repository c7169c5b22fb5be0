// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/name_claims.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "syncer/wire/gossip/message.h"

namespace syncer::gossip {
namespace {

using membership::Alive;
using std::chrono::minutes;
using std::chrono::seconds;

const ByteView kVersions("\x01\x05\x02\x02\x05\x05", 6);

Endpoint address(std::uint16_t port) { return Endpoint::v4(10, 0, 0, 1, port); }

TEST(AddressClaims, AreNotMoreThanThereAreMembers) {
  membership::Options options = membership::syncer_profile();
  options.encode = [](const membership::Message& m, Bytes& out) { wire::gossip::encode(m, out); };
  Instant now = instant(1'000'000'000'000);
  membership::Swim swim("me", options, Random(1), now);
  membership::Outputs out;
  swim.start(now, address(1), "", out);
  AddressClaims claims(swim, out);
  for (int i = 0; i < 50; ++i) {
    const std::string name = "m" + std::to_string(i);
    swim.receive(now, address(2), Alive{1, name, address(2), "", kVersions}, out);
    claims.note(now, {1, name, address(3), "", kVersions}, false);
    ASSERT_EQ(claims.open().size(), 1U) << name;
    EXPECT_EQ(claims.open().front().address, address(3));
    swim.receive(now, address(2), membership::Dead{1, name, "other"}, out);
    for (const Instant end = now + minutes(2); now < end; now += seconds(1)) swim.advance(now, out);
    ASSERT_EQ(swim.members().find(name), nullptr) << "forgotten a while after its death";
    out.clear();
  }
  EXPECT_TRUE(claims.open().empty());
  EXPECT_LE(claims.size(), 2U);
}

TEST(AddressClaims, GiveANameBackOnceItsHolderIsDeadForLongEnough) {
  membership::Options options = membership::syncer_profile();
  options.encode = [](const membership::Message& m, Bytes& out) { wire::gossip::encode(m, out); };
  Instant now = instant(1'000'000'000'000);
  membership::Swim swim("me", options, Random(1), now);
  membership::Outputs out;
  swim.start(now, address(1), "", out);
  AddressClaims claims(swim, out);
  for (const std::string name : {"a", "b"}) {
    swim.receive(now, address(2), Alive{5, name, address(2), "", kVersions}, out);
    claims.note(now, {1, name, address(3), "", kVersions}, name == "a");
  }
  now += seconds(60);
  EXPECT_TRUE(claims.take_free(now, options.dead_reclaim).empty()) << "the holder is there";
  for (const std::string name : {"a", "b"}) swim.receive(now, address(2), membership::Dead{5, name, "other"}, out);
  EXPECT_TRUE(claims.take_free(now + seconds(9), options.dead_reclaim).empty()) << "it may come back";
  const auto free = claims.take_free(now + seconds(11), options.dead_reclaim);
  ASSERT_EQ(free.size(), 1U) << "b did not come itself";
  EXPECT_EQ(free.front().name, "a");
  EXPECT_EQ(free.front().address, address(3));
  EXPECT_TRUE(claims.take_free(now + seconds(12), options.dead_reclaim).empty()) << "once";
}

TEST(AddressClaims, ThatWereGrantedAreOver) {
  membership::Options options = membership::syncer_profile();
  options.encode = [](const membership::Message& m, Bytes& out) { wire::gossip::encode(m, out); };
  Instant now = instant(1'000'000'000'000);
  membership::Swim swim("me", options, Random(1), now);
  membership::Outputs out;
  swim.start(now, address(1), "", out);
  AddressClaims claims(swim, out);
  const auto say = [&](std::uint64_t incarnation, std::uint16_t port) {
    const Alive account{incarnation, "a", address(port), "", kVersions};
    swim.receive(now, address(port), account, out);
    claims.note(now, account, true);
  };
  const auto die = [&](std::uint64_t incarnation) {
    swim.receive(now, address(9), membership::Dead{incarnation, "a", "other"}, out);
    now += seconds(11);
  };
  say(1, 2);
  say(1, 3);
  ASSERT_EQ(claims.open().size(), 1U);
  die(1);
  say(2, 3);  // it got the name, and later somebody else did
  EXPECT_EQ(claims.size(), 0U);
  die(2);
  say(3, 4);
  EXPECT_TRUE(claims.open().empty());
  die(3);
  EXPECT_TRUE(claims.take_free(now, options.dead_reclaim).empty());
}

/// A thousand members that are not there, and then their names claimed by one process at as many ports.
class ManyClaims : public testing::Test {
 protected:
  static constexpr std::size_t kMany = 1000;

  ManyClaims() {
    swim_.start(now_, address(1), "", out_);
    for (std::size_t i = 0; i < kMany; ++i) {
      swim_.receive(now_, address(2), Alive{1, name_of(i), address(2), tags_, kVersions}, out_);
    }
    out_.clear();
  }
  static membership::Options options() {
    membership::Options options = membership::syncer_profile();
    options.encode = [](const membership::Message& m, Bytes& out) { wire::gossip::encode(m, out); };
    return options;
  }
  static std::string name_of(std::size_t i) { return "m" + std::to_string(i); }
  /// Packets that it costs us.
  std::size_t claim(std::size_t i) {
    out_.clear();
    claims_.note(now_, {1, name_of(i), address(static_cast<std::uint16_t>(3 + i)), tags_, kVersions}, true);
    return out_.packets().size();
  }

  const Bytes tags_ = Bytes(512, 't');
  Instant now_ = instant(1'000'000'000'000);
  membership::Options options_ = options();
  membership::Swim swim_{"me", options_, Random(1), now_};
  membership::Outputs out_;
  AddressClaims claims_{swim_, out_};
};

TEST_F(ManyClaims, AreSentToTheLatestFewAlone) {
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::size_t before = std::min(i, AddressClaims::kMostIntroduced);
    ASSERT_EQ(claim(i), 2 * before) << i;
    now_ += seconds(1);
  }
  EXPECT_EQ(claims_.size(), kMany);
}

TEST_F(ManyClaims, AreSentToEachOtherAtABoundedRate) {
  std::size_t packets = 0;
  for (std::size_t i = 0; i < kMany; ++i) packets += claim(i);
  EXPECT_EQ(packets, 2 * AddressClaims::kPairsPerSecond);
  now_ += seconds(1);
  EXPECT_EQ(claim(0), 2 * AddressClaims::kMostIntroduced) << "and go on when there is room again";
}

}  // namespace
}  // namespace syncer::gossip
