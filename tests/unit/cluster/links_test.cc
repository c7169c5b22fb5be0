// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/links.h"

#include <gtest/gtest.h>

#include <map>

namespace syncer::cluster {
namespace {

const Endpoint kStranger = Endpoint::v4(10, 0, 9, 9, 1);
const Endpoint kPeer = Endpoint::v4(10, 0, 0, 2, 30192);

/// Keeps everything that is sent: nobody reads.
struct DeafStreams final : Streams {
  void connect(LinkId, const Endpoint&, Channel) override {}
  void send(LinkId link, ByteView bytes) override { sent[link] += bytes.size(); }
  std::size_t backlog(LinkId link) const override { return sent.count(link) == 0 ? 0 : sent.at(link); }
  void close(LinkId link) override { sent.erase(link); }

  std::map<LinkId, std::size_t> sent;
};

/// The links of syncer e1, whose peer is e2.
struct Links {
  Links() {
    links.set_hello(now, hello_of("e1"));
    links.set_peers(now, {{"e2", {kPeer}}});
  }
  static wire::ClusterHello hello_of(const std::string& node) {
    return {"east", node, 7, wire::VoterStage::Fresh, {}, 0, 0, 0};
  }
  /// False when there was no room for it, or it was closed for what it said.
  bool come(const Endpoint& from, const Bytes& frames = {}) {
    last = LinkId{last.value + 2};
    links.accept(now, last, from);
    if (links.owns(last)) links.on_stream_data(now, last, wire::preamble(wire::kClusterProtocol) + frames);
    return links.owns(last);
  }
  bool come_as(const std::string& node, const Endpoint& from) {
    return come(from, wire::encode_cluster(hello_of(node)));
  }

  DeafStreams streams;
  LinkId last{2};
  LinkId dialled{1};
  Instant now = instant(1'000'000'000);
  ClusterLinks links{streams, Random(1), [this] { return dialled = LinkId{dialled.value + 2}; },
                     wire::Seal("test", {}, {})};
};

TEST(ClusterLinks, AnswerNoPulseBeforeAHello) {
  Links e1;
  EXPECT_FALSE(e1.come(kStranger, wire::encode_cluster(wire::Pulse{false})));
  EXPECT_EQ(e1.links.refusals().of(Refusal::OutOfPlace), 1U);
  EXPECT_TRUE(e1.come(kPeer, wire::encode_cluster(Links::hello_of("e2")) + wire::encode_cluster(wire::Pulse{false})));
}

TEST(ClusterLinks, EndTheOneThatAsksAndDoesNotRead) {
  Links e1;
  ASSERT_TRUE(e1.come_as("e2", kPeer));
  Bytes pulses;
  for (int i = 0; i < 1000; ++i) pulses += wire::encode_cluster(wire::Pulse{false});
  std::size_t most = 0;
  for (int i = 0; i < 2000 && e1.links.owns(e1.last); ++i) {
    e1.links.on_stream_data(e1.now, e1.last, pulses);
    most = std::max(most, e1.streams.backlog(e1.last));
  }
  EXPECT_FALSE(e1.links.owns(e1.last));
  EXPECT_LE(most, std::size_t{5} << 20U);
  EXPECT_EQ(e1.links.refusals().of(Refusal::Unread), 1U);
}

TEST(ClusterLinks, CountWhoHasANameThatNobodyExpectsAsAStranger) {
  Links e1;
  std::size_t places = 0;
  for (int i = 1; i <= 64; ++i) places += e1.come_as("x" + std::to_string(i), kStranger) ? 1 : 0;
  EXPECT_EQ(places, 8U);
  for (std::uint8_t host = 1; host <= 20; ++host) {
    for (int i = 1; i <= 8; ++i) {
      const std::string name = "y" + std::to_string(host) + "-" + std::to_string(i);
      places += e1.come_as(name, Endpoint::v4(10, 0, 8, host, 1)) ? 1 : 0;
    }
  }
  EXPECT_EQ(places, 24U);
  EXPECT_TRUE(e1.come_as("e2", kPeer));
}

TEST(ClusterLinks, KeepPlacesForTheHostsOfPeersWhateverOthersTake) {
  Links e1;
  ClusterLinks::Addresses peers = {{"e2", {kPeer}}};
  for (std::uint8_t i = 1; i <= 100; ++i) peers["z" + std::to_string(i)] = {Endpoint::v4(10, 0, 7, i, 1)};
  e1.links.set_peers(e1.now, peers);
  EXPECT_FALSE(e1.come(kStranger)) << "more links are dialled than strangers may find";
  EXPECT_TRUE(e1.come_as("e2", kPeer));
  std::size_t places = 1;
  for (int i = 1; i <= 100; ++i) places += e1.come(kPeer) ? 1 : 0;
  EXPECT_EQ(places, 40U);
}

TEST(ClusterLinks, KeepSealingOrNotSealing) {
  const auto ring = crypto::Keyring::make({Bytes(16, 'k')}).value();
  Links plain;
  ASSERT_TRUE(plain.come_as("e2", kPeer));
  EXPECT_FALSE(plain.links.set_keys(ring));
  plain.links.on_stream_data(plain.now, plain.last, wire::encode_cluster(wire::Pulse{false}));
  EXPECT_TRUE(plain.links.owns(plain.last));
  DeafStreams streams;
  ClusterLinks sealed{streams, Random(1), [] { return LinkId{1}; }, wire::Seal("test", ring, {})};
  EXPECT_FALSE(sealed.set_keys({}));
  EXPECT_TRUE(sealed.set_keys(crypto::Keyring::make({Bytes(16, 'n')}).value()));
}

}  // namespace
}  // namespace syncer::cluster
