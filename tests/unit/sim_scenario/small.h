// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/scenario/language/parse.h"

namespace sim::scenario {

/// A small legal scenario around some more top-level keys ("\"events\": […],").
inline std::string small_file(const std::string& more) {
  return R"({
  "scenario": 1, "name": "small", "duration": "60s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } })" +
         (more.empty() ? "" : ",\n" + more) + "\n}\n";
}

/// Everything that is wrong with it, as people read it; empty when all is well.
inline std::string problems_of(const std::string& text) {
  const Parsed parsed = parse("f.json", text);
  return parsed ? "" : to_string(parsed.error());
}

/// The same of one event.
inline std::string problems_of_event(const std::string& event) {
  return problems_of(small_file("\"events\": [" + event + "]"));
}

}  // namespace sim::scenario
