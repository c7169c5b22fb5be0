// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/pretty_json.h"
#include "sim/scenario/language/text_forms.h"
#include "sim/scenario/language/words_scenario.h"

namespace sim::scenario {
namespace {

using nlohmann::ordered_json;

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

}  // namespace sim::scenario
