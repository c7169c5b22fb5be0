// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/file.h"

#include <gtest/gtest.h>

namespace syncer::config {
namespace {

std::string error_of(std::string_view text) {
  const auto values = parse_file(text, "f.json");
  return values ? "no error" : to_string(values.error());
}

TEST(ConfigFile, NestedAndDottedKeysListsNumbersAndCommentsAreRead) {
  const auto values = parse_file(R"({
    // where the region's services are
    "sc-addr": ["http://10.0.0.10:30100", "http://10.0.0.11:30100"],
    "log": {"level": "debug"},
    "gossip.fanout": 4 /* more than usual */
  })",
                                 "f.json");
  ASSERT_TRUE(values) << to_string(values.error());
  EXPECT_EQ(values->at("sc-addr").text, "http://10.0.0.10:30100,http://10.0.0.11:30100");
  EXPECT_EQ(values->at("log.level"), (Value{"debug", "f.json:4:22"}));
  EXPECT_EQ(values->at("gossip.fanout"), (Value{"4", "f.json:5:22"}));
}

TEST(ConfigFile, AnUnknownKeyIsNamedWithItsPlaceAndTheNearestWord) {
  EXPECT_EQ(error_of("{\n  \"sync\": {\n    \"holt\": \"1s\"}}"),
            "f.json:3:5: unknown key \"sync.holt\", did you mean \"sync.hold\"?");
  EXPECT_EQ(error_of("{\"sc-adr\": \"x\"}").rfind("f.json:1:2: unknown key \"sc-adr\", did you mean \"sc-addr\"?", 0),
            0U)
      << error_of("{\"sc-adr\": \"x\"}");
}

TEST(ConfigFile, AKeyGivenTwiceIsAnErrorAlsoUnderItsOtherName) {
  EXPECT_EQ(error_of("{\"sc-addr\": \"a\",\n \"registry.addresses\": \"b\"}"),
            "f.json:2:2: \"sc-addr\" is given twice, first at f.json:1:13");
}

TEST(ConfigFile, ASyntaxErrorHasItsPlace) {
  EXPECT_EQ(error_of("{\n  \"node\": \"a\"\n  \"mode\": \"single\"\n}").rfind("f.json:3:", 0), 0U)
      << error_of("{\n  \"node\": \"a\"\n  \"mode\": \"single\"\n}");
  EXPECT_NE(error_of(""), "no error");
  EXPECT_NE(error_of("{\"node\": \"a\"} x"), "no error");
}

TEST(ConfigFile, ValuesWithoutMeaningAreRefused) {
  EXPECT_EQ(error_of("[1]"), "f.json:1:1: a list of lists has no meaning here");
  EXPECT_EQ(error_of("7"), "f.json:1:1: the file must hold one JSON object");
  EXPECT_EQ(error_of("{\"node\": null}"), "f.json:1:10: null is no value; leave the key out");
  EXPECT_EQ(error_of("{\"join\": [{}]}"), "f.json:1:10: a list holds texts or numbers");
}

TEST(ConfigFile, APolicyIsKeptAsATextWithoutItsComments) {
  const auto values = parse_file(R"({"node": "a",
    "policy": {"export": [ /* at home */ {"deny": {"app": ["a\"b", "c"]}}], "confirm-share": "1/5",
               "withdrawals-per-second": 5}, "mode": "single"})",
                                 "f.json");
  ASSERT_TRUE(values) << to_string(values.error());
  EXPECT_EQ(values->at("policy").text,
            R"({"export":[{"deny":{"app":["a\"b","c"]}}],"confirm-share":"1/5","withdrawals-per-second":5})");
  EXPECT_EQ(values->at("policy").origin, "f.json:2:15");
  EXPECT_EQ(values->at("mode").text, "single");
}

TEST(ConfigFile, AMemberGivenTwiceInAPolicyIsAnError) {
  EXPECT_EQ(error_of(R"({"policy": {"export": [{"deny": {}, "deny": {}}]}})"), "f.json:1:37: \"deny\" is given twice");
  EXPECT_EQ(error_of(R"({"policy": {"export": [{"deny": {}}, {"deny": {}}]}})"), "no error");
  EXPECT_EQ(error_of(R"({"policy": [{}]})"), "f.json:1:12: a list holds texts or numbers");
}

TEST(Merge, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  const Values file = {{"log.level", {"error", "f:1:1"}}, {"node", {"n", "f:2:1"}}, {"mode", {"single", "f:3:1"}}};
  const Values flags = {{"log.level", {"trace", "--log.level"}}};
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SYNCER_NODE" || name == "SYNCER_LOG_LEVEL") return "env";
    return std::nullopt;
  };
  const Values merged = merge(flags, environment, file);
  EXPECT_EQ(merged.at("log.level"), (Value{"trace", "--log.level"}));
  EXPECT_EQ(merged.at("node"), (Value{"env", "SYNCER_NODE"}));
  EXPECT_EQ(merged.at("mode"), (Value{"single", "f:3:1"}));
  EXPECT_EQ(merged.at("rpc-addr"), (Value{"0.0.0.0:30191", "default"}));
}

TEST(Keys, EveryKeyHasItsOwnEnvironmentName) {
  std::map<std::string, std::string> seen;
  for (const Key& key : keys()) {
    EXPECT_TRUE(seen.emplace(environment_name(key.name), key.name).second) << key.name;
    EXPECT_EQ(canonical_key(key.name), key.name);
  }
  EXPECT_EQ(environment_name("sync.hold"), "SYNCER_SYNC_HOLD");
}

TEST(File, AFolderIsNoConfiguration) {
  const auto values = read_file(testing::TempDir());
  ASSERT_FALSE(values);
  EXPECT_NE(to_string(values.error()).find("directory"), std::string::npos) << to_string(values.error());
}

}  // namespace
}  // namespace syncer::config
