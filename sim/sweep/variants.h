// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/values/scenario.h"
#include "syncer/base/result.h"

namespace sim::sweep {

/// "sync.interval=5s,10s" or "w1:sync.interval=5s,10s": a setting of some nodes (all) with the values that it takes.
syncer::Result<scenario::Axis> parse_axis(const std::string& text);

/// One combination of values.
struct Variant {
  std::vector<std::string> values;  ///< one an axis
  std::string text;                 ///< "sync.interval=5s w1:gossip.interval=1s"
  scenario::Scenario scenario;      ///< with these settings, and no matrix of its own
};

/// Every combination, the last axis fastest; the scenario itself when there is no axis. What is wrong with a
/// combination is told in full.
tl::expected<std::vector<Variant>, std::vector<scenario::Diagnostic>> variants(const scenario::Scenario& scenario,
                                                                               const std::vector<scenario::Axis>& axes,
                                                                               const scenario::Vocabulary& vocabulary);

/// The scenario with more settings, over all that it has. Everything wrong with them, otherwise.
scenario::Parsed with_settings(const scenario::Scenario& scenario, std::vector<scenario::ConfigBlock> settings,
                               const scenario::Vocabulary& vocabulary);

}  // namespace sim::sweep
