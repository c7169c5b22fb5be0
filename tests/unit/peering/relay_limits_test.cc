// SPDX-License-Identifier: Apache-2.0
// What neighbours of a relay say is bounded, whatever they say.
#include <gtest/gtest.h>

#include <algorithm>

#include "syncer/peering/attestations.h"
#include "syncer/wire/sync/message.h"
#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::seconds;
using Names = std::vector<std::string>;

/// A name of that length, the number in front.
std::string long_name(std::size_t number, std::size_t length) {
  std::string text = std::to_string(100'000 + number);
  text.resize(std::max(length, text.size()), 'x');
  return text;
}

/// Relay B on host 2 between A, C and D on hosts 1, 3 and 4, which do not reach each other.
class RelayAmidLiars : public testing::Test {
 protected:
  RelayAmidLiars() {
    for (const int host : {1, 3, 4}) {
      for (const int other : {1, 3, 4}) {
        if (host < other) net.partition(host, other);
      }
    }
  }
  void start(int host, bool relay = false) {
    const std::string region(1, static_cast<char>('A' + host - 1));
    net.sync.relay = relay;
    net.start(host, region, region + "1").open_epoch(net.now(), {1, 1}, {{"key", "value of " + region}});
  }
  void start_all(bool first_is_relay) {
    start(1, first_is_relay);
    start(2, true);
    start(3);
    start(4);
    net.gossip();
  }
  bool reads(int reader, const std::string& region) {
    const replication::Replica* replica = net.peering(reader).replica(region);
    return replica != nullptr && replica->size() == 1 && net.peering(reader).state(region, net.now()).connected;
  }

  PeeringNet net;
};

/// As many bytes as a frame holds, nearly.
wire::Ways endless_ways(const wire::Ways& own) {
  constexpr std::size_t kLength = 255;
  constexpr std::size_t kBytes = kLength + 2;
  wire::Ways lie = own;
  for (std::size_t region = 0;; ++region) {
    const std::size_t room = wire::kMaxFrame - wire::encode_sync(wire::SyncMessage(lie)).size();
    wire::Way way{"made up " + std::to_string(region), 7, {"A"}, {false, {}}};
    const std::size_t names = std::min<std::size_t>(900, (room - std::min(room, std::size_t{34})) / kBytes);
    for (std::size_t i = 0; i < names; ++i) way.scope.regions.push_back(long_name(i, kLength));
    way.scope.regions.push_back("C");
    if (names == 0) {
      auto& last = lie.ways.back().scope.regions;
      last.insert(last.end() - 1, long_name(950, std::min<std::size_t>(256, room - 3)));
      return lie;
    }
    lie.ways.push_back(std::move(way));
  }
}

TEST_F(RelayAmidLiars, OffersNoMoreThanAFrameHolds) {
  std::size_t made_up = 0;
  net.make_liar(1, [&](wire::SyncMessage message) {
    std::vector<wire::SyncMessage> said{message};
    if (auto* ways = std::get_if<wire::Ways>(&message)) {
      said = {endless_ways(*ways)};
      made_up = std::get<wire::Ways>(said.front()).ways.size() - 1;
    }
    const auto* writer = std::get_if<replication::WriterMessage>(&message);
    if (writer == nullptr || !std::holds_alternative<replication::Heartbeat>(*writer)) return said;
    for (std::size_t region = 0; region < made_up; ++region) {
      said.emplace_back(
          wire::Passed{"made up " + std::to_string(region), replication::Heartbeat{{1, 1}, 0, 0, 0, {}, true}});
    }
    return said;
  });
  start_all(true);
  net.run(seconds(20));
  ASSERT_GE(made_up, 15U);
  EXPECT_TRUE(reads(2, "A"));
  EXPECT_TRUE(reads(3, "A"));
  EXPECT_TRUE(reads(3, "D"));
  EXPECT_TRUE(net.peering(3).state("made up 0", net.now()).connected) << "what fits is offered";
}

TEST_F(RelayAmidLiars, NamesNoMoreReadersThanAMessageHolds) {
  net.make_liar(1, [](wire::SyncMessage message) {
    if (auto* follow = std::get_if<wire::Follow>(&message); follow != nullptr && follow->region == "C") {
      follow->readers.clear();
      for (std::size_t i = 0; i < wire::kMaxWays; ++i) follow->readers.push_back(long_name(i, 8));
    }
    return std::vector<wire::SyncMessage>{message};
  });
  start_all(false);
  net.run(seconds(30));
  EXPECT_TRUE(reads(4, "C"));
  EXPECT_EQ(net.count(3, EventKind::FrameDropped), 0) << net.reason(3, EventKind::FrameDropped);
}

/// A neighbour may make regions up; those of the pool still find a place.
TEST_F(RelayAmidLiars, KeepsPlacesForRegionsOfThePool) {
  net.make_liar(1, [](wire::SyncMessage message) {
    if (auto* ways = std::get_if<wire::Ways>(&message)) {
      for (std::size_t i = 0; i < wire::kMaxWays - 1; ++i) {
        ways->ways.push_back({long_name(i, 8), 7, {"A"}, {true, {}}});
      }
    }
    return std::vector<wire::SyncMessage>{message};
  });
  start(1, true);
  start(2, true);
  net.gossip();
  net.run(seconds(5));
  EXPECT_LE(net.peering(2).regions().size(), kMaxRegions / 2);
  start(3);
  net.gossip();
  net.run(seconds(5));
  EXPECT_TRUE(reads(2, "C"));
}

/// A neighbour passes on large certificates of regions that it does not offer.
TEST_F(RelayAmidLiars, KeepsNoCertificatesOfWhatIsNotOffered) {
  const auto identity_of = [](const std::string& region) {
    PeerIdentity identity;
    identity.region = region;
    identity.sync = true;
    return identity;
  };
  constexpr std::size_t kRegions = 100;
  bool lied = false;
  net.make_liar(1, [&](wire::SyncMessage message) {
    std::vector<wire::SyncMessage> said{message};
    const auto* writer = std::get_if<replication::WriterMessage>(&message);
    if (writer == nullptr || !std::holds_alternative<replication::Heartbeat>(*writer)) return said;
    lied = true;
    replication::Attestation large;
    large.certificate = Bytes(wire::kMaxCertificate, 'c');
    for (std::size_t i = 0; i < kRegions; ++i) said.emplace_back(wire::Passed{long_name(i, 8), large});
    return said;
  });
  net.sync.relay = true;
  for (const int host : {1, 2}) {
    const std::string region(1, static_cast<char>('A' + host - 1));
    net.start(host, region, region + "1", true, {}, identity_of(region)).open_epoch(net.now(), {1, 1}, {});
  }
  net.gossip();
  std::vector<RemoteRegion> known = {{"A", "A1", PeeringNet::address(1), true, false, true, true}};
  for (std::size_t i = 0; i < kRegions; ++i) known.push_back({long_name(i, 8), "x", PeeringNet::address(77)});
  net.peering(2).set_regions(net.now(), known);
  net.run(seconds(5));
  ASSERT_TRUE(lied);
  EXPECT_LT(net.peering(2).sizes().certificate_bytes, wire::kMaxCertificate);
}

/// Regions come and go with what a neighbour offers: no more certificates are kept than it can offer.
TEST(RelayCertificates, AreKeptOfNoMoreRegionsThanAreOffered) {
  PeerLink link;
  replication::Attestation said;
  said.certificate = "certificate";
  ASSERT_TRUE(Attestations::complete(link, "", said)) << "its own";
  for (std::size_t now = 0; now < 3 * wire::kMaxWays; ++now) {
    const auto is_offered = [&](std::string_view region) {
      return region >= long_name(now - std::min<std::size_t>(now, 9), 8) && region <= long_name(now, 8);
    };
    Attestations::keep_certificate(link, long_name(now, 8), said, is_offered);
    ASSERT_LE(link.certificates_read.size(), wire::kMaxWays + 1);
  }
  for (const std::string& region : {std::string(), long_name(3 * wire::kMaxWays - 9, 8)}) {
    replication::Attestation next;
    EXPECT_TRUE(Attestations::complete(link, region, next)) << region;
    EXPECT_EQ(next.certificate, "certificate");
  }
}

TEST_F(RelayAmidLiars, HearsNobodyWhoMayNotTakePartAnyMore) {
  start_all(false);
  net.run(seconds(10));
  ASSERT_EQ(net.peering(3).link("A").via, Names{"B"});
  SyncSettings sync;
  sync.regions = {"B", "D"};
  net.peering(3).reconfigure(net.now(), sync);
  net.run(seconds(10));
  EXPECT_FALSE(net.peering(3).state("A", net.now()).connected);
  EXPECT_FALSE(net.peering(3).link("A").up);
  net.peering(1).put(net.now(), "key", "changed");
  net.run(seconds(5));
  EXPECT_EQ(*net.peering(3).replica("A")->find("key"), "value of A");
  EXPECT_TRUE(reads(3, "D"));
}

}  // namespace
}  // namespace syncer::peering
