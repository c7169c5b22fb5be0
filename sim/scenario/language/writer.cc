// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/writer.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/text_forms.h"
#include "sim/scenario/values/scenario.h"

namespace sim::scenario {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kWidth = 110;

std::string key_of(const ordered_json& value, const ordered_json::const_iterator& item) {
  return value.is_object() ? ordered_json(item.key()).dump() + ": " : "";
}

std::string one_line(const ordered_json& value) {
  if (!value.is_structured() || value.empty()) return value.dump();
  std::string text = value.is_object() ? "{ " : "[";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ", ";
    text += key_of(value, item) + one_line(*item);
  }
  return text + (value.is_object() ? " }" : "]");
}

std::string lines(const ordered_json& value, std::size_t indent, bool break_always) {
  const std::string flat = one_line(value);
  const bool fits = indent + flat.size() <= kWidth && !break_always;
  if (fits || !value.is_structured() || value.empty()) return flat;
  const std::string margin(indent, ' ');
  std::string text = value.is_object() ? "{\n" : "[\n";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ",\n";
    text += margin + "  " + key_of(value, item) + lines(*item, indent + 2, false);
  }
  return text + "\n" + margin + (value.is_object() ? "}" : "]");
}

}  // namespace

std::string pretty(const ordered_json& value) { return lines(value, 0, true) + "\n"; }

std::string pretty_line(const ordered_json& value) { return one_line(value); }

namespace {

template <class T>
ordered_json object_of(const T& value);
template <class T>
ordered_json put(const std::optional<T>& value);
template <class T>
ordered_json put(const std::vector<T>& list);
template <class T>
requires std::is_class_v<T> ordered_json put(const T& value);

ordered_json put(bool value) { return value; }
ordered_json put(std::uint32_t value) { return value; }
ordered_json put(std::uint64_t value) { return value; }
ordered_json put(std::int64_t value) { return value; }
ordered_json put(const std::string& value) { return value; }
ordered_json put(Duration value) { return syncer::to_string(value); }
ordered_json put(Ratio value) { return syncer::to_string(value); }
ordered_json put(const Shift& value) { return to_string(value); }
ordered_json put(const Size& value) { return to_string(value); }
ordered_json put(const Bandwidth& value) { return to_string(value); }
ordered_json put(const Rate& value) { return to_string(value); }
ordered_json put(const Bound& value) { return to_string(value); }
ordered_json put(const Moment& value) { return to_string(value); }
ordered_json put(const Selector& value) { return value.text; }
ordered_json put(const Predicate& value);

ordered_json put(const Pairs& pairs) {
  ordered_json out = ordered_json::object();
  for (const Pair& pair : pairs) out[pair.key] = pair.value;
  return out;
}

ordered_json put(const Settings& settings) { return put(settings.pairs); }

ordered_json put(const Seeds& seeds) {
  if (seeds.from_commit) return "commit";
  return seeds.list.size() == 1 ? ordered_json(seeds.list.front()) : ordered_json(seeds.list);
}

ordered_json put(const std::vector<Machine>& machines) {
  ordered_json out = ordered_json::object();
  for (const Machine& machine : machines) out[machine.name] = machine.nodes;
  return out;
}

ordered_json put(const std::vector<ConfigBlock>& blocks) {
  ordered_json out = ordered_json::object();
  for (const ConfigBlock& block : blocks) out[block.who.text] = put(block.settings);
  return out;
}

template <class E>
requires std::is_enum_v<E> ordered_json put(E value) {
  const auto all = words(Type<E>{});
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& word) { return word.second == value; });
  return std::string(found->first);
}

template <class T>
ordered_json put(const std::optional<T>& value) {
  return put(*value);
}

template <class T>
ordered_json put(const std::vector<T>& list) {
  ordered_json out = ordered_json::array();
  for (const T& item : list) out.push_back(put(item));
  return out;
}

template <class T>
requires std::is_class_v<T> ordered_json put(const T& value) { return object_of(value); }

