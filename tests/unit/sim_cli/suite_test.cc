// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "sim/cli/arguments.h"
#include "sim/cli/play.h"
#include "sim/cli/workers.h"
#include "sim/report/event_text.h"
#include "sim/report/summary.h"
#include "sim/report/trace.h"
#include "syncer/registry/record.h"

namespace sim::cli {
namespace {

using report::Suite;
using scenario::RunResult;
using scenario::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;

RunResult result_of(std::uint64_t seed) {
  RunResult r;
  r.seed = seed;
  r.digest = seed * 7;
  r.findings.timings = {{"seen", seconds(30), {milliseconds(static_cast<std::int64_t>(100 * seed))}}};
  return r;
}

TEST(Workers, ACrashCostsOneSeedAndTheRestGoesOn) {
  const auto play = [](std::uint64_t seed) {
    if (seed == 3) std::abort();
    if (seed == 5) throw std::runtime_error("five");
    return result_of(seed);
  };
  const Harvest harvest = play_in_workers({1, 2, 3, 4, 5, 6, 7}, 2, play, [](const Harvest&) {});
  ASSERT_EQ(harvest.results.size(), 5U);
  EXPECT_EQ(harvest.results.back().seed, 7U);
  ASSERT_EQ(harvest.crashes.size(), 2U);
  EXPECT_EQ(harvest.crashes[0].seed, 3U);
  EXPECT_EQ(harvest.crashes[0].how, "signal 6");
  EXPECT_EQ(harvest.crashes[1].how, "exit code 70: five");
}

/// The first of five runs ends when the last one has: whoever is free has to take that one.
TEST(Workers, ARunThatTakesLongHoldsUpNoOther) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const auto play = [&](std::uint64_t seed) {
    char byte = 'x';
    if (seed == 1 && ::read(ends[0], &byte, 1) != 1) std::abort();
    if (seed == 5 && ::write(ends[1], &byte, 1) != 1) std::abort();
    return result_of(seed);
  };
  const Harvest harvest = play_in_workers({1, 2, 3, 4, 5}, 2, play, [](const Harvest&) {});
  EXPECT_EQ(harvest.results.size(), 5U);
  EXPECT_TRUE(harvest.crashes.empty());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Suites, AreGivenInOrderUntilSomebodyHasEnough) {
  std::vector<scenario::Scenario> scenarios;
  for (const char* name : {"s0", "s1", "s2"}) {
    const auto parsed = scenario::parse("small.json", R"({
      "scenario": 1, "name": "small", "duration": "5s",
      "topology": { "regions": { "east": { "registry": "east", "syncers": ["e1"] } } },
      "events": [{ "at": "0s", "do": "start", "who": "all" }]
    })",
                                        vocabulary());
    ASSERT_TRUE(parsed) << scenario::to_string(parsed.error());
    scenarios.push_back(*parsed);
    scenarios.back().name = name;
  }
  Arguments arguments;
  arguments.jobs = 2;
  arguments.seeds = std::pair(1, 3);
  std::vector<std::string> given;
  play_suites(scenarios, arguments, [&](Suite&& suite) {
    std::string seeds;
    for (const RunResult& run : suite.results) seeds += " " + std::to_string(run.seed);
    given.push_back(suite.name + seeds);
    return given.size() < 2;
  });
  EXPECT_EQ(given, (std::vector<std::string>{"s0 1 2 3", "s1 1 2 3"}));
}

TEST(Seeds, MayReachTheLargestNumber) {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  const scenario::Scenario any;
  EXPECT_EQ(seeds_of(any, std::pair(kLast, kLast)), (std::vector<std::uint64_t>{kLast}));
  EXPECT_EQ(seeds_of(any, std::pair(kLast - 1, kLast)), (std::vector<std::uint64_t>{kLast - 1, kLast}));
}

TEST(Trace, StampsEachLineWithTheTimeOfItsEvent) {
  scenario::Topology topology;
  topology.regions.emplace_back().syncers = {"e1"};
  const scenario::Names names(topology);
  std::ostringstream out;
  report::Trace trace(names, [&](report::TraceLine&& line) { out << to_string(line) << "\n"; });
  trace.before_event(syncer::Instant(seconds(3)));
  trace.on_host_change(0, host::HostChange::Started);
  trace.before_event(syncer::Instant(seconds(4)));
  trace.on_host_change(0, host::HostChange::Crashed);
  EXPECT_EQ(out.str(), "3s  e1  process started\n4s  e1  process crashed\n");
}

TEST(EventText, NamesTheRecordOfAnEvent) {
  syncer::registry::RecordKey key;
  key.kind = syncer::registry::RecordKind::Instance;
  key.service.name = "cart";
  key.id = "cart-1";
  const std::string encoded = syncer::registry::encode_key(key);
  syncer::Field field{"key", encoded};
  EXPECT_EQ(report::field_text(field), "key=" + syncer::registry::readable_key(encoded));
  field.text = "no record";
  EXPECT_EQ(report::field_text(field), "key=no record");
}

