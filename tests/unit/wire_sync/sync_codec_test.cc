// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

namespace syncer::wire {
namespace {

using namespace replication;  // NOLINT(google-build-using-namespace): the messages this file is about

std::uint64_t number() { return *rc::gen::arbitrary<std::uint64_t>(); }
bool coin() { return *rc::gen::arbitrary<bool>(); }
Bytes text() { return *rc::gen::resize(20, rc::gen::arbitrary<Bytes>()); }
/// No record is without a key.
Bytes key() { return "k" + text(); }
std::size_t few() { return *rc::gen::inRange<std::size_t>(0, 5); }
Epoch epoch() { return Epoch{number(), number()}; }
Hash128 hash() { return Hash128{number(), number()}; }

Push any_push() {
  Push push{epoch(), *rc::gen::inRange<std::uint64_t>(0, 1000), 0, 0, {}, {}};
  push.last = push.prev;
  for (std::size_t n = few(); n > 0; --n) {
    const Op op = coin() ? Op::Put : Op::Del;
    push.last += *rc::gen::inRange<std::uint64_t>(1, 9);
    push.entries.push_back({push.last, op, key(), op == Op::Put ? text() : Bytes()});
  }
  push.head = push.last + few();
  if (push.head == push.last) push.set_hash = hash();
  return push;
}

Buckets any_buckets() {
  Buckets buckets{epoch(), number(), number(), hash(), {}};
  for (std::uint64_t& sum : buckets.sums) sum = number();
  return buckets;
}

Chunk any_chunk() {
  Chunk chunk{epoch(), number(), coin(), 3, 7, number(), hash(), {}, {}};
  for (std::size_t n = few(); n > 0; --n) chunk.items.push_back({key(), text()});
  for (std::size_t n = few(); n > 0; --n) chunk.absent.push_back(number());
  return chunk;
}

BucketRequest any_bucket_request() {
  BucketRequest request{epoch(), number(), {1, 7, 255}, {}};
  for (std::size_t n = few(); n > 0; --n) request.pairs.push_back({number(), number()});
  std::sort(request.pairs.begin(), request.pairs.end());
  return request;
}

std::vector<std::string> names(const std::string& initial) {
  std::vector<std::string> some;
  for (std::size_t n = few(); n > 0; --n) some.push_back(initial + std::string(some.size(), 'x'));
  return some;
}

Ways any_ways() {
  Ways ways;
  for (std::size_t n = few(); n > 0; --n) {
    Way way{text(), number(), {text(), text()}, {coin(), {}}};
    if (!way.scope.everyone) way.scope.regions = names("r");
    ways.ways.push_back(std::move(way));
  }
  return ways;
}

replication::Attestation any_attestation() {
  return {epoch(), number(), number(), number(), hash(), coin(), number(), number(), text(), text(), text()};
}

SyncMessage any_message() {
  const Endpoint rpc = Endpoint::v4(10, 0, 0, 1, 30191);
  switch (*rc::gen::inRange(0, 22)) {
    case 0:
      return Hello{text(), text(), number(), coin(), epoch(), number()};
    case 1:
      return Welcome{text(), text(), number(), epoch(), number()};
    case 2:
      return Refuse{text(), text(), text(), coin()};
    case 3:
      return Redirect{rpc};
    case 4:
      return WriterMessage(Heartbeat{epoch(), number(), number(), number(), hash(), coin()});
    case 5:
      return WriterMessage(any_push());
    case 6:
      return WriterMessage(Reset{epoch(), number()});
    case 7:
      return WriterMessage(any_buckets());
    case 8:
      if (coin()) return WriterMessage(any_attestation());
      return WriterMessage(any_chunk());
    case 9:
      return ReaderMessage(Ack{epoch(), number(), hash()});
    case 10:
      return ReaderMessage(Pull{epoch(), number()});
    case 11:
      return ReaderMessage(BucketsRequest{epoch()});
    case 12:
      return ReaderMessage(any_bucket_request());
    case 13:
      return ReaderMessage(SnapshotRequest{epoch()});
    case 14:
      return Question{text(), text(), coin() ? Question::Kind::Explain : Question::Kind::Differ, text()};
    case 15:
      return Answer{text(), text(), text()};
    case 16:
      return any_ways();
    case 17:
      return WaysWanted{};
    case 18:
      return Follow{text(), names("n")};
    case 19:
      return Passed{text(), any_push()};
    case 20:
      return Returned{text(), any_bucket_request()};
    default:
      return ReaderMessage(ChunkRequest{epoch(), number(), 9});
  }
}

Result<SyncMessage> decode_frame(const Bytes& frame) {
  FrameReader reader(kSyncProtocol);
  const Bytes stream = preamble(kSyncProtocol) + frame;
  ByteView input = stream;
  const auto parts = reader.next(input);
  if (!parts) return tl::unexpected<Error>(parts.error());
  return decode_sync((*parts)->type, (*parts)->body);
}

RC_GTEST_PROP(SyncCodec, BringsEveryMessageBack, ()) {
  const SyncMessage message = any_message();
  const Result<SyncMessage> back = decode_frame(encode_sync(message));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == message);
}

RC_GTEST_PROP(SyncCodec, RefusesEveryTruncation, ()) {
  const Bytes frame = encode_sync(any_message());
  const auto type = static_cast<std::uint8_t>(frame[4]);
  const ByteView body = ByteView(frame).substr(5, frame.size() - kFrameOverhead);
  RC_PRE(!body.empty());
  const auto size = *rc::gen::inRange<std::size_t>(0, body.size());
  RC_ASSERT(!decode_sync(type, body.substr(0, size)).has_value());
}

RC_GTEST_PROP(SyncCodec, HasOneEncodingOfWhatItAccepts, (const Bytes& noise)) {
  const auto type = *rc::gen::element<std::uint8_t>(1, 2, 3, 16, 17, 18, 20, 32, 33, 35, 37, 64, 66, 67, 68);
  const Result<SyncMessage> message = decode_sync(type, noise);
  if (message) RC_ASSERT(decode_frame(encode_sync(*message)).value() == *message);
}

TEST(SyncCodec, KeepsAHeartbeatAndItsAcknowledgementUnder128Octets) {
  const Epoch late{3, 100'000};
  const Hash128 full{~0ULL, ~0ULL};
  const std::size_t there =
      encode_sync(WriterMessage(Heartbeat{late, 1ULL << 40U, 1ULL << 40U, 1'000'000, full, true})).size();
  const std::size_t back = encode_sync(ReaderMessage(Ack{late, 1ULL << 40U, full})).size();
  EXPECT_LE(there + back, 128U);
}

TEST(SyncCodec, AddsLittleToASingleChange) {
  const Bytes key(80, 'k');
  const Bytes payload(300, 'p');
  Push push{{1, 1000}, 1'000'000, 1'000'001, 1'000'001, Hash128{1, 1}, {{1'000'001, Op::Put, key, payload}}};
  EXPECT_LE(encode_sync(WriterMessage(push)).size(), key.size() + payload.size() + 64);
}

TEST(SyncCodec, AboutAThirdRegionThereAreRecordsAndQuestionsAlone) {
  const auto wrapped = [](const SyncMessage& inner, std::uint8_t type) {
    const Bytes frame = encode_sync(inner);
    Bytes body;
    ByteWriter writer(body);
    writer.string("far");
    writer.raw(ByteView(frame).substr(4, frame.size() - 8));
    return decode_sync(type, body);
  };
  constexpr std::uint8_t kPassed = 67;
  constexpr std::uint8_t kReturned = 68;
  const SyncMessage heartbeat = WriterMessage(Heartbeat{{1, 1}, 1, 0, 1, {}, true});
  EXPECT_TRUE(wrapped(heartbeat, kPassed).has_value());
  EXPECT_FALSE(wrapped(heartbeat, kReturned).has_value());
  EXPECT_FALSE(wrapped(ReaderMessage(Pull{{1, 1}, 1}), kPassed).has_value());
  EXPECT_FALSE(wrapped(Hello{"a", "b", 1, true, {1, 1}, 1}, kPassed).has_value());
  EXPECT_FALSE(wrapped(Passed{"x", Heartbeat{{1, 1}, 1, 0, 1, {}, true}}, kPassed).has_value());
}

TEST(SyncCodec, NamesNoWayLongerThanTheProtocolCarries) {
  Ways ways{{{"far", 1, {}, {true, {}}}}};
  ways.ways.front().via.assign(kMaxVia, "x");
  EXPECT_TRUE(decode_frame(encode_sync(SyncMessage(ways))).has_value());
  ways.ways.front().via.emplace_back("x");
  EXPECT_FALSE(decode_frame(encode_sync(SyncMessage(ways))).has_value());
  EXPECT_FALSE(decode_frame(encode_sync(SyncMessage(Follow{"far", {"b", "a"}}))).has_value());
}

TEST(SyncCodec, RefusesAnUnknownType) {
  const auto message = decode_sync(99, "");
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::Unsupported);
}

/// A record takes more memory than octets: a packed frame of a few thousand may hold millions of next to nothing.
TEST(SyncCodec, RefusesMoreRecordsThanAnyWriterSends) {
  const auto is_read = [](const WriterMessage& message) { return decode_frame(encode_sync(message)).has_value(); };
  Push push{{1, 1}, 0, kMaxRecords, kMaxRecords, {}, {}};
  for (std::uint64_t seq = 1; seq <= kMaxRecords; ++seq) push.entries.push_back({seq, Op::Del, "k", {}});
  EXPECT_TRUE(is_read(push));
  push.entries.push_back({++push.last, Op::Del, "k", {}});
  push.head = push.last;
  EXPECT_FALSE(is_read(push));
  Chunk chunk{{1, 1}, 9, true, 0, 1, 9, {}, std::vector<Chunk::Item>(kMaxRecords, {"k", {}}), {}};
  EXPECT_TRUE(is_read(chunk));
  chunk.items.push_back({"k", {}});
  EXPECT_FALSE(is_read(chunk));
}

TEST(SyncCodec, RefusesARecordWithoutAKey) {
  const Push push{{1, 1}, 0, 1, 1, {}, {{1, Op::Put, "", "payload"}}};
  EXPECT_FALSE(decode_frame(encode_sync(WriterMessage(push))).has_value());
  const Chunk chunk{{1, 1}, 9, true, 0, 1, 1, {}, {{"", "payload"}}, {}};
  EXPECT_FALSE(decode_frame(encode_sync(WriterMessage(chunk))).has_value());
}

TEST(SyncCodec, RefusesAKeyOverTheLimit) {
  const Push push{{1, 1}, 0, 1, 1, {}, {{1, Op::Put, Bytes(1025, 'k'), "v"}}};
  EXPECT_FALSE(decode_frame(encode_sync(WriterMessage(push))).has_value());
}

}  // namespace
}  // namespace syncer::wire
