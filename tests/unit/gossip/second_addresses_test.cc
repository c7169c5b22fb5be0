// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/second_addresses.h"

#include <gtest/gtest.h>

#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {
namespace {

using Kind = membership::Change::Kind;

const Endpoint kFirst = *parse_endpoint("[2001:db8::2]:30190");
const Endpoint kSecond = *parse_endpoint("10.0.0.2:30190");

/// A member that speaks IPv4 alone, in a pool with a key.
class SecondAddressesTest : public ::testing::Test {
 protected:
  SecondAddressesTest() {
    config.node = "e1";
    config.address = *parse_endpoint("10.0.0.1:30190");
    config.pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
  }
  static membership::Change change(Kind kind, const Endpoint& address, const std::string& also) {
    wire::gossip::Tags tags = {{"region", "west"}};
    if (!also.empty()) tags["also"] = also;
    return {kind, "w1", address, membership::State::Alive, 1, *wire::gossip::encode_tags(tags), {}};
  }
  GossipConfig config;
  SecondAddresses addresses{config};
};

TEST_F(SecondAddressesTest, AMemberIsReachedWhereItCanBe) {
  addresses.note(change(Kind::Joined, kFirst, "10.0.0.2"));
  EXPECT_EQ(addresses.reached(kFirst), kSecond);
  EXPECT_EQ(addresses.known(kSecond), kFirst);
  EXPECT_EQ(addresses.reached(kSecond), kSecond);
  const Endpoint other = *parse_endpoint("[2001:db8::9]:30190");
  EXPECT_EQ(addresses.reached(other), other);
}

TEST_F(SecondAddressesTest, WhatItSaysAnewHoldsAndWhatItLeavesIsForgotten) {
  addresses.note(change(Kind::Joined, kFirst, "10.0.0.2"));
  addresses.note(change(Kind::Updated, kFirst, "10.0.0.3"));
  EXPECT_EQ(addresses.reached(kFirst), *parse_endpoint("10.0.0.3:30190"));
  EXPECT_EQ(addresses.known(kSecond), kSecond);
  addresses.note(change(Kind::Died, kFirst, "10.0.0.3"));
  EXPECT_NE(addresses.reached(kFirst), kFirst) << "it is asked again there";
  addresses.note(change(Kind::Left, kFirst, "10.0.0.3"));
  EXPECT_EQ(addresses.reached(kFirst), kFirst);
}

/// It came back under another name, and the former one is let go.
TEST_F(SecondAddressesTest, AreThoseOfAPlaceAndNotOfAName) {
  membership::Change later = change(Kind::Joined, kFirst, "10.0.0.2");
  later.name = "w2";
  addresses.note(change(Kind::Joined, kFirst, "10.0.0.2"));
  addresses.note(later);
  addresses.note(change(Kind::Left, kFirst, "10.0.0.2"));
  EXPECT_EQ(addresses.reached(kFirst), kSecond);
  EXPECT_EQ(addresses.known(kSecond), kFirst);
  addresses.keep_only([](const std::string& name) { return name != "w2"; });
  EXPECT_EQ(addresses.reached(kFirst), kFirst);
  EXPECT_EQ(addresses.size(), 0U);
}

TEST_F(SecondAddressesTest, NobodyTakesThePlaceOfAnother) {
  addresses.note(change(Kind::Joined, kFirst, "10.0.0.2"));
  membership::Change other = change(Kind::Joined, *parse_endpoint("[2001:db8::9]:30190"), "10.0.0.2");
  other.name = "w2";
  addresses.note(other);
  EXPECT_EQ(addresses.known(kSecond), kFirst);
}

TEST_F(SecondAddressesTest, NothingElseIsBelieved) {
  for (const char* also : {"", "nowhere", "0.0.0.0", "2001:db8::3", "10.0.0.2:1"}) {
    addresses.note(change(Kind::Joined, kFirst, also));
    EXPECT_EQ(addresses.reached(kFirst), kFirst) << also;
  }
  config.second = *parse_endpoint("[2001:db8::1]:30190");
  addresses.note(change(Kind::Joined, kFirst, "10.0.0.2"));
  EXPECT_EQ(addresses.reached(kFirst), kFirst) << "its first address is spoken here";
  config.second.reset();
  config.pool.keys = {};
  addresses.note(change(Kind::Joined, kFirst, "10.0.0.2"));
  EXPECT_EQ(addresses.reached(kFirst), kFirst) << "anybody may say so in an open pool";
}

}  // namespace
}  // namespace syncer::gossip
