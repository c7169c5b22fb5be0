// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/digest.h"

namespace sim::engine {

void Digest::add(syncer::Instant at, std::uint32_t site, std::uint32_t kind, std::uint64_t payload) {
  hasher_.add(static_cast<std::uint64_t>(syncer::nanos(at)));
  hasher_.add((std::uint64_t{site} << 32U) | kind);
  hasher_.add(payload);
  hasher_.add(draws_);
  if (events_ >= window_.first && events_ < window_.last) captured_.push_back({at, site, kind, payload, draws_});
  draws_ = 0;
  if (++events_ % kInterval == 0) checkpoints_.push_back(hasher_.digest());
}

}  // namespace sim::engine
