// SPDX-License-Identifier: Apache-2.0
// Somebody in an open pool tells others' tags and numbers; when he is gone, everybody is known by its own account
// again.
#include <gtest/gtest.h>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"
#include "tests/unit/gossip/network.h"

namespace syncer::gossip {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kLeap = 1U << 20U;
const ByteView kVersions("\x01\x05\x02\x02\x05\x05", 6);

class Lies : public testing::Test {
 protected:
  Lies() {
    for (TestNetwork::Host* host : {&b_, &c_}) host->gossip().set_seeds(net_.now(), {net_.gossip_address(1)});
    net_.run_for(seconds(20));
  }
  /// One datagram to `to`: as many accounts of `c`, at its own address.
  void lie_about_c(TestNetwork::Host& to, const std::vector<std::uint64_t>& incarnations) {
    const Bytes tags = wire::gossip::encode_tags({{"region", "nowhere"}}).value();
    wire::gossip::PacketBuilder builder(static_cast<std::uint32_t>(incarnations.size()));
    for (const std::uint64_t incarnation : incarnations) {
      Bytes alive;
      wire::gossip::encode(membership::Alive{incarnation, "c", net_.gossip_address(3), tags, kVersions}, alive);
      builder.add(alive);
    }
    to.gossip().on_datagram(net_.now(), Endpoint::v4(10, 0, 0, 66, 4444), builder.finish({}, false, nullptr));
  }
  std::string region_of_c(const TestNetwork::Host& at) const { return at.info("c").tags.at("region"); }
  bool everybody_knows(const std::string& region) const {
    return region_of_c(a_) == region && region_of_c(b_) == region;
  }
  /// `c` says something new, and everybody hears it.
  void expect_c_is_heard() {
    ASSERT_TRUE(c_.gossip().set_tags(net_.now(), {{"region", "c2"}}).has_value());
    EXPECT_TRUE(net_.run_until([&] { return everybody_knows("c2"); }, seconds(15)))
        << region_of_c(a_) << " " << region_of_c(b_);
  }

  TestNetwork net_;
  TestNetwork::Host& a_ = net_.add("a", 1);
  TestNetwork::Host& b_ = net_.add("b", 2);
  TestNetwork::Host& c_ = net_.add("c", 3);
};

TEST_F(Lies, InOneDatagramAreOutbid) {
  ASSERT_TRUE(everybody_knows("c"));
  const std::uint64_t n = a_.info("c").incarnation;
  lie_about_c(a_, {n + kLeap, n + 2 * kLeap, n + 3 * kLeap});
  EXPECT_EQ(region_of_c(a_), "nowhere");
  EXPECT_TRUE(net_.run_until([&] { return everybody_knows("c"); }, seconds(15)));
  expect_c_is_heard();
}

TEST_F(Lies, InManySmallStepsAreOutbid) {
  const std::uint64_t n = a_.info("c").incarnation;
  for (std::uint64_t sent = 0; sent < 5000; sent += 250) {
    std::vector<std::uint64_t> steps;
    for (std::uint64_t i = 1; i <= 250; ++i) steps.push_back(n + (sent + i) * 1024);
    lie_about_c(a_, steps);
  }
  EXPECT_EQ(region_of_c(a_), "nowhere");
  EXPECT_TRUE(net_.run_until([&] { return everybody_knows("c"); }, seconds(15)));
  expect_c_is_heard();
}

TEST_F(Lies, ThatDroveAMemberFarAheadAreOverOnceItIsAsked) {
  lie_about_c(c_, {1ULL << 30U});  // it outbids that, and who did not hear it takes it for a lie
  EXPECT_EQ(c_.info("c").incarnation, (1ULL << 30U) + 1);
  ASSERT_TRUE(c_.gossip().set_tags(net_.now(), {{"region", "c2"}}).has_value());
  EXPECT_TRUE(net_.run_until([&] { return everybody_knows("c2"); }, seconds(2)));
}

TEST_F(Lies, ThatUseUpItsNumbersAreOverWhenItIsMet) {
  lie_about_c(c_, {1ULL << 31U});
  net_.run_for(seconds(15));
  ASSERT_EQ(a_.info("c").incarnation, (1ULL << 31U) + 1);
  const std::uint64_t n = (1ULL << 31U) + 1;
  lie_about_c(a_, {n + kLeap, n + kLeap + 1024, n + kLeap + 2048});
  EXPECT_EQ(region_of_c(a_), "nowhere");
  net_.run_for(seconds(1));
  EXPECT_EQ(c_.info("c").incarnation, n) << "it leaves the rest of its numbers for more than one packet";
  EXPECT_TRUE(net_.run_until([&] { return everybody_knows("c"); }, seconds(15)));
  expect_c_is_heard();
}

}  // namespace
}  // namespace syncer::gossip
