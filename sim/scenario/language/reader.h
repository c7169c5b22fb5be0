// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/scenario/language/cursor.h"
#include "sim/scenario/language/text_forms.h"
#include "sim/scenario/language/words_scenario.h"

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

}  // namespace sim::scenario

#include "sim/scenario/language/object_reader.h"
