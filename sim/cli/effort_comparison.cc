// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/effort_comparison.h"

#include <fstream>
#include <ostream>
#include <sstream>

namespace sim::cli {
namespace {

constexpr int kUsage = 2;
constexpr int kDearer = 5;

}  // namespace

bool EffortComparison::load(const Arguments& arguments, std::ostream& err) {
  write_to_ = arguments.write_baseline;
  if (arguments.baseline.empty()) return true;
  std::ifstream file(arguments.baseline);
  std::ostringstream text;
  text << file.rdbuf();
  auto parsed = report::Baseline::parse(text.str());
  if (file && parsed) {
    former_ = std::move(*parsed);
    return true;
  }
  err << "syncsim: " << arguments.baseline << (file ? ": " + to_string(parsed.error()) : " cannot be read")
      << "; --write-baseline makes such a file\n";
  return false;
}

bool EffortComparison::add(const report::Suite& suite, std::ostream& err) {
  now_.put(suite);
  if (!former_) return true;
  const auto found = former_->compare(suite);
  if (!found) {
    err << "syncsim: " << to_string(found.error()) << "\n";
    return false;
  }
  differences_.insert(differences_.end(), found->begin(), found->end());
  return true;
}

int EffortComparison::finish(bool json, std::ostream& out, std::ostream& err) const {
  if (former_) out << (json ? report::to_json_line(differences_) : report::to_text(differences_)) << std::flush;
  if (!write_to_.empty() && !(std::ofstream(write_to_) << now_.to_json() << std::flush)) {
    err << "syncsim: " << write_to_ << " cannot be written\n";
    return kUsage;
  }
  return report::is_dearer(differences_) ? kDearer : 0;
}

}  // namespace sim::cli
