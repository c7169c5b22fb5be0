// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/stamps.h"

#include <algorithm>
#include <chrono>

#include "syncer/base/mutation.h"

namespace syncer::registry::eureka {
namespace {

/// A server's cache is no older, unless an operator set it otherwise.
constexpr Duration kCache = std::chrono::seconds(32);
/// A request takes no longer to reach the server than another one, or is given up.
constexpr Duration kGrain = std::chrono::seconds(5);

}  // namespace

void Stamps::forget_old(Instant now) {
  if (now < swept_ + kCache) return;
  swept_ = now;
  std::erase_if(fresh_, [now](const auto& entry) { return now - entry.second.at > kCache; });
}

void Stamps::registered(Instant now, const EntryId& entry, std::uint64_t listed) {
  forget_old(now);
  fresh_.insert_or_assign(entry, Registration{.since = now, .at = now, .listed = listed});
}

std::uint64_t Stamps::next(Instant now, const EntryId& entry, std::uint64_t listed) {
  const auto found = fresh_.find(entry);
  const bool is_fresh = found != fresh_.end() && now - found->second.at <= kCache;
  const std::uint64_t by_list = listed == 0 ? 0 : listed + 1;
  if (!is_fresh || SYNCER_MUTATED("eureka.stamp_by_what_a_cache_shows")) return by_list;
  Registration& known = found->second;
  const bool is_hidden = known.given == 0 && (listed == 0 || listed == known.listed);
  const bool is_told = known.given == 0 && !known.again;
  if (!is_hidden && (is_told || SYNCER_MUTATED("eureka.take_what_is_listed_for_the_last_write"))) return by_list;
  const Duration taken = known.at - known.since;
  known.at = now;  // what it becomes is hidden as long
  known.again = true;
  if (is_hidden) return 0;
  // Lists may show any of its writes: the last one was so much later by the server's clock.
  const Duration later = known.given == 0 ? taken + kGrain : Duration::zero();
  known.given = std::max(listed, known.given) + static_cast<std::uint64_t>(later / std::chrono::milliseconds(1)) + 1;
  return known.given;
}

}  // namespace syncer::registry::eureka
