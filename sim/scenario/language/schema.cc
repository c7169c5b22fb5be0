// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/schema.h"

#include <nlohmann/json.hpp>

#include "sim/scenario/language/writer.h"
#include "sim/scenario/values/scenario.h"

namespace sim::scenario {
namespace {

using nlohmann::ordered_json;

ordered_json reference(const char* name) { return {{"$ref", std::string("#/$defs/") + name}}; }

ordered_json text_form(const char* about, const char* pattern) {
  return {{"type", "string"}, {"description", about}, {"pattern", pattern}};
}

ordered_json map_of(ordered_json values) { return {{"type", "object"}, {"additionalProperties", std::move(values)}}; }

template <class T>
ordered_json object_schema();
template <class T>
ordered_json schema(Type<std::optional<T>>);
template <class T>
ordered_json schema(Type<std::vector<T>>);
template <class T>
requires std::is_class_v<T> ordered_json schema(Type<T>);

ordered_json schema(Type<bool>) { return {{"type", "boolean"}}; }
ordered_json schema(Type<std::string>) { return {{"type", "string"}}; }
ordered_json schema(Type<std::uint32_t>) { return {{"type", "integer"}, {"minimum", 0}}; }
ordered_json schema(Type<std::uint64_t>) { return {{"type", "integer"}, {"minimum", 0}}; }
ordered_json schema(Type<std::int64_t>) { return {{"type", "integer"}}; }
ordered_json schema(Type<Duration>) { return reference("duration"); }
ordered_json schema(Type<Ratio>) { return reference("share"); }
ordered_json schema(Type<Shift>) { return reference("shift"); }
ordered_json schema(Type<Size>) { return reference("size"); }
ordered_json schema(Type<Bandwidth>) { return reference("bandwidth"); }
ordered_json schema(Type<Rate>) { return reference("rate"); }
ordered_json schema(Type<Bound>) { return reference("bound"); }
ordered_json schema(Type<Moment>) { return reference("moment"); }
ordered_json schema(Type<Selector>) { return reference("selector"); }
ordered_json schema(Type<Predicate>) { return reference("predicate"); }
ordered_json schema(Type<Delay>) { return reference("delay"); }
ordered_json schema(Type<Pairs>) { return map_of({{"type", "string"}}); }
ordered_json schema(Type<std::vector<Machine>>) { return map_of({{"type", "array"}, {"items", {{"type", "string"}}}}); }

ordered_json schema(Type<Settings>) {
  return map_of({{"type", {"string", "number", "boolean", "array", "object"}}, {"items", {{"type", "string"}}}});
}
ordered_json schema(Type<std::vector<ConfigBlock>>) { return map_of(schema(Type<Settings>{})); }

ordered_json schema(Type<Seeds>) {
  const ordered_json number = {{"type", "integer"}, {"minimum", 0}};
  return {{"anyOf", {number, {{"type", "array"}, {"items", number}}, {{"const", "commit"}}}}};
}

template <class E>
requires std::is_enum_v<E> ordered_json schema(Type<E> type) {
  ordered_json list = ordered_json::array();
  for (const auto& [word, value] : words(type)) list.push_back(std::string(word));
  return {{"enum", std::move(list)}};
}

template <class T>
ordered_json schema(Type<std::optional<T>>) {
  return schema(Type<T>{});
}

template <class T>
ordered_json schema(Type<std::vector<T>>) {
  return {{"type", "array"}, {"items", schema(Type<T>{})}};
}

ordered_json schema(Type<std::vector<Selector>>) {
  const ordered_json one = reference("selector");
  return {{"type", "array"}, {"items", {{"anyOf", {one, {{"type", "array"}, {"items", one}}}}}}};
}

template <class T>
requires std::is_class_v<T> ordered_json schema(Type<T>) { return object_schema<T>(); }

/// The keys of an object so far.
struct Shape {
  ordered_json properties = ordered_json::object();
  ordered_json required = ordered_json::array();

  void add(std::string_view key, ordered_json value, std::string_view about) {
    value["description"] = std::string(about);
    properties[std::string(key)] = std::move(value);
  }
  ordered_json object() const {
    ordered_json out = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
    if (!required.empty()) out["required"] = required;
    return out;
  }
};

template <class T>
class ObjectSchema;

/// Collects one whole object for each alternative of a variant.
struct Alternatives {
  Shape common;
  std::string_view key;
  ordered_json list = ordered_json::array();

  template <class A>
  void alternative(std::string_view word, std::string_view about);
  void later(std::string_view, std::string_view) {}
};

/// The visitor that turns a description into JSON Schema.
template <class T>
class ObjectSchema {
 public:
  ObjectSchema(Shape& shape, Alternatives& choices) : shape_(shape), choices_(choices) {}

