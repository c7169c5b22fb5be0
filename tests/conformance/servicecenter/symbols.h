// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace mocksc::conformance {

/// Compares recorded text with what the mock answers. A numbered symbol (<iid:3>, <rev:5>) stands for one value
/// throughout a group, which the first use binds; <ts>, <addr>, <host>, <ip> and <n> stand for any of their form.
class Symbols {
 public:
  /// Forgets what is bound: a new group begins.
  void clear() { bound_.clear(); }
  /// Text in which the bound symbols are replaced by their values.
  std::string fill(const std::string& text) const;
  /// Whether `actual` is what was recorded; binds the symbols of `recorded` when it is.
  bool matches(const std::string& recorded, const std::string& actual);
  /// The same for JSON: members in any order, and lists of objects too, whose order is that of a Go map in the real
  /// one.
  bool matches_json(const std::string& recorded, const std::string& actual);

 private:
  std::map<std::string, std::string> bound_;
};

/// A recorded number that is a symbol stands without quotes; gives it some, so that the text is JSON.
std::string quote_numbers(const std::string& recorded);

}  // namespace mocksc::conformance
