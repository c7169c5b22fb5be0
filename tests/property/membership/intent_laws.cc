// SPDX-License-Identifier: Apache-2.0
#include "tests/property/membership/intent_laws.h"

#include "tests/unit/gossip/serf_listener.h"

namespace syncer::gossip {

std::string unwanted_leave_is_taken_back(Random& random) {
  SerfListener agent;
  std::uint64_t clock = 0;
  for (int i = 0; i < 3; ++i) {
    clock += 2 + random.below(1000);
    agent.tell_leave(clock, "member");
    const auto joins = agent.joins_within(std::chrono::milliseconds(1500));
    if (joins.empty() || *joins.rbegin() <= clock) return "the leave of " + std::to_string(clock) + " stands";
  }
  return "";
}

}  // namespace syncer::gossip
