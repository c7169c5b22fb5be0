// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/engine/coverage.h"
#include "sim/report/summary.h"
#include "syncer/base/result.h"

namespace sim::report {

/// Which points of the program many runs reached, the rarest first.
class CoverageTable {
 public:
  explicit CoverageTable(std::vector<engine::CoveragePoint> points);

  void add(const Suite& suite);

  struct Row {
    engine::CoveragePoint point;
    std::uint64_t runs = 0;   ///< that reached it
    std::uint64_t count = 0;  ///< in all of them together; of a watermark the largest value
    std::string file;         ///< where it was reached first, with the seed; of a watermark where it was largest
    std::uint64_t seed = 0;
  };
  /// Never reached first, then by the number of runs; watermarks last.
  std::vector<Row> rows() const;
  std::uint64_t runs() const { return runs_; }

  /// A line a point.
  std::string to_text() const;
  std::string to_json() const;
  /// What differs from a list of those that are never reached, a sentence each: others that are not reached either,
  /// some that are, names that do not exist.
  std::vector<std::string> compare(const std::map<std::string, std::string>& never) const;

 private:
  std::map<std::string, Row> rows_;
  std::uint64_t runs_ = 0;
};

/// A list of points that no run reaches, each with the reason: {"never_reached": [{"point": NAME, "reason": TEXT}]}.
syncer::Result<std::map<std::string, std::string>> parse_never_reached(const std::string& text);

}  // namespace sim::report
