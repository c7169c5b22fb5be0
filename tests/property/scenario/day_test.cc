// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
// RapidCheck's header needs GoogleTest's before it.
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/writer.h"
#include "sim/scenario/run/run.h"
#include "tests/property/scenario/day.h"

namespace sim::day {
namespace {

template <class Number>
rc::Gen<Number> up_to(Number least, Number most) {
  return rc::gen::inRange<Number>(least, most + 1);
}

rc::Gen<Work> work() {
  return rc::gen::build<Work>(rc::gen::set(&Work::kind, up_to(0, kWorks - 1)),
                              rc::gen::set(&Work::instances, up_to<std::uint64_t>(1, 9)),
                              rc::gen::set(&Work::at, up_to<std::uint64_t>(0, 40)));
}

rc::Gen<Loss> loss() {
  return rc::gen::build<Loss>(rc::gen::set(&Loss::kind, up_to(0, kLosses - 1)),
                              rc::gen::set(&Loss::at, up_to<std::uint64_t>(0, 15)),
                              rc::gen::set(&Loss::lasts, up_to<std::uint64_t>(1, 14)));
}

/// A list of at most so many.
template <class T>
rc::Gen<std::vector<T>> few(std::size_t least, std::size_t most, const rc::Gen<T>& element) {
  return rc::gen::mapcat(up_to<std::size_t>(least, most),
                         [element](std::size_t count) { return rc::gen::container<std::vector<T>>(count, element); });
}

rc::Gen<Day> day(std::uint64_t fewest_that_stay, std::size_t fewest_losses, std::size_t most_losses) {
  return rc::gen::build<Day>(rc::gen::set(&Day::services, up_to<std::uint64_t>(fewest_that_stay, 6)),
                             rc::gen::set(&Day::instances, up_to<std::uint64_t>(fewest_that_stay + 1, 6)),
                             rc::gen::set(&Day::work, few<Work>(1, 8, work())),
                             rc::gen::set(&Day::losses, few<Loss>(fewest_losses, most_losses, loss())),
                             rc::gen::set(&Day::new_ids), rc::gen::set(&Day::within, up_to<std::uint64_t>(0, 15)),
                             rc::gen::set(&Day::restarts), rc::gen::set(&Day::lost_packets, up_to<std::uint64_t>(0, 3)),
                             rc::gen::set(&Day::seed, up_to<std::uint64_t>(1, 1'000'000)));
}

/// A loss may have taken already whom a piece of work is about.
bool is_without_effect(const std::string& reason) { return reason.find(" had no effect: ") != std::string::npos; }

/// Plays it; what it breaks is told with the file that replays it, which RapidCheck has already made small.
void plays_clean(const Day& day) {
  const scenario::Scenario scenario = to_scenario(day);
  const auto judge = check::make_judge(scenario);
  const scenario::RunResult result = scenario::run(scenario, day.seed, *judge);
  std::vector<std::string> wrong;
  for (const auto& violation : result.findings.violations) {
    wrong.push_back(violation.id + " at " + syncer::to_string(violation.at.time_since_epoch()));
    wrong.insert(wrong.end(), violation.facts.begin(), violation.facts.end());
  }
  for (const std::string& reason : result.findings.undecided) {
    if (day.losses.empty() || !is_without_effect(reason)) wrong.push_back(reason);
  }
  for (const std::string& line : wrong) RC_LOG() << line << "\n";
  if (!wrong.empty()) {
    RC_LOG() << scenario::to_json(scenario) << "\nsave as generated.json, then: syncsim run generated.json --seed "
             << day.seed << "\n";
  }
  RC_ASSERT(wrong.empty());
}

RC_GTEST_PROP(Day, OfOrdinaryWorkHoldsNothing, ()) { plays_clean(*day(0, 0, 0)); }

RC_GTEST_PROP(Day, WithLossesLosesNobodyWhoComesBack, ()) { plays_clean(*day(2, 1, 2)); }

RC_GTEST_PROP(Day, ReadsBackAsItWasWritten, ()) {
  const scenario::Scenario scenario = to_scenario(*day(0, 0, 2));
  const auto parsed = scenario::parse("generated", scenario::to_json(scenario), check::vocabulary());
  if (!parsed) RC_LOG() << scenario::to_string(parsed.error()) << "\n" << scenario::to_json(scenario) << "\n";
  RC_ASSERT(parsed);
  RC_ASSERT(*parsed == scenario);
}

}  // namespace
}  // namespace sim::day
