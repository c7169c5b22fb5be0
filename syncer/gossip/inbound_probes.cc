// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/inbound_probes.h"

namespace syncer::gossip {
namespace {

/// So many are not missed by chance.
constexpr int kProbesMissed = 30;
/// A success that is older says nothing about who is there now.
constexpr Duration kExchangeCounts = std::chrono::minutes(2);

}  // namespace

void InboundProbes::exchanged(Instant now) {
  last_exchange_ = now;
  if (unprobed_since_ == kNever) unprobed_since_ = now;
}

bool InboundProbes::are_missing(Instant now, Duration probe_interval) const {
  if (unprobed_since_ == kNever || now - last_exchange_ > kExchangeCounts) return false;
  return last_exchange_ - unprobed_since_ > kProbesMissed * probe_interval;
}

}  // namespace syncer::gossip
