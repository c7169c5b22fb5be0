// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using replication::Attestation;
using replication::Chunk;
using replication::Heartbeat;
using replication::Push;
using replication::WriterMessage;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Names = std::vector<std::string>;
using Said = std::vector<wire::SyncMessage>;

PeerIdentity identity_of(const std::string& region) {
  PeerIdentity identity;
  identity.region = region;
  identity.sync = true;
  return identity;
}

/// A message of A that a relay passes on; nullptr for all else.
template <class M>
M* passed(wire::SyncMessage& message) {
  auto* wrapped = std::get_if<wire::Passed>(&message);
  return wrapped == nullptr || wrapped->region != "A" ? nullptr : std::get_if<M>(&wrapped->message);
}

/// A, relays B and C, and a reader D who reaches the relays alone; all show certificates of their regions.
class AttestedRelay : public ::testing::Test {
 protected:
  AttestedRelay() {
    net.partition(1, 4);
    for (int host = 1; host <= 4; ++host) start(host);
    net.gossip();
    net.run(seconds(8));
    at(4).take_changes();
  }
  void start(int host) {
    net.sync.relay = host == 2 || host == 3;
    net.start(host, name(host), name(host) + "1", true, {}, identity_of(name(host)))
        .open_epoch(net.now(), {1, ++terms_}, {{"key0", "of " + name(host)}, {"key1", "of " + name(host)}});
  }
  static std::string name(int host) { return {static_cast<char>('A' + host - 1)}; }
  Peering& at(int host) { return net.peering(host); }
  bool equal(int reader, int writer) {
    const replication::Replica* replica = at(reader).replica(name(writer));
    const replication::OwnLog& log = at(writer).core().log();
    return replica != nullptr && replica->consistent() && replica->epoch() == log.epoch() &&
           replica->seq() == log.head() && replica->set_hash() == log.set_hash().total() &&
           at(reader).state(name(writer), net.now()).connected;
  }
  /// One part of two of a transfer of A's records; the other one never comes.
  void begin_transfer(Said& said, std::uint64_t number) {
    constexpr std::uint64_t kFarAhead = 1'000'000;
    const Epoch epoch = at(1).core().log().epoch();
    said.emplace_back(wire::Passed{"A", replication::Reset{epoch, kFarAhead}});
    said.emplace_back(wire::Passed{"A", Chunk{epoch, kFarAhead + number, false, 0, 2, 2, {}, {}, {}}});
  }
  Names via() { return at(4).link("A").via; }
  std::uint64_t forged(int host = 4) { return at(host).refusals().of(Refusal::Forged); }

  PeeringNet net;
  std::uint64_t terms_ = 0;
};

TEST_F(AttestedRelay, BringsBothWhatTheOtherHas) {
  EXPECT_TRUE(equal(4, 1));
  EXPECT_TRUE(equal(1, 4));
  EXPECT_EQ(via(), Names{"B"});
  at(1).put(net.now(), "key1", "new");
  at(1).erase(net.now(), "key0");
  net.run(milliseconds(150));
  EXPECT_TRUE(equal(4, 1));
  net.run(seconds(20));
  EXPECT_TRUE(equal(4, 1));
  for (int host = 1; host <= 4; ++host) EXPECT_EQ(forged(host), 0U) << host;
}

TEST_F(AttestedRelay, OneSignatureServesAllReadersOfABatch) {
  const int before = net.signer(1).signatures();
  for (int i = 0; i < 100; ++i) at(1).put(net.now(), "many" + std::to_string(i), "v");
  net.run(milliseconds(150));
  EXPECT_TRUE(equal(4, 1));
  EXPECT_LE(net.signer(1).signatures() - before, 2);
}

TEST_F(AttestedRelay, ACertificateGoesOnceOverEachLink) {
  const std::size_t before = net.recorded(2).size();
  net.run(seconds(10));
  for (std::size_t i = before; i < net.recorded(2).size(); ++i) {
    EXPECT_EQ(net.recorded(2)[i].find("syncer://"), Bytes::npos);
  }
}

/// Who read it need not have kept it meanwhile.
TEST_F(AttestedRelay, ACertificateGoesAgainWhenItsRegionIsOfferedAgain) {
  net.kill(3);
  net.partition(1, 2);
  net.run(seconds(20));
  ASSERT_FALSE(at(4).state("A", net.now()).connected);
  const std::size_t before = net.recorded(2).size();
  net.heal();
  net.partition(1, 4);
  net.run(seconds(10));
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(forged(), 0U);
  bool came = false;
  for (std::size_t i = before; i < net.recorded(2).size(); ++i) {
    came = came || net.recorded(2)[i].find(net.signer(1).certificate()) != Bytes::npos;
  }
  EXPECT_TRUE(came);
}

