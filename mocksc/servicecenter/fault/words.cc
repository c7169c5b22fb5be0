// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/words.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace mocksc {
namespace {

/// Levenshtein distance, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view text, const std::vector<std::string_view>& words) {
  text = text.substr(0, 64);
  std::string_view best;
  std::size_t best_distance = static_cast<std::size_t>(-1);
  for (const std::string_view word : words) {
    const std::size_t d = distance(text, word);
    if (d >= best_distance) continue;
    best_distance = d;
    best = word;
  }
  return best;
}

std::string unknown_word(std::string_view what, std::string_view text, const std::vector<std::string_view>& words) {
  return "unknown " + std::string(what) + " \"" + std::string(text) + "\"; did you mean \"" +
         std::string(nearest_word(text, words)) + "\"?";
}

}  // namespace mocksc
