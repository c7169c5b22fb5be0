// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "sim/scenario/run/selector.h"
#include "sim/scenario/language/validate.h"
#include "syncer/base/nearest.h"

namespace sim::scenario {
namespace {

void add_label(const Draft& draft, std::set<std::string>& labels, const std::string& label, const Cursor& at) {
  if (!is_label(label)) {
    draft.reader.refuse(
        at, "\"" + label + "\" is not usable as a label (letters, digits, \"_\", \"-\", \".\", \"/\"; a letter first)");
  } else if (label == "all" || label == "settle" || label == "end") {
    draft.reader.refuse(at, "\"" + label + "\" is a reserved label");
  } else if (!labels.insert(label).second) {
    draft.reader.refuse(at, "label \"" + label + "\" is taken already");
  }
}

std::set<std::string> collect_labels(const Draft& draft) {
  const Scenario& s = draft.scenario;
  std::set<std::string> labels = {"end", "settle"};
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    add_label(draft, labels, s.events[i].id, draft.item("events", i).at("id"));
  }
  for (std::size_t i = 0; i < s.workloads.size(); ++i) {
    add_label(draft, labels, s.workloads[i].id, draft.item("workloads", i).at("id"));
  }
  for (std::size_t i = 0; i < s.chaos.size(); ++i) {
    add_label(draft, labels, s.chaos[i].id, draft.item("chaos", i).at("id"));
  }
  for (const Chaos& chaos : s.chaos) labels.erase(chaos.id);  // a chaos is many events, none of them its begin
  if (!s.settle) labels.erase("settle");
  return labels;
}

void validate_anchor(const Draft& draft, const Anchor& a, const Cursor& at) {
  const int kinds =
      int{a.at.has_value()} + int{a.after && !a.when} + int{a.every.has_value()} + int{a.when.has_value()};
  if (kinds == 0) return draft.reader.refuse(at, "says not when: wants \"at\", \"after\", \"every\" or \"when\"");
  if (kinds > 1) {
    return draft.reader.refuse(at, "says twice when: wants one of \"at\", \"after\", \"every\" and \"when\"");
  }
  if (a.at && !a.at->absolute()) {
    draft.reader.refuse(at.at("at"), "\"at\" wants a duration; a label goes with \"after\"");
  }
  if (a.after && a.after->absolute()) {
    draft.reader.refuse(at.at("after"), "\"after\" wants a label; a duration goes with \"at\"");
  }
  if (a.every && *a.every <= Duration::zero()) draft.reader.refuse(at.at("every"), "wants a time above zero");
  if (!a.every && (a.from || a.until || a.jitter)) {
    draft.reader.refuse(at, "\"from\", \"until\" and \"jitter\" of an event go with \"every\"");
  }
  if (a.when.has_value() != a.within.has_value()) draft.reader.refuse(at, "\"when\" and \"within\" go together");
}

/// The label that an event hangs on.
const std::string* waits_for(const Event& event) {
  if (event.anchor.after && !event.anchor.after->absolute()) return &event.anchor.after->label;
  if (event.anchor.from && !event.anchor.from->absolute()) return &event.anchor.from->label;
  return nullptr;
}

/// Every event waits for at most one other, so a cycle is found by walking.
void refuse_cycles(const Draft& draft) {
  std::map<std::string, const std::string*> next;
  const auto& events = draft.scenario.events;
  for (const Event& e : events) next[e.id] = waits_for(e);
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string path = events[i].id;
    const std::string* step = waits_for(events[i]);
    for (std::size_t n = 0; step != nullptr && n < events.size(); ++n) {
      path += " -> " + *step;
      if (*step == events[i].id) {
        draft.reader.refuse(draft.item("events", i), "waits for itself: " + path);
        break;
      }
      const auto found = next.find(*step);
      step = found == next.end() ? nullptr : found->second;
    }
  }
}

void refuse_unknown_labels(const Draft& draft, const std::set<std::string>& labels) {
  const std::vector<std::string_view> names(labels.begin(), labels.end());
  for (const MomentUse& use : draft.reader.moments()) {
    if (use.moment.absolute() || labels.count(use.moment.label) != 0) continue;
    draft.reader.refuse(
        use.cursor, "there is no label \"" + use.moment.label + "\"" + syncer::did_you_mean(use.moment.label, names));
  }
}

std::set<std::string> captured_names(const Draft& draft) {
  std::set<std::string> names;
  for (const Event& e : draft.scenario.events) {
    if (!e.as.empty()) names.insert(e.as);
  }
  return names;
}

}  // namespace

void validate_labels(const Draft& draft) {
  const std::set<std::string> labels = collect_labels(draft);
  for (std::size_t i = 0; i < draft.scenario.events.size(); ++i) {
    validate_anchor(draft, draft.scenario.events[i].anchor, draft.item("events", i));
  }
  refuse_unknown_labels(draft, labels);
  refuse_cycles(draft);
  const std::set<std::string> captured = captured_names(draft);
  const std::vector<SelectorUse> uses = draft.reader.selectors();
  for (const SelectorUse& use : uses) {
    if (use.selector.text == "core" || use.selector.text == "any") continue;
    const auto checked = check_selector(use.selector, draft.cast, captured);
    if (!checked) draft.reader.refuse(use.cursor, checked.error().detail);
  }
}

}  // namespace sim::scenario
