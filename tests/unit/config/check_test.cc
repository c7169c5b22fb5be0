// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/check.h"

#include <gtest/gtest.h>

namespace syncer::config {
namespace {

Findings check(std::string_view text) {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "STATE_DIRECTORY" ? std::optional<std::string>("/nowhere") : std::nullopt;
  };
  return check_text(text, "f.json", environment);
}

std::string errors(std::string_view text) {
  std::string all;
  for (const Error& error : check(text).errors) all += to_string(error) + "\n";
  return all;
}

std::string warnings(const std::string& inside) {
  const Findings findings = check(
      "{\"cluster-name\": \"east\", \"node\": \"e1\", \"bind-addr\": \"127.0.0.1:30190\", "
      "\"rpc-addr\": \"127.0.0.1:30191\"" +
      (inside.empty() ? "" : ", " + inside) + "}");
  EXPECT_TRUE(findings.errors.empty()) << inside << to_string(findings.errors.front());
  std::string all;
  for (const std::string& warning : findings.warnings) all += warning + "\n";
  return all;
}

TEST(ConfigCheck, TellsAllMistakesAtOnceWithTheirPlaces) {
  const std::string found = errors(R"({
  "sc-adr": ["http://10.0.0.10:30100"],
  "sync": {"hold": "forever", "hold": "2m"},
  "log": {"level": "loud", "format": "json"},
  "node": null,
  "mode": "both",
  "guard": {"share": "half"},
  "cluster-name": "a b"
})");
  for (const char* part :
       {"f.json:2:3: unknown key \"sc-adr\", did you mean \"sc-addr\"?", "f.json:3:31: \"sync.hold\" is given twice",
        "f.json:3:20: sync.hold: \"forever\"", "f.json:4:20: \"loud\" is not one of", "f.json:5:11: null is no value",
        "f.json:6:11: mode:", "f.json:7:22: guard.share:", "f.json:8:19: cluster-name:"})
    EXPECT_NE(found.find(part), std::string::npos) << part << " is not in\n" << found;
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 8) << found;
}

TEST(ConfigCheck, TwoWrongKeysInARowAndAWrongListAreEachTold) {
  const std::string found = errors(R"({"a": [1, 2], "b": {"c": 1}, "d": "x", "join-addr": ["nowhere", "b,c"]})");
  for (const char* part : {"\"a\"", "\"b.c\"", "\"d\"", "a comma cannot be part"})
    EXPECT_NE(found.find(part), std::string::npos) << part << " is not in\n" << found;
}

TEST(ConfigCheck, WhatBreaksTheStructureEndsIt) {
  EXPECT_NE(errors("{\"node\": \"a\",, \"mode\": \"both\"}").find("f.json:1:14: "), std::string::npos)
      << errors("{\"node\": \"a\",, \"mode\": \"both\"}");
}

TEST(ConfigCheck, ASchemaIsForEditorsAndOnlyAtTheTop) {
  EXPECT_EQ(errors("{\"$schema\": \"https://example.org/syncer.schema.json\", \"cluster-name\": \"east\"}"), "");
  EXPECT_NE(errors("{\"log\": {\"$schema\": \"x\"}}"), "");
}

TEST(ConfigCheck, NothingFoolishIsNothingSaid) { EXPECT_EQ(warnings(""), ""); }

TEST(ConfigCheck, WarnsOfWhatIsLegalAndFoolish) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("sync.hold": "5s")", "sync.hold = 5s: copies go with every cut"},
      {R"("sync.longest-interval": "20s")", "the promise of 30 seconds does not hold"},
      {R"("sync.forget": "1m")", "sync.forget = 1m: a region is forgotten before"},
      {R"("log.level": "debug")", "syncer log-level debug --for 10m"},
      {R"("guard.share": "100%")", "only the loss of a whole region is held"},
      {R"("guard.hold": "10s")", "guard.hold = 10s: shorter than a lease"},
      {R"("join-addr": "127.0.0.1:30191")", "names this syncer itself"},
      {R"("join-addr": "10.0.0.9:30190")", "other machines cannot reach this syncer"},
      {R"("cluster.voters": 5)", "cluster.voters = 5: means nothing in mode single"},
      {R"("mode": "cluster", "cluster.voters": 4)", "an even number bears no more losses"},
      {R"("admin.token-file": "/t")", "admin.token-file = /t: means nothing without admin-addr"},
      {R"("registry.ca-file": "/ca.pem")", "no address of sc-addr begins with https://"},
  };
  for (const auto& [inside, expected] : cases) {
    const std::string said = warnings(inside);
    EXPECT_NE(said.find(expected), std::string::npos) << inside << ": " << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
  const Findings nameless = check("{}");
  ASSERT_FALSE(nameless.warnings.empty());
  EXPECT_NE(nameless.warnings.back().find("follows from the name of this machine"), std::string::npos);
}

}  // namespace
}  // namespace syncer::config
