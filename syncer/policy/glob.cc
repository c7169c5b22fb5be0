// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/glob.h"

#include <algorithm>

namespace syncer::policy {

/// Goes back to the last star alone: time is bounded by the product of both lengths.
bool matches(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

bool matches_any(const Globs& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return matches(glob, text); });
}

bool is_literal(std::string_view glob) { return glob.find_first_of("*?") == std::string_view::npos; }

}  // namespace syncer::policy
