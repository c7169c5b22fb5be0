// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/show.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace syncer::cli {
namespace {

std::string harmless(std::string text) {
  for (char& c : text) c = (c >= ' ' && c <= '~') || c == '\n' ? c : '?';
  return text;
}

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

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
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
  template <class T>
  void derived(const StatusField& field, const T& value) {
    if constexpr (!std::is_arithmetic_v<T>) this->field(field, value);
  }
};

std::string aligned(std::vector<Row> rows) {
  for (Row& row : rows) std::transform(row.begin(), row.end(), row.begin(), harmless);
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

// --- the page and its problems ---

/// What there is to say about one part or row.
struct Facts {
  std::string label;
  std::string name;
  std::vector<std::string> phrases;
  std::vector<std::string> problems;
};

bool is_set(const std::string& value) { return !value.empty(); }
bool is_set(Epoch) { return true; }
bool is_set(Duration) { return true; }
template <class T>
bool is_set(const T& value) {
  return value != T{};
}

/// The value in the place of "{}".
std::string filled(std::string_view phrase, const std::string& value) {
  const std::size_t at = phrase.find("{}");
  if (at == std::string_view::npos) return std::string(phrase);
  return std::string(phrase.substr(0, at)) + value + std::string(phrase.substr(at + 2));
}

// What a field says; empty when it says nothing.
std::string words(const StatusField& f, bool value) { return std::string(value ? f.phrase : f.unset); }
std::string words(const StatusField& f, Duration value) { return filled(f.phrase, age(value)); }
std::string words(const StatusField& f, Epoch value) { return filled(f.phrase, to_string(value)); }
std::string words(const StatusField& f, int value) { return filled(f.phrase, std::to_string(value)); }
std::string words(const StatusField& f, std::uint64_t value) {
  return value == 0 && f.hide_unset ? "" : filled(f.phrase, std::to_string(value));
}
std::string words(const StatusField& f, const std::string& value) {
  return value.empty() ? std::string(f.unset) : filled(f.phrase, value);
}
std::string words(const StatusField&, const std::map<std::string, std::string>&) { return ""; }

/// The visitor that collects the facts of a status and its parts, each struct before what is inside it.
class Collector {
 public:
  Collector(std::vector<Facts>& all, std::string_view label, bool follows)
      : all_(all), own_(all.size()), follows_(follows) {
    all_.push_back({std::string(label), "", {}, {}});
  }

  template <class T>
  void field(const StatusField& field, const T& value) {
    const bool is_first = std::exchange(first_, false);
    if constexpr (std::is_same_v<T, std::string>) {
      if (is_first) {
        all_[own_].name = value;
        return;
      }
    }
    const std::string said = words(field, value);
    if (said.empty()) return;
    all_[own_].phrases.push_back(said);
    const Problem now = is_set(value) ? Problem::WhenSet : Problem::WhenUnset;
    if (field.problem == now) all_[own_].problems.push_back(said);
  }
  template <class T>
  void field(const StatusField& field, const std::optional<T>& value) {
    if (value) this->field(field, *value);
  }
  void field(const StatusField&, const std::vector<std::string>&) {}
  template <class T>
  void derived(const StatusField&, const T&) {}
  template <class Numbers>
  void counts(const StatusField&, std::string_view, const Numbers&) {}
  template <class T>
  void part(const StatusPart& part, const T& value) {
    if (part.label.empty() || (part.of_writer && follows_)) return;
    Collector inner(all_, part.label, follows_);
    T::describe(value, inner);
  }
  template <class T>
  void part(const StatusPart& part, const std::optional<T>& value) {
    if (value) this->part(part, *value);
  }
  template <class T>
  void list(const StatusPart& part, const std::vector<T>& rows) {
    for (const T& row : rows) this->part(part, row);
  }

 private:
  std::vector<Facts>& all_;
  std::size_t own_;
  bool follows_;
  bool first_ = true;
};

std::vector<Facts> facts_of(const node::Status& status) {
  std::vector<Facts> all;
  Collector collector(all, "node", status.follows());
  node::Status::describe(status, collector);
  return all;
}

std::string line(const std::string& label, const std::string& text) {
  return label + std::string(label.size() < 10 ? 10 - label.size() : 1, ' ') + text + "\n";
}

}  // namespace

std::string members_table(const node::MembersReport& report) { return table(report.members); }

std::string keys_table(const node::KeysReport& report) { return table(report.keys); }

std::string voters_table(const node::ClusterReport& report) {
  std::string page = table(report.group ? report.group->voters : std::vector<cluster::VoterStatus>{});
  for (const std::string& reason : report.pending) page += harmless(line("pending", reason));
  return page;
}

std::string status_page(const node::Status& status) {
  std::string page;
  for (const Facts& facts : facts_of(status)) {
    page += line(facts.label, (facts.name.empty() ? "" : facts.name + ": ") + joined(facts.phrases));
  }
  for (const std::string& reason : status.pending) page += line("pending", reason);
  return harmless(page);
}

std::vector<std::string> status_problems(const node::Status& status) {
  std::vector<std::string> all;
  if (!status.ready && status.pending.empty()) all.emplace_back("not ready");
  for (const std::string& reason : status.pending) {
    if (!status.ready) all.push_back(harmless("not ready: " + reason));
  }
  for (const Facts& facts : facts_of(status)) {
    if (facts.problems.empty()) continue;
    all.push_back(harmless(facts.label + (facts.name.empty() ? "" : " " + facts.name) + ": " + joined(facts.problems)));
  }
  return all;
}

}  // namespace syncer::cli
