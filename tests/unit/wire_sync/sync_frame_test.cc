// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>
#include <vector>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

namespace syncer::wire {
namespace {

using Frames = std::vector<std::pair<std::uint8_t, Bytes>>;

/// Feeds a stream in pieces of the given size; the frames up to the first error.
std::pair<Frames, std::optional<Error>> read_all(ByteView stream, std::size_t piece,
                                                 std::size_t* most_buffered = nullptr) {
  FrameReader reader(kSyncProtocol);
  Frames frames;
  while (!stream.empty()) {
    ByteView input = stream.substr(0, piece);
    stream.remove_prefix(input.size());
    while (true) {
      const auto frame = reader.next(input);
      if (most_buffered != nullptr) *most_buffered = std::max(*most_buffered, reader.buffered());
      if (!frame) return {frames, frame.error()};
      if (!*frame) break;
      frames.emplace_back((*frame)->type, Bytes((*frame)->body));
    }
  }
  return {frames, std::nullopt};
}

RC_GTEST_PROP(SyncFrame, ComesBackHoweverTheStreamIsCut, (const Frames& frames)) {
  Bytes stream = preamble(kSyncProtocol);
  for (const auto& [type, body] : frames) stream += encode_frame(type, body);
  const auto piece = *rc::gen::inRange<std::size_t>(1, 40);
  const auto [read, error] = read_all(stream, piece);
  RC_ASSERT(!error);
  RC_ASSERT(read == frames);
}

RC_GTEST_PROP(SyncFrame, IsRefusedWhenAnyOctetOfItChanged, (const Bytes& body)) {
  const Bytes good = preamble(kSyncProtocol) + encode_frame(7, body);
  Bytes bad = good;
  const auto at = *rc::gen::inRange<std::size_t>(0, bad.size());
  const auto flip = *rc::gen::inRange(1, 256);
  bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ static_cast<unsigned>(flip));
  RC_ASSERT(read_all(bad, bad.size()).first.empty());
}

RC_GTEST_PROP(SyncFrame, SurvivesAnyOctets, (const Bytes& noise)) {
  read_all(noise, 3);
  std::size_t most = 0;
  read_all(preamble(kSyncProtocol) + noise, 5, &most);
  RC_ASSERT(most <= noise.size() + preamble(kSyncProtocol).size());
}

TEST(SyncFrame, BuffersOneFrameAtMost) {
  Bytes stream = preamble(kSyncProtocol);
  for (int i = 0; i < 100; ++i) stream += encode_frame(1, Bytes(1000, 'x'));
  std::size_t most = 0;
  EXPECT_EQ(read_all(stream, stream.size(), &most).first.size(), 100U);
  EXPECT_LE(most, 1000 + kFrameOverhead);
}

TEST(SyncFrame, RefusesADeclaredLengthOverTheLimitBeforeItsOctetsCome) {
  Bytes stream = preamble(kSyncProtocol);
  ByteWriter(stream).u32(kMaxFrame);
  const auto [frames, error] = read_all(stream, stream.size());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::TooLarge);
}

TEST(SyncFrame, RefusesAnotherProtocolAtItsFirstOctet) {
  const auto [frames, error] = read_all("G", 1);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::Corrupt);
}

TEST(SyncFrame, NamesTheVersionItDoesNotSpeak) {
  Bytes stream(kSyncProtocol.magic);
  stream.push_back('\x63');
  const auto [frames, error] = read_all(stream, 2);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::Unsupported);
  EXPECT_EQ(error->detail, "sync protocol version 99 is not supported, this is 1");
}

}  // namespace
}  // namespace syncer::wire