TEST(ResultText, IsReadBackEqual) {
  RunResult r = result_of(9);
  r.verdict = Verdict::Violated;
  r.digest = ~std::uint64_t{0};
  r.findings.violations = {{"seen", {"f.json", 3, 4}, syncer::instant(77), 12, {"a \"fact\"\n", "another"}}};
  r.findings.undecided = {"why"};
  r.findings.metrics = {{"net.bytes_sent", -5}};
  const auto again = report::from_line(report::to_line(r));
  ASSERT_TRUE(again);
  EXPECT_EQ(report::to_line(*again), report::to_line(r));
  EXPECT_EQ(again->findings.violations, r.findings.violations);
  EXPECT_FALSE(report::from_line("{\"seed\": \"x\"}"));
}

TEST(Summary, GivesNearestRankQuantilesAndTheSeedOfTheWorst) {
  Suite suite;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) suite.results.push_back(result_of(seed));
  const auto all = report::quantiles(suite);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].p50, milliseconds(5000));
  EXPECT_EQ(all[0].p99, milliseconds(9900));
  EXPECT_EQ(all[0].max, milliseconds(10000));
  EXPECT_EQ(all[0].max_seed, 100U);
  EXPECT_NE(report::to_text(suite).find("slack 20s"), std::string::npos);
}

TEST(Summary, ShowsNoNegativeSlack) {
  Suite suite;
  suite.results = {result_of(400)};  // 40 s, the expectation bounds the first convergence with 30 s
  const std::string text = report::to_text(suite);
  EXPECT_EQ(text.find("slack"), std::string::npos) << text;
  EXPECT_NE(text.find("over by 10s"), std::string::npos) << text;
}

TEST(Summary, ExitCodeIsThatOfTheWorst) {
  Suite suite;
  suite.results = {result_of(1), result_of(2)};
  EXPECT_EQ(report::exit_code(suite), 0);
  suite.results[0].verdict = Verdict::Undecided;
  EXPECT_EQ(report::exit_code(suite), 3);
  suite.results[1].verdict = Verdict::Violated;
  EXPECT_EQ(report::exit_code(suite), 1);
  suite.nondeterminism.push_back({1, "x"});
  EXPECT_EQ(report::exit_code(suite), 4);
  suite.crashes.push_back({1, "signal 11"});
  EXPECT_EQ(report::exit_code(suite), 70);
}

TEST(Summary, AFailurePrintsTheLineThatReplaysIt) {
  Suite suite;
  suite.file = "scenarios/x.json";
  suite.results = {result_of(77)};
  suite.results[0].verdict = Verdict::Violated;
  const scenario::Place place{"scenarios/x.json", 34, 5};
  suite.results[0].findings.violations = {{"seen", place, syncer::Instant(seconds(50)), 8, {"fact"}}};
  const std::string text = report::to_text(suite);
  EXPECT_NE(text.find("violated seen  scenarios/x.json:34  seed 77  at 50s, event 8"), std::string::npos) << text;
  EXPECT_NE(text.find("syncsim run scenarios/x.json --seed 77\n"), std::string::npos) << text;
}

TEST(Summary, WritesDurationsForPeople) {
  EXPECT_EQ(report::brief(milliseconds(850)), "850ms");
  EXPECT_EQ(report::brief(milliseconds(6140)), "6.1s");
  EXPECT_EQ(report::brief(milliseconds(-6140)), "-6.1s");
  EXPECT_EQ(report::brief(std::chrono::microseconds(12)), "12us");
}

int exit_of(std::vector<const char*> argv) {
  argv.insert(argv.begin(), "syncsim");
  std::ostringstream out;
  std::ostringstream err;
  const auto parsed = parse_arguments(static_cast<int>(argv.size()), argv.data(), out, err);
  const int* code = std::get_if<int>(&parsed);
  return code == nullptr ? -1 : *code;
}

TEST(Arguments, MistakesEndWithTwoAndHelpWithZero) {
  EXPECT_EQ(exit_of({"--help"}), 0);
  EXPECT_EQ(exit_of({}), 2);
  EXPECT_EQ(exit_of({"run"}), 2);
  EXPECT_EQ(exit_of({"run", "f", "--seed", "x"}), 2);
  EXPECT_EQ(exit_of({"run", "f", "--seeds", "5-1"}), 2);
  EXPECT_EQ(exit_of({"run", "f", "--seed", "1", "--seeds", "1-2"}), 2);
  EXPECT_EQ(exit_of({"run", "f", "--trace", "t"}), 2);
  EXPECT_EQ(exit_of({"shrink", "f"}), 2);
  EXPECT_EQ(exit_of({"run", "f", "--seeds", "1-5", "--jobs", "3", "--json"}), -1);
}

TEST(Arguments, FoldersStandForTheScenariosBelowThem) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / "syncsim_folders";
  fs::remove_all(root);
  fs::create_directories(root / "b" / "deep");
  fs::create_directories(root / "empty");
  for (const char* name : {"b/deep/2.json", "b/1.json", "b/notes.md", "a.json"}) std::ofstream(root / name) << "{}";
  const std::string folder = root.string();
  const char* argv[] = {"syncsim", "check", "first", folder.c_str()};
  std::ostringstream err;
  const auto parsed = parse_arguments(4, argv, err, err);
  ASSERT_TRUE(std::holds_alternative<Arguments>(parsed)) << err.str();
  const std::vector<std::string> want = {"first", folder + "/a.json", folder + "/b/1.json", folder + "/b/deep/2.json"};
  EXPECT_EQ(std::get<Arguments>(parsed).files, want);
  EXPECT_EQ(exit_of({"run", (folder + "/empty").c_str()}), 2);
}

}  // namespace
}  // namespace sim::cli
