// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/frame/pack.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "syncer/wire/frame/frame.h"

namespace syncer::wire {
namespace {

constexpr StreamProtocol kPackTest{"TEST", 1, "test"};

/// Type and body of one whole frame.
std::pair<std::uint8_t, Bytes> parts_of_packed(const Bytes& frame) {
  FrameReader reader(kPackTest);
  const Bytes stream = preamble(kPackTest) + frame;
  ByteView rest = stream;
  const auto read = reader.next(rest);
  return {(*read)->type, Bytes((*read)->body)};
}

Bytes packed(ByteView content) {
  Bytes out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), content.data(), content.size(), 3));
  return out;
}

TEST(Pack, BringsAFrameBack) {
  Bytes body;
  for (int i = 0; i < 1000; ++i) body += "instance-" + std::to_string(i) + " of the same service;";
  const Bytes frame = encode_frame(20, body);
  const Bytes small = pack_frame(frame);
  EXPECT_LT(small.size(), frame.size() / 4);
  const auto [type, content] = parts_of_packed(small);
  ASSERT_EQ(type, kPackedType);
  const auto back = unpack_frame(content);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->type, 20);
  EXPECT_EQ(back->body, body);
  EXPECT_EQ(pack_frame(frame), small) << "equal frames give equal bytes";
}

TEST(Pack, LeavesAFrameThatDoesNotShrink) {
  const Bytes frame = encode_frame(20, "short");
  EXPECT_EQ(pack_frame(frame), frame);
}

/// One repeated character, or a short pattern: a frame that shrinks further than a reader takes it goes as it is.
TEST(Pack, PacksNothingThatAReaderTakesForABomb) {
  Bytes pattern;
  while (pattern.size() < 300'000) pattern += "pattern9;";
  for (const Bytes& body : {Bytes(300'000, 'a'), pattern, Bytes(20'000, 'a')}) {
    const Bytes frame = encode_frame(20, body);
    const auto [type, content] = parts_of_packed(pack_frame(frame));
    if (type != kPackedType) {
      EXPECT_EQ(content, body);
      continue;
    }
    const auto back = unpack_frame(content);
    ASSERT_TRUE(back.has_value()) << body.size() << " bytes in " << content.size();
    EXPECT_EQ(back->body, body);
  }
}

TEST(Pack, UnpacksNoBomb) {
  const Bytes large(kMaxFrame + 1, 'a');
  const auto beyond = unpack_frame(packed(large));
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(beyond.error().code, ErrorCode::TooLarge);
  const auto dense = unpack_frame(packed(Bytes(kMaxFrame, 'a')));
  ASSERT_FALSE(dense.has_value()) << "within the limit, out of next to nothing";
  EXPECT_EQ(dense.error().code, ErrorCode::TooLarge);
}

TEST(Pack, RefusesWhatIsDamaged) {
  Bytes body;
  for (int i = 0; i < 1000; ++i) body += std::to_string(i * i);
  const Bytes good = packed(body);
  for (const Bytes& bad : {Bytes(), Bytes("nonsense"), good.substr(0, good.size() / 2), good + "more", packed("")}) {
    const auto back = unpack_frame(bad);
    ASSERT_FALSE(back.has_value());
    EXPECT_EQ(back.error().code, ErrorCode::Corrupt);
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    static_cast<void>(unpack_frame(bad));  // whatever comes of it, it ends
  }
}

}  // namespace
}  // namespace syncer::wire
