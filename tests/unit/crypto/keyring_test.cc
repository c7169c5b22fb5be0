// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/keyring.h"

#include <gtest/gtest.h>

namespace syncer::crypto {
namespace {

const Bytes kFirst(16, 'a');
const Bytes kSecond(32, 'b');

Keyring two_keys() { return Keyring::make({kFirst, kSecond}).value(); }

TEST(Keyring, TheKeyInUseIsTheFirst) {
  Keyring ring = two_keys();
  ASSERT_TRUE(ring.use(Keyring::id(kSecond)));
  EXPECT_EQ(ring.keys(), (std::vector<Bytes>{kSecond, kFirst}));
  EXPECT_EQ(ring.use("00000000").error().code, ErrorCode::NotFound);
}

TEST(Keyring, TheKeyInUseStays) {
  Keyring ring = two_keys();
  EXPECT_EQ(ring.remove(Keyring::id(kFirst)).error().code, ErrorCode::Refused);
  ASSERT_TRUE(ring.remove(Keyring::id(kSecond)));
  EXPECT_EQ(ring.keys(), std::vector<Bytes>{kFirst});
}

TEST(Keyring, InstallsAKeyOnceAndOnlyALengthOfAes) {
  Keyring ring = two_keys();
  ASSERT_TRUE(ring.install(kFirst));
  EXPECT_EQ(ring.keys().size(), 2U);
  EXPECT_EQ(ring.install(Bytes(20, 'c')).error().code, ErrorCode::Invalid);
}

TEST(Keyring, IsBounded) {
  Keyring ring;
  for (std::size_t i = 0; i < kMaxKeys; ++i) ASSERT_TRUE(ring.install(Bytes(16, static_cast<char>('a' + i))));
  EXPECT_FALSE(ring.install(Bytes(24, 'z')));
}

TEST(KeyringFile, ComesBackAsItWasWritten) {
  EXPECT_EQ(parse_keyring(keyring_text(two_keys())).value().keys(), two_keys().keys());
}

TEST(KeyringFile, IsThatOfSerf) {
  const auto ring = parse_keyring("[\n  \"YWFhYWFhYWFhYWFhYWFhYQ==\"\n]");
  ASSERT_TRUE(ring) << to_string(ring.error());
  EXPECT_EQ(ring->keys(), std::vector<Bytes>{kFirst});
}

TEST(KeyringFile, RefusesWhatIsNoListOfKeys) {
  for (const char* text : {"", "{}", "[]", "[1]", "[\"\"]", "[\"YWFh\"]", "[\"not base64 at all!!!!\"]", "[\"====\"]",
                           "[\"YWFhYWFhYWFhYWFhYWFhYR==\"]", "[\"YWFhYWFhYWFhYWFhYWFhYQ==\"", "[[[[[[[["}) {
    EXPECT_FALSE(parse_keyring(text)) << text;
  }
  EXPECT_FALSE(parse_keyring("[" + std::string(kMaxKeyringFile, ' ') + "]"));
}

TEST(KeyringFile, ItsErrorsTellNoKey) {
  const auto ring = parse_keyring("[\"c2VjcmV0c2VjcmV0\"]");
  ASSERT_FALSE(ring);
  EXPECT_EQ(to_string(ring.error()).find("c2Vj"), std::string::npos);
}

}  // namespace
}  // namespace syncer::crypto
