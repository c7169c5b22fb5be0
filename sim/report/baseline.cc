// SPDX-License-Identifier: Apache-2.0
#include "sim/report/baseline.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sim::report {
namespace {

using nlohmann::json;

std::vector<std::uint64_t> seeds_of(const Suite& suite) {
  std::vector<std::uint64_t> seeds;
  for (const scenario::RunResult& r : suite.results) seeds.push_back(r.seed);
  return seeds;
}

/// Any change of the product moves a detour or two from one side of an instant to the other.
std::uint64_t noise(std::uint64_t count) { return std::max<std::uint64_t>(2, count / 10); }

bool differs(std::uint64_t before, std::uint64_t now) {
  return now > before + noise(before) || before > now + noise(now);
}

std::string cell(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string table(const std::vector<Baseline::Difference>& rows, const std::string& title) {
  if (rows.empty()) return "";
  std::string text = title + "\n";
  for (const auto& row : rows) {
    text += "  " + cell(row.scenario, 52) + cell(row.detour, 24) + cell(std::to_string(row.before), 8) + "-> " +
            std::to_string(row.now) + "\n";
  }
  return text;
}

}  // namespace

syncer::Result<Baseline> Baseline::parse(const std::string& text) {
  try {
    Baseline baseline;
    const json all = json::parse(text);
    for (const auto& [name, played] : all.at("scenarios").items()) {
      baseline.scenarios_[name] = {played.at("seeds").get<std::vector<std::uint64_t>>(),
                                   played.at("effort").get<std::map<std::string, std::uint64_t>>()};
    }
    return baseline;
  } catch (const json::exception& e) {
    return syncer::failure(syncer::ErrorCode::Corrupt, "baseline", e.what());
  }
}

void Baseline::put(const Suite& suite) { scenarios_[suite.name] = {seeds_of(suite), effort(suite)}; }

syncer::Result<std::vector<Baseline::Difference>> Baseline::compare(const Suite& suite) const {
  std::vector<Difference> all;
  const auto known = scenarios_.find(suite.name);
  if (known == scenarios_.end()) return all;
  if (known->second.seeds != seeds_of(suite)) {
    return syncer::failure(syncer::ErrorCode::Conflict, suite.name, "the baseline was played with other seeds");
  }
  std::map<std::string, std::uint64_t> before = known->second.effort;
  const std::map<std::string, std::uint64_t> now = effort(suite);
  for (const auto& [detour, count] : now) before.try_emplace(detour, 0);
  for (const auto& [detour, count] : before) {
    const auto found = now.find(detour);
    const std::uint64_t is = found == now.end() ? 0 : found->second;
    if (differs(count, is)) all.push_back({suite.name, detour, count, is});
  }
  return all;
}

std::string Baseline::to_json() const {
  std::string text = "{\"scenarios\": {";
  std::string_view separator = "\n";
  for (const auto& [name, played] : scenarios_) {
    text += std::string(separator) + "  " + json(name).dump() + ": " +
            json{{"seeds", played.seeds}, {"effort", played.effort}}.dump();
    separator = ",\n";
  }
  return text + "\n}}\n";
}

bool is_dearer(const std::vector<Baseline::Difference>& differences) {
  return std::any_of(differences.begin(), differences.end(), [](const auto& d) { return d.now > d.before; });
}

std::string to_json_line(const std::vector<Baseline::Difference>& differences) {
  json rows = json::array();
  for (const auto& d : differences) {
    rows.push_back({{"scenario", d.scenario}, {"detour", d.detour}, {"before", d.before}, {"now", d.now}});
  }
  return json{{"baseline", std::move(rows)}}.dump() + "\n";
}

std::string to_text(const std::vector<Baseline::Difference>& differences) {
  const auto some = [&](bool dearer) {
    std::vector<Baseline::Difference> rows;
    for (const auto& d : differences) {
      if ((d.now > d.before) == dearer) rows.push_back(d);
    }
    return rows;
  };
  const std::string text =
      table(some(true), "dearer than the baseline") + table(some(false), "cheaper than the baseline");
  return text.empty() ? "no detour got dearer or cheaper than the baseline\n" : text;
}

}  // namespace sim::report