TEST_F(AttestedRelay, BringsALongCatchUpAsARepair) {
  for (int i = 0; i < 3000; ++i) at(1).put(net.now(), "many" + std::to_string(i), Bytes(700, 'v'));
  net.run(seconds(4));
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(via(), Names{"B"});
  EXPECT_EQ(forged(), 0U);
}

TEST_F(AttestedRelay, GoesOnWithARelayThatForgotEverything) {
  net.kill(2);
  net.kill(3);
  net.run(seconds(3));
  for (int i = 0; i < 2000; ++i) at(1).put(net.now(), "many" + std::to_string(i), Bytes(100, 'v'));
  start(2);
  net.gossip();
  net.run(seconds(12));
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(forged(), 0U);
}

TEST_F(AttestedRelay, FollowsANewEpochOfTheOrigin) {
  net.kill(1);
  net.run(seconds(1));
  start(1);
  net.gossip();
  net.run(seconds(8));
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(forged(), 0U);
}

TEST_F(AttestedRelay, IsReadDirectlyAgainAndByWayOfOthersAgain) {
  net.heal();
  net.run(seconds(6));
  EXPECT_EQ(via(), Names{});
  EXPECT_TRUE(equal(4, 1));
  net.partition(1, 4);
  net.run(seconds(6));
  EXPECT_TRUE(equal(4, 1));
  EXPECT_FALSE(via().empty());
  EXPECT_TRUE(at(4).take_changes().empty());
  EXPECT_EQ(forged(), 0U);
}

/// B changes what it passes on of A.
TEST_F(AttestedRelay, ARelayThatAltersIsLeftForAnother) {
  net.make_liar(2, [](wire::SyncMessage message) {
    if (auto* push = passed<Push>(message)) {
      for (replication::Entry& entry : push->entries) entry.payload += " altered";
    }
    return Said{std::move(message)};
  });
  at(1).put(net.now(), "key1", "new");
  net.run(milliseconds(150));
  EXPECT_EQ(forged(), 1U);
  EXPECT_NE(net.reason(4, EventKind::FrameDropped).find("by way of B"), std::string::npos);
  net.run(seconds(2));
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
  EXPECT_TRUE(at(4).link("B").up) << "what B says of itself still counts";
  EXPECT_TRUE(equal(4, 2));
  net.run(seconds(30));
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_EQ(forged(), 1U);
}

/// B adds a record, and writes the sums of the attestation anew.
TEST_F(AttestedRelay, ARelayThatInventsIsLeftForAnother) {
  replication::SetHash invented;
  invented.add("invented", hash64("by B"));
  net.make_liar(2, [&](wire::SyncMessage message) {
    if (auto* push = passed<Push>(message)) {
      push->last = ++push->head;
      push->entries.push_back({push->last, replication::Op::Put, "invented", "by B"});
      push->set_hash += invented.total();
    }
    if (auto* said = passed<Attestation>(message)) {
      ++said->head;
      ++said->live;
      said->set_hash += invented.total();
    }
    return Said{std::move(message)};
  });
  at(1).put(net.now(), "key1", "new");
  net.run(seconds(3));
  EXPECT_EQ(forged(), 1U);
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_EQ(at(4).replica("A")->find("invented"), nullptr);
  EXPECT_TRUE(equal(4, 1));
}

/// B has a certificate itself, and signs with its key what it says of A.
TEST_F(AttestedRelay, ARelayThatSignsForAnotherRegionIsLeft) {
  net.make_liar(2, [this](wire::SyncMessage message) {
    if (auto* said = passed<Attestation>(message)) {
      said->certificate = net.signer(2).certificate();
      said->signature = net.signer(2).sign(wire::attested_text("A", *said));
    }
    return Said{std::move(message)};
  });
  net.run(seconds(3));
  EXPECT_EQ(forged(), 1U);
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_NE(net.reason(4, EventKind::FrameDropped).find("of region \"B\""), std::string::npos);
}

/// What is held of A is forgotten, since the registry shows a later epoch of it; then B adds a record.
TEST_F(AttestedRelay, ARelayIsNoMoreBelievedAfterAllWasForgotten) {
  at(4).raise_floor(net.now(), "A", {1, ++terms_});
  ASSERT_EQ(at(4).replica("A")->size(), 0U);
  at(1).open_epoch(net.now(), {1, terms_}, {{"key1", "of A"}});
  net.run(seconds(3));
  ASSERT_TRUE(equal(4, 1));
  ASSERT_EQ(via(), Names{"B"});
  net.make_liar(2, [](wire::SyncMessage message) {
    if (auto* push = passed<Push>(message)) {
      replication::SetHash invented;
      invented.add("invented", hash64("by B"));
      push->last = ++push->head;
      push->entries.push_back({push->last, replication::Op::Put, "invented", "by B"});
      push->set_hash += invented.total();
    }
    return Said{std::move(message)};
  });
  at(1).put(net.now(), "key1", "new");
  net.run(milliseconds(150));
  EXPECT_EQ(at(4).replica("A")->find("invented"), nullptr);
  net.run(seconds(10));
  EXPECT_EQ(at(4).replica("A")->find("invented"), nullptr);
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
}

