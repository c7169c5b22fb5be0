// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

namespace syncer::httpio {
namespace {

/// What a token file with this content gives.
Result<std::string> token_of(const std::string& content) {
  const std::string path = testing::TempDir() + "syncer-token-test";
  std::ofstream(path, std::ios::binary) << content;
  ::chmod(path.c_str(), 0600);
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
  EXPECT_FALSE(read_token(testing::TempDir()));
  EXPECT_EQ(read_token(testing::TempDir() + "syncer-no-such-token").error().code, ErrorCode::NotFound);
}

TEST(Token, OfAFileThatOthersMayReadIsNotUsed) {
  const std::string path = testing::TempDir() + "syncer-token-open";
  std::ofstream(path) << "abc";
  for (const mode_t mode : {0640, 0604, 0620}) {
    ::chmod(path.c_str(), mode);
    const auto token = read_token(path);
    ASSERT_FALSE(token) << std::oct << mode;
    EXPECT_NE(to_string(token.error()).find("chmod 600"), std::string::npos) << to_string(token.error());
  }
  std::remove(path.c_str());
}

}  // namespace
}  // namespace syncer::httpio
