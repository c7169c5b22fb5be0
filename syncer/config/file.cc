// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/file.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "syncer/store/file.h"

namespace syncer::config {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestFile = 1U << 20U;
/// Tells editors what the file may hold.
constexpr std::string_view kSchemaKey = "$schema";

/// An iterator over the text that tells how far the parser has read: the library keeps no positions.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** furthest;

  const char& operator*() const { return *at; }
  Cursor& operator++() {
    *furthest = ++at;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at == other.at; }
  bool operator!=(const Cursor& other) const { return at != other.at; }
};

/// Keys whose value is a JSON object of its own form, kept as a text.
bool is_document(std::string_view key) { return key == "policy"; }

/// Writes an object again as it is read, without its comments.
class DocumentText {
 public:
  bool is_open() const { return !names_.empty(); }
  bool open(char bracket) {
    separate();
    text_ += bracket;
    names_.emplace_back();
    return fresh_ = true;
  }
  /// True while the document goes on.
  bool close(char bracket) {
    text_ += bracket;
    fresh_ = false;
    names_.pop_back();
    return is_open();
  }
  /// False when its object has a member of that name already.
  bool name(const std::string& quoted) {
    if (!names_.back().insert(quoted).second) return false;
    separate();
    text_ += quoted + ":";
    return fresh_ = true;
  }
  bool value(const std::string& text) {
    separate();
    text_ += text;
    return true;
  }
  std::string take() { return std::exchange(text_, {}); }

 private:
  void separate() {
    if (!fresh_) text_ += ',';
    fresh_ = false;
  }
  std::string text_;
  std::vector<std::set<std::string>> names_;  // of the members so far, of each that is open
  bool fresh_ = true;                         // what comes next is the first in its object or list, or follows a name
};

/// Collects keys and values in the order of the file. What is wrong with one key is noted, and the others are read on;
/// what breaks the structure ends it.
class Collector : public json::json_sax_t {
 public:
  Collector(std::string_view text, const std::string& file, const char* const* furthest)
      : text_(text), file_(file), furthest_(furthest) {}

  bool null() override { return ignored_ || inside("null") || note(value_at_, "null is no value; leave the key out"); }
  bool boolean(bool value) override { return scalar(value ? "true" : "false", false); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value), false); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value), false); }
  bool number_float(number_float_t, const string_t& text) override { return scalar(text, false); }
  bool string(string_t& value) override { return scalar(value, true); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    if (document_.is_open() || (prefixes_.size() == 1 && !in_list_ && is_document(word_))) {
      return document_.open('{');
    }
    if (in_list_) return refuse(value_at_, "a list holds texts or numbers");
    ignored_ = false;
    prefixes_.push_back(prefixes_.empty() ? "" : word_ + ".");
    return true;
  }
  bool end_object() override {
    if (document_.is_open()) return document_.close('}') || set(document_.take());
    prefixes_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override {
    if (document_.is_open()) return document_.open('[');
    if (prefixes_.empty() || in_list_) return refuse(value_at_, "a list of lists has no meaning here");
    in_list_ = true;
    list_.clear();
    return true;
  }
  bool end_array() override {
    if (document_.is_open()) return document_.close(']');
    in_list_ = false;
    return ignored_ || set(list_);
  }
  bool key(string_t& word) override {
    const auto end = static_cast<std::size_t>(*furthest_ - text_.data());
    if (document_.is_open()) {
      return document_.name(json(word).dump()) || refuse(string_start(text_, end), "\"" + word + "\" is given twice");
    }
    key_at_ = string_start(text_, end);
    value_at_ = next_token(text_, end);
    word_ = prefixes_.back() + word;
    ignored_ = false;
    // An object's key is judged by what is in it.
    if (text_.compare(value_at_, 1, "{") == 0 || !canonical_key(word_).empty()) return true;
    ignored_ = true;
    return word_ == kSchemaKey || note(key_at_, unknown_key(word_));
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception& problem) override {
    const std::string what = problem.what();
    const std::size_t start = what.find(": ");
    return refuse(position == 0 ? 0 : position - 1, start == std::string::npos ? what : what.substr(start + 2));
  }

  FileContent result() && { return {std::move(values_), std::move(problems_)}; }

 private:
  /// Goes on without the key.
  bool note(std::size_t offset, std::string detail) {
    ignored_ = true;
    problems_.push_back({ErrorCode::Invalid, place(offset), std::move(detail)});
    return true;
  }
  bool refuse(std::size_t offset, std::string detail) {
    note(offset, std::move(detail));
    return false;
  }
  std::string place(std::size_t offset) const { return file_ + ":" + line_and_column(text_, offset); }

  /// A value of a document that is kept as it is.
  bool inside(const std::string& text) { return document_.is_open() && document_.value(text); }
  bool scalar(const std::string& value, bool is_text) {
    if (document_.is_open()) return inside(is_text ? json(value).dump() : value);
    if (prefixes_.empty()) return refuse(0, "the file must hold one JSON object");
    if (ignored_) return true;
    if (!in_list_) return set(value);
    if (value.find(',') != std::string::npos) return note(value_at_, "a comma cannot be part of a list's item");
    list_ += (list_.empty() ? "" : ",") + value;
    return true;
  }
  bool set(const std::string& value) {
    const std::string name(canonical_key(word_));
    if (!values_.emplace(name, Value{value, place(value_at_)}).second) {
      return note(key_at_, "\"" + name + "\" is given twice, first at " + values_[name].origin);
    }
    return true;
  }

  std::string_view text_;
  const std::string& file_;
  const char* const* furthest_;
  std::vector<std::string> prefixes_;  ///< one for each open object
  std::string word_;
  std::size_t key_at_ = 0;
  std::size_t value_at_ = 0;
  bool in_list_ = false;
  std::string list_;
  DocumentText document_;
  Values values_;
  bool ignored_ = false;  ///< the value that is being read is of no key
  std::vector<Error> problems_;
};

}  // namespace

