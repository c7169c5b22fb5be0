// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {
namespace {

TEST(BodyMemo, DecodesABodyOnceUntilAnotherTakesItsPlace) {
  BodyMemo<std::string> memo;
  int decoded = 0;
  const auto decode = [&](std::string_view body) -> ApiResult<std::string> {
    ++decoded;
    return "<" + std::string(body) + ">";
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*memo.read("a", decode).value(), "<a>");
  EXPECT_EQ(decoded, 1);
  for (int i = 0; i < 100; ++i) {
    const std::string body = std::to_string(i);
    EXPECT_EQ(*memo.read(body, decode).value(), "<" + body + ">");
  }
  EXPECT_EQ(*memo.read("a", decode).value(), "<a>");
}

TEST(BodyMemo, AsksAgainAfterAnError) {
  BodyMemo<std::string> memo;
  int asked = 0;
  const auto refuse_all = [&](std::string_view) -> ApiResult<std::string> {
    ++asked;
    return refuse(kInvalidParams, "no");
  };
  EXPECT_FALSE(memo.read("a", refuse_all));
  EXPECT_FALSE(memo.read("a", refuse_all));
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace mocksc
