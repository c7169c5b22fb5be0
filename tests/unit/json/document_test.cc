// SPDX-License-Identifier: Apache-2.0
#include "syncer/json/document.h"

#include <gtest/gtest.h>

namespace syncer::json {
namespace {

bool is_plain(ByteView text) {
  Builder values;
  return read_plain(text, values);
}

TEST(Document, HoldsValuesInTheOrderOfItsText) {
  const auto document = Document::parse(R"( {"b" : [1, [], {"x":true}, "t"], "a":null} )");
  ASSERT_TRUE(document);
  const Value& root = document->root();
  std::vector<std::string> names;
  for (const Value& member : root) names.emplace_back(member.name());
  EXPECT_EQ(names, (std::vector<std::string>{"b", "a"}));
  std::vector<Type> types;
  for (const Value& element : *root.find("b")) types.push_back(element.type());
  EXPECT_EQ(types, (std::vector{Type::Number, Type::List, Type::Object, Type::Text}));
  EXPECT_TRUE(root.find("a")->is_null());
  EXPECT_EQ(root.find("c"), nullptr);
  EXPECT_EQ(root.find("b")->find("b"), nullptr) << "a list has no members";
}

TEST(Document, GivesIntegersThatFitAndNoOthers) {
  const auto numbers = Document::parse(R"({"zero":0,"most":18446744073709551615,"over":18446744073709551616,)"
                                       R"("least":-9223372036854775808,"part":1.0,"text":"1"})");
  ASSERT_TRUE(numbers);
  const auto natural = [&](const char* name) { return numbers->root().find(name)->natural(); };
  const auto integer = [&](const char* name) { return numbers->root().find(name)->integer(); };
  EXPECT_EQ(natural("zero"), 0U);
  EXPECT_EQ(natural("most"), UINT64_MAX);
  EXPECT_EQ(integer("least"), INT64_MIN);
  EXPECT_FALSE(integer("most"));
  for (const char* name : {"over", "part", "text"}) EXPECT_FALSE(natural(name)) << name;
  EXPECT_FALSE(natural("least"));
}

TEST(Document, ReadsTextsWithEscapesAndBeyondAscii) {
  const auto document = Document::parse(R"(["a\"\\\/\b\f\n\r\t\u0026b","\u00e9","é"])");
  ASSERT_TRUE(document);
  std::vector<std::string> texts;
  for (const Value& element : document->root()) texts.emplace_back(element.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"a\"\\/\b\f\n\r\t&b", "é", "é"}));
}

TEST(Document, TakesTheLastOfTwoMembersWithOneName) {
  EXPECT_EQ(Document::parse(R"({"a":1,"a":2})")->root().find("a")->natural(), 2U);
}

TEST(Document, IsNothingForWhatIsNoJson) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "01", "-", "1 2", "tru", "<html>",
                           "\"\xff\"", "\"\x01\"", "\"a", "\"\\x\"", "\"\\u12\""}) {
    EXPECT_FALSE(Document::parse(text)) << text;
  }
}

TEST(Document, IsNothingForWhatIsTooDeep) {
  EXPECT_TRUE(Document::parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(Document::parse(std::string(65, '[') + std::string(65, ']')));
  EXPECT_FALSE(Document::parse(std::string(1'000'000, '[')));
}

TEST(Document, StaysGoodWhenItIsMoved) {
  auto document = Document::parse(R"({"a":"b\nc","d":[1]})");
  const std::optional<Document> moved = std::move(document);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->root().find("a")->text(), "b\nc");
  EXPECT_TRUE(moved->root().find("d")->is_list());
}

TEST(PlainReader, ReadsWhatRegistriesSay) {
  EXPECT_TRUE(is_plain(R"({"instanceId":"i","endpoints":["rest://1:2?a=b\u0026c=d"],"status":"UP",)"
                       R"("healthCheck":{"mode":"push","interval":30,"times":3},"gone":null,"up":true,"n":-7})"));
}

TEST(PlainReader, LeavesTheRestToTheReferenceParser) {
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"" + std::to_string(i) + "\":0,";
  many.back() = '}';
  for (const std::string& text : {std::string(R"("é")"), std::string("1.5"), std::string("1e3"), std::string("-0"),
                                  std::string(R"({"a":1,"A":2})"), std::string("1234567890123456789"),
                                  std::string(R"("\u00e9")"), std::string(20, '[') + std::string(20, ']'), many}) {
    EXPECT_FALSE(is_plain(text)) << text;
    EXPECT_TRUE(Document::parse(text)) << text;
  }
}

}  // namespace
}  // namespace syncer::json
