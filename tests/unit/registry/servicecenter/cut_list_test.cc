// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/servicecenter/answers.h"

namespace syncer::registry::servicecenter {
namespace {

using Elements = std::vector<ByteView>;

TEST(CutLists, LeavesANumberForEachElement) {
  const CutText cut =
      cut_lists(R"({"a":[{"list":[{"x":"]"},{"y":[1,{}]}],"b":1},{"list" : [ 7 , "t\",]" ]}]})", "list");
  EXPECT_EQ(cut.frame, R"({"a":[{"list":[0,1],"b":1},{"list" : [2,3 ]}]})");
  EXPECT_EQ(cut.elements, (Elements{R"({"x":"]"})", R"({"y":[1,{}]})", "7", R"("t\",]")"}));
}

TEST(CutLists, KeepsAListWithinAnElement) {
  const CutText cut = cut_lists(R"({"list":[{"list":[1,2]}]})", "list");
  EXPECT_EQ(cut.frame, R"({"list":[0]})");
  EXPECT_EQ(cut.elements, Elements{R"({"list":[1,2]})"});
}

TEST(CutLists, LeavesOtherThingsOfThatNameAlone) {
  for (const char* text : {R"({"list":{"a":[1]}})", R"({"a":"list"})", R"(["list",[1]])", R"({"list":[]})",
                           R"({"a":"\"list\":[1,2]"})", "", R"("list")", R"("list":)"}) {
    const CutText cut = cut_lists(text, "list");
    EXPECT_EQ(cut.frame, text);
    EXPECT_TRUE(cut.elements.empty()) << text;
  }
}

TEST(CutLists, StaysWithinATextThatEndsEarly) {
  const std::string whole = R"({"list":[{"a":"b\"c"},[1,2]]})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::size_t bytes = 0;
    for (const ByteView element : cut_lists(whole.substr(0, size), "list").elements) bytes += element.size();
    EXPECT_LE(bytes, size);
  }
}

}  // namespace
}  // namespace syncer::registry::servicecenter
