// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"

namespace syncer::wire::gossip {

/// Rows of several inputs: the test of the node that plays it, or why there is nothing to play.
inline const std::map<std::string, std::string> kHostileScenarios = {
    {"scenario_push_pull_streams_128", "HostileStreams.AreAdmittedUpToALimit"},
    {"scenario_stream_silent_peer", "HostileStreams.AreClosedWhenTheyStaySilent"},
    {"scenario_handoff_queue_overflow", "no hand-off queue: messages are handled as they arrive"},
    {"scenario_alive_overtakes_queue", "no hand-off queue: nothing can overtake"},
};

/// The inputs of a row of hostile.json: one, or every prefix that the recipe asks for.
inline std::vector<Bytes> hostile_inputs(const nlohmann::json& row) {
  const auto recipe = row.value("recipe", nlohmann::json::object());
  if (recipe.value("op", "") == "every_prefix") {
    const Bytes whole = from_hex(row.at("hex").get<std::string>()).value();
    std::vector<Bytes> all;
    for (std::size_t n = recipe.at("from"); n <= recipe.at("to"); ++n) all.push_back(whole.substr(0, n));
    return all;
  }
  if (row.contains("hex")) return {from_hex(row.at("hex").get<std::string>()).value()};
  Bytes built;
  for (const auto& part : recipe.at("parts")) {
    const Bytes bytes = from_hex(part.at("hex").get<std::string>()).value();
    for (int i = 0; i < part.value("times", 1); ++i) built += bytes;
  }
  return {built};
}

/// The stated class of refusal, or one that the row calls as good. The reference has one class for both bounds on what
/// compressed text may grow to.
inline bool is_acceptable(const nlohmann::json& expect, std::string drop) {
  if (drop == "decompress_ratio") drop = "decompress_limit";
  if (expect.at("error_class") == drop) return true;
  for (const auto& also : expect.value("also_acceptable", nlohmann::json::array())) {
    if (also == drop) return true;
  }
  return false;
}

}  // namespace syncer::wire::gossip
