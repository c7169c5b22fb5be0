// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/debugger.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim::debug {
namespace {

/// `when` waits for a predicate, so that the run changes between its two ways of passing time.
constexpr const char* kText = R"json({
  "scenario": 1, "name": "prepared", "duration": "60s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"] } },
  "events": [
    { "id": "boot", "at": "0s", "do": "start", "who": "all" },
    { "id": "reg", "at": "20s", "do": "registry.register", "registry": "sc-e", "service": { "name": "cart" },
      "instance": "cart-1" },
    { "id": "shown", "when": { "mirrored": "cart-1", "in": "sc-w" }, "after": "reg", "within": "20s",
      "do": "crash", "who": "w1" } ],
  "expect": [ { "id": "stays-up", "never": { "down": "w1" }, "from": "10s" } ] })json";

scenario::Scenario prepared() {
  auto parsed = scenario::parse("prepared.json", kText, check::vocabulary());
  if (!parsed) throw std::invalid_argument(scenario::to_string(parsed.error()));
  return *parsed;
}

class DebuggerTest : public testing::Test {
 protected:
  std::string tell(const std::string& line) {
    const Reply reply = debugger_.execute(line);
    EXPECT_TRUE(reply.ok) << line << ": " << reply.text;
    return reply.text;
  }
  std::uint64_t event() const { return debugger_.run().event(); }
  bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  const scenario::Scenario scenario_ = prepared();
  Debugger debugger_{scenario_, 1};
};

TEST_F(DebuggerTest, AStepwiseRunIsTheSameRun) {
  tell("continue");
  ASSERT_TRUE(debugger_.run().ended());
  const auto judge = check::make_judge(scenario_);
  const scenario::RunResult whole = scenario::run(scenario_, 1, *judge);
  EXPECT_EQ(debugger_.run().result().digest, whole.digest);
  EXPECT_EQ(debugger_.run().result().events, whole.events);
  EXPECT_EQ(debugger_.run().violations(), whole.findings.violations);
  EXPECT_EQ(whole.findings.violations.size(), 1U);
}

TEST_F(DebuggerTest, StopsAtATimeAnEventALabelAndALine) {
  tell("break at 15s");
  EXPECT_TRUE(says(tell("continue"), "break") &&
              debugger_.run().world().now() >= syncer::Instant(std::chrono::seconds(15)));
  EXPECT_LT(debugger_.run().world().now(), syncer::Instant(std::chrono::seconds(16)));
  const std::uint64_t number = event() + 100;
  tell("break event " + std::to_string(number));
  tell("c");
  EXPECT_EQ(event(), number);
  tell("break label reg");
  EXPECT_TRUE(says(tell("c"), "label reg"));
  EXPECT_EQ(debugger_.run().world().now(), syncer::Instant(std::chrono::seconds(20)));
  tell("break line instance_registered");
  EXPECT_TRUE(says(tell("c"), "sc-w  instance_registered"));
}

TEST_F(DebuggerTest, StopsWhenAStateBeginsToHold) {
  tell("break if sc-w /copies == 1");
  tell("break if e1 /status/ready == true");
  EXPECT_TRUE(says(tell("c"), "breakpoint 2"));
  EXPECT_EQ(tell("state e1 /status/ready"), "true\n");
  tell("delete 2");
  EXPECT_TRUE(says(tell("c"), "breakpoint 1"));
  EXPECT_EQ(tell("state sc-w /copies"), "1\n");
  const auto registry = nlohmann::json::parse(tell("state sc-w"));
  EXPECT_EQ(registry.at("services").begin()->begin()->at("copy_of").at("instance"), "cart-1");
}

TEST_F(DebuggerTest, StopsAtAViolation) {
  tell("break violation");
  const std::string text = tell("c");
  EXPECT_TRUE(says(text, "breakpoint 1: violation")) << text;
  EXPECT_FALSE(debugger_.run().ended());
  EXPECT_TRUE(says(tell("violations"), "stays-up"));
  EXPECT_EQ(nlohmann::json::parse(tell("state w1")).at("alive"), false);
}

TEST_F(DebuggerTest, GoesBackToWhereItWas) {
  tell("goto 30s");
  const std::uint64_t there = event();
  const std::string state = tell("state e1");
  tell("next 50");
  EXPECT_EQ(event(), there + 50);
  tell("back 50");
  EXPECT_EQ(event(), there);
  EXPECT_EQ(tell("state e1"), state);
  tell("c");
  tell("goto " + std::to_string(there));
  EXPECT_EQ(tell("state e1"), state);
}

TEST_F(DebuggerTest, FollowsOneNode) {
  tell("goto 30s");
  for (int i = 0; i < 5; ++i) {
    tell("next e1");
    EXPECT_EQ(debugger_.run().moment().acted, std::vector<host::NodeIndex>{0});
  }
}

TEST_F(DebuggerTest, ShowsLinesOfAWindow) {
  tell("c");
  const std::string text = tell("log 19s 41s who=sc-e");
  EXPECT_TRUE(says(text, "sc-e  ")) << text;
  EXPECT_FALSE(says(text, "  e1  ")) << text;
  EXPECT_TRUE(says(tell("log 0s grep=node.started"), "node.started"));
}

TEST_F(DebuggerTest, RefusesWhatItDoesNotUnderstand) {
  const std::pair<const char*, const char*> wrong[] = {{"nxet", "next"},
                                                       {"break", "wants"},
                                                       {"break at noon", "noon"},
                                                       {"break event x", "x"},
                                                       {"break somewhere else", "wants"},
                                                       {"break if e9 /a == 1", "e9"},
                                                       {"break if e1 a == 1", "pointer"},
                                                       {"break if e1 /a is 1", "is"},
                                                       {"state", "wants"},
                                                       {"state w2", "w1"},
                                                       {"state e1 /nothing", "/nothing"},
                                                       {"next e9", "e9"},
                                                       {"next 0", "0"},
                                                       {"back x", "x"},
                                                       {"goto", "wants"},
                                                       {"goto there", "there"},
                                                       {"log there", "there"},
                                                       {"delete 1", "breakpoint"}};
  for (const auto& [line, part] : wrong) {
    const Reply reply = debugger_.execute(line);
    EXPECT_FALSE(reply.ok) << line;
    EXPECT_TRUE(says(reply.text, part)) << line << ": " << reply.text;
  }
}

}  // namespace
}  // namespace sim::debug
