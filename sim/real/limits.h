// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/values/scenario.h"

namespace sim::real {

/// What of a scenario only a simulation can do: a sentence each, with its place in the file. Empty when all of it can
/// be played with processes. Chaos is explicit by now.
std::vector<std::string> impossible(const scenario::Scenario& scenario);

/// What is played, but not quite as a simulation has it: a sentence each.
std::vector<std::string> differences(const scenario::Scenario& scenario);

/// Some clock in it is not right.
bool needs_wrong_clocks(const scenario::Scenario& scenario);

/// The library that shows a program another clock; empty where it is not installed.
std::string fake_clock_library();

}  // namespace sim::real
