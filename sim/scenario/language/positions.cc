// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/positions.h"

#include <algorithm>

namespace sim::scenario {
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
