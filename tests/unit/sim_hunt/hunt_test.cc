// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sim/check/judge.h"
#include "sim/cli/hunt_command.h"
#include "sim/cli/hunt_log.h"
#include "sim/cli/program.h"
#include "sim/hunt/corpus.h"
#include "sim/hunt/generator.h"
#include "sim/scenario/language/writer.h"

namespace sim::hunt {
namespace {

using syncer::Random;

TEST(Generator, MakesLegalScenariosOfEveryKind) {
  std::set<std::string> deeds;
  std::set<std::size_t> regions;
  std::set<std::string> kinds;
  for (std::uint64_t n = 0; n < 400; ++n) {
    const Genome genome = draw_genome(Random(1).stream(n));
    const auto scenario = generate(genome, check::vocabulary());
    ASSERT_TRUE(scenario) << to_string(genome) << "\n" << scenario::to_string(scenario.error());
    regions.insert(scenario->topology.regions.size());
    for (const auto& registry : scenario->topology.registries) kinds.insert(registry.kind);
    for (const auto& event : scenario->events) {
      deeds.insert(nlohmann::json::parse(scenario::to_json(event)).at("do").get<std::string>());
    }
  }
  EXPECT_EQ(regions, (std::set<std::size_t>{2, 3, 4}));
  EXPECT_EQ(kinds, (std::set<std::string>{"eureka", "nacos", "servicecenter"}));
  EXPECT_GE(deeds.size(), 18U) << testing::PrintToString(deeds);
}

TEST(Generator, GivesTheSameForTheSameGenome) {
  const Genome genome = draw_genome(Random(7));
  EXPECT_EQ(scenario::to_json(*generate(genome, check::vocabulary())),
            scenario::to_json(*generate(genome, check::vocabulary())));
}

TEST(Genome, ChangesInFewSectionsAndInTheSeed) {
  const Genome parent = draw_genome(Random(3));
  for (std::uint64_t n = 0; n < 100; ++n) {
    const Genome child = mutate(parent, Random(5).stream(n));
    std::size_t same = 0;
    for (std::size_t i = 0; i < Genome::kGenes; ++i) same += child.genes[i] == parent.genes[i] ? 1 : 0;
    EXPECT_GE(same, 3U);
    EXPECT_NE(child.genes[Genome::Seed], parent.genes[Genome::Seed]);
  }
}

TEST(Corpus, KeepsWhoReachedSomethingNewOrMoreOfIt) {
  Corpus corpus;
  const Genome a = draw_genome(Random(1));
  EXPECT_TRUE(corpus.add(a, {{"x", 1}}));
  EXPECT_FALSE(corpus.add(draw_genome(Random(2)), {{"x", 1}}));
  EXPECT_TRUE(corpus.add(draw_genome(Random(3)), {{"x", 100}})) << "far more often";
  EXPECT_TRUE(corpus.add(draw_genome(Random(4)), {{"x", 1}, {"y", 1}}));
  EXPECT_EQ(corpus.size(), 3U);
  EXPECT_EQ(corpus.points(), 2U);
}

TEST(Corpus, PrefersRelativesOfTheRarest) {
  Corpus corpus;
  const Genome rare = draw_genome(Random(1));
  const Genome common = draw_genome(Random(2));
  corpus.add(common, {{"a", 1}, {"b", 1}, {"c", 1}});
  corpus.add(rare, {{"rare", 1}});
  for (std::uint64_t n = 0; n < 50; ++n) corpus.add(common, {{"a", 1}, {"b", 1}, {"c", 1}});
  const auto relatives_of = [&](const Genome& parent) {
    std::size_t count = 0;
    for (std::uint64_t n = 0; n < 200; ++n) {
      const Genome next = corpus.next(Random(9).stream(n));
      std::size_t same = 0;
      for (std::size_t i = 0; i < Genome::kGenes; ++i) same += next.genes[i] == parent.genes[i] ? 1 : 0;
      count += same >= 3 ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(relatives_of(rare), relatives_of(common));
  EXPECT_GT(relatives_of(rare), 50U);
}

class HuntInAFolder : public testing::Test {
 protected:
  HuntInAFolder() {
    arguments_.files = {folder_.path() + "/hunt"};
    arguments_.jobs = 1;
    arguments_.cases = 4;
    arguments_.shrinks = false;
    arguments_.seeds = std::pair<std::uint64_t, std::uint64_t>(11, 11);
  }
  int hunt() { return cli::hunt_faults(arguments_, out_, err_); }
  std::vector<cli::HuntCase> cases() const {
    cli::HuntLog log(arguments_.files.front());
    EXPECT_TRUE(log.open());
    return log.former();
  }

  const cli::ScratchFolder folder_;
  cli::Arguments arguments_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(HuntInAFolder, GoesOnWhereItEnded) {
  hunt();
  const auto first = cases();
  ASSERT_EQ(first.size(), 4U);
  EXPECT_GT(first[0].events, 1000U);
  EXPECT_FALSE(first[0].reached.empty()) << "the first reaches much that is new";
  hunt();
  const auto both = cases();
  ASSERT_EQ(both.size(), 8U);
  std::set<std::uint64_t> numbers;
  for (const auto& one : both) numbers.insert(one.number);
  EXPECT_EQ(numbers.size(), 8U);
  EXPECT_NE(err_.str().find("going on after 4 cases"), std::string::npos);
}

TEST_F(HuntInAFolder, SurvivesALineThatWasCutShort) {
  hunt();
  std::ofstream(arguments_.files.front() + "/log.jsonl", std::ios::app) << R"({"case": 99, "geno)";
  EXPECT_EQ(cases().size(), 4U);
  hunt();
  EXPECT_EQ(cases().size(), 8U);
}

TEST_F(HuntInAFolder, TakesItsShareOfTheCases) {
  arguments_.shard = {1, 3};
  hunt();
  for (const auto& one : cases()) EXPECT_EQ(one.number % 3, 1U);
}

TEST_F(HuntInAFolder, RefusesAFolderThatIsNone) {
  arguments_.files = {"/proc/nowhere"};
  EXPECT_EQ(hunt(), 2);
  EXPECT_NE(err_.str().find("/proc/nowhere"), std::string::npos);
}

}  // namespace
}  // namespace sim::hunt
