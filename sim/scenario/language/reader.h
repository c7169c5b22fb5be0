// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/scenario/language/document.h"
#include "sim/scenario/language/text_forms.h"
#include "sim/scenario/values/scenario.h"

namespace sim::scenario {

/// A reference inside a file that can only be judged when all of it is read.
struct MomentUse {
  Moment moment;
  Cursor cursor;
};
struct SelectorUse {
  Selector selector;
  Cursor cursor;
};

template <class E>
concept Enumeration = std::is_enum_v<E>;

/// Reads described structs (type.h) out of a document. Every problem is noted, none stops the reading.
class Reader {
 public:
  explicit Reader(std::vector<Diagnostic>& problems) : problems_(problems) {}

  void refuse(const Cursor& at, std::string message);
  void refuse_key(const Cursor& at, std::string message);

  const std::vector<MomentUse>& moments() const { return moments_; }
  const std::vector<SelectorUse>& selectors() const { return selectors_; }

  // Values that are written as one text, number or list.
  void read(const Cursor& at, bool& out);
  void read(const Cursor& at, std::string& out);
  void read(const Cursor& at, std::uint64_t& out);
  void read(const Cursor& at, std::uint32_t& out);
  void read(const Cursor& at, std::int64_t& out);
  void read(const Cursor& at, Duration& out);
  void read(const Cursor& at, Ratio& out);
  void read(const Cursor& at, Shift& out);
  void read(const Cursor& at, Size& out);
  void read(const Cursor& at, Bandwidth& out);
  void read(const Cursor& at, Rate& out);
  void read(const Cursor& at, Bound& out);
  void read(const Cursor& at, Moment& out);
  void read(const Cursor& at, Selector& out);
  void read(const Cursor& at, Pairs& out);
  void read(const Cursor& at, Settings& out);
  void read(const Cursor& at, Seeds& out);
  void read(const Cursor& at, Delay& out);
  void read(const Cursor& at, Predicate& out);
  void read(const Cursor& at, std::vector<Machine>& out);
  void read(const Cursor& at, std::vector<ConfigBlock>& out);
  void read(const Cursor& at, std::vector<Selector>& out);

  template <class T>
  void read(const Cursor& at, std::optional<T>& out) {
    read(at, out.emplace());
  }

  template <class T>
  void read(const Cursor& at, std::vector<T>& out) {
    if (!expect(at, Value::Kind::Array, "a list")) return;
    for (std::size_t i = 0; i < at.value->items.size(); ++i) read(at.element(i), out.emplace_back());
  }

  template <Enumeration E>
  void read(const Cursor& at, E& out) {
    std::vector<std::string_view> known;
    for (const auto& [word, value] : words(Type<E>{})) {
      known.push_back(word);
      if (at.is(Value::Kind::String) && at.value->text == word) {
        out = value;
        return;
      }
    }
    refuse_word(at, known, {});
  }

  /// A described struct.
  template <class T>
  requires std::is_class_v<T>
  void read(const Cursor& at, T& out) {
    if (expect(at, Value::Kind::Object, "an object")) read_object<T>({at}, out);
  }

  /// The same out of several objects: the first that has a key wins.
  template <class T>
  void read_object(const std::vector<Cursor>& layers, T& out);

  /// Refuses a text that is none of the known words, with the nearest one.
  void refuse_word(const Cursor& at, const std::vector<std::string_view>& known, const std::vector<LaterWord>& later);
  /// Refuses keys that nobody asked for.
  struct Keys {
    std::vector<std::string_view> known;
    std::vector<LaterWord> later;
    std::vector<std::string_view> claimed;  ///< taken by the anchor already
    bool open = false;                      ///< what the object is was not understood, so neither are its keys
  };
  void refuse_unknown(const Cursor& at, const Keys& keys);
  /// In words, that a word is not supported yet and what is; nothing when it is none of these.
  static std::optional<std::string> postponed(std::string_view word, const std::vector<LaterWord>& later);
  void refuse_missing(const Cursor& at, std::string_view key, std::string_view about);
  bool expect(const Cursor& at, Value::Kind kind, std::string_view name);

 private:
  template <class T>
  void take(const Cursor& at, syncer::Result<T> parsed, T& out);
  const std::string* text_of(const Cursor& at, std::string_view want);

  std::vector<Diagnostic>& problems_;
  std::vector<MomentUse> moments_;
  std::vector<SelectorUse> selectors_;
};

/// The visitor that reads the keys of one object (of several layers, in order) into a struct.
template <class T>
class ObjectReader {
 public:
  ObjectReader(Reader& reader, const std::vector<Cursor>& layers, T& out, Reader::Keys& keys)
      : reader_(reader), layers_(layers), out_(out), keys_(keys) {
    if constexpr (requires { out.place; }) out.place = layers.front().place();
  }

