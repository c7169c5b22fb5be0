// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/claims.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::registry::eureka {

std::string Claims::holder(Instant now, const std::string& app) const {
  const auto found = claims_.find(app);
  return found == claims_.end() || now >= found->second.until ? std::string() : found->second.name;
}

void Claims::take(Instant now, const std::string& app, const std::string& name) {
  if (claims_.size() >= most_ && !claims_.contains(app)) forget_ended(now);
  claims_.insert_or_assign(app, Claim{name, now + kInForce});
}

/// Each time that as many have come as were left the last time.
void Claims::forget_ended(Instant now) {
  if (SYNCER_MUTATED("eureka.remember_every_name")) return;
  std::erase_if(claims_, [now](const auto& claim) { return claim.second.until <= now; });
  most_ = std::max(kFew, 2 * claims_.size());
}

}  // namespace syncer::registry::eureka
