// SPDX-License-Identifier: Apache-2.0
#include "syncer/json/document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "syncer/base/mutation.h"

namespace syncer::json {

namespace {

template <class Integer>
std::optional<Integer> whole(const Value& value) {
  if (value.type() != Type::Number) return std::nullopt;
  const ByteView text = value.text();
  Integer number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> Value::natural() const { return whole<std::uint64_t>(*this); }
std::optional<std::int64_t> Value::integer() const { return whole<std::int64_t>(*this); }

const Value* Value::find(ByteView name) const {
  if (!is_object()) return nullptr;
  for (const Value& value : *this) {
    if (value.name() == name) return &value;
  }
  return nullptr;
}

namespace {

constexpr int kMaxPlainDepth = 16;
/// Every name is compared with all before it.
constexpr std::size_t kMaxMembers = 64;
/// Any integer of so many digits fits into 64 bits.
constexpr std::size_t kMaxDigits = 18;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = ' '; c <= '~'; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();
bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// A reader of names without regard to case must find at most one.
bool same_name(ByteView a, ByteView b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

/// The character that an escape of one letter stands for; 0 when there is no such escape.
char escaped(char letter) {
  constexpr ByteView kLetters = "\"\\/bfnrt";
  constexpr ByteView kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t at = kLetters.find(letter);
  return at == ByteView::npos ? '\0' : kMeanings[at];
}

class PlainReader {
 public:
  PlainReader(ByteView text, Builder& out) : at_(text.data()), end_(text.data() + text.size()), out_(out) {}

  bool document() { return value({}, 1) && (skip_spaces(), at_ == end_); }

 private:
  void skip_spaces() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  /// The next character that is no space; 0 at the end.
  char peek() {
    skip_spaces();
    return at_ == end_ ? '\0' : *at_;
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  bool value(ByteView name, int depth) {
    switch (peek()) {
      case '{':
        return object(name, depth);
      case '[':
        return list(name, depth);
      case '"': {
        ByteView characters;
        if (!text(characters)) return false;
        out_.add(Type::Text, name, characters);
        return true;
      }
      case 't':
        return word("true", Type::Boolean, name);
      case 'f':
        return word("false", Type::Boolean, name);
      case 'n':
        return word("null", Type::Null, name);
      default:
        return number(name);
    }
  }

  bool word(ByteView spelling, Type type, ByteView name) {
    if (!ByteView(at_, static_cast<std::size_t>(end_ - at_)).starts_with(spelling)) return false;
    out_.add(type, name, spelling);
    at_ += spelling.size();
    return true;
  }

  bool number(ByteView name) {
    const char* const begin = at_;
    if (at_ != end_ && *at_ == '-') ++at_;
    const char* const first = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    const auto digits = static_cast<std::size_t>(at_ - first);
    const bool is_zero = digits == 1 && *first == '0' && first == begin;
    if (digits == 0 || digits > kMaxDigits || (*first == '0' && !is_zero)) return false;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
    out_.add(Type::Number, name, ByteView(begin, static_cast<std::size_t>(at_ - begin)));
    return true;
  }

  bool text(ByteView& out) {
    const char* const begin = ++at_;
    while (at_ != end_ && is_plain(*at_)) ++at_;
    if (at_ == end_) return false;
    out = ByteView(begin, static_cast<std::size_t>(at_ - begin));
    return *at_ == '"' ? (++at_, true) : text_with_escapes(Bytes(out), out);
  }

  bool text_with_escapes(Bytes characters, ByteView& out) {
    while (at_ != end_ && *at_ != '"') {
      char c = *at_++;
      if (c == '\\' ? !escape(c) : !is_plain(c)) return false;
      characters.push_back(c);
    }
    if (at_ == end_) return false;
    ++at_;
    out = out_.keep(std::move(characters));
    return true;
  }

  /// Behind a backslash: one letter, or four digits of which the first three are those of ASCII.
  bool escape(char& out) {
    if (at_ == end_) return false;
    const char letter = *at_++;
    if (letter != 'u') {
      out = SYNCER_MUTATED("json.keep_the_escaping_letter") ? letter : escaped(letter);
      return out != '\0';
    }
    if (end_ - at_ < 4 || at_[0] != '0' || at_[1] != '0' || at_[2] > '7') return false;
    const auto code = from_hex(ByteView(at_ + 2, 2));
    if (!code) return false;
    out = code->front();
    at_ += 4;
    return true;
  }

  bool list(ByteView name, int depth) {
    if (depth > kMaxPlainDepth) return false;
    const std::size_t place = out_.add(Type::List, name);
    ++at_;
    if (!take(']')) {
      do {
        if (!value({}, depth + 1)) return false;
      } while (take(','));
      if (!take(']')) return false;
    }
    out_.close(place);
    return true;
  }

  bool object(ByteView name, int depth) {
    if (depth > kMaxPlainDepth) return false;
    const std::size_t place = out_.add(Type::Object, name);
    ++at_;
    std::size_t members = 0;
    if (!take('}')) {
      do {
        if (++members > kMaxMembers || !member(place, depth)) return false;
      } while (take(','));
      if (!take('}')) return false;
    }
    out_.close(place);
    return true;
  }

  bool member(std::size_t object, int depth) {
    ByteView name;
    if (peek() != '"' || !text(name) || !take(':')) return false;
    out_.close(object);
    if (!SYNCER_MUTATED("json.keep_the_first_of_two")) {
      for (const Value& before : out_.at(object)) {
        if (same_name(before.name(), name)) return false;
      }
    }
    return value(name, depth + 1);
  }

  const char* at_;
  const char* end_;
  Builder& out_;
};

}  // namespace

bool read_plain(ByteView text, Builder& out) {
  out.reserve_for(text.size());
  return PlainReader(text, out).document();
}

namespace {

constexpr int kMaxDepth = 64;

/// Counts brackets outside of texts: a walk over a value recurses, so depth is bounded before it is built.
bool is_shallow(ByteView text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '{' || c == '[')) {
      if (++depth > kMaxDepth) return false;
    } else if (!in_text && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return true;
}

Type type_of(const nlohmann::json& value) {
  if (value.is_object()) return Type::Object;
  if (value.is_array()) return Type::List;
  if (value.is_string()) return Type::Text;
  if (value.is_number()) return Type::Number;
  return value.is_boolean() ? Type::Boolean : Type::Null;
}

void append(Builder& out, ByteView name, const nlohmann::json& value) {
  if (value.is_string()) {
    out.add(Type::Text, name, out.keep(value.get<std::string>()));
    return;
  }
  if (!value.is_structured()) {
    out.add(type_of(value), name, out.keep(value.dump()));
    return;
  }
  const std::size_t place = out.add(type_of(value), name);
  for (const auto& [key, element] : value.items()) {
    append(out, value.is_object() ? out.keep(key) : ByteView(), element);
  }
  out.close(place);
}

}  // namespace

std::optional<Document> Document::parse(ByteView text) {
  Builder values;
  if (read_plain(text, values)) return Document(std::move(values));
  if (!is_shallow(text)) return std::nullopt;
  const auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  values.clear();
  append(values, {}, value);
  return Document(std::move(values));
}

}  // namespace syncer::json