  template <class M>
  void needs(std::string_view key, M T::*member, std::string_view about) {
    if (!read(key, member)) reader_.refuse_missing(layers_.front(), key, about);
  }

  template <class M>
  void takes(std::string_view key, M T::*member, std::string_view) {
    read(key, member);
  }

  template <class E>
  void named(std::string_view key, std::vector<E> T::*member, std::string_view) {
    keys_.known.push_back(key);
    const std::optional<Cursor> at = find(key);
    if (!at || !reader_.expect(*at, Value::Kind::Object, "an object of names")) return;
    for (const Value& v : at->value->items) {
      E& element = (out_.*member).emplace_back();
      element.name = v.key;
      reader_.read(at->member(v), element);
    }
  }

  template <class P>
  void inlined(P T::*part) {
    ObjectReader<P> inner(reader_, layers_, out_.*part, keys_);
    describe(inner, Type<P>{});
  }

  void anchor(Anchor T::*part) {
    ObjectReader<Anchor> inner(reader_, layers_, out_.*part, keys_);
    describe(inner, Type<Anchor>{});
    if (!find("every")) return;
    describe_repetition(inner);
    keys_.claimed = {"from", "until", "jitter"};
  }

  /// A variant: the text behind `key` tells which, or, when `key` is empty, the first key that belongs to one does.
  template <class C>
  void choice(std::string_view key, C T::*member, std::string_view about);

  void later(std::string_view key, std::string_view instead) { keys_.later.push_back({key, instead}); }

  std::optional<Cursor> find(std::string_view key) const {
    for (const Cursor& layer : layers_) {
      if (const Value* v = layer.value->find(key)) return layer.member(*v);
    }
    return std::nullopt;
  }

 private:
  template <class M>
  bool read(std::string_view key, M T::*member) {
    if (std::find(keys_.claimed.begin(), keys_.claimed.end(), key) != keys_.claimed.end()) return false;
    keys_.known.push_back(key);
    const std::optional<Cursor> at = find(key);
    if (at) reader_.read(*at, out_.*member);
    return at.has_value();
  }

  Reader& reader_;
  const std::vector<Cursor>& layers_;
  T& out_;
  Reader::Keys& keys_;
};

/// The visitor of a variant's alternatives.
template <class Choice>
class ChoiceReader {
 public:
  ChoiceReader(Reader& reader, const std::vector<Cursor>& layers, std::string_view key, Choice& out, Reader::Keys& keys)
      : reader_(reader), layers_(layers), key_(key), out_(out), keys_(keys) {}

  template <class A>
  void alternative(std::string_view word, std::string_view) {
    words_.push_back(word);
    if (found_ || !chosen(word)) return;
    found_ = true;
    A value;
    ObjectReader<A> inner(reader_, layers_, value, keys_);
    describe(inner, Type<A>{});
    out_ = std::move(value);
  }

  void later(std::string_view word, std::string_view instead) { later_.push_back({word, instead}); }

  void finish(std::string_view about) {
    if (found_) return;
    keys_.open = true;
    const Cursor& object = layers_.front();
    if (!key_.empty()) {
      const Value* v = object.value->find(key_);
      if (v == nullptr) return reader_.refuse_missing(object, key_, about);
      return reader_.refuse_word(object.member(*v), words_, later_);
    }
    for (const LaterWord& later : later_) {
      const Value* v = object.value->find(later.word);
      if (v != nullptr) return reader_.refuse_word(object.member(*v), words_, later_);
    }
    std::string list;
    for (const std::string_view word : words_) list += (list.empty() ? "" : ", ") + std::string(word);
    reader_.refuse(object, "wants one of: " + list);
    keys_.open = false;
    keys_.known.insert(keys_.known.end(), words_.begin(), words_.end());
  }

 private:
  bool chosen(std::string_view word) const {
    const Value& object = *layers_.front().value;
    if (key_.empty()) return object.find(word) != nullptr;
    const Value* v = object.find(key_);
    return v != nullptr && v->kind == Value::Kind::String && v->text == word;
  }

  Reader& reader_;
  const std::vector<Cursor>& layers_;
  std::string_view key_;
  Choice& out_;
  Reader::Keys& keys_;
  std::vector<std::string_view> words_;
  std::vector<LaterWord> later_;
  bool found_ = false;
};

template <class T>
template <class C>
void ObjectReader<T>::choice(std::string_view key, C T::*member, std::string_view about) {
  if (!key.empty()) keys_.known.push_back(key);
  ChoiceReader<C> chooser(reader_, layers_, key, out_.*member, keys_);
  alternatives(chooser, Type<C>{});
  chooser.finish(about);
}

template <class T>
void Reader::read_object(const std::vector<Cursor>& layers, T& out) {
  Keys keys;
  ObjectReader<T> object(*this, layers, out, keys);
  describe(object, Type<T>{});
  for (const Cursor& layer : layers) refuse_unknown(layer, keys);
}

}  // namespace sim::scenario
