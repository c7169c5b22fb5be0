// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/reader.h"

#include <algorithm>
#include <limits>

#include "syncer/base/nearest.h"

namespace sim::scenario {
namespace {

std::string shown(const Value& value) {
  switch (value.kind) {
    case Value::Kind::Null:
      return "null";
    case Value::Kind::String:
      return "\"" + value.text + "\"";
    case Value::Kind::Array:
      return "a list";
    case Value::Kind::Object:
      return "an object";
    default:
      return value.text;
  }
}

bool is_number(const Value& value) {
  return value.kind == Value::Kind::Unsigned || value.kind == Value::Kind::Signed || value.kind == Value::Kind::Real;
}

/// The word that took the place of one of older files; nothing for any other word.
std::optional<std::string> successor(std::string_view word) {
  constexpr std::string_view kEvents = "sc.";
  if (word == "service_center") return "registry";
  if (word == "service_centers") return "registries";
  if (word == "service_centers_out") return "registries_out";
  if (word.starts_with(kEvents)) return "registry." + std::string(word.substr(kEvents.size()));
  return std::nullopt;
}

/// What is wrong with an unknown word: it has a successor, or which known one is nearest.
std::string unknown(std::string_view what, std::string_view word, const std::vector<std::string_view>& known) {
  std::string text = "unknown " + std::string(what) + " \"" + std::string(word) + "\"";
  if (const auto now = successor(word)) return text + ", it is called \"" + *now + "\" now";
  return text + syncer::did_you_mean(word, known);
}

}  // namespace

void Reader::refuse(const Cursor& at, std::string message) {
  const Place place = at.place();
  problems_.push_back({place, std::move(message), at.document->source_line(place.line), at.path});
}

void Reader::refuse_key(const Cursor& at, std::string message) {
  const Place place = at.key_place();
  problems_.push_back({place, std::move(message), at.document->source_line(place.line), at.path});
}

bool Reader::expect(const Cursor& at, Value::Kind kind, std::string_view name) {
  if (at.is(kind)) return true;
  refuse(at, "wants " + std::string(name) + ", not " + shown(*at.value));
  return false;
}

void Reader::refuse_missing(const Cursor& at, std::string_view key, std::string_view about) {
  refuse(at, "\"" + std::string(key) + "\" is missing (" + std::string(about) + ")");
}

void Reader::refuse_word(const Cursor& at, const std::vector<std::string_view>& known,
                         const std::vector<LaterWord>& later) {
  const bool by_key = postponed(at.value->key, later) || !at.is(Value::Kind::String);
  const std::string& word = by_key && !at.value->key.empty() ? at.value->key : at.value->text;
  if (auto text = postponed(word, later)) return refuse(at, std::move(*text));
  if (!at.is(Value::Kind::String)) return refuse(at, "wants a word, not " + shown(*at.value));
  std::string list;
  for (const std::string_view k : known) list += (list.empty() ? "" : ", ") + std::string(k);
  const bool hinted = successor(word) || !syncer::did_you_mean(word, known).empty();
  refuse(at, unknown("word", word, known) + (hinted ? "" : "; known: " + list));
}

std::optional<std::string> Reader::postponed(std::string_view word, const std::vector<LaterWord>& later) {
  const auto found = std::find_if(later.begin(), later.end(), [&](const LaterWord& l) { return l.word == word; });
  if (found == later.end()) return std::nullopt;
  return "\"" + std::string(word) + "\" is known, but not supported yet; " + std::string(found->instead);
}

void Reader::refuse_unknown(const Cursor& at, const Keys& keys) {
  if (keys.open) return;
  for (const Value& v : at.value->items) {
    if (std::find(keys.known.begin(), keys.known.end(), v.key) != keys.known.end()) continue;
    const auto later = postponed(v.key, keys.later);
    refuse_key(at.member(v), later ? *later : unknown("key", v.key, keys.known));
  }
}

const std::string* Reader::text_of(const Cursor& at, std::string_view want) {
  if (at.is(Value::Kind::String)) return &at.value->text;
  const bool bare = is_number(*at.value);
  refuse(at, "wants " + std::string(want) + ", not " + shown(*at.value) + (bare ? " (a bare number has no unit)" : ""));
  return nullptr;
}

template <class T>
void Reader::take(const Cursor& at, syncer::Result<T> parsed, T& out) {
  if (!parsed) return refuse(at, parsed.error().detail);
  out = std::move(*parsed);
}

void Reader::read(const Cursor& at, bool& out) {
  if (expect(at, Value::Kind::Bool, "true or false")) out = at.value->flag;
}

void Reader::read(const Cursor& at, std::string& out) {
  if (expect(at, Value::Kind::String, "a text")) out = at.value->text;
}

void Reader::read(const Cursor& at, std::uint64_t& out) {
  if (!expect(at, Value::Kind::Unsigned, "a whole number")) return;
  take(at, syncer::parse_number(at.value->text, std::numeric_limits<std::uint64_t>::max()), out);
}

void Reader::read(const Cursor& at, std::uint32_t& out) {
  if (!expect(at, Value::Kind::Unsigned, "a whole number")) return;
  std::uint64_t wide = out;
  take(at, syncer::parse_number(at.value->text, std::numeric_limits<std::uint32_t>::max()), wide);
  out = static_cast<std::uint32_t>(wide);
}

void Reader::read(const Cursor& at, std::int64_t& out) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  const bool negative = at.is(Value::Kind::Signed);
  if (!negative && !expect(at, Value::Kind::Unsigned, "a whole number")) return;
  std::uint64_t size = 0;
  take(at, syncer::parse_number(std::string_view(at.value->text).substr(negative ? 1 : 0), kMost), size);
  out = negative ? -static_cast<std::int64_t>(size) : static_cast<std::int64_t>(size);
}

