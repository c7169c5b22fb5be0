// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sim::why {

/// A scenario file of two regions; an instance is registered in east at 40 s and removed at 70 s. `events`, more of
/// them, begin on line 11; "" for none. `expect` is what stands in that list.
inline std::string prepared(const std::string& events, const std::string& expect) {
  return R"json({
  "scenario": 1, "name": "prepared", "duration": "120s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"] } },
  "events": [
    { "id": "boot", "at": "0s", "do": "start", "who": "all" },
    { "at": "40s", "do": "registry.register", "registry": "sc-e", "service": { "name": "cart" }, "instance": "cart-1" },
    { "at": "70s", "do": "registry.deregister", "registry": "sc-e", "instance": "cart-1" })json" +
         (events.empty() ? "" : ",\n" + events) + R"json( ],
  "expect": [ )json" +
         expect + " ] }";
}

}  // namespace sim::why
