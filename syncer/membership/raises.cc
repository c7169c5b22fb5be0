// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/raises.h"

#include "syncer/base/mutation.h"

namespace syncer::membership {
namespace {

constexpr std::uint64_t kSmall = 1024;
/// Time for the member to hear of it, and to be heard.
constexpr Duration kWindow = std::chrono::seconds(5);

}  // namespace

bool Raises::is_over(Instant now) const { return now - began_ >= kWindow; }

bool Raises::allow(Instant now, std::uint64_t by, std::uint64_t most) const {
  if (by > most) return false;
  if (is_over(now) || SYNCER_MUTATED("membership.raise_at_any_rate")) return true;
  return by > kSmall ? !leapt_ : small_ + by <= most;
}

void Raises::add(Instant now, std::uint64_t by) {
  if (is_over(now)) {
    began_ = now;
    small_ = 0;
    leapt_ = false;
  }
  if (by > kSmall)
    leapt_ = true;
  else
    small_ += by;
}

}  // namespace syncer::membership
