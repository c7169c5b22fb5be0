// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace sim::scenario {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kLargest = std::size_t{8} << 20U;

/// Builds the tree from SAX events; each event takes the next position of the text.
class Builder : public json::json_sax_t {
 public:
  Builder(Document& document, std::vector<Diagnostic>& problems)
      : document_(document), problems_(problems), spots_(token_positions(document.text)) {}

  bool null() override { return leaf(Value::Kind::Null, ""); }
  bool boolean(bool flag) override {
    const bool more = leaf(Value::Kind::Bool, flag ? "true" : "false");
    last_->flag = flag;
    return more;
  }
  bool number_integer(number_integer_t n) override { return leaf(Value::Kind::Signed, std::to_string(n)); }
  bool number_unsigned(number_unsigned_t n) override { return leaf(Value::Kind::Unsigned, std::to_string(n)); }
  bool number_float(number_float_t, const string_t& text) override { return leaf(Value::Kind::Real, text); }
  bool string(string_t& text) override { return leaf(Value::Kind::String, std::move(text)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::Kind::Object); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::Kind::Array); }
  bool end_array() override { return close(); }

  bool key(string_t& text) override {
    key_ = std::move(text);
    key_spot_ = next_spot();
    if (open_.back()->find(key_) != nullptr) complain(key_spot_, "\"" + key_ + "\" is given twice");
    return true;
  }

  bool parse_error(std::size_t position, const std::string& near, const nlohmann::detail::exception& e) override {
    std::string_view why = e.what();
    const std::size_t start = why.find("syntax error");
    if (start != std::string_view::npos) why.remove_prefix(start);
    const std::size_t behind = std::min(position, document_.text.size());
    const std::size_t offset = behind == 0 || near.empty() ? behind : behind - 1;
    complain(spot_of(document_.text, offset), "not JSON: " + std::string(why));
    return false;
  }

 private:
  Spot next_spot() { return next_ < spots_.size() ? spots_[next_++] : Spot{}; }

  void complain(Spot spot, std::string message) {
    problems_.push_back(
        {{document_.file, spot.line, spot.column}, std::move(message), document_.source_line(spot.line), ""});
  }

  Value& place(Value::Kind kind) {
    Value value;
    value.kind = kind;
    value.key = std::move(key_);
    value.key_line = key_spot_.line;
    value.key_column = key_spot_.column;
    key_.clear();
    const Spot spot = next_spot();
    value.line = spot.line;
    value.column = spot.column;
    if (open_.empty()) {
      document_.root = std::move(value);
      return document_.root;
    }
    open_.back()->items.push_back(std::move(value));
    return open_.back()->items.back();
  }

  bool leaf(Value::Kind kind, std::string text) {
    last_ = &place(kind);
    last_->text = std::move(text);
    return true;
  }

  bool open(Value::Kind kind) {
    Value& value = place(kind);
    open_.push_back(&value);
    if (open_.size() <= kDeepest) return true;
    complain({value.line, value.column}, "nested deeper than " + std::to_string(kDeepest) + " levels");
    return false;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Document& document_;
  std::vector<Diagnostic>& problems_;
  std::vector<Spot> spots_;
  std::size_t next_ = 0;
  std::vector<Value*> open_;  // only the innermost grows, so the pointers hold
  Value* last_ = nullptr;
  std::string key_;
  Spot key_spot_;
};

}  // namespace

std::string to_string(const Diagnostic& d) {
  std::string text = to_string(d.place);
  if (d.place.line > 0) text += ":" + std::to_string(d.place.column);
  text += ": " + d.message + "\n";
  if (!d.source_line.empty()) {
    const auto indent = static_cast<std::size_t>(std::max(0, d.place.column - 1));
    text += "  " + d.source_line + "\n  " + std::string(indent, ' ') + "^\n";
  }
  if (!d.path.empty()) text += "  at " + d.path + "\n";
  return text;
}

const Value* Value::find(std::string_view wanted) const {
  const auto found = std::find_if(items.begin(), items.end(), [&](const Value& v) { return v.key == wanted; });
  return kind != Kind::Object || found == items.end() ? nullptr : &*found;
}

std::string Document::source_line(int line) const {
  std::size_t start = 0;
  for (int i = 1; i < line; ++i) {
    const std::size_t newline = text.find('\n', start);
    if (newline == std::string::npos) return "";
    start = newline + 1;
  }
  std::string found = text.substr(start, std::min(text.find('\n', start), text.size()) - start);
  std::replace(found.begin(), found.end(), '\t', ' ');
  if (!found.empty() && found.back() == '\r') found.pop_back();
  return found;
}

std::shared_ptr<const Document> parse_document(std::string file, std::string text, std::vector<Diagnostic>& problems) {
  auto document = std::make_shared<Document>();
  document->file = std::move(file);
  document->text = std::move(text);
  if (document->text.size() > kLargest) {
    problems.push_back({{document->file, 1, 1}, "larger than 8 MiB, too large for a scenario", "", ""});
    return document;
  }
  Builder builder(*document, problems);
  json::sax_parse(document->text, &builder, json::input_format_t::json, true, true);
  return document;
}

namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Spot> run() {
    while (at_ < text_.size()) token();
    return std::move(spots_);
  }

 private:
  void token() {
    const char c = text_[at_];
    if (c == '/') return comment();
    if (c == '"') return quoted();
    if (c == '{' || c == '[') mark();
    const bool structure = std::string_view("{}[],: \t\r\n").find(c) != std::string_view::npos;
    if (structure) return step();
    mark();
    while (at_ < text_.size() && std::string_view("}],: \t\r\n/").find(text_[at_]) == std::string_view::npos) step();
  }

  void comment() {
    const bool to_line_end = text_.substr(at_, 2) == "//";
    const std::string_view end = to_line_end ? "\n" : "*/";
    const std::size_t found = text_.find(end, at_ + 1);
    const std::size_t stop = found == std::string_view::npos ? text_.size() : found + end.size();
    while (at_ < stop) step();
  }

  void quoted() {
    mark();
    step();
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) step();
      step();
    }
    if (at_ < text_.size()) step();
  }

  void mark() { spots_.push_back(spot_); }

  void step() {
    if (text_[at_] == '\n') {
      ++spot_.line;
      spot_.column = 0;
    }
    ++spot_.column;
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Spot spot_;
  std::vector<Spot> spots_;
};

}  // namespace

std::vector<Spot> token_positions(std::string_view text) { return Scanner(text).run(); }

Spot spot_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  Spot spot;
  spot.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  spot.column = 1 + static_cast<int>(newline == std::string_view::npos ? before.size() : before.size() - newline - 1);
  return spot;
}

}  // namespace sim::scenario
