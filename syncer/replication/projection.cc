// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/projection.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::replication {

void Projection::put(const Bytes& key, const Bytes& payload, Changes& out) {
  Seen seen = view_(key, payload);
  const auto former = shown_.find(key);
  const bool stays = former != shown_.end() && seen.payload && former->second == seen.key;
  if (former != shown_.end() && !stays) {
    take_away(key, out);
  } else if (!seen.payload && !leaving_.contains({key, seen.key})) {
    out.push_back({Change::Kind::Withhold, seen.key});
  }
  if (!seen.payload) return withhold(key, seen.reason);
  pass(key);
  leaving_.erase({key, seen.key});
  shown_.insert_or_assign(key, seen.key);
  holders_.insert_or_assign(seen.key, key);
  out.push_back({Change::Kind::Show, std::move(seen.key), std::move(*seen.payload)});
}

void Projection::erase(const Bytes& key, bool judged, Changes& out) {
  pass(key);
  const auto shown = shown_.find(key);
  if (shown != shown_.end()) {
    out.push_back({Change::Kind::Hide, shown->second, {}, judged});
    holders_.erase(shown->second);
    shown_.erase(shown);
  }
  for (auto it = leaving_.lower_bound({key, {}}); it != leaving_.end() && it->first == key; it = leaving_.erase(it)) {
    if (!holders_.contains(it->second)) out.push_back({Change::Kind::Hide, it->second, {}, judged});
  }
}

bool Projection::knows(const Bytes& key) const {
  const auto leaving = leaving_.lower_bound({key, {}});
  return shown_.contains(key) || withheld_.contains(key) || (leaving != leaving_.end() && leaving->first == key);
}

void Projection::has(const Bytes& key) {
  shown_.insert_or_assign(key, key);
  holders_.insert_or_assign(key, key);
}

/// First all that goes, then all that comes: a key may pass from one record to another.
void Projection::set_view(View view, Duration pace, const Records& records, Changes& out) {
  view_ = std::move(view);
  pace_ = pace;
  records([&](const Bytes& key, const Bytes& payload) {
    const auto former = shown_.find(key);
    if (former == shown_.end()) return;
    const Seen seen = view_(key, payload);
    if (!seen.payload || seen.key != former->second) take_away(key, out);
  });
  records([&](const Bytes& key, const Bytes& payload) { put(key, payload, out); });
}

void Projection::restart() {
  shown_.clear();
  holders_.clear();
  withheld_.clear();
  reasons_.clear();
  leaving_.clear();
}

void Projection::leave_at_once(Changes& out) {
  for (const auto& [key, shown] : leaving_) {
    if (!holders_.contains(shown)) out.push_back({Change::Kind::Hide, shown});
  }
  leaving_.clear();
}

void Projection::advance(Instant now, Changes& out) {
  while (!leaving_.empty() && now >= next_) {
    const auto first = leaving_.begin();
    const Bytes shown = first->second;
    leaving_.erase(first);
    if (holders_.contains(shown)) continue;
    out.push_back({Change::Kind::Hide, shown});
    next_ = saturating_add(now, SYNCER_MUTATED("replication.take_away_all_at_once") ? Duration::zero() : pace_);
  }
}

void Projection::withhold(const Bytes& key, std::uint32_t reason) {
  pass(key);
  withheld_.emplace(key, reason);
  ++reasons_[reason];
}

void Projection::pass(const Bytes& key) {
  const auto found = withheld_.find(key);
  if (found == withheld_.end()) return;
  const auto count = reasons_.find(found->second);
  if (--count->second == 0) reasons_.erase(count);
  withheld_.erase(found);
}

void Projection::take_away(const Bytes& key, Changes& out) {
  const auto shown = shown_.find(key);
  out.push_back({Change::Kind::Withhold, shown->second});
  leaving_.emplace(key, shown->second);
  holders_.erase(shown->second);
  shown_.erase(shown);
}

}  // namespace syncer::replication
