// SPDX-License-Identifier: Apache-2.0
#include "sim/report/coverage_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sim::report {
namespace {

using nlohmann::ordered_json;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string row_text(const CoverageTable::Row& row, std::size_t width, std::uint64_t runs) {
  std::string text = "  " + padded(row.point.name, width) + "  ";
  if (row.point.is_watermark) {
    text += padded("at most " + std::to_string(row.count), 24);
  } else if (row.runs == 0) {
    return text + padded("never", 24) + "  " + row.point.place + "\n";
  } else {
    text +=
        padded(std::to_string(row.runs) + " of " + std::to_string(runs) + " runs, " + std::to_string(row.count), 24);
  }
  return text + "  " + (row.file.empty() ? row.point.place : row.file + " seed " + std::to_string(row.seed)) + "\n";
}

}  // namespace

CoverageTable::CoverageTable(std::vector<engine::CoveragePoint> points) {
  for (engine::CoveragePoint& point : points) {
    const std::string name = point.name;
    rows_[name].point = std::move(point);
  }
}

void CoverageTable::add(const Suite& suite) {
  for (const scenario::RunResult& run : suite.results) {
    ++runs_;
    for (const auto& [name, value] : run.reached) {
      Row& row = rows_[name];
      row.point.name = name;
      ++row.runs;
      const bool first = row.file.empty() || (row.point.is_watermark && value > row.count);
      row.count = row.point.is_watermark ? std::max(row.count, value) : row.count + value;
      if (!first) continue;
      row.file = suite.file;
      row.seed = run.seed;
    }
  }
}

std::vector<CoverageTable::Row> CoverageTable::rows() const {
  std::vector<Row> all;
  for (const auto& [name, row] : rows_) all.push_back(row);
  std::stable_sort(all.begin(), all.end(), [](const Row& a, const Row& b) {
    return std::pair(a.point.is_watermark, a.runs) < std::pair(b.point.is_watermark, b.runs);
  });
  return all;
}

std::string CoverageTable::to_text() const {
  std::size_t width = 0;
  std::size_t never = 0;
  for (const auto& [name, row] : rows_) {
    width = std::max(width, name.size());
    never += row.runs == 0 && !row.point.is_watermark ? 1 : 0;
  }
  std::string text = "coverage  " + std::to_string(rows_.size()) + " points, " + std::to_string(never) +
                     " never reached by " + std::to_string(runs_) + " runs\n";
  for (const Row& row : rows()) text += row_text(row, width, runs_);
  return text;
}

std::string CoverageTable::to_json() const {
  ordered_json rows = ordered_json::array();
  for (const Row& row : this->rows()) {
    ordered_json one = {{"point", row.point.name}, {"place", row.point.place}};
    one["kind"] = row.point.is_watermark ? "watermark" : "sometimes";
    one["runs"] = row.runs;
    one[row.point.is_watermark ? "largest" : "count"] = row.count;
    if (!row.file.empty()) one["by"] = {{"file", row.file}, {"seed", row.seed}};
    rows.push_back(std::move(one));
  }
  return ordered_json({{"runs", runs_}, {"points", std::move(rows)}}).dump(2) + "\n";
}

std::vector<std::string> CoverageTable::compare(const std::map<std::string, std::string>& never) const {
  std::vector<std::string> problems;
  for (const auto& [name, row] : rows_) {
    const bool listed = never.contains(name);
    if (row.runs == 0 && !listed)
      problems.push_back(name + " (" + row.point.place + ") is never reached, and not listed");
    if (row.runs > 0 && listed) {
      problems.push_back(name + " is listed as never reached, and " + row.file + " seed " + std::to_string(row.seed) +
                         " reaches it");
    }
  }
  for (const auto& [name, reason] : never) {
    if (!rows_.contains(name)) problems.push_back(name + " is listed as never reached, and does not exist");
  }
  return problems;
}

syncer::Result<std::map<std::string, std::string>> parse_never_reached(const std::string& text) {
  try {
    std::map<std::string, std::string> list;
    const ordered_json document = ordered_json::parse(text);
    for (const auto& row : document.at("never_reached")) {
      const std::string reason = row.at("reason");
      if (reason.empty()) return syncer::failure(syncer::ErrorCode::Invalid, "never_reached", "a reason is empty");
      list[row.at("point")] = reason;
    }
    return list;
  } catch (const ordered_json::exception& e) {
    return syncer::failure(syncer::ErrorCode::Invalid, "never_reached", e.what());
  }
}

}  // namespace sim::report
