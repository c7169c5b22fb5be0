// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mocksc {

/// The decoded query of a request, in order.
class Query {
 public:
  /// `text` is what follows the question mark.
  explicit Query(std::string_view text);
  /// First value of a name; empty when it is not there.
  std::string_view get(std::string_view name) const;
  /// All values of a name.
  std::vector<std::string> all(std::string_view name) const;
  /// "1" or "true" in any case, blanks trimmed.
  bool flag(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// The non-empty parts between commas.
std::vector<std::string> split_list(std::string_view text);

}  // namespace mocksc
