// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "sim/cli/diff_command.h"
#include "sim/cli/play.h"
#include "sim/cli/program.h"
#include "sim/cli/sweep_command.h"
#include "sim/report/trace_difference.h"
#include "sim/scenario/language/parse.h"
#include "sim/sweep/measures.h"
#include "sim/sweep/pareto.h"
#include "sim/sweep/variants.h"

namespace sim::sweep {
namespace {

std::string text_with(const std::string& more) {
  return R"json({
  "scenario": 1, "name": "small", "duration": "90s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"] } },
  "workloads": [ { "id": "base", "kind": "churn", "registry": "all", "services": 2, "population": 6, "from": "5s",
      "register": "1/4s", "deregister": "1/4s", "stop_heartbeat": "1/60s" } ],
  "events": [ { "id": "boot", "at": "0s", "do": "start", "who": "all" } ])json" +
         more + "}";
}

scenario::Scenario small(const std::string& more = "") {
  auto parsed = scenario::parse("small.json", text_with(more), cli::vocabulary());
  if (!parsed) throw std::invalid_argument(scenario::to_string(parsed.error()));
  return *parsed;
}

TEST(Axis, IsReadFromText) {
  const auto axis = parse_axis("w1:sync.interval=5s,10s");
  ASSERT_TRUE(axis);
  EXPECT_EQ(axis->who.text, "w1");
  EXPECT_EQ(axis->set, "sync.interval");
  EXPECT_EQ(axis->to, (std::vector<std::string>{"5s", "10s"}));
  EXPECT_EQ(parse_axis("sync.interval=5s")->who.text, "all");
  for (const char* wrong : {"", "sync.interval", "=5s", "a=", "a=1,,2", ":a=1"})
    EXPECT_FALSE(parse_axis(wrong)) << wrong;
}

TEST(Variants, AreEveryCombinationOverTheFilesOwnSettings) {
  const auto scenario = small();
  const auto all =
      variants(scenario, {*parse_axis("sync.interval=5s,10s"), *parse_axis("w1:gossip.interval=100ms,300ms")},
               cli::vocabulary());
  ASSERT_TRUE(all) << scenario::to_string(all.error());
  ASSERT_EQ(all->size(), 4U);
  EXPECT_EQ(all->at(1).text, "sync.interval=5s w1:gossip.interval=300ms");
  const auto& config = all->at(1).scenario.config;
  const auto of_w1 = std::find_if(config.begin(), config.end(), [](const auto& b) { return b.who.text == "w1"; });
  ASSERT_NE(of_w1, config.end());
  EXPECT_EQ(of_w1->settings.pairs, (scenario::Pairs{{"join", "e1"}, {"gossip.interval", "300ms"}}));
}

TEST(Variants, TellWhatIsWrongWithAValue) {
  const auto all = variants(small(), {*parse_axis("sync.interval=5s,soon")}, cli::vocabulary());
  ASSERT_FALSE(all);
  EXPECT_NE(scenario::to_string(all.error()).find("soon"), std::string::npos) << scenario::to_string(all.error());
}

TEST(Matrix, StandsInTheFile) {
  const auto scenario = small(R"(, "matrix": [ { "set": "sync.interval", "to": ["5s", "20s"] } ])");
  ASSERT_EQ(scenario.matrix.size(), 1U);
  EXPECT_EQ(variants(scenario, scenario.matrix, cli::vocabulary())->size(), 2U);
  for (const char* wrong :
       {R"([ { "set": "sync.interval", "to": [] } ])", R"([ { "set": "sync.intervall", "to": ["5s"] } ])",
        R"([ { "set": "sync.interval", "to": ["soon"] } ])", R"([ { "to": ["5s"] } ])"}) {
    const auto parsed =
        scenario::parse("small.json", text_with(std::string(R"(, "matrix": )") + wrong), cli::vocabulary());
    EXPECT_FALSE(parsed) << wrong;
  }
}

Outcome outcome(const char* text, int seconds, std::uint64_t bytes, std::uint64_t requests, std::uint64_t failed = 0) {
  Outcome o;
  o.text = text;
  o.visible_p99 = std::chrono::seconds(seconds);
  o.bytes = bytes;
  o.requests = requests;
  o.failed = failed;
  return o;
}

TEST(Outcomes, KnowTheBest) {
  std::vector<Outcome> all = {outcome("fast", 1, 100, 100), outcome("cheap", 9, 10, 10), outcome("worse", 9, 11, 10),
                              outcome("broken", 0, 0, 0, 1)};
  mark_best(all);
  EXPECT_TRUE(all[0].is_best);
  EXPECT_TRUE(all[1].is_best);
  EXPECT_FALSE(all[2].is_best);
  EXPECT_FALSE(all[3].is_best);
  const std::string picture = pareto_picture("a < b", all);
  EXPECT_TRUE(picture.starts_with("<svg ")) << picture;
  EXPECT_NE(picture.find("a &lt; b"), std::string::npos);
  EXPECT_NE(picture.find("class=\"failed\""), std::string::npos);
}

