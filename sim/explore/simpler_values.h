// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim::explore {

/// A scenario file in which one value is simpler.
struct SimplerValue {
  std::string place;  ///< JSON pointer
  std::string text;   ///< the whole file
};

/// The ways to make one number or duration of workloads and events simpler: smaller counts, rounder times; the simplest
/// first at each place.
std::vector<SimplerValue> simpler_values(const std::string& scenario);

}  // namespace sim::explore
