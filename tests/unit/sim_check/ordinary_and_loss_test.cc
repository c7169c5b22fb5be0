// SPDX-License-Identifier: Apache-2.0
// What docs/scenario-format.md says of the folders scenarios/ordinary and scenarios/loss.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"

namespace sim::check {
namespace {

using scenario::Scenario;
using scenario::Word;

std::vector<Scenario> all_in(const std::string& folder) {
  const auto files = scenario::scenario_files(SYNCER_SOURCE_DIR "/scenarios/" + folder);
  if (!files) throw std::runtime_error(to_string(files.error()));
  std::vector<Scenario> all;
  for (const std::string& file : *files) {
    auto parsed = scenario::load(file, vocabulary());
    if (!parsed) throw std::runtime_error(scenario::to_string(parsed.error()));
    all.push_back(std::move(*parsed));
  }
  return all;
}

template <class Form>
bool demands(const Scenario& scenario, const std::function<bool(const Form&)>& fits) {
  return std::any_of(scenario.expect.begin(), scenario.expect.end(), [&](const scenario::Expectation& e) {
    const auto* form = std::get_if<Form>(&e.form);
    return form != nullptr && fits(*form);
  });
}

bool leaves_the_guard_alone(const Scenario& scenario) {
  const auto is_of_guard = [](const scenario::Pair& setting) { return setting.key.starts_with("guard."); };
  return std::none_of(scenario.config.begin(), scenario.config.end(), [&](const scenario::ConfigBlock& block) {
    return std::any_of(block.settings.pairs.begin(), block.settings.pairs.end(), is_of_guard);
  });
}

bool is_upper(const std::optional<scenario::Bound>& bound) {
  return bound && (bound->compare == scenario::Compare::Less || bound->compare == scenario::Compare::LessEqual);
}

bool is_lower(const std::optional<scenario::Bound>& bound) {
  return bound && bound->compare == scenario::Compare::GreaterEqual && bound->value > 0;
}

TEST(OrdinaryScenarios, DemandThatNothingIsHeldAndBoundTheTimeOfRemovals) {
  const std::vector<Scenario> all = all_in("ordinary");
  EXPECT_GE(all.size(), 25U);
  for (const Scenario& s : all) {
    EXPECT_TRUE(leaves_the_guard_alone(s) && s.relax.empty()) << s.name;
    EXPECT_TRUE(demands<scenario::Never>(s, [](const scenario::Never& never) {
      return never.predicate.word == Word::Alarm && never.predicate.subject.text == "guard" &&
             never.predicate.in.empty() && never.from == scenario::Moment{} && never.until.label == "end" &&
             never.grace == scenario::Duration::zero();
    })) << s.name;
    EXPECT_TRUE(demands<scenario::Metric>(s, [](const scenario::Metric& metric) {
      return metric.metric == "convergence.gone_after" && is_upper(metric.p99) && is_upper(metric.max) &&
             is_lower(metric.count);
    })) << s.name;
    EXPECT_TRUE(demands<scenario::Converged>(s, [](const scenario::Converged&) { return true; })) << s.name;
  }
}

TEST(LossScenarios, DemandThatWhatComesBackIsShownAllTheWhile) {
  const std::vector<Scenario> all = all_in("loss");
  EXPECT_GE(all.size(), 25U);
  for (const Scenario& s : all) {
    EXPECT_TRUE(leaves_the_guard_alone(s) && s.relax.empty()) << s.name;
    EXPECT_TRUE(demands<scenario::Always>(s, [](const scenario::Always& always) {
      return always.predicate.word == Word::Shown && always.predicate.at_least.value_or(0) > 0 &&
             always.grace == scenario::Duration::zero();
    })) << s.name;
    EXPECT_TRUE(demands<scenario::Converged>(s, [](const scenario::Converged&) { return true; })) << s.name;
  }
}

}  // namespace
}  // namespace sim::check
