// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/show.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "syncer/base/printable.h"
#include "syncer/node/facts.h"

namespace syncer::cli {
namespace {

std::string formatted(const char* format, int digits, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, digits, value);
  return text.data();
}

std::string age(Duration d) { return formatted("%.*f s", 1, std::chrono::duration<double>(d).count()); }

/// "0.14 ms"; "-" for what was never measured, such as the round trip to ourselves.
std::string brief(Duration d) {
  if (d <= Duration::zero()) return "-";
  if (d >= std::chrono::seconds(1)) return age(d);
  const double ms = std::chrono::duration<double, std::milli>(d).count();
  return formatted("%.*f ms", ms < 10 ? 2 : 0, ms);
}

// --- tables ---

std::string cell(const std::string& value) { return value; }
std::string cell(bool value) { return value ? "yes" : "no"; }
std::string cell(int value) { return std::to_string(value); }
std::string cell(std::uint64_t value) { return std::to_string(value); }
std::string cell(Duration value) { return brief(value); }
std::string cell(const std::map<std::string, std::string>& value) {
  std::string out;
  for (const auto& [key, text] : value) out += (out.empty() ? "" : ",") + key + "=" + text;
  return out;
}
std::string cell(const std::vector<std::string>& value) {
  std::string out;
  for (const std::string& text : value) out += (out.empty() ? "" : ", ") + text;
  return out;
}
/// "-" for what the daemon does not know.
template <class T>
std::string cell(const std::optional<T>& value) {
  return value ? cell(*value) : "-";
}

using Row = std::vector<std::string>;

/// The visitor that reads the columns of a row.
struct Columns {
  Row heads;
  Row cells;

  template <class T>
  void field(const StatusField& field, const T& value) {
    if (field.column.empty()) return;
    heads.emplace_back(field.column);
    cells.push_back(cell(value));
  }
  template <class Numbers>
  void counts(const StatusField& field, std::string_view, const Numbers& numbers) {
    if (field.column.empty()) return;
    std::string text;
    for (const auto& [what, count] : numbers) text += (text.empty() ? "" : ", ") + what + " " + std::to_string(count);
    heads.emplace_back(field.column);
    cells.push_back(std::move(text));
  }
  template <class T>
  void derived(const StatusField& field, const T& value) {
    if constexpr (!std::is_arithmetic_v<T>) this->field(field, value);
  }
};

std::string aligned(std::vector<Row> rows) {
  for (Row& row : rows) std::transform(row.begin(), row.end(), row.begin(), printable);
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

template <class T>
std::string table(const std::vector<T>& rows) {
  Columns heads;
  const T nothing{};
  T::describe(nothing, heads);
  std::vector<Row> all = {heads.heads};
  for (const T& row : rows) {
    Columns columns;
    T::describe(row, columns);
    all.push_back(std::move(columns.cells));
  }
  return aligned(std::move(all));
}

std::string line(const std::string& label, const std::string& text) {
  return label + std::string(label.size() < 10 ? 10 - label.size() : 1, ' ') + printable(text) + "\n";
}

}  // namespace

std::string members_table(const node::MembersReport& report) { return table(report.members); }

std::string keys_table(const node::KeysReport& report) {
  if (!report.keys.empty()) return table(report.keys);
  return "no key: the pool goes in plain; \"syncer keygen --ring FILE\" makes one for gossip.keyring-file\n";
}

std::string voters_table(const node::ClusterReport& report) {
  std::string page = table(report.group ? report.group->voters : std::vector<cluster::VoterStatus>{});
  for (const std::string& reason : report.pending) page += line("pending", reason);
  return page;
}

std::string status_page(const node::Status& status) {
  std::string page;
  for (const node::Facts& facts : node::facts_of(status)) {
    std::string phrases;
    for (const std::string& phrase : facts.phrases) phrases += (phrases.empty() ? "" : ", ") + phrase;
    page += line(facts.label, (facts.name.empty() ? "" : facts.name + ": ") + phrases);
  }
  for (const std::string& reason : status.pending) page += line("pending", reason);
  return page;
}

std::string copies_table(const node::CopiesReport& report) { return table(report.copies); }

std::string services_table(const node::ServicesReport& report) { return table(report.services); }

std::string mappings_page(const node::MappingsReport& report) {
  const std::string rows =
      report.mappings.empty() ? "no service of another region, and none of ours elsewhere\n" : table(report.mappings);
  return rows + "\n" + (report.policies.empty() ? "no policy is in force\n" : table(report.policies));
}

std::string reachability_page(const node::ReachabilityReport& report) {
  if (report.members.empty()) return "no other member is known\n";
  const auto answers = std::count_if(report.members.begin(), report.members.end(),
                                     [](const node::ReachabilityRow& member) { return member.answers; });
  return table(report.members) + std::to_string(answers) + " of " + std::to_string(report.members.size()) +
         (report.members.size() == 1 ? " member answers\n" : " members answer\n");
}

std::string round_trips_page(const node::RttReport& report) {
  if (report.members.empty() && report.links.empty()) return "no other member is known\n";
  const std::string members = report.members.empty() ? "" : table(report.members);
  const std::string links = report.links.empty() ? "" : table(report.links);
  return members + (members.empty() || links.empty() ? "" : "\n") + links;
}

std::string differences_page(const node::DifferenceReport& report) {
  std::string page;
  for (const std::string& problem : report.problems) page += line("problem", problem);
  if (report.rows.empty() && page.empty()) return "no difference\n";
  if (!report.rows.empty()) page += table(report.rows);
  return report.more == 0 ? page : page + "and more\n";
}

std::string explanation_page(const node::Explanation& explanation) {
  std::string page;
  for (const node::RegionAccount& region : explanation.regions) {
    const std::string by = region.node.empty() ? "" : " (" + region.node + ")";
    const std::string nothing = region.instances.empty() ? " nothing is told of it" : "";
    page += printable("region " + region.region + by + ":" +
                      (region.problem.empty() ? nothing : " no answer: " + region.problem)) +
            "\n";
    for (const node::ExplainedInstance& instance : region.instances) {
      page += printable("  " + instance.service + " " + instance.instance + " of " + instance.origin + ": " +
                        instance.verdict) +
              "\n";
      std::vector<Row> rows;
      for (const node::Step& step : instance.steps) rows.push_back({"   ", step.state, step.step, step.text});
      if (!rows.empty()) page += aligned(std::move(rows));
    }
    if (region.more > 0) page += "  and more\n";
  }
  return page;
}

std::vector<std::string> status_problems(const node::Status& status) {
  std::vector<std::string> all = node::problem_lines_of(status);
  if (all.empty() && !status.ready) all.emplace_back("not ready");
  return all;
}

}  // namespace syncer::cli
