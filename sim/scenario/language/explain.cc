// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/text_forms.h"
#include "sim/scenario/language/words_events.h"

namespace sim::scenario {
namespace {

using nlohmann::ordered_json;

/// Finds what the word of an action means.
struct Meaning {
  const Action& action;
  std::string text;

  template <class A>
  void alternative(std::string_view, std::string_view about) {
    if (std::holds_alternative<A>(action)) text = about;
  }
  void later(std::string_view, std::string_view) {}
};

std::string moment_in_words(const Anchor& a) {
  if (a.when) {
    const std::string since = a.after ? " after " + to_string(*a.after) : "";
    return "As soon as its condition is true" + since + ", at the latest " + syncer::to_string(*a.within) + " on";
  }
  if (a.every) {
    const std::string from = a.from ? to_string(*a.from) : "the beginning";
    const std::string until = a.until ? to_string(*a.until) : "the end";
    return "Every " + syncer::to_string(*a.every) + " from " + from + " to " + until;
  }
  if (a.after) return "At " + to_string(*a.after);
  return "At " + to_string(a.at.value_or(Moment{}));
}

constexpr std::string_view kHead[] = {"id", "at", "after", "every", "jitter", "do", "note", "within"};

/// The arguments that are neither anchor nor name: "who all, spread 2s".
std::string arguments_of(const Event& event) {
  std::string text;
  const ordered_json all = ordered_json::parse(to_json(event));
  for (const auto& [key, value] : all.items()) {
    const bool repeats = event.anchor.every && (key == "from" || key == "until");
    if (repeats || std::find(std::begin(kHead), std::end(kHead), key) != std::end(kHead)) continue;
    text += (text.empty() ? "" : ", ") + key + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

std::string in_words(const Event& event) {
  Meaning meaning{event.action, ""};
  alternatives(meaning, Type<Action>{});
  std::string text = "  " + moment_in_words(event.anchor) + " [" + event.id + "]: " + meaning.text;
  const std::string arguments = arguments_of(event);
  if (!arguments.empty()) text += " (" + arguments + ")";
  if (!event.note.empty()) text += "; " + event.note;
  return text + ".\n";
}

std::string topology_in_words(const Topology& topology) {
  std::string text;
  for (const Region& region : topology.regions) {
    std::string syncers;
    for (const std::string& name : region.syncers) syncers += (syncers.empty() ? "" : ", ") + name;
    text += "  Region " + region.name + ": registry " + region.registry + ", syncer " + syncers + ".\n";
  }
  return text;
}

}  // namespace

std::string explain(const Scenario& s) {
  std::string text = s.name + ": " + s.about + "\n\nWho is there:\n" + topology_in_words(s.topology);
  if (!s.workloads.empty()) text += "\nApplications:\n";
  for (const Workload& w : s.workloads) text += "  " + w.id + " at " + w.registry + ".\n";
  text += "\nWhat happens in " + syncer::to_string(s.duration) + ":\n";
  for (const Event& event : s.events) text += in_words(event);
  for (const Chaos& chaos : s.chaos) {
    text += "  From " + to_string(chaos.from) + " to " + to_string(chaos.until) + " [" + chaos.id +
            "]: random faults of " + std::to_string(chaos.families.size()) + " kinds.\n";
  }
  if (s.settle) text += "  At settle: all faults of " + s.settle->core.text + " end.\n";
  text += "\nWhat must be true:\n";
  for (const Expectation& e : s.expect) text += "  " + to_json(e) + "\n";
  for (const Relax& r : s.relax) text += "  not " + r.invariant + ": " + r.reason + "\n";
  return text;
}

}  // namespace sim::scenario
