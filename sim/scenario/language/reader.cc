// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/reader.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

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
  if (const auto* text = text_of(at, "a size such as \"64KiB\"")) take(at, syncer::parse_size(*text), out.bytes);
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

namespace {

/// Finds the word of a predicate among the keys of its object.
class WordFinder {
 public:
  WordFinder(Reader& reader, const Cursor& at, Predicate& out) : reader_(reader), at_(at), out_(out) {}

  template <class Rest>
  void word(std::string_view text, Word value, Subject subject, std::string_view, Rest rest) {
    words_.push_back(text);
    const Value* v = at_.value->find(text);
    if (found_ || v == nullptr) return;
    found_ = true;
    out_.word = value;
    read_subject(at_.member(*v), subject);
    Reader::Keys keys;
    keys.known.push_back(text);
    const std::vector<Cursor> layers = {at_};
    ObjectReader<Predicate> object(reader_, layers, out_, keys);
    rest(object);
    reader_.refuse_unknown(at_, keys);
  }

  void later(std::string_view text, std::string_view instead) { later_.push_back({text, instead}); }

  void finish() {
    if (found_) return;
    if (at_.value->items.empty()) return reader_.refuse(at_, "wants a predicate such as {\"mirrored\": …}");
    const Cursor first = at_.member(at_.value->items.front());
    const std::string& key = first.value->key;
    const auto later = Reader::postponed(key, later_);
    reader_.refuse_key(first, later ? *later : "unknown predicate \"" + key + "\"" + syncer::did_you_mean(key, words_));
  }

 private:
  void read_subject(const Cursor& at, Subject subject) {
    if (subject == Subject::List) return reader_.read(at, out_.parts);
    if (subject == Subject::One) return reader_.read(at, out_.parts.emplace_back());
    const bool names = subject == Subject::Instances || subject == Subject::Alarm;
    if (!names) return reader_.read(at, out_.subject);
    reader_.read(at, out_.subject.text);
    if (out_.subject.text.starts_with('$')) reader_.refuse(at, "\"as\" captures nodes and registries, none of these");
  }

  Reader& reader_;
  const Cursor& at_;
  Predicate& out_;
  std::vector<std::string_view> words_;
  std::vector<LaterWord> later_;
  bool found_ = false;
};

/// A value as JSON again.
std::string json_text(const Value& v) {
  if (v.kind == Value::Kind::Null) return "null";
  if (v.kind == Value::Kind::Bool) return v.flag ? "true" : "false";
  if (v.kind == Value::Kind::String) return nlohmann::json(v.text).dump();
  const bool is_list = v.kind == Value::Kind::Array;
  if (!is_list && v.kind != Value::Kind::Object) return v.text;
  std::string text;
  for (const Value& item : v.items) {
    if (!text.empty()) text += ",";
    if (!is_list) text += nlohmann::json(item.key).dump() + ":";
    text += json_text(item);
  }
  return is_list ? "[" + text + "]" : "{" + text + "}";
}

/// A setting's value as the daemon's file would have it: a text, a number, true or false, or a list of texts.
std::optional<std::string> setting_text(const Value& v) {
  if (v.kind == Value::Kind::Object && v.key == "policy") return json_text(v);
  if (v.kind == Value::Kind::Null || v.kind == Value::Kind::Object) return std::nullopt;
  if (v.kind != Value::Kind::Array) return v.text;
  std::string list;
  for (const Value& item : v.items) {
    if (item.kind != Value::Kind::String) return std::nullopt;
    list += (list.empty() ? "" : ",") + item.text;
  }
  return list;
}

}  // namespace

void Reader::read(const Cursor& at, Predicate& out) {
  if (!expect(at, Value::Kind::Object, "a predicate such as {\"mirrored\": …}")) return;
  WordFinder finder(*this, at, out);
  predicate_words(finder);
  finder.finish();
}

void Reader::read(const Cursor& at, Pairs& out) {
  if (!expect(at, Value::Kind::Object, "an object of texts")) return;
  for (const Value& v : at.value->items) {
    Pair& pair = out.emplace_back();
    pair.key = v.key;
    read(at.member(v), pair.value);
  }
}

void Reader::read(const Cursor& at, Settings& out) {
  if (!expect(at, Value::Kind::Object, "an object of settings")) return;
  for (const Value& setting : at.value->items) {
    const auto text = setting_text(setting);
    if (!text)
      refuse(at.member(setting), "wants a text, a number, true or false, or a list of texts; of \"policy\" an object");
    out.pairs.push_back({setting.key, text.value_or("")});
  }
}

void Reader::read(const Cursor& at, Seeds& out) {
  out.list.clear();
  if (at.is(Value::Kind::Array)) return read(at, out.list);
  if (at.is(Value::Kind::Unsigned)) return read(at, out.list.emplace_back());
  out.list = {1};
  if (!at.is(Value::Kind::String)) return refuse(at, "wants a number, a list of numbers, or \"commit\"");
  out.from_commit = at.value->text == "commit";
  if (!out.from_commit) refuse_word(at, {"commit"}, {{"any", "use \"commit\", or run with --seeds"}});
}

void Reader::read(const Cursor& at, Delay& out) {
  if (!at.is(Value::Kind::String)) {
    if (expect(at, Value::Kind::Object, "a duration, or a distribution such as {\"dist\": \"uniform\", …}")) {
      read_object<Delay>({at}, out);
    }
    return;
  }
  out = Delay{};
  read(at, out.mean);
}

void Reader::read(const Cursor& at, std::vector<Machine>& out) {
  if (!expect(at, Value::Kind::Object, "an object: name -> list of syncers")) return;
  for (const Value& v : at.value->items) {
    Machine& machine = out.emplace_back();
    machine.name = v.key;
    read(at.member(v), machine.nodes);
  }
}

void Reader::read(const Cursor& at, std::vector<ConfigBlock>& out) {
  if (!expect(at, Value::Kind::Object, "an object: selector -> settings")) return;
  for (const Value& v : at.value->items) {
    const Cursor block_at = at.member(v);
    ConfigBlock& block = out.emplace_back();
    block.place = block_at.place();
    block.who.text = v.key;
    selectors_.push_back({block.who, block_at});
    read(block_at, block.settings);
  }
}

void Reader::read(const Cursor& at, std::vector<Selector>& out) {
  if (!expect(at, Value::Kind::Array, "a list of groups")) return;
  for (std::size_t i = 0; i < at.value->items.size(); ++i) {
    const Cursor group = at.element(i);
    if (!group.is(Value::Kind::Array)) {
      read(group, out.emplace_back());
      continue;
    }
    std::vector<std::string> parts;
    read(group, parts);
    Selector& joined = out.emplace_back();
    for (const std::string& part : parts) joined.text += (joined.text.empty() ? "" : " + ") + part;
    selectors_.push_back({joined, group});
  }
}

}  // namespace sim::scenario
