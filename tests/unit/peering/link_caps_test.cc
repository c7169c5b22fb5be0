// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/link_caps.h"

#include <gtest/gtest.h>

#include "syncer/peering/config.h"

namespace syncer::peering {
namespace {

std::string refusal(std::string_view text) {
  const auto caps = LinkCaps::parse(text);
  return caps ? "none" : caps.error().detail;
}

TEST(LinkCaps, TheFirstThatNamesARegionHolds) {
  const LinkCaps caps = *LinkCaps::parse(" west=64KiB/s,eu-1 = 1MiB, *=10KiB/s");
  EXPECT_EQ(caps.of("west"), 65536U);
  EXPECT_EQ(caps.of("eu-1"), 1U << 20U);
  EXPECT_EQ(caps.of("anybody"), 10240U);
  EXPECT_EQ(caps.text(), "west=64KiB/s, eu-1=1MiB/s, *=10KiB/s");
  EXPECT_EQ(*LinkCaps::parse(caps.text()), caps);
}

TEST(LinkCaps, WithoutOneNothingIsBounded) {
  EXPECT_TRUE(LinkCaps::parse("")->empty());
  EXPECT_EQ(LinkCaps::parse("")->text(), "");
  EXPECT_EQ(LinkCaps::parse("west=64KiB")->of("east"), std::nullopt);
}

TEST(LinkCaps, ANameMayHoldTheSign) { EXPECT_EQ(LinkCaps::parse("a=b=64KiB")->of("a=b"), 65536U); }

TEST(LinkCaps, AMistakeSaysWhatIsWanted) {
  EXPECT_EQ(refusal("west=0"),
            "nothing would ever be sent to west: leave it out for no cap; \"syncer pause export west\" tells it no "
            "changes");
  EXPECT_EQ(refusal("west=10Mbit"), "\"10Mbit\" is in bits; in bytes that is 1250000B/s");
  EXPECT_EQ(refusal("west=64kb"), "\"64kb\" is no number of bytes: the units are B, KiB, MiB and GiB");
  EXPECT_EQ(refusal("west=100"), "\"100\" is no number of bytes: the units are B, KiB, MiB and GiB");
  EXPECT_EQ(refusal("64KiB"), "\"64KiB\" names no region");
  EXPECT_EQ(refusal("*=1MiB, west=64KiB"), "that of west never holds: one before names it, too");
  EXPECT_EQ(refusal("west=64KiB, west=1MiB"), "that of west never holds: one before names it, too");
  EXPECT_EQ(refusal("west=9GiB"), "\"9GiB\" is more than any link takes");
}

TEST(LinkCaps, LeaveRoomForHeartbeats) {
  SyncSettings sync;
  sync.link_caps = *LinkCaps::parse("west=2KiB");
  EXPECT_EQ(validate(sync).error().detail,
            "2KiB/s for west leaves no room for heartbeats and answers, which are never held back: with one each 1s "
            "(sync.heartbeat) they want 4KiB/s at least");
  sync.link_caps = *LinkCaps::parse("west=4KiB");
  EXPECT_TRUE(validate(sync));
  sync.heartbeat = std::chrono::milliseconds(100);
  EXPECT_FALSE(validate(sync)) << "ten of them each second";
  sync.link_caps = *LinkCaps::parse("west=10KiB");
  EXPECT_TRUE(validate(sync));
}

}  // namespace
}  // namespace syncer::peering
