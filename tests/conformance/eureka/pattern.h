// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace mocksc::conformance {

/// Compares recorded documents with what the mock answers. A symbol in double braces stands for one value throughout a
/// group, which its first use binds; those without a number ({{iso}}, {{date}}, {{len}}) stand for any.
class Pattern {
 public:
  /// Forgets what is bound: a new group begins.
  void clear() { bound_.clear(); }
  /// Text with its symbols replaced by their values; one that is not bound yet becomes `fresh`.
  std::string fill(const std::string& text, std::int64_t fresh);
  /// Whether the documents (JSON, XML or plain text) are equal up to symbols, and to order within lists; binds the
  /// symbols when they are.
  bool matches(const std::string& recorded, const std::string& actual);

 private:
  using Bound = std::map<std::string, std::string>;
  static bool same(const nlohmann::json& recorded, const nlohmann::json& actual, Bound& bound);
  static bool same_lists(const nlohmann::json& recorded, const nlohmann::json& actual, Bound& bound);
  static bool same_text(const std::string& recorded, const std::string& actual, Bound& bound);

  Bound bound_;
};

}  // namespace mocksc::conformance
