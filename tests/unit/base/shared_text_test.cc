// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/shared_text.h"

#include <gtest/gtest.h>

#include <map>

#include "syncer/base/boxed.h"

namespace syncer {
namespace {

TEST(SharedText, IsATextThatItsCopiesShare) {
  const SharedText text("a name that is longer than a short string");
  SharedText copy = text;
  EXPECT_EQ(copy, text);
  EXPECT_EQ(&copy.str(), &text.str());
  const SharedText moved = std::move(copy);
  EXPECT_EQ(&moved.str(), &text.str());
  copy = SharedText("another");
  EXPECT_EQ(copy, "another");
  EXPECT_EQ(text.size(), 41U);
}

TEST(SharedText, OutlivesWhatItWasCopiedFrom) {
  SharedText copy;
  {
    const SharedText text(std::string("gone in a moment, and longer than a short string"));
    copy = text;
  }
  EXPECT_EQ(copy.str(), "gone in a moment, and longer than a short string");
  copy = copy;  // NOLINT(misc-self-assign): that has to be harmless, too
  EXPECT_TRUE(copy.str().starts_with("gone"));
}

TEST(SharedText, IsOrderedByContentWhoeverSharesIt) {
  EXPECT_LT(SharedText("a"), SharedText("b"));
  EXPECT_LT(SharedText(), SharedText("a"));
  EXPECT_EQ(SharedText("same"), SharedText(std::string("same")));
  EXPECT_EQ(SharedText(""), SharedText());
  EXPECT_TRUE(SharedText("").empty());
  EXPECT_GT(SharedText("b"), std::string("a"));
  const std::map<SharedText, int, std::less<>> numbers = {{"one", 1}, {"two", 2}};
  EXPECT_EQ(numbers.find(std::string_view("two"))->second, 2);
}

TEST(Boxed, IsAValueLikeAnOptional) {
  Boxed<std::string> none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none, std::optional<std::string>());
  Boxed<std::string> text = std::string("text");
  Boxed<std::string> copy = text;
  *copy += "s";
  EXPECT_EQ(*text, "text");
  EXPECT_EQ(copy, Boxed<std::string>(std::string("texts")));
  EXPECT_NE(copy, text);
  copy = none;
  EXPECT_FALSE(copy.has_value());
  copy = std::optional<std::string>("again");
  EXPECT_EQ(copy->size(), 5U);
  copy.reset();
  EXPECT_EQ(copy, none);
}

}  // namespace
}  // namespace syncer
