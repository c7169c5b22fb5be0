// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/hash.h"
#include "syncer/node/epoch_keeper.h"
#include "syncer/node/node.h"
#include "syncer/node/parts.h"

namespace syncer::node {
namespace {

gossip::MemberInfo member(const std::string& host, const std::string& rpc_host) {
  gossip::MemberInfo info;
  info.name = "w1";
  info.address = *parse_endpoint(host + ":30190");
  info.tags = {{"region", "west"}, {"rpc", rpc_host + ":30191"}, {"mode", "single"}};
  return info;
}

TEST(MembersOfAnOpenPool, AreDialledAtTheirOwnHostOnly) {
  NodeConfig config;
  config.node = "e1";
  config.region = "east";
  EXPECT_TRUE(remote_region(config, member("10.0.0.2", "10.0.0.2")));
  EXPECT_FALSE(remote_region(config, member("10.0.0.2", "192.0.2.1")));
  EXPECT_TRUE(disowned_rpc(config, member("10.0.0.2", "192.0.2.1")));
  config.gossip_pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
  EXPECT_TRUE(remote_region(config, member("10.0.0.2", "192.0.2.1"))) << "who has the key is trusted";
}

std::vector<std::string> dialled(const NodeConfig& config, const gossip::MemberInfo& member) {
  std::vector<std::string> addresses;
  for (const peering::RemoteRegion& region : remote_regions(config, member)) addresses.push_back(to_string(region.rpc));
  return addresses;
}

TEST(MembersOfTwoFamilies, AreDialledAtWhatIsSpokenHere) {
  gossip::MemberInfo both = member("[2001:db8::2]", "[2001:db8::2]");
  both.tags["also"] = "10.0.0.2";
  NodeConfig config;
  config.node = "e1";
  config.region = "east";
  config.rpc_address = *parse_endpoint("10.0.0.1:30191");
  using Addresses = std::vector<std::string>;
  EXPECT_EQ(dialled(config, both), Addresses{"[2001:db8::2]:30191"}) << "anybody may say so in an open pool";
  config.gossip_pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
  EXPECT_EQ(dialled(config, both), Addresses{"10.0.0.2:30191"});
  config.second_host = "2001:db8::1";
  EXPECT_EQ(dialled(config, both), (Addresses{"[2001:db8::2]:30191", "10.0.0.2:30191"}));
  both.tags["also"] = "2001:db8::3";
  EXPECT_EQ(dialled(config, both), Addresses{"[2001:db8::2]:30191"}) << "of the same family";
  config.second_host.clear();
  EXPECT_EQ(dialled(config, both), Addresses{"[2001:db8::2]:30191"}) << "a way may come about";
}

TEST(MembersOfAnOpenPool, AnnounceNoSecondHost) {
  NodeConfig config;
  config.gossip_address = *parse_endpoint("10.0.0.2:30190");
  config.rpc_address = *parse_endpoint("10.0.0.2:30191");
  EXPECT_TRUE(validate_pool(config));
  config.second_host = "2001:db8::2";
  const auto refused = validate_pool(config);
  ASSERT_FALSE(refused);
  EXPECT_NE(to_string(refused.error()).find("gossip.keyring-file"), std::string::npos) << to_string(refused.error());
  config.gossip_pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
  EXPECT_TRUE(validate_pool(config));
}

TEST(MembersOfAnOpenPool, AnnounceTheirOwnHostOnly) {
  NodeConfig config;
  config.gossip_address = *parse_endpoint("10.0.0.2:30190");
  config.rpc_address = *parse_endpoint("192.0.2.1:30191");
  const auto refused = validate_pool(config);
  ASSERT_FALSE(refused);
  EXPECT_NE(to_string(refused.error()).find("gossip.keyring-file"), std::string::npos) << to_string(refused.error());
  config.gossip_pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
  EXPECT_TRUE(validate_pool(config));
}

/// A disk that holds one value.
struct OneValue final : Storage {
  Result<std::optional<Bytes>> read(std::string_view) override { return value; }
  void write(CallId, std::string_view, Bytes bytes) override { value = std::move(bytes); }
  void append(CallId, std::string_view, Bytes) override {}
  std::optional<Bytes> value;
};

TEST(Epochs, EndBeforeTheirNumbersWrapAround) {
  OneValue disk;
  EpochKeeper keeper(disk, [] { return CallId{1}; });
  ASSERT_TRUE(keeper.load());
  EXPECT_TRUE(keeper.claim(Epoch{7, kEpochPartEnd - 2}));
  ASSERT_TRUE(disk.value);
  const Bytes last = *disk.value;
  const auto refused = keeper.claim(Epoch{7, std::numeric_limits<std::uint64_t>::max()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(disk.value, last) << "nothing is written";
}

TEST(Epochs, ThatNoRegionCanHaveAreNotReadFromTheDisk) {
  OneValue disk;
  Bytes value;
  ByteWriter w(value);
  w.u64(1);
  w.u64(std::numeric_limits<std::uint64_t>::max());
  w.u32(crc32c(value));
  disk.value = value;
  EpochKeeper keeper(disk, [] { return CallId{1}; });
  const auto loaded = keeper.load();
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().detail.find("remove it and restart"), std::string::npos) << loaded.error().detail;
}

TEST(SilentStreams, HaveAShareForEachSocketAndHost) {
  UnidentifiedStreams streams;
  const Instant now = instant(0);
  std::uint64_t id = 0;
  const auto accept = [&](Listener listener, std::uint8_t host, bool expected) {
    return streams.accept(now, LinkId{id += 2}, listener, Endpoint::v4(10, 0, 0, host, 1), {}, expected);
  };
  int kept = 0;
  for (int i = 0; i < 300; ++i) kept += accept(Listener::Rpc, 1, false) ? 1 : 0;
  EXPECT_EQ(kept, 64);
  for (std::uint8_t host = 2; host < 200; ++host) kept += accept(Listener::Rpc, host, false) ? 1 : 0;
  EXPECT_EQ(kept, 192);
  EXPECT_TRUE(accept(Listener::Rpc, 200, true)) << "a place kept for members";
  EXPECT_TRUE(accept(Listener::Gossip, 201, false)) << "another socket has places of its own";
  int expired = 0;
  while (streams.take_expired(now + std::chrono::seconds(5))) ++expired;
  EXPECT_EQ(expired, 194);
}

}  // namespace
}  // namespace syncer::node
