// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/report/summary.h"
#include "syncer/base/result.h"

namespace sim::report {

/// What the detours of scenarios cost in an earlier run, to see what a change of the product makes dearer.
class Baseline {
 public:
  /// One detour that got dearer (or cheaper) by more than what is noise.
  struct Difference {
    std::string scenario;
    std::string detour;
    std::uint64_t before = 0;
    std::uint64_t now = 0;
  };

  /// Of a file that to_json() wrote; Corrupt with the reason when it is none.
  static syncer::Result<Baseline> parse(const std::string& text);

  /// Takes the suite's numbers in place of those it had.
  void put(const Suite& suite);
  /// What differs; nothing for a scenario that the baseline does not know. Refused when it was played with other seeds,
  /// for then the numbers cannot be compared.
  syncer::Result<std::vector<Difference>> compare(const Suite& suite) const;
  /// Sorted, a line for each scenario, so that a difference of two files shows what changed.
  std::string to_json() const;

 private:
  struct Played {
    std::vector<std::uint64_t> seeds;
    std::map<std::string, std::uint64_t> effort;
  };
  std::map<std::string, Played> scenarios_;
};

bool is_dearer(const std::vector<Baseline::Difference>& differences);
/// All of them as one line of JSON.
std::string to_json_line(const std::vector<Baseline::Difference>& differences);
/// A table of what got dearer, then of what got cheaper; a sentence when nothing did.
std::string to_text(const std::vector<Baseline::Difference>& differences);

}  // namespace sim::report
