// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/cut_list.h"

#include <algorithm>
#include <cstring>

namespace syncer::registry {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Walks over JSON values without reading them. It never leaves the text; what is no JSON ends the walk somewhere.
class Walker {
 public:
  Walker(ByteView text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// Over one value; nothing is passed where none begins.
  void skip_value() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_text();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (depth == 0 && (c == ',' || c == ']' || c == '}' || is_space(c))) {
        return;
      } else {
        if (c == '}' || c == ']') --depth;
        ++at_;
      }
    }
  }

 private:
  void skip_text() {
    const char* const begin = text_.data();
    for (++at_; at_ < text_.size(); ++at_) {
      const void* quote = std::memchr(begin + at_, '"', text_.size() - at_);
      at_ = quote == nullptr ? text_.size() : static_cast<std::size_t>(static_cast<const char*>(quote) - begin);
      std::size_t escapes = 0;
      while (begin[at_ - 1 - escapes] == '\\') ++escapes;
      if (escapes % 2 == 0) break;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  ByteView text_;
  std::size_t at_;
};

}  // namespace

CutText cut_lists(ByteView text, std::string_view name) {
  const std::string label = "\"" + std::string(name) + "\"";
  CutText cut;
  std::size_t kept = 0;
  for (std::size_t found = text.find(label); found != ByteView::npos; found = text.find(label, kept)) {
    Walker walker(text, found + label.size());
    const bool is_list = walker.take(':') && walker.take('[');
    cut.frame.append(text.substr(kept, walker.at() - kept));
    kept = walker.at();
    while (is_list) {
      walker.skip_spaces();
      const std::size_t begin = walker.at();
      walker.skip_value();
      if (walker.at() == begin) break;
      cut.frame.append(std::to_string(cut.elements.size()));
      cut.elements.push_back(text.substr(begin, walker.at() - begin));
      kept = walker.at();
      if (!walker.take(',')) break;
      cut.frame.push_back(',');
      kept = walker.at();
    }
  }
  cut.frame.append(text.substr(kept));
  return cut;
}

}  // namespace syncer::registry