/// B passes on that A lives, and nothing that A has.
TEST_F(AttestedRelay, ARelayThatWithholdsRecordsIsLeftForAnother) {
  net.make_liar(2, [](wire::SyncMessage message) {
    const bool is_word = passed<Attestation>(message) != nullptr;
    const auto* wrapped = std::get_if<wire::Passed>(&message);
    if (wrapped != nullptr && wrapped->region == "A" && !is_word) return Said{};
    return Said{std::move(message)};
  });
  at(1).put(net.now(), "key1", "new");
  net.run(seconds(15));
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
}

/// B brings the last word of A that it had again and again, and nothing else of it. A lives, as C shows.
TEST_F(AttestedRelay, ARelayThatRepeatsALastWordIsLeftForAnother) {
  std::optional<Attestation> last;
  net.make_liar(2, [&](wire::SyncMessage message) {
    if (const auto* said = passed<Attestation>(message); said != nullptr && !last) last = *said;
    const auto* wrapped = std::get_if<wire::Passed>(&message);
    if (wrapped == nullptr || wrapped->region != "A" || !last) return Said{std::move(message)};
    return Said{wire::Passed{"A", *last}};
  });
  net.run(seconds(3));
  ASSERT_TRUE(last);
  at(1).put(net.now(), "key1", "new");
  net.run(seconds(5));
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
  EXPECT_EQ(forged(), 0U) << "nothing of it is false";
}

/// B begins one transfer of A after the other, says nothing else of it, and never comes to an end.
TEST_F(AttestedRelay, ARelayThatBeginsTransfersWithoutEndIsLeftForAnother) {
  std::uint64_t began = 0;
  net.make_liar(2, [&](wire::SyncMessage message) {
    const auto* wrapped = std::get_if<wire::Passed>(&message);
    if (wrapped != nullptr && wrapped->region == "A") return Said{};
    const auto* own = std::get_if<WriterMessage>(&message);
    const bool is_beat = own != nullptr && std::holds_alternative<Heartbeat>(*own);
    Said said{std::move(message)};
    if (!is_beat) return said;
    begin_transfer(said, ++began);
    return said;
  });
  at(1).put(net.now(), "key1", "new");
  net.run(seconds(6));
  EXPECT_GT(began, 0U);
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
}

/// B passes on that A lives, and brings one part after the other of transfers that come to no end.
TEST_F(AttestedRelay, ARelayWhoseTransfersComeToNoEndIsLeftForAnotherAtLast) {
  std::uint64_t began = 0;
  net.make_liar(2, [&](wire::SyncMessage message) {
    const auto* wrapped = std::get_if<wire::Passed>(&message);
    const bool is_of_a = wrapped != nullptr && wrapped->region == "A";
    const bool is_life = passed<Attestation>(message) != nullptr;
    if (is_of_a && !is_life) return Said{};
    Said said{std::move(message)};
    if (!is_of_a) return said;
    begin_transfer(said, ++began);
    return said;
  });
  at(1).put(net.now(), "key1", "new");
  net.run(seconds(45));
  EXPECT_GT(began, 20U);
  EXPECT_EQ(via(), Names{"B"}) << "a large set takes its time";
  net.run(seconds(25));
  EXPECT_EQ(via(), Names{"C"});
  EXPECT_TRUE(equal(4, 1));
}

/// All relays go on saying for A what it said last, or said before, or say it themselves, when A is dead.
class AttestedRelayOfTheDead : public AttestedRelay {
 protected:
  void play(const std::function<Said(int, const Attestation&)>& life) {
    const Bytes certificate = net.signer(1).certificate();
    for (const int liar : {2, 3}) {
      net.make_liar(liar, [&, liar, certificate](wire::SyncMessage message) {
        Said said;
        if (dead_ && std::holds_alternative<wire::Ways>(message)) return said;  // the way stays on offer
        if (const auto* attestation = passed<Attestation>(message)) {
          heard_.push_back(*attestation);
          heard_.back().certificate = certificate;  // its first one went over another link
        }
        const auto* own = std::get_if<WriterMessage>(&message);
        const bool is_beat = own != nullptr && std::holds_alternative<Heartbeat>(*own);
        said.push_back(std::move(message));
        for (wire::SyncMessage& more : is_beat&& dead_ ? life(liar, heard_.back()) : Said()) said.push_back(more);
        return said;
      });
    }
    net.run(seconds(5));
    dead_ = true;
    net.kill(1);
    net.run(seconds(10));
  }
  bool is_believed() { return at(4).state("A", net.now()).connected; }

