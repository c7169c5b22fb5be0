// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/stamps.h"

#include <chrono>

#include "syncer/base/mutation.h"

namespace syncer::registry::eureka {
namespace {

/// A server's cache is no older, unless an operator set it otherwise.
constexpr Duration kCache = std::chrono::seconds(32);

}  // namespace

void Stamps::forget_old(Instant now) {
  if (now < swept_ + kCache) return;
  swept_ = now;
  std::erase_if(fresh_, [now](const auto& entry) { return now - entry.second.at > kCache; });
}

void Stamps::registered(Instant now, const EntryId& entry, std::uint64_t listed) {
  forget_old(now);
  fresh_.insert_or_assign(entry, Registration{now, listed});
}

std::uint64_t Stamps::next(Instant now, const EntryId& entry, std::uint64_t listed) {
  const auto found = fresh_.find(entry);
  const bool is_hidden = found != fresh_.end() && now - found->second.at <= kCache && found->second.listed == listed;
  if (!is_hidden || SYNCER_MUTATED("eureka.stamp_by_what_a_cache_shows")) return listed == 0 ? 0 : listed + 1;
  found->second.at = now;  // what it becomes is hidden as long
  return 0;
}

}  // namespace syncer::registry::eureka
