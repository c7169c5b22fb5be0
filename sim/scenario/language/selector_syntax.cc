// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/selector_syntax.h"

#include <algorithm>
#include <array>
#include <limits>

#include "syncer/base/nearest.h"
#include "syncer/base/quantity.h"

namespace sim::scenario {
namespace {

using syncer::ErrorCode;
using syncer::Result;

constexpr std::array<std::string_view, 7> kCalls = {"leader",   "followers", "one", "minority",
                                                    "majority", "random",    "not"};
constexpr int kDeepest = 16;

auto refuse(std::string why) { return syncer::failure(ErrorCode::Invalid, "", std::move(why)); }

class Parser {
 public:
  explicit Parser(std::string_view text) : whole_(text), rest_(text) {}

  Result<SelectorTree> run() {
    auto tree = expression(0);
    blanks();
    if (tree && !rest_.empty()) return refuse("\"" + std::string(rest_) + "\" is left over in " + quoted());
    return tree;
  }

 private:
  std::string quoted() const { return "selector \"" + std::string(whole_) + "\""; }

  void blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  bool take(std::string_view token) {
    if (rest_.substr(0, token.size()) != token) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  Result<SelectorTree> expression(int depth) {
    if (depth > kDeepest) return refuse(quoted() + " is nested too deeply");
    auto left = term(depth);
    while (left) {
      const bool plus = take(" + ");
      if (!plus && !take(" - ")) break;
      auto right = term(depth);
      if (!right) return right;
      SelectorTree both;
      both.kind = plus ? SelectorTree::Kind::Plus : SelectorTree::Kind::Minus;
      both.parts = {std::move(*left), std::move(*right)};
      left = std::move(both);
    }
    return left;
  }

  Result<SelectorTree> term(int depth) {
    blanks();
    SelectorTree tree;
    if (take("each cluster")) {
      tree.word = "each cluster";
      return tree;
    }
    const std::size_t end = std::min(rest_.find_first_of(" ()+,"), rest_.size());
    tree.word = std::string(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (tree.word.empty()) return refuse("a name is missing in " + quoted());
    return take("(") ? call(std::move(tree), depth) : Result<SelectorTree>(std::move(tree));
  }

  Result<SelectorTree> call(SelectorTree tree, int depth) {
    if (std::find(kCalls.begin(), kCalls.end(), tree.word) == kCalls.end()) {
      return refuse("unknown \"" + tree.word + "(…)\" in " + quoted() + syncer::did_you_mean(tree.word, kCalls));
    }
    tree.kind = SelectorTree::Kind::Call;
    if (tree.word == "random") {
      blanks();
      const std::size_t comma = rest_.find(',');
      const auto count = syncer::parse_number(rest_.substr(0, std::min(comma, rest_.size())),
                                              std::numeric_limits<std::uint32_t>::max());
      if (comma == std::string_view::npos || !count) return refuse("random(COUNT, X) is wanted in " + quoted());
      tree.count = *count;
      rest_.remove_prefix(comma + 1);
    }
    auto argument = expression(depth + 1);
    if (!argument) return argument;
    blanks();
    if (!take(")")) return refuse("\")\" is missing in " + quoted());
    tree.parts.push_back(std::move(*argument));
    return tree;
  }

  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

Result<SelectorTree> parse_selector(std::string_view text) { return Parser(text).run(); }

bool matches_glob(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == name[n] || (pattern[p] == '?' && name[n] != '/'))) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos && name[resume] != '/') {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(), [](char c) { return c == '*'; });
}

bool has_glob(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

}  // namespace sim::scenario
