// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/scenario/language/reader.h"
#include "syncer/base/nearest.h"

namespace sim::scenario {
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
    if (names) return reader_.read(at, out_.subject.text);
    reader_.read(at, out_.subject);
  }

  Reader& reader_;
  const Cursor& at_;
  Predicate& out_;
  std::vector<std::string_view> words_;
  std::vector<LaterWord> later_;
  bool found_ = false;
};

/// A setting's value as the daemon's file would have it: a text, a number, true or false, or a list of texts.
std::optional<std::string> setting_text(const Value& v) {
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
    if (!text) refuse(at.member(setting), "wants a text, a number, true or false, or a list of texts");
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
