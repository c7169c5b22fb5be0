// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"
#include "tests/support/scenario_files.h"

namespace sim {
namespace {

/// A group is founded and works; one syncer dies at a call that the test chooses, and comes back.
scenario::Scenario dying_at(scenario::CallKind call, std::uint64_t nth, scenario::DiskFate disk) {
  auto scenario = scenario::load(scenario_file("cluster-death-at-one-call"), check::vocabulary());
  if (!scenario) throw std::runtime_error(scenario::to_string(scenario.error()));
  for (scenario::Event& event : scenario->events) {
    auto* death = std::get_if<scenario::CrashAt>(&event.action);
    if (death == nullptr) continue;
    death->call = call;
    death->nth = nth;
    death->disk = disk;
  }
  return std::move(*scenario);
}

struct Point {
  scenario::CallKind call;
  std::uint64_t last;  ///< calls tried, from the first
};
void PrintTo(const Point& point, std::ostream* out) {
  *out << (point.call == scenario::CallKind::DiskWrite ? "disk write" : "registry write");
}

class CrashPoints : public testing::TestWithParam<Point> {};

TEST_P(CrashPoints, LeaveNothingBroken) {
  static constexpr scenario::DiskFate kFates[] = {scenario::DiskFate::Keep, scenario::DiskFate::LoseUnsynced,
                                                  scenario::DiskFate::Tear};
  for (std::uint64_t nth = 1; nth <= GetParam().last; ++nth) {
    const scenario::Scenario scenario = dying_at(GetParam().call, nth, kFates[nth % 3]);
    const auto judge = check::make_judge(scenario);
    const scenario::RunResult result = scenario::run(scenario, nth, *judge);
    for (const auto& violation : result.findings.violations) {
      ADD_FAILURE() << "call " << nth << ": " << violation.id << ": " << violation.facts.front();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, CrashPoints,
                         testing::Values(Point{scenario::CallKind::DiskWrite, 45},
                                         Point{scenario::CallKind::RegistryWrite, 30}));

}  // namespace
}  // namespace sim
