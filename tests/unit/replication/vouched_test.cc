// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/vouched.h"

#include <gtest/gtest.h>

#include "syncer/base/random.h"
#include "syncer/replication/own_log.h"

namespace syncer::replication {
namespace {

constexpr RegionId kVouchedOrigin{1};

void expand(std::span<const ByteView> parts, std::span<std::uint8_t> out) {
  StateHasher input;
  for (const ByteView part : parts) input.add(part);
  Random random(input.digest());
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random.next());
}

SetDigest digest_of(const std::map<Bytes, Bytes>& set) {
  SetDigest digest(expand);
  for (const auto& [key, payload] : set) digest.add(key, payload);
  return digest;
}

SetHash hash_of(const std::map<Bytes, Bytes>& set) {
  SetHash hash;
  for (const auto& [key, payload] : set) hash.add(key, hash64(payload));
  return hash;
}

/// What the origin vouches for when its set is this one.
Attestation said(std::uint64_t head, const std::map<Bytes, Bytes>& set) {
  return {{1, 1}, head, 0, set.size(), hash_of(set).total(), true, 7, head, digest_of(set).value(), "", ""};
}

class VouchedTest : public ::testing::Test {
 protected:
  VouchedTest() {
    receiver.keep_digest(expand);
    vouched.set_by_others(true, receiver);
    hear(said(2, first));
    hear(snapshot(2, first, said(2, first)));
    EXPECT_EQ(receiver.replica().version(), (Version{{1, 1}, 2}));
  }
  Heard hear(const WriterMessage& message) { return vouched.receive(now, message, receiver, out); }
  static Chunk snapshot(std::uint64_t at, const std::map<Bytes, Bytes>& items, const Attestation& as) {
    Chunk chunk{{1, 1}, at, true, 0, 1, as.live, as.set_hash, {}, {}};
    for (const auto& [key, payload] : items) chunk.items.push_back({key, payload});
    return chunk;
  }
  static Push push(std::uint64_t prev, std::vector<Entry> entries, const Attestation& as) {
    return {{1, 1}, prev, as.head, as.head, as.set_hash, std::move(entries)};
  }
  std::map<Bytes, Bytes> held() const {
    std::map<Bytes, Bytes> set;
    for (const auto& [key, record] : receiver.replica().records()) set.emplace(key, record.payload);
    return set;
  }