  template <class M>
  void needs(std::string_view key, M T::*member, std::string_view about) {
    shape_.required.push_back(std::string(key));
    takes(key, member, about);
  }
  template <class M>
  void takes(std::string_view key, M T::*, std::string_view about) {
    shape_.add(key, schema(Type<M>{}), about);
  }
  template <class E>
  void named(std::string_view key, std::vector<E> T::*, std::string_view about) {
    shape_.add(key, map_of(schema(Type<E>{})), about);
  }
  template <class P>
  void inlined(P T::*) {
    ObjectSchema<P> inner(shape_, choices_);
    describe(inner, Type<P>{});
  }
  void anchor(Anchor T::*part) {
    inlined(part);
    ObjectSchema<Anchor> inner(shape_, choices_);
    describe_repetition(inner);
  }
  template <class C>
  void choice(std::string_view key, C T::*, std::string_view) {
    choices_.key = key;
    chosen_ = [](Alternatives& a) { alternatives(a, Type<C>{}); };
  }
  void later(std::string_view, std::string_view) {}

  /// The object, or the list of objects it may be.
  ordered_json finish() {
    if (chosen_ == nullptr) return shape_.object();
    choices_.common = shape_;
    chosen_(choices_);
    return {{"oneOf", choices_.list}};
  }

 private:
  Shape& shape_;
  Alternatives& choices_;
  void (*chosen_)(Alternatives&) = nullptr;
};

template <class A>
void Alternatives::alternative(std::string_view word, std::string_view about) {
  Shape shape = common;
  Alternatives none;
  ObjectSchema<A> inner(shape, none);
  describe(inner, Type<A>{});
  if (!key.empty()) {
    shape.add(key, {{"const", std::string(word)}}, about);
    shape.required.push_back(std::string(key));
  }
  list.push_back(shape.object());
}

template <class T>
ordered_json object_schema() {
  Shape shape;
  Alternatives choices;
  ObjectSchema<T> visitor(shape, choices);
  describe(visitor, Type<T>{});
  return visitor.finish();
}

/// One object for each word of a predicate.
struct WordSchemas {
  ordered_json list = ordered_json::array();

  template <class Rest>
  void word(std::string_view text, Word, Subject subject, std::string_view about, Rest rest) {
    Shape shape;
    shape.add(text, behind(subject), about);
    shape.required.push_back(std::string(text));
    Alternatives none;
    ObjectSchema<Predicate> inner(shape, none);
    rest(inner);
    list.push_back(shape.object());
  }
  void later(std::string_view, std::string_view) {}

 private:
  static ordered_json behind(Subject subject) {
    if (subject == Subject::List) return {{"type", "array"}, {"items", reference("predicate")}};
    if (subject == Subject::One) return reference("predicate");
    return {{"type", "string"}};
  }
};

ordered_json definitions() {
  constexpr const char* kDuration = "^(0|([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+)$";
  WordSchemas predicates;
  predicate_words(predicates);
  return {{"duration", text_form("a duration such as 250ms, 30s or 1m30s", kDuration)},
          {"shift", text_form("a duration with a sign", "^-?(0|([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+)$")},
          {"share", text_form("a probability such as 2% or 1/500", "^[0-9]+(\\.[0-9]+)?(%|/[0-9]+)?$")},
          {"size", text_form("an amount such as 64KiB", "^(0|[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB))$")},
          {"bandwidth", text_form("bits per second such as 10Mbit", "^(0|[0-9]+(\\.[0-9]+)?(bit|Kbit|Mbit|Gbit))$")},
          {"rate", text_form("how often, such as 2/s or 1/5s", "^[0-9]+(\\.[0-9]+)?/.+$")},
          {"bound", text_form("a bound such as <= 20s", "^(<=|>=|==|<|>) ?[0-9].*$")},
          {"moment", text_form("a point in the run: 20s, a label, or label + 30s", "^.+$")},
          {"selector", text_form("nodes and registries: all, e1, region:east, random(2, all), X + Y, X - Y", "^.+$")},
          {"delay", {{"anyOf", {reference("duration"), object_schema<Delay>()}}}},
          {"predicate", {{"oneOf", predicates.list}}}};
}

}  // namespace

std::string json_schema() {
  ordered_json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "syncsim scenario, version 1"}};
  ordered_json body = object_schema<Scenario>();
  ordered_json& properties = body["properties"];
  properties["$schema"] = {{"type", "string"}};
  properties["scenario"] = {{"const", 1}, {"description", "version of the format"}};
  properties["include"] = {
      {"type", "array"}, {"items", {{"type", "string"}}}, {"description", "files with further keys"}};
  body.erase("required");  // an included file may give any of them, and may itself be checked by this schema
  out.update(body);
  out["$defs"] = definitions();
  return pretty(out);
}

}  // namespace sim::scenario
