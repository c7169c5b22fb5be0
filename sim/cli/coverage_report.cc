// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/coverage_report.h"

#include <fstream>
#include <iterator>
#include <ostream>

namespace sim::cli {
namespace {
constexpr int kUsage = 2;
constexpr int kOtherCoverage = 6;
}  // namespace

bool CoverageReport::load(std::ostream& err) {
  if (arguments_.never_reached.empty()) return true;
  std::ifstream file(arguments_.never_reached);
  auto list = report::parse_never_reached({std::istreambuf_iterator<char>(file), {}});
  if (!list) {
    err << "syncsim: " << arguments_.never_reached << ": " << to_string(list.error()) << "\n";
    return false;
  }
  never_ = std::move(*list);
  return true;
}

int CoverageReport::finish(std::ostream& out, std::ostream& err) const {
  if (arguments_.coverage.empty()) return 0;
  std::ofstream file(arguments_.coverage);
  file << table_.to_json();
  if (!file.flush()) {
    err << "syncsim: " << arguments_.coverage << " cannot be written\n";
    return kUsage;
  }
  if (!arguments_.json) out << table_.to_text();
  if (!never_) return 0;
  const auto problems = table_.compare(*never_);
  for (const std::string& problem : problems) err << "coverage: " << problem << "\n";
  return problems.empty() ? 0 : kOtherCoverage;
}

}  // namespace sim::cli
