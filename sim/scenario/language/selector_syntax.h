// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"

namespace sim::scenario {

/// A selector taken apart.
struct SelectorTree {
  enum class Kind : std::uint8_t { Name, Call, Plus, Minus };
  Kind kind = Kind::Name;
  std::string word;         ///< of a Name or Call
  std::uint64_t count = 0;  ///< of random(count, X)
  std::vector<SelectorTree> parts;
};

/// "all", "e1", "region:east", "one(X)", "random(2, X)", "X + Y", "X - Y", "base/*/1", "$name". A minus stands between
/// blanks, because names may hold one.
syncer::Result<SelectorTree> parse_selector(std::string_view text);

/// Whether `name` fits a pattern in which "*" stands for any characters but "/" and "?" for one such.
bool matches_glob(std::string_view pattern, std::string_view name);
bool has_glob(std::string_view text);

}  // namespace sim::scenario