FileContent parse_all(std::string_view text, const std::string& file_name) {
  const char* furthest = text.data();
  Collector collector(text, file_name, &furthest);
  const Cursor begin{text.data(), &furthest};
  const Cursor end{text.data() + text.size(), &furthest};
  json::sax_parse(begin, end, &collector, json::input_format_t::json, true, true);
  return std::move(collector).result();
}

Result<Values> parse_file(std::string_view text, const std::string& file_name) {
  FileContent content = parse_all(text, file_name);
  if (!content.problems.empty()) return tl::unexpected(std::move(content.problems.front()));
  return std::move(content.values);
}

Result<std::string> read_text(const std::string& path) {
  auto text = store::read_file(path, kLargestFile);
  if (!text) return failure(text.error().code, path, "cannot be read as a configuration: " + text.error().detail);
  if (!*text) return failure(ErrorCode::NotFound, path, "cannot read the configuration: No such file");
  return std::move(**text);
}

Result<Values> read_file(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  return parse_file(*text, path);
}

Result<std::string> read_policy_file(const std::string& path) {
  const auto text = store::read_file(path, kLargestFile);
  if (!text) return failure(text.error().code, path, "cannot be read as a policy: " + text.error().detail);
  if (!*text) return failure(ErrorCode::NotFound, path, "cannot read the policy: No such file");
  const json whole = json::parse(**text, nullptr, false, true);
  const bool is_policy = whole.is_object() && !whole.contains("policy");
  auto values = parse_file(is_policy ? "{\"policy\": " + **text + "}" : **text, path);
  if (!values) return tl::unexpected(values.error());
  return values->at("policy").text;
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return std::to_string(lines + 1) + ":" + std::to_string(column + 1);
}

std::size_t string_start(std::string_view text, std::size_t end) {
  const auto escaped = [&](std::size_t quote) {
    std::size_t backslashes = 0;
    while (backslashes < quote && text[quote - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 1;
  };
  for (std::size_t i = std::min(end, text.size()); i >= 2; --i) {
    if (text[i - 2] == '"' && !escaped(i - 2)) return i - 2;
  }
  return 0;
}

std::size_t next_token(std::string_view text, std::size_t offset) {
  const auto skip_to = [&](std::string_view mark) {
    const std::size_t found = text.find(mark, offset);
    offset = found == std::string_view::npos ? text.size() : found + mark.size();
  };
  while (offset < text.size()) {
    if (text.compare(offset, 2, "//") == 0) {
      skip_to("\n");
    } else if (text.compare(offset, 2, "/*") == 0) {
      skip_to("*/");
    } else if (std::string_view(" \t\r\n:").find(text[offset]) != std::string_view::npos) {
      ++offset;
    } else {
      break;
    }
  }
  return offset;
}

}  // namespace syncer::config
