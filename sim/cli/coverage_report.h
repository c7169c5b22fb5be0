// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "sim/cli/arguments.h"
#include "sim/report/coverage_table.h"

namespace sim::cli {

/// What runs reached, as far as the arguments ask for it.
class CoverageReport {
 public:
  explicit CoverageReport(const Arguments& arguments) : arguments_(arguments), table_(engine::coverage_points()) {}

  /// False when the list of what is never reached cannot be used; why goes to `err`.
  bool load(std::ostream& err);
  void add(const report::Suite& suite) { table_.add(suite); }
  /// Writes the file and the table. 0; 2 when the file cannot be written; 6 when points are reached, or are not, that
  /// the list says otherwise of.
  int finish(std::ostream& out, std::ostream& err) const;

 private:
  const Arguments& arguments_;
  report::CoverageTable table_;
  std::optional<std::map<std::string, std::string>> never_;
};

}  // namespace sim::cli
