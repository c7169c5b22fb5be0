// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/peering/peers.h"

namespace syncer::peering {
namespace {

Endpoint at(std::uint8_t host) {
  Endpoint endpoint = parse_endpoint("10.0.0.1:30191").value();
  endpoint.address.back() = host;
  return endpoint;
}

/// A region of three syncers, at 10.0.0.1 to 3.
struct RegionDialer : testing::Test {
  RegionDialer() {
    std::vector<RemoteRegion> all;
    for (std::uint8_t host = 1; host <= 3; ++host) all.push_back({"east", "e" + std::to_string(host), at(host)});
    dialer.set_alternatives(now, std::move(all));
  }
  Instant now{};
  Dialer dialer{std::chrono::seconds(1), Random(1)};
};

TEST_F(RegionDialer, FollowsOneRedirectInARow) {
  EXPECT_TRUE(dialer.on_redirect(now, at(3)));
  EXPECT_EQ(dialer.address(), at(3));
  EXPECT_TRUE(dialer.on_redirect(now, at(1)));
  EXPECT_EQ(dialer.address(), at(2)) << "two that send to each other are left for the next one";
}

TEST_F(RegionDialer, FollowsTheNextRedirectAfterOneThatLedNowhere) {
  EXPECT_TRUE(dialer.on_redirect(now, at(3)));
  dialer.on_failure(now);
  EXPECT_EQ(dialer.address(), at(2));
  EXPECT_TRUE(dialer.on_redirect(now, at(1)));
  EXPECT_EQ(dialer.address(), at(1)) << "who was sent to a dead end may be sent the right way next";
}

}  // namespace
}  // namespace syncer::peering
