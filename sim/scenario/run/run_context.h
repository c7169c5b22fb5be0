// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/host/world.h"
#include "sim/scenario/run/applications.h"
#include "sim/scenario/run/checks.h"
#include "sim/scenario/run/faults.h"
#include "sim/scenario/run/names.h"

namespace sim::scenario {

/// Everything that the parts of a running scenario share. Owned by run().
struct RunContext {
  const Scenario& scenario;
  const Names& names;
  host::World& world;
  Checks& checks;
  Applications applications;
  Faults faults;
  Captures captures;
  Timeline timeline;
  std::vector<std::string> problems;  ///< steps of the scenario that made no sense, a sentence each

  RunContext(const Scenario& s, const Names& c, host::World& w, Checks& k)
      : scenario(s), names(c), world(w), checks(k), applications(s, w, k), faults(w) {}
};

}  // namespace sim::scenario