TEST(Measures, ChangeNothingAndShowThePrice) {
  const auto scenario = small();
  const scenario::RunResult plain = cli::play(scenario, 1);
  const scenario::RunResult measured = cli::play(with_measures(scenario), 1);
  EXPECT_EQ(plain.digest, measured.digest);
  EXPECT_EQ(measured.verdict, scenario::Verdict::Ok);
  report::Suite suite;
  suite.results = {measured};
  const Outcome o = outcome_of("x", {}, suite);
  EXPECT_GT(o.visible_p99, Duration::zero());
  EXPECT_GE(o.visible_p99, o.visible_p50);
  EXPECT_GT(o.bytes, 0U);
  EXPECT_GT(o.requests, 0U);
}

TEST(Difference, NamesTheFirstLineWithWhatStandsAround) {
  const std::vector<std::string> a = {"1", "2", "3", "4"};
  EXPECT_FALSE(report::difference(a, a, 2));
  const auto parted = report::difference(a, {"1", "2", "3", "5", "6"}, 2);
  ASSERT_TRUE(parted);
  EXPECT_EQ(parted->common, 3U);
  EXPECT_EQ(parted->before, (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(parted->first, (std::vector<std::string>{"4"}));
  EXPECT_EQ(parted->second, (std::vector<std::string>{"5", "6"}));
  EXPECT_NE(to_text(*report::difference(a, {"1"}, 2)).find("+ (the end)"), std::string::npos);
}

class Commands : public testing::Test {
 protected:
  Commands() {
    file_ = folder_.path() + "/small.json";
    std::ofstream(file_) << text_with(R"(, "matrix": [ { "set": "sync.interval", "to": ["2s", "20s"] } ])");
    arguments_.files = {file_};
    arguments_.jobs = 1;
    arguments_.seeds = std::pair<std::uint64_t, std::uint64_t>(1, 2);
  }

  const cli::ScratchFolder folder_;
  std::string file_;
  cli::Arguments arguments_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Commands, SweepComparesTheMatrixOfTheFile) {
  arguments_.json = true;
  arguments_.svg = folder_.path() + "/sweep.svg";
  EXPECT_EQ(cli::sweep_settings(arguments_, out_, err_), 0) << err_.str();
  const auto rows = nlohmann::json::parse(out_.str());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("settings"), "sync.interval=2s");
  EXPECT_LT(rows[0].at("visible_p99_ns"), rows[1].at("visible_p99_ns"));
  EXPECT_GT(rows[0].at("requests"), rows[1].at("requests"));
  EXPECT_GT(std::filesystem::file_size(arguments_.svg), 1000U);
}

TEST_F(Commands, SweepWantsSomethingThatVaries) {
  arguments_.set = {"sync.interval"};
  EXPECT_EQ(cli::sweep_settings(arguments_, out_, err_), 2);
  std::ofstream(file_) << text_with("");
  arguments_.set = {};
  EXPECT_EQ(cli::sweep_settings(arguments_, out_, err_), 2);
  EXPECT_NE(err_.str().find("--set"), std::string::npos);
}

TEST_F(Commands, DiffOfEqualRunsIsEmpty) {
  arguments_.with = folder_.path() + "/same.json";
  std::ofstream(arguments_.with) << R"({ "w1": { "join": "e1" } })";
  EXPECT_EQ(cli::diff_runs(arguments_, out_, err_), 0) << out_.str() << err_.str();
}

TEST_F(Commands, DiffTellsWhereOtherSettingsPart) {
  arguments_.with = "sync.interval=2s";
  EXPECT_EQ(cli::diff_runs(arguments_, out_, err_), 1) << err_.str();
  EXPECT_NE(out_.str().find("then they part"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("registry.requests.mean"), std::string::npos) << out_.str();
}

TEST_F(Commands, DiffRefusesWhatIsNeither) {
  for (const std::string with : {"/nowhere", "sync.interval=soon", "sync.interval=1s,2s", "nokey=1s"}) {
    arguments_.with = with;
    EXPECT_EQ(cli::diff_runs(arguments_, out_, err_), 2) << with;
  }
  EXPECT_NE(err_.str().find("/nowhere"), std::string::npos) << err_.str();
}

TEST_F(Commands, DiffRunsAnotherProgram) {
  // A program that plays nothing is told from one that plays the same.
  arguments_.with = folder_.path() + "/other";
  std::ofstream(arguments_.with) << "#!/bin/sh\necho nothing\n";
  std::filesystem::permissions(arguments_.with, std::filesystem::perms::owner_all);
  EXPECT_EQ(cli::diff_runs(arguments_, out_, err_), 2);
  EXPECT_NE(err_.str().find("played nothing"), std::string::npos) << err_.str();
}

}  // namespace
}  // namespace sim::sweep
