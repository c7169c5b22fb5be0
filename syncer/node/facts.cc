// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/facts.h"

#include <array>
#include <cstdio>
#include <utility>

#include "syncer/base/printable.h"

namespace syncer::node {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string age(Duration d) {
  if (d > Duration::zero() && d < std::chrono::seconds(1)) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()) + " ms";
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", std::chrono::duration<double>(d).count());
  return text.data();
}

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
std::string words(const StatusField& f, Duration value) {
  return value == Duration::zero() && f.hide_unset ? "" : filled(f.phrase, age(value));
}
std::string words(const StatusField& f, Epoch value) { return filled(f.phrase, to_string(value)); }
std::string words(const StatusField& f, int value) { return filled(f.phrase, std::to_string(value)); }
std::string words(const StatusField& f, std::uint64_t value) {
  return value == 0 && f.hide_unset ? "" : filled(f.phrase, std::to_string(value));
}
std::string words(const StatusField& f, const std::string& value) {
  return value.empty() ? std::string(f.unset) : filled(f.phrase, value);
}
std::string words(const StatusField& f, const std::vector<std::string>& values) {
  return values.empty() ? std::string(f.unset) : filled(f.phrase, joined(values));
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
    std::string said = words(field, value);
    if (said.empty()) return;
    Facts& facts = all_[own_];
    const Problem now = is_set(value) ? Problem::WhenSet : Problem::WhenUnset;
    if (field.problem == now) {
      const auto after_problems = facts.phrases.begin() + static_cast<std::ptrdiff_t>(facts.problems.size());
      facts.phrases.insert(after_problems, said);
      facts.problems.push_back({cause_of(field), own_ == 0 ? "" : facts.name, std::move(said)});
    } else {
      facts.phrases.push_back(std::move(said));
    }
  }
  template <class T>
  void field(const StatusField& field, const std::optional<T>& value) {
    if (value) this->field(field, *value);
  }
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
  std::string cause_of(const StatusField& field) const {
    return field.cause.empty() ? all_[own_].label + "_" + std::string(field.key) : std::string(field.cause);
  }

  std::vector<Facts>& all_;
  std::size_t own_;
  bool follows_;
  bool first_ = true;
};

}  // namespace

std::vector<Facts> facts_of(const Status& status) {
  std::vector<Facts> all;
  Collector collector(all, "node", status.follows());
  Status::describe(status, collector);
  return all;
}

std::vector<StatusProblem> problems_of(const Status& status) {
  std::vector<StatusProblem> all;
  for (Facts& facts : facts_of(status)) {
    for (StatusProblem& problem : facts.problems) all.push_back(std::move(problem));
  }
  return all;
}

std::vector<std::string> problem_lines_of(const Status& status) {
  std::vector<std::string> lines;
  for (const Facts& facts : facts_of(status)) {
    if (facts.problems.empty()) continue;
    std::vector<std::string> texts;
    for (const StatusProblem& problem : facts.problems) texts.push_back(problem.text);
    lines.push_back(printable(facts.label + (facts.name.empty() ? "" : " " + facts.name) + ": " + joined(texts)));
  }
  return lines;
}

}  // namespace syncer::node
