// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
// RapidCheck's header needs GoogleTest's before it.
#include <rapidcheck/gtest.h>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/writer.h"
#include "sim/scenario/run/run.h"
#include "tests/property/scenario/storm.h"

namespace sim::storm {
namespace {

rc::Gen<Fault> fault() {
  return rc::gen::build<Fault>(rc::gen::set(&Fault::kind, rc::gen::inRange(0, kKinds)),
                               rc::gen::set(&Fault::target, rc::gen::inRange(0, 6)),
                               rc::gen::set(&Fault::at, rc::gen::inRange<std::uint64_t>(0, 50)),
                               rc::gen::set(&Fault::lasts, rc::gen::inRange<std::uint64_t>(1, 10)));
}

rc::Gen<Storm> storm() {
  return rc::gen::build<Storm>(rc::gen::set(&Storm::regions, rc::gen::inRange(2, 4)),
                               rc::gen::set(&Storm::population, rc::gen::inRange<std::uint64_t>(2, 12)),
                               rc::gen::set(&Storm::churn),
                               rc::gen::set(&Storm::faults, rc::gen::container<std::vector<Fault>>(fault())),
                               rc::gen::set(&Storm::seed, rc::gen::inRange<std::uint64_t>(1, 1'000'000)));
}

scenario::RunResult play(const scenario::Scenario& scenario, std::uint64_t seed) {
  const auto judge = check::make_judge(scenario);
  return scenario::run(scenario, seed, *judge);
}

/// What to save and run to see the violation again; RapidCheck has already made it small.
std::string replay(const scenario::Scenario& scenario, std::uint64_t seed) {
  return scenario::to_json(scenario) + "\nsave as generated.json, then: syncsim run generated.json --seed " +
         std::to_string(seed);
}

RC_GTEST_PROP(Storm, EndsWithAllRegionsEqualAndNoInvariantBroken, ()) {
  const Storm drawn = *storm();
  const scenario::Scenario scenario = to_scenario(drawn);
  const scenario::RunResult result = play(scenario, drawn.seed);
  for (const auto& violation : result.findings.violations) {
    RC_LOG() << violation.id << " at " << syncer::to_string(violation.at.time_since_epoch()) << "\n";
    for (const std::string& fact : violation.facts) RC_LOG() << "  " << fact << "\n";
  }
  if (!result.findings.violations.empty()) RC_LOG() << replay(scenario, drawn.seed) << "\n";
  RC_ASSERT(result.findings.violations.empty());
  RC_ASSERT(result.verdict == scenario::Verdict::Ok);
}

RC_GTEST_PROP(Storm, TwoRunsOfOneSeedAreTheSame, ()) {
  const Storm drawn = *storm();
  const scenario::Scenario scenario = to_scenario(drawn);
  const scenario::RunResult first = play(scenario, drawn.seed);
  const scenario::RunResult second = play(scenario, drawn.seed);
  RC_ASSERT(first.digest == second.digest);
  RC_ASSERT(first.events == second.events);
}

RC_GTEST_PROP(Storm, ChecksNeverInfluenceARun, ()) {
  const Storm drawn = *storm();
  const scenario::Scenario scenario = to_scenario(drawn);
  const auto blind = check::make_judge(scenario, {false, false});
  const scenario::RunResult unseen = scenario::run(scenario, drawn.seed, *blind);
  const scenario::RunResult seen = play(scenario, drawn.seed);
  if (seen.findings.violations.empty()) RC_ASSERT(unseen.digest == seen.digest);
}

RC_GTEST_PROP(Storm, AScenarioReadsBackAsItWasWritten, ()) {
  const scenario::Scenario scenario = to_scenario(*storm());
  const auto parsed = scenario::parse("generated", scenario::to_json(scenario), check::vocabulary());
  if (!parsed) RC_LOG() << scenario::to_string(parsed.error()) << "\n" << scenario::to_json(scenario) << "\n";
  RC_ASSERT(parsed);
  RC_ASSERT(*parsed == scenario);
}

}  // namespace
}  // namespace sim::storm
