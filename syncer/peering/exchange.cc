// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/exchange.h"

namespace syncer::peering {

void Exchange::opened(Instant now) {
  dial_problem_.clear();
  progress_at_ = now;
}

void Exchange::lost(const Endpoint& address, std::string_view reason) {
  dial_problem_ = to_string(address) + ": " + std::string(reason);
}

bool Exchange::look(Instant now, std::uint64_t acknowledged, std::uint64_t open, bool complete) {
  if (open == 0 || acknowledged != acknowledged_) progress_at_ = now;
  if (complete) complete_at_ = now;
  acknowledged_ = acknowledged;
  const bool was_still = stalled_ || incomplete_;
  stalled_ = now - progress_at_ > kPatience;
  incomplete_ = now - complete_at_ > kPatience;
  return (stalled_ || incomplete_) && !was_still;
}

}  // namespace syncer::peering
