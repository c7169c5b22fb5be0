// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/public_turn.h"

#include "syncer/base/mutation.h"

namespace syncer::admin {

bool PublicTurn::begin(Instant now) {
  if ((is_taken_ || now < next_) && !SYNCER_MUTATED("admin.ask_all_regions_for_everybody")) return false;
  is_taken_ = true;
  next_ = now + std::chrono::seconds(1);
  return true;
}

}  // namespace syncer::admin
