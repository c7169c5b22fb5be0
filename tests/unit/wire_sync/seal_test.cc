// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/frame/seal.h"

#include <gtest/gtest.h>

#include <memory>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

namespace syncer::wire {
namespace {

/// Nonces that never repeat, as the daemon's; `node` keeps those of two syncers apart.
crypto::NonceSource counting(std::uint8_t node = 1) {
  return [n = std::uint8_t{0}, node]() mutable { return crypto::Nonce{++n, node}; };
}

Seal seal_of(const std::string& purpose, char key) {
  return {purpose, crypto::Keyring::make({Bytes(16, key)}).value(), counting()};
}

/// Type and body of the one frame.
PlainFrame taken_apart(const Bytes& frame) {
  const Bytes stream = preamble(kSyncProtocol) + frame;
  FrameReader reader(kSyncProtocol);
  ByteView input = stream;
  const auto read = reader.next(input);
  return {(*read)->type, Bytes((*read)->body)};
}

FramePlace place(const Bytes& dialer, const Bytes& acceptor, Writer writer, std::uint64_t number) {
  return {dialer, acceptor, writer, number};
}

class SealTest : public testing::Test {
 protected:
  Seal ours = seal_of("sync", 'k');
  FramePlace here = place("d", "a", Writer::Dialer, 7);
  PlainFrame sealed = taken_apart(ours.seal(9, "text", here));
};

TEST_F(SealTest, IsOpenedByWhoHasTheKey) {
  const auto opened = ours.open(sealed.type, sealed.body, here);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->type, 9);
  EXPECT_EQ(opened->body, "text");
}

TEST_F(SealTest, HoldsEveryByte) {
  for (std::size_t i = 0; i < sealed.body.size(); ++i) {
    Bytes body = sealed.body;
    body[i] = static_cast<char>(body[i] ^ 1);
    EXPECT_FALSE(ours.open(sealed.type, body, here)) << i;
    EXPECT_FALSE(ours.open(sealed.type, sealed.body.substr(0, i), here)) << i;
  }
}

TEST_F(SealTest, HoldsItsPlaceItsWriterItsStreamAndItsProtocol) {
  for (const FramePlace& other :
       {place("d", "a", Writer::Dialer, 8), place("d", "a", Writer::Acceptor, 7), place("e", "a", Writer::Dialer, 7),
        place("d", "b", Writer::Dialer, 7), place("da", "", Writer::Dialer, 7)}) {
    EXPECT_FALSE(ours.open(sealed.type, sealed.body, other));
  }
  EXPECT_FALSE(seal_of("cluster", 'k').open(sealed.type, sealed.body, here));
  EXPECT_FALSE(seal_of("sync", 'x').open(sealed.type, sealed.body, here));
}

TEST_F(SealTest, IsRequiredWhereThereAreKeysAndUnknownWhereThereAreNone) {
  EXPECT_EQ(ours.open(9, "text", here).error().code, ErrorCode::Refused);
  const Seal open("sync", {}, {});
  EXPECT_FALSE(open.open(sealed.type, sealed.body, here));
  EXPECT_EQ(open.seal(9, "text", here), encode_frame(9, "text"));
  EXPECT_TRUE(open.open(9, "text", here));
}

/// Both ends of one stream.
struct Stream {
  explicit Stream(const Seal& with) : seal(with) {
    const PlainFrame from_dialer = taken_apart(dialer.greet(seal));
    const PlainFrame from_acceptor = taken_apart(acceptor.greet(seal));
    EXPECT_EQ(acceptor.read(seal, from_dialer.type, from_dialer.body).value(), std::nullopt);
    EXPECT_EQ(dialer.read(seal, from_acceptor.type, from_acceptor.body).value(), std::nullopt);
  }
  PlainFrame say(const Bytes& body) { return taken_apart(dialer.write(seal, encode_frame(9, body))); }
  Result<std::optional<PlainFrame>> hear(const PlainFrame& said) { return acceptor.read(seal, said.type, said.body); }

