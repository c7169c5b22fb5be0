// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/arguments.h"
#include "sim/report/baseline.h"

namespace sim::cli {

/// What the detours of runs cost beside what they cost before, as far as the arguments ask for it.
class EffortComparison {
 public:
  /// False when the file of the former ones cannot be used; why goes to `err`.
  bool load(const Arguments& arguments, std::ostream& err);
  /// False when the suite cannot be compared; why goes to `err`.
  bool add(const report::Suite& suite, std::ostream& err);
  /// Says what differs and writes the file that is asked for. 0; 2 when it cannot be written; 5 when a detour got
  /// dearer.
  int finish(bool json, std::ostream& out, std::ostream& err) const;

 private:
  std::optional<report::Baseline> former_;
  report::Baseline now_;
  std::string write_to_;
  std::vector<report::Baseline::Difference> differences_;
};

}  // namespace sim::cli
