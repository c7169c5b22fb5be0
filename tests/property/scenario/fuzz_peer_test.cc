// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
// RapidCheck's header needs GoogleTest's before it.
#include <rapidcheck/gtest.h>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"
#include "tests/support/scenario_files.h"

namespace sim {
namespace {

/// The scenario of that name with another fuzz peer in it.
scenario::Scenario with_peer(const std::string& name, const scenario::FuzzPeer& drawn) {
  auto scenario = scenario::load(scenario_file(name), check::vocabulary());
  for (scenario::Event& event : scenario->events) {
    auto* peer = std::get_if<scenario::FuzzPeer>(&event.action);
    if (peer == nullptr) continue;
    peer->rate = drawn.rate;
    peer->strangers = drawn.strangers;
    peer->what = drawn.what;
  }
  return *scenario;
}

/// Everything that was violated, in words.
std::string violations(const scenario::Scenario& scenario, std::uint64_t seed) {
  const auto judge = check::make_judge(scenario);
  std::string text;
  for (const auto& violation : scenario::run(scenario, seed, *judge).findings.violations) {
    text += violation.id + ": " + (violation.facts.empty() ? "" : violation.facts.front()) + "\n";
  }
  return text;
}

scenario::FuzzPeer drawn_peer() {
  scenario::FuzzPeer peer;
  peer.rate.gap = std::chrono::milliseconds(*rc::gen::inRange(10, 200));
  peer.strangers = *rc::gen::inRange<std::uint32_t>(1, 60);
  return peer;
}

RC_GTEST_PROP(FuzzPeer, WithTheKeyBreaksNoInvariantAndLosesNobody, ()) {
  scenario::FuzzPeer peer = drawn_peer();
  peer.what = scenario::FuzzKind::Sealed;
  const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  RC_ASSERT(violations(with_peer("fuzz-peer-with-the-key", peer), seed) == "");
}

RC_GTEST_PROP(FuzzPeer, WithoutTheKeyChangesNothing, ()) {
  scenario::FuzzPeer peer = drawn_peer();
  peer.rate.gap = std::chrono::milliseconds(*rc::gen::inRange(10, 40));
  peer.what = *rc::gen::element(scenario::FuzzKind::Noise, scenario::FuzzKind::Nonsense);
  const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  RC_ASSERT(violations(with_peer("fuzz-peer-without-the-key", peer), seed) == "");
}

}  // namespace
}  // namespace sim
