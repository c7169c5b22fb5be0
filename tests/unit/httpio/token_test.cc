// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/token.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace syncer::httpio {
namespace {

/// What a token file with this content gives.
Result<std::string> token_of(const std::string& content) {
  const std::string path = testing::TempDir() + "syncer-token-test";
  std::ofstream(path, std::ios::binary) << content;
  auto token = read_token(path);
  std::remove(path.c_str());
  return token;
}

TEST(Token, IsWhatIsLeftWithoutWhatEditorsAndPeopleAdd) {
  for (const char* content : {"abc.def-1", "abc.def-1\n", " abc.def-1\r\n", "Bearer abc.def-1\n", "bearer\tabc.def-1",
                              "\xef\xbb\xbf"
                              "abc.def-1\n",
                              "\xef\xbb\xbf"
                              "Bearer  abc.def-1"}) {
    const auto token = token_of(content);
    ASSERT_TRUE(token) << content << ": " << to_string(token.error());
    EXPECT_EQ(*token, "abc.def-1") << content;
  }
  EXPECT_EQ(token_of("bearertoken").value(), "bearertoken");
}

TEST(Token, IsRefusedInWordsWhenItIsNone) {
  for (const std::string content : {"", "\n", "\xef\xbb\xbf", "two words", "abc\ndef\n", "Basic abc", "t\xc3\xb6ken",
                                    "a\x01"
                                    "b"}) {
    const auto token = token_of(content);
    ASSERT_FALSE(token) << content;
    EXPECT_EQ(token.error().code, ErrorCode::Invalid) << content;
  }
  EXPECT_EQ(read_token(testing::TempDir()).error().code, ErrorCode::Io);
  EXPECT_EQ(read_token(testing::TempDir() + "syncer-no-such-token").error().code, ErrorCode::Io);
}

}  // namespace
}  // namespace syncer::httpio
