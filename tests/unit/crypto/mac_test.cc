// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/mac.h"

#include <gtest/gtest.h>

namespace syncer::crypto {
namespace {

std::string hex(ByteView bytes) {
  std::string digits;
  for (const char c : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    digits += kDigits[static_cast<std::uint8_t>(c) >> 4U];
    digits += kDigits[static_cast<std::uint8_t>(c) & 15U];
  }
  return digits;
}

// The test cases 1, 2 and 6 of RFC 4231.
TEST(Mac, IsThatOfTheStandard) {
  EXPECT_EQ(hex(hmac_sha256(Bytes(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(Bytes(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Mac, IsComparedWhole) {
  EXPECT_TRUE(same_mac("abc", "abc"));
  EXPECT_FALSE(same_mac("abc", "abd"));
  EXPECT_FALSE(same_mac("abc", "ab"));
  EXPECT_TRUE(same_mac("", ""));
}

}  // namespace
}  // namespace syncer::crypto
