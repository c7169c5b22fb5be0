// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/cache_watch.h"

#include <chrono>

#include "syncer/base/mutation.h"

namespace syncer::registry::eureka {
namespace {

/// Lists that do not show what we wrote so long ago come from a cache. Less than half of Traits::canary_pace.
constexpr Duration kFresh = std::chrono::seconds(4);

}  // namespace

/// A cache that is made anew meanwhile shows it in time by chance; the next one tells.
void CacheWatch::written(Instant now, const EntryId& entry, std::uint64_t count) {
  if (told_ || due_ != kNever) return;
  awaited_ = entry;
  count_ = count;
  due_ = now + kFresh;
}

bool CacheWatch::is_awaited(const Entry& entry) const {
  return count_ == 0 || (entry.canary && entry.canary->count >= count_);
}

bool CacheWatch::lists_show_it() const {
  const SeenEntry* shown = lists_.entry(awaited_);
  return shown != nullptr && is_awaited(*shown->entry);
}

void CacheWatch::advance(Instant now) {
  if (now < due_) return;
  due_ = kNever;
  if (lists_show_it()) doubted_ = false;
  if (told_ || lists_show_it()) return;
  // It may be gone by now; asked for by its id it comes from no cache.
  confirm_(now, awaited_, [this, entry = awaited_](Instant at, const Confirmation& confirmed) {
    const bool is_there = confirmed.presence == Presence::Present && is_awaited(*confirmed.entry);
    if (is_there && entry == awaited_ && !lists_show_it() && !told_) missed(at);
  });
}

void CacheWatch::missed(Instant now) {
  if (doubted_ || SYNCER_MUTATED("eureka.take_one_miss_for_a_cache")) return tell(now);
  doubted_ = true;
  due_ = now + kFresh;
  change_something_(now);
}

void CacheWatch::tell(Instant now) {
  told_ = true;
  observe(observer_, now, EventKind::RegistryRefusal, Severity::Warning,
          {{"op", "read"},
           {"reason",
            "lists of this Eureka server are up to 30 s old, and so is all that other regions see of it: its response "
            "cache is on. Set eureka.server.use-read-only-response-cache=false, or "
            "eureka.server.response-cache-update-interval-ms to a few seconds"}});
}

}  // namespace syncer::registry::eureka
