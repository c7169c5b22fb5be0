// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/body_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <vector>

namespace syncer::httpio {
namespace {

/// One stored block for each part, so that texts that begin alike are packed alike as far as that goes.
Bytes gzip(const std::vector<Bytes>& parts) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(1U << 20U, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (Bytes part : parts) {
    stream.next_in = reinterpret_cast<Bytef*>(part.data());
    stream.avail_in = static_cast<uInt>(part.size());
    EXPECT_EQ(deflate(&stream, Z_FULL_FLUSH), Z_OK);
  }
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes words(std::size_t count, char first) {
  Bytes text;
  for (std::size_t i = 0; i < count; ++i) text += first + std::to_string(i * 7919) + ",";
  return text;
}

Result<Bytes> unpacked(ByteView packed, std::size_t piece, Recall recall) {
  BodyDecoder decoder(1U << 20U);
  if (const auto begun = decoder.expect_gzip(std::move(recall)); !begun) return tl::unexpected(begun.error());
  for (; !packed.empty(); packed.remove_prefix(std::min(piece, packed.size()))) {
    if (const auto added = decoder.add(packed.substr(0, piece)); !added) return tl::unexpected(added.error());
  }
  return decoder.take();
}

struct BodyDecoderTest : testing::Test {
  const Bytes begin = words(10'000, 'a');
  const Bytes packed = gzip({begin, words(500, 'b')});
  const Recall recall{std::make_shared<UnpackedBodies>(), "list"};
  BodyDecoderTest() { EXPECT_TRUE(unpacked(packed, packed.size(), recall)); }
};

TEST_F(BodyDecoderTest, UnpacksWhatIsTheSameOnce) {
  const auto kept = recall.bodies->find("list");
  ASSERT_TRUE(kept);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, packed.size()})
    EXPECT_EQ(unpacked(packed, piece, recall), begin + words(500, 'b'));
  EXPECT_EQ(recall.bodies->find("list"), kept) << "it was not unpacked again";
}

/// Whatever else comes is what it is without a memory.
TEST_F(BodyDecoderTest, UnpacksWhatBecomesAnotherFromThere) {
  std::vector<Bytes> others = {gzip({begin, words(500, 'c')}), gzip({begin}), gzip({words(10'000, 'd')}),
                               gzip({begin, words(500, 'b'), "more"}), packed + "more"};
  for (const Bytes& other : others) {
    for (const std::size_t piece : {std::size_t{997}, other.size()}) {
      EXPECT_EQ(unpacked(other, piece, recall), unpacked(other, piece, {})) << other.size();
      EXPECT_EQ(unpacked(other, piece, recall), unpacked(other, piece, {})) << other.size();
    }
  }
}

TEST_F(BodyDecoderTest, KnowsAnAnswerThatIsCutOff) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{50}, packed.size() / 2, packed.size() - 1}) {
    const auto cut = unpacked(packed.substr(0, size), size, recall);
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::Corrupt);
  }
  Bytes broken = packed;
  broken[broken.size() - 6] = static_cast<char>(broken[broken.size() - 6] + 1);  // of its checksum
  EXPECT_FALSE(unpacked(broken, broken.size(), recall));
}

TEST(UnpackedBodiesTest, KeepsNoMoreThanThereIsRoomFor) {
  UnpackedBodies bodies(300'000);
  const auto body = [](std::size_t size) { return UnpackedBodies::Body{Bytes(1000, 'p'), Bytes(size, 't')}; };
  bodies.keep("small", body(1000));
  EXPECT_FALSE(bodies.find("small"));
  bodies.keep("a", body(100'000));
  bodies.keep("b", body(100'000));
  bodies.keep("c", body(100'000));
  EXPECT_FALSE(bodies.find("a")) << "nobody may ask for it again";
  EXPECT_TRUE(bodies.find("c"));
  EXPECT_EQ(bodies.size(), 101'000U);
  bodies.keep("c", body(1000));
  EXPECT_FALSE(bodies.find("c")) << "it is not what comes under this key any more";
  bodies.keep("d", body(400'000));
  EXPECT_EQ(bodies.size(), 0U);
}

}  // namespace
}  // namespace syncer::httpio
