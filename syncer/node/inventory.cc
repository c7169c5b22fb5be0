// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/inventory.h"

#include <algorithm>
#include <tuple>

namespace syncer::node {
namespace {

bool same(const ExplainedInstance& a, const ExplainedInstance& b) {
  return std::tie(a.service, a.instance, a.origin) == std::tie(b.service, b.instance, b.origin);
}

bool is_done(const ExplainedInstance& instance, const std::string& step) {
  const auto it =
      std::find_if(instance.steps.begin(), instance.steps.end(), [&](const Step& one) { return one.step == step; });
  return it != instance.steps.end() && it->state == "done";
}

bool has(const ExplainedInstance& instance, const std::string& step) {
  return std::any_of(instance.steps.begin(), instance.steps.end(), [&](const Step& one) { return one.step == step; });
}

/// The own instance is on its way everywhere but to that region.
bool is_known_in(const ExplainedInstance& instance, const std::string& region) {
  const std::string step = "sent to " + region;
  return has(instance, step) && is_done(instance, step);
}

void add(DifferenceReport& report, const RegionAccount& here, const RegionAccount& there) {
  for (const ExplainedInstance& instance : here.instances) {
    DifferenceRow row{instance.service, instance.instance, instance.origin,
                      there.region,     here.region,       instance.verdict};
    const bool is_own = instance.origin == here.region;
    const bool is_left_over = !instance.copy.empty() && !is_done(instance, "wanted");
    if (is_own && is_known_in(instance, there.region)) continue;
    if (is_own || is_left_over) std::swap(row.shown_in, row.missing_in);
    // Neither shows what both lack.
    const bool in_both = std::any_of(there.instances.begin(), there.instances.end(),
                                     [&](const ExplainedInstance& other) { return same(instance, other); });
    const bool of_either = is_own || instance.origin == there.region;
    if (in_both && !of_either) continue;
    const auto told = std::find_if(report.rows.begin(), report.rows.end(), [&](const DifferenceRow& other) {
      return std::tie(other.service, other.instance, other.origin) == std::tie(row.service, row.instance, row.origin);
    });
    if (told == report.rows.end()) report.rows.push_back(std::move(row));
  }
}

}  // namespace

std::string without_credentials(const std::string& value) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = value.find("://", from)) != std::string::npos;) {
    const std::size_t begin = at + 3;
    const std::size_t end = std::min(value.find_first_of("/,", begin), value.size());
    const std::size_t sign = value.substr(0, end).rfind('@');
    out.append(value, from, begin - from);
    from = begin;
    if (sign == std::string::npos || sign < begin) continue;
    out += "***";
    from = sign;
  }
  return out.append(value, from, std::string::npos);
}

DifferenceReport compare(const RegionAccount& a, const RegionAccount& b) {
  DifferenceReport report;
  report.a = a.region;
  report.b = b.region;
  for (const RegionAccount* one : {&a, &b}) {
    if (!one->problem.empty()) report.problems.push_back("region " + one->region + ": " + one->problem);
  }
  report.more = std::max(a.more, b.more);
  add(report, a, b);
  add(report, b, a);
  return report;
}

}  // namespace syncer::node