/// The visitor that writes the keys of a struct, defaults left out.
template <class T>
class ObjectWriter {
 public:
  ObjectWriter(ordered_json& out, const T& value, const T& plain) : out_(out), value_(value), plain_(plain) {}

  template <class M>
  void needs(std::string_view key, M T::*member, std::string_view) {
    out_[std::string(key)] = put(value_.*member);
  }

  template <class M>
  void takes(std::string_view key, M T::*member, std::string_view about) {
    if (!(value_.*member == plain_.*member)) needs(key, member, about);
  }

  template <class E>
  void named(std::string_view key, std::vector<E> T::*member, std::string_view) {
    ordered_json& all = out_[std::string(key)] = ordered_json::object();
    for (const E& element : value_.*member) all[element.name] = put(element);
  }

  template <class P>
  void inlined(P T::*part) {
    ObjectWriter<P> inner(out_, value_.*part, plain_.*part);
    describe(inner, Type<P>{});
  }

  void anchor(Anchor T::*part) {
    inlined(part);
    if (!(value_.*part).every) return;
    ObjectWriter<Anchor> inner(out_, value_.*part, plain_.*part);
    describe_repetition(inner);
  }

  template <class C>
  void choice(std::string_view key, C T::*member, std::string_view);

  void later(std::string_view, std::string_view) {}

 private:
  ordered_json& out_;
  const T& value_;
  const T& plain_;
};

/// The visitor that writes the alternative a variant holds.
template <class Choice>
class ChoiceWriter {
 public:
  ChoiceWriter(ordered_json& out, std::string_view key, const Choice& value) : out_(out), key_(key), value_(value) {}

  template <class A>
  void alternative(std::string_view word, std::string_view) {
    const A* held = std::get_if<A>(&value_);
    if (held == nullptr) return;
    if (!key_.empty()) out_[std::string(key_)] = std::string(word);
    const A plain;
    ObjectWriter<A> inner(out_, *held, plain);
    describe(inner, Type<A>{});
  }

  void later(std::string_view, std::string_view) {}

 private:
  ordered_json& out_;
  std::string_view key_;
  const Choice& value_;
};

template <class T>
template <class C>
void ObjectWriter<T>::choice(std::string_view key, C T::*member, std::string_view) {
  ChoiceWriter<C> chooser(out_, key, value_.*member);
  alternatives(chooser, Type<C>{});
}

template <class T>
ordered_json object_of(const T& value) {
  ordered_json out = ordered_json::object();
  const T plain;
  ObjectWriter<T> writer(out, value, plain);
  describe(writer, Type<T>{});
  return out;
}

/// Writes the word that a predicate has.
class WordWriter {
 public:
  WordWriter(ordered_json& out, const Predicate& value) : out_(out), value_(value) {}

  template <class Rest>
  void word(std::string_view text, Word word, Subject subject, std::string_view, Rest rest) {
    if (word != value_.word) return;
    ordered_json& behind = out_[std::string(text)];
    if (subject == Subject::List) {
      behind = put(value_.parts);
    } else if (subject == Subject::One) {
      behind = put(value_.parts.front());
    } else {
      behind = value_.subject.text;
    }
    const Predicate plain;
    ObjectWriter<Predicate> object(out_, value_, plain);
    rest(object);
  }

  void later(std::string_view, std::string_view) {}

 private:
  ordered_json& out_;
  const Predicate& value_;
};

ordered_json put(const Predicate& value) {
  ordered_json out = ordered_json::object();
  WordWriter writer(out, value);
  predicate_words(writer);
  return out;
}

}  // namespace

std::string to_json(const Event& event) { return pretty_line(put(event)); }

std::string to_json(const Expectation& expectation) { return pretty_line(put(expectation)); }

std::string to_json(const Scenario& scenario) {
  ordered_json out = ordered_json::object();
  out["scenario"] = 1;
  const Scenario plain;
  ObjectWriter<Scenario> writer(out, scenario, plain);
  describe(writer, Type<Scenario>{});
  return pretty(out);
}

namespace {

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