  const Seal& seal;
  SealedStream dialer{Writer::Dialer};
  SealedStream acceptor{Writer::Acceptor};
};

TEST_F(SealTest, OfAStreamIsReadInOrderAndInBothDirections) {
  Stream stream(ours);
  for (const char* text : {"one", "two", "three"}) EXPECT_EQ(stream.hear(stream.say(text)).value()->body, text);
  const PlainFrame answer = taken_apart(stream.acceptor.write(ours, encode_frame(8, "answer")));
  EXPECT_EQ(stream.dialer.read(ours, answer.type, answer.body).value()->body, "answer");
}

TEST_F(SealTest, OfARecordedStreamOpensOnNoOther) {
  Stream recorded(ours);
  const PlainFrame first = recorded.say("vote");
  Stream later(ours);
  EXPECT_EQ(later.hear(first).error().code, ErrorCode::Refused);
}

TEST_F(SealTest, OfARecordedDialerOpensForNobodyWhoDrewAnotherChallenge) {
  SealedStream dialer(Writer::Dialer);
  SealedStream acceptor(Writer::Acceptor);
  SealedStream victim(Writer::Acceptor);
  const PlainFrame hello = taken_apart(dialer.greet(ours));
  const PlainFrame answer = taken_apart(acceptor.greet(ours));
  ASSERT_TRUE(dialer.read(ours, answer.type, answer.body));
  const PlainFrame said = taken_apart(dialer.write(ours, encode_frame(9, "text")));
  victim.greet(ours);
  ASSERT_TRUE(victim.read(ours, hello.type, hello.body));
  EXPECT_FALSE(victim.read(ours, said.type, said.body));
}

TEST_F(SealTest, OfAStreamTakesOneChallengeAndNotItsOwn) {
  Stream stream(ours);
  const PlainFrame second = taken_apart(SealedStream(Writer::Dialer).greet(ours));
  EXPECT_FALSE(stream.acceptor.read(ours, second.type, second.body));
  SealedStream mirrored(Writer::Dialer);
  const PlainFrame own = taken_apart(mirrored.greet(ours));
  EXPECT_FALSE(mirrored.read(ours, own.type, own.body));
  SealedStream early(Writer::Acceptor);
  early.greet(ours);
  EXPECT_EQ(early.read(ours, kSealedFrame, sealed.body).error().code, ErrorCode::Refused);
  EXPECT_FALSE(early.read(ours, kChallengeFrame, "short"));
}

TEST_F(SealTest, ChangesItsKeyUnderAStreamThatIsUp) {
  Seal old_key = seal_of("sync", 'o');
  Seal both("sync", crypto::Keyring::make({Bytes(16, 'n'), Bytes(16, 'o')}).value(), counting(2));
  SealedStream dialer(Writer::Dialer);
  SealedStream acceptor(Writer::Acceptor);
  const PlainFrame one = taken_apart(dialer.greet(old_key));
  const PlainFrame two = taken_apart(acceptor.greet(both));
  ASSERT_TRUE(acceptor.read(both, one.type, one.body));
  ASSERT_TRUE(dialer.read(old_key, two.type, two.body));
  const PlainFrame before = taken_apart(dialer.write(old_key, encode_frame(9, "before")));
  EXPECT_EQ(acceptor.read(both, before.type, before.body).value()->body, "before");
  const PlainFrame after = taken_apart(dialer.write(both, encode_frame(9, "after")));
  EXPECT_EQ(acceptor.read(both, after.type, after.body).value()->body, "after");
}

TEST_F(SealTest, OfAnOpenPoolAddsNothing) {
  const Seal open("sync", {}, {});
  SealedStream stream(Writer::Dialer);
  EXPECT_EQ(stream.greet(open), "");
  EXPECT_TRUE(stream.ready(open));
  EXPECT_EQ(stream.write(open, encode_frame(9, "text")), encode_frame(9, "text"));
  EXPECT_EQ(stream.read(open, 9, "text").value()->body, "text");
  EXPECT_EQ(stream.read(open, kChallengeFrame, Bytes(kChallengeBytes, 'c')).error().code, ErrorCode::Refused);
}

}  // namespace
}  // namespace syncer::wire