void Reader::read(const Cursor& at, Duration& out) {
  if (const auto* text = text_of(at, "a duration such as \"250ms\"")) take(at, syncer::parse_duration(*text), out);
}

void Reader::read(const Cursor& at, Ratio& out) {
  if (const auto* text = text_of(at, "a share such as \"2%\" or \"1/500\"")) take(at, syncer::parse_ratio(*text), out);
}

void Reader::read(const Cursor& at, Shift& out) {
  if (const auto* text = text_of(at, "a duration such as \"5s\" or \"-5s\"")) take(at, parse_shift(*text), out);
}

void Reader::read(const Cursor& at, Size& out) {
  if (const auto* text = text_of(at, "a size such as \"64KiB\"")) take(at, syncer::parse_size(*text), out.octets);
}

void Reader::read(const Cursor& at, Bandwidth& out) {
  const auto* text = text_of(at, "a bandwidth such as \"10Mbit\"");
  if (text != nullptr) take(at, syncer::parse_bandwidth(*text), out.bits_per_second);
}

void Reader::read(const Cursor& at, Rate& out) {
  const auto* text = text_of(at, "a rate such as \"2/s\" or \"1/5s\"");
  if (text != nullptr) take(at, syncer::parse_rate(*text), out.gap);
}

void Reader::read(const Cursor& at, Bound& out) {
  if (const auto* text = text_of(at, "a bound such as \"<= 20s\"")) take(at, parse_bound(*text), out);
}

void Reader::read(const Cursor& at, Moment& out) {
  const auto* text = text_of(at, "a point in time such as \"20s\" or \"reg + 30s\"");
  if (text == nullptr) return;
  take(at, parse_moment(*text), out);
  moments_.push_back({out, at});
}

void Reader::read(const Cursor& at, Selector& out) {
  if (!expect(at, Value::Kind::String, "a selector such as \"all\" or \"region:east\"")) return;
  out.text = at.value->text;
  selectors_.push_back({out, at});
}

}  // namespace sim::scenario
