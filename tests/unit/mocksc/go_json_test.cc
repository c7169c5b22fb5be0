// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/json/go_json.h"

#include <gtest/gtest.h>

namespace mocksc {
namespace {

std::string read(const std::string& text, const std::string& name) {
  const auto document = syncer::json::Document::parse(text);
  std::string error;
  GoReader reader(document->root(), "discovery.Instance", error);
  std::string value = "absent";
  reader.text(name, value);
  return value;
}

// As `json.Unmarshal` of Go 1.2x fills a struct.
TEST(GoReader, FoldsNamesAsGoDoes) {
  EXPECT_EQ(read(R"({"InstanceID":"a"})", "instanceId"), "a");
  EXPECT_EQ(read(R"({"in\u017ftanceId":"a"})", "instanceId"), "a") << "a long s is an s";
  EXPECT_EQ(read("{\"in\xc5\xbftanceId\":\"a\"}", "instanceId"), "a");
  EXPECT_EQ(read(R"({"LBStrategy\u212a":"a"})", "LBStrategyk"), "a") << "a Kelvin sign is a k";
  EXPECT_EQ(read(R"({"instance Id":"a"})", "instanceId"), "absent");
  EXPECT_EQ(read(R"({"instänceId":"a"})", "instanceId"), "absent");
}

TEST(GoReader, TakesTheLastOfSeveral) {
  EXPECT_EQ(read(R"({"InstanceId":"b","instanceId":"a"})", "instanceId"), "a");
  EXPECT_EQ(read(R"({"instanceId":"a","InstanceId":null})", "instanceId"), "a") << "null changes no text";
}

}  // namespace
}  // namespace mocksc