  const std::map<Bytes, Bytes> first = {{"a", "1"}, {"b", "2"}};
  Instant now{};
  Receiver receiver{kVouchedOrigin, Options{}};
  Vouched vouched;
  Outputs out;
};

TEST_F(VouchedTest, APushCountsWithTheWordBehindIt) {
  const std::map<Bytes, Bytes> next = {{"a", "9"}};
  const Attestation word = said(4, next);
  EXPECT_EQ(hear(push(2, {{3, Op::Put, "a", "9"}, {4, Op::Del, "b", ""}}, word)), Heard::Word);
  EXPECT_EQ(held(), first);
  EXPECT_EQ(hear(word), Heard::Proof);
  EXPECT_EQ(held(), next);
}

/// Its sums are right, as somebody can make them who finds collisions of them.
TEST_F(VouchedTest, APushIsForgedWhereOnlyItsSumsAreRight) {
  Attestation word = said(3, {{"a", "9"}, {"b", "2"}});
  hear(push(2, {{3, Op::Put, "a", "9"}}, word));
  word.digest = digest_of({{"a", "8"}, {"b", "2"}}).value();
  EXPECT_EQ(hear(word), Heard::Forged);
  EXPECT_EQ(held(), first);
}

TEST_F(VouchedTest, APushOfTheSameKeyTwiceIsJudgedByItsEnd) {
  const std::map<Bytes, Bytes> next = {{"a", "9"}, {"b", "2"}};
  const Attestation word = said(4, next);
  hear(push(2, {{3, Op::Put, "a", "8"}, {4, Op::Put, "a", "9"}}, word));
  EXPECT_EQ(hear(word), Heard::Proof);
  EXPECT_EQ(held(), next);
}

TEST_F(VouchedTest, APartOfACatchUpIsFetchedAsARepair) {
  Push part = push(2, {{3, Op::Put, "a", "9"}}, said(3, {{"a", "9"}, {"b", "2"}}));
  part.head = 9;
  hear(part);
  EXPECT_TRUE(receiver.repairing());
  EXPECT_EQ(held(), first);
}

TEST_F(VouchedTest, ATransferIsForgedWhereOnlyItsSumsAreRight) {
  vouched = {};
  receiver = Receiver(kVouchedOrigin, Options{});
  receiver.keep_digest(expand);
  vouched.set_by_others(true, receiver);
  const std::map<Bytes, Bytes> set = {{"a", "9"}};
  Attestation word = said(5, set);
  word.digest = digest_of({{"a", "8"}}).value();
  hear(word);
  EXPECT_EQ(hear(snapshot(5, set, word)), Heard::Forged);
  EXPECT_EQ(receiver.replica().size(), 0U);
}

/// 2^16 times the same record adds nothing to a digest; once is enough to refuse.
TEST_F(VouchedTest, ATransferWithAKeyTwiceIsForged) {
  vouched = {};
  receiver = Receiver(kVouchedOrigin, Options{});
  receiver.keep_digest(expand);
  vouched.set_by_others(true, receiver);
  const std::map<Bytes, Bytes> set = {{"a", "9"}};
  hear(said(5, set));
  Chunk chunk = snapshot(5, set, said(5, set));
  for (int i = 0; i < 65536; ++i) chunk.items.push_back({"x", "invented"});
  EXPECT_EQ(hear(chunk), Heard::Forged);
  EXPECT_EQ(receiver.replica().size(), 0U);
}

/// What was removed is said to be so, and given again: the sums of such a repair add up, its result does not.
TEST_F(VouchedTest, ARepairKeepsNothingThatIsGone) {
  const std::map<Bytes, Bytes> next = {{"a", "1"}};
  const Attestation word = said(7, next);
  receiver.repair(now, out);
  hear(word);
  Buckets sums{{1, 1}, 7, 1, word.set_hash, hash_of(next).buckets()};
  hear(sums);
  Chunk chunk{{1, 1}, 7, false, 0, 1, 1, word.set_hash, {{"b", "2"}}, {key_hash("b")}};
  hear(chunk);
  EXPECT_NE(receiver.replica().version(), word.version());
}

TEST_F(VouchedTest, SumsOfAnotherPlaceBindNothing) {
  receiver.repair(now, out);
  EXPECT_EQ(hear(Buckets{{1, 1}, 1'000'000, 2, hash_of(first).total(), hash_of(first).buckets()}), Heard::Word);
  EXPECT_EQ(receiver.replica().seq(), 2U);
  EXPECT_EQ(hear(Buckets{{1, 1}, 2, 9, hash_of(first).total(), hash_of(first).buckets()}), Heard::Forged);
}

TEST_F(VouchedTest, APlainHeartbeatIsForged) { EXPECT_EQ(hear(said(2, first).heartbeat()), Heard::Forged); }

TEST(SetDigest, DependsOnTheSetAlone) {
  SetDigest digest = digest_of({{"a", "1"}, {"b", "2"}});
  digest.add("c", "3");
  digest.remove("a", "1");
  EXPECT_EQ(digest.value(), digest_of({{"c", "3"}, {"b", "2"}}).value());
  EXPECT_NE(digest.value(), digest_of({{"c", "3"}, {"b", "3"}}).value());
  EXPECT_NE(digest_of({{"ab", "c"}}).value(), digest_of({{"a", "bc"}}).value());
  EXPECT_EQ(digest.value().size(), kDigestBytes);
}

TEST(SetDigest, FollowsALog) {
  OwnLog log(Limits{});
  Outputs out;
  log.open({1, 1}, {{"a", "1"}, {"b", "2"}}, out);
  log.keep_digest(expand);
  log.put("c", "3", out);
  log.put("a", "7", out);
  log.erase(Instant{}, "b", out);
  EXPECT_EQ(log.digest()->value(), digest_of({{"a", "7"}, {"c", "3"}}).value());
  log.open({1, 2}, {{"d", "4"}}, out);
  EXPECT_EQ(log.digest()->value(), digest_of({{"d", "4"}}).value());
}

}  // namespace
}  // namespace syncer::replication