  bool dead_ = false;
  std::vector<Attestation> heard_;
};

TEST_F(AttestedRelayOfTheDead, TheLastWordTwiceIsNoLife) {
  play([](int, const Attestation& last) { return Said{wire::Passed{"A", last}}; });
  EXPECT_FALSE(is_believed());
  EXPECT_EQ(forged(), 0U) << "nothing of it is false";
}

TEST_F(AttestedRelayOfTheDead, OlderWordsAreNoLife) {
  play([this](int, const Attestation&) {
    Said said;
    for (const Attestation& old : heard_) said.emplace_back(wire::Passed{"A", old});
    return said;
  });
  EXPECT_FALSE(is_believed());
  EXPECT_GT(at(4).refusals().of(Refusal::OldWord), 0U);
}

TEST_F(AttestedRelayOfTheDead, APlainHeartbeatIsNoLife) {
  play([](int, const Attestation& last) { return Said{wire::Passed{"A", last.heartbeat()}}; });
  EXPECT_FALSE(is_believed());
  EXPECT_GT(forged(), 0U);
}

TEST_F(AttestedRelayOfTheDead, AnInventedBeatIsNoLife) {
  play([beats = 0U](int, const Attestation& last) mutable {
    Attestation invented = last;
    invented.beat += ++beats;
    return Said{wire::Passed{"A", invented}};
  });
  EXPECT_FALSE(is_believed());
  EXPECT_GT(forged(), 0U);
}

/// Who reads an origin itself knows its last sign of life as well.
TEST_F(AttestedRelay, WhatWasOldWhileItWasReadDirectlyIsOldAfterwards) {
  std::vector<Attestation> heard;
  net.make_liar(2, [&](wire::SyncMessage message) {
    if (const auto* attestation = passed<Attestation>(message)) heard.push_back(*attestation);
    return Said{std::move(message)};
  });
  net.make_liar(3, [](wire::SyncMessage message) { return Said{std::move(message)}; });
  net.run(seconds(3));
  ASSERT_FALSE(heard.empty());
  net.heal();
  net.run(seconds(10));
  ASSERT_EQ(via(), Names{});
  net.kill(1);
  const Instant died = net.now();
  for (const int liar : {2, 3}) {
    net.make_liar(liar, [&](wire::SyncMessage message) {
      if (std::holds_alternative<wire::Ways>(message)) return Said();  // the way stays on offer
      const auto* own = std::get_if<WriterMessage>(&message);
      const bool is_beat = own != nullptr && std::holds_alternative<Heartbeat>(*own);
      Said said{std::move(message)};
      if (is_beat) said.emplace_back(wire::Passed{"A", heard.front()});
      return said;
    });
  }
  net.run(seconds(10));
  EXPECT_FALSE(at(4).state("A", net.now()).connected);
  EXPECT_LE(*at(4).link("A").last_heard, died + milliseconds(100));
}

TEST_F(AttestedRelay, ARelayAltersNoTransfer) {
  net.kill(3);
  net.make_liar(2, [](wire::SyncMessage message) {
    if (auto* chunk = passed<Chunk>(message)) {
      for (Chunk::Item& item : chunk->items) item.payload += " altered";
    }
    return Said{std::move(message)};
  });
  net.kill(4);
  start(4);
  net.gossip();
  net.run(seconds(8));
  EXPECT_GT(forged(), 0U);
  const replication::Replica* replica = at(4).replica("A");
  EXPECT_TRUE(replica == nullptr || replica->size() == 0U);
  net.make_honest(2);
  net.run(WayTable::kDistrust + seconds(10));
  EXPECT_TRUE(equal(4, 1)) << "it is tried again after a while";
}

TEST_F(AttestedRelay, NothingIsVouchedForWithoutARelay) {
  PeeringNet other;
  for (const int host : {1, 2}) {
    other.start(host, name(host), name(host) + "1", true, {}, identity_of(name(host)))
        .open_epoch(other.now(), {1, 1}, {{"k", "v"}});
  }
  other.gossip();
  other.run(seconds(20));
  EXPECT_TRUE(other.peering(1).state("B", other.now()).connected);
  EXPECT_EQ(other.signer(1).signatures(), 0);
  EXPECT_FALSE(other.peering(1).core().keeps_digests());
}

}  // namespace
}  // namespace syncer::peering
