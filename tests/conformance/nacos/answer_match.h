// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace mocksc::nacos::conformance {

/// Compares answers with recorded ones. A symbol such as {{t3}} stands for any text, in one group of rows always for
/// the same; {{iso}} stands for another time each time.
class AnswerMatch {
 public:
  void start_group() { bound_.clear(); }
  /// Whether `actual` is what was recorded: as JSON, if both are, where lists of instances have no order.
  bool matches(const std::string& recorded, const std::string& actual);

 private:
  bool matches_json(const nlohmann::json& recorded, const nlohmann::json& actual);
  bool matches_list(nlohmann::json recorded, nlohmann::json actual);
  bool matches_text(const std::string& recorded, const std::string& actual);
  bool bind(const std::string& symbol, const std::string& value);

  std::map<std::string, std::string> bound_;
};

}  // namespace mocksc::nacos::conformance
