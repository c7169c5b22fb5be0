// SPDX-License-Identifier: Apache-2.0
// Streams of strangers, each with half a message that is as large as one may be.
#include <gtest/gtest.h>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/stream.h"
#include "tests/unit/gossip/network.h"

namespace syncer::gossip {
namespace {

class StreamRoom : public testing::Test {
 protected:
  static GossipConfig config() {
    GossipConfig config;
    config.node = "target";
    config.address = TestNetwork::gossip_address(1);
    config.pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
    config.nonce = [] { return crypto::Nonce{7}; };
    return config;
  }
  LinkId accept() {
    const LinkId link{links_ += 2};
    const Endpoint from = Endpoint::v4(10, 1, 0, static_cast<std::uint8_t>(links_ / 16), 4444);
    gossip().on_stream_accepted(net_.now(), link, from);
    return link;
  }
  Gossip& gossip() { return target_.gossip(); }
  void say(LinkId link, ByteView bytes) { gossip().on_stream_data(net_.now(), link, bytes); }

  TestNetwork net_;
  TestNetwork::Host& target_ = net_.add(config());
  std::uint64_t links_ = 0;
};

TEST_F(StreamRoom, IsBoundedForAllTogetherAndTheLargestGoes) {
  const LinkId small = accept();
  say(small, "\x0a");                                                                 // a frame …
  Bytes half(5 + (2U << 20U), 'x');
  half.replace(0, 5, "\x0a\x00\x3f\x00\x00", 5);  // … and one of nearly 4 MiB
  std::vector<LinkId> large;
  for (int i = 0; i < 100; ++i) {
    large.push_back(accept());
    say(large.back(), half);
    const auto open = std::count_if(large.begin(), large.end(), [&](LinkId link) { return gossip().owns(link); });
    ASSERT_LE(static_cast<std::size_t>(open) * half.size(), GossipStreams::kMaxHeld);
  }
  EXPECT_TRUE(gossip().owns(small));
  EXPECT_TRUE(target_.stream_closed(large.front()) || target_.stream_closed(large.back()));
  EXPECT_GT(gossip().drops().at("busy"), 80U);

  Bytes ping;
  wire::gossip::encode(membership::Ping{77, "target", {}, ""}, ping);
  Bytes sealed;
  wire::gossip::write_stream(ping, config().pool, wire::gossip::Opened::ByUs, config().nonce, sealed);
  const LinkId honest = accept();
  say(honest, sealed);
  EXPECT_FALSE(target_.stream_answer(honest).empty());
}

}  // namespace
}  // namespace syncer::gossip
