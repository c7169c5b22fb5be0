// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/instance_cache.h"

#include <algorithm>

namespace mocksc {
namespace {

using syncer::Duration;
using syncer::Instant;

/// Below so many instances nothing is preserved, nor below such a share.
constexpr std::size_t kPreservedFrom = 6;
constexpr std::size_t kPreservedPercent = 80;
constexpr Duration kLongestHold = std::chrono::seconds(600);
/// The window of the last second and the way into the cache.
constexpr Duration kHoldGrace = std::chrono::milliseconds(400);

/// How long self-preservation shows a removed instance: as long as its lease would have lived.
Duration hold_of(const InstanceVersion& version) {
  if (!version.data.health_check) return kLongestHold;
  const std::int64_t seconds =
      std::int64_t{version.data.health_check->interval} * (std::int64_t{version.data.health_check->times} + 1);
  const bool is_in_range = seconds > 0 && seconds < kLongestHold / std::chrono::seconds(1);
  return (is_in_range ? Duration(std::chrono::seconds(seconds)) : kLongestHold) + kHoldGrace;
}

}  // namespace

const InstanceVersion* CachedService::find(std::string_view id) const {
  const auto entry = entries_.find(id);
  if (entry == entries_.end() || entry->second.arrival == 0) return nullptr;
  return shown_.at(entry->second.arrival).get();
}

std::optional<Instant> CachedService::removed_at(std::string_view id) const {
  const auto entry = entries_.find(id);
  if (entry == entries_.end() || !entry->second.removal) return std::nullopt;
  return entry->second.removal->at;
}

std::uint64_t CachedService::max_revision() const {
  if (max_is_stale_) {
    max_revision_ = 0;
    for (const auto& [arrival, version] : shown_) max_revision_ = std::max(max_revision_, version->revision);
    max_is_stale_ = false;
  }
  return max_revision_;
}

CachedService& InstanceCache::attach(const CachedServiceKey& key) {
  CachedService& service = services_[key];
  service.key_ = key;
  service.is_attached_ = true;
  return service;
}

void InstanceCache::detach(CachedService& service) {
  service.is_attached_ = false;
  if (service.entries_.empty()) services_.erase(CachedServiceKey(service.key_));
}

void InstanceCache::arm(Instant at, const CachedService& service, const std::string& id) {
  timers_.push({at, ++order_, service.key_, id});
}

void InstanceCache::put(CachedService& service, SharedVersion version, bool is_new, Instant now) {
  const std::string id = version->data.instance_id;
  Entry& entry = service.entries_[id];
  if (batch_end_ <= now) batch_end_ = now + random_.between(lags_.read_min, lags_.read_max);
  entry.pending.push_back({batch_end_, ++order_, is_new, std::move(version)});
  if (batch_end_ <= now) return show_pending(service, entry, now);
  arm(batch_end_, service, id);
}

void InstanceCache::remove(CachedService& service, const std::string& id, Duration listed, Instant now) {
  const auto found = service.entries_.find(id);
  if (found == service.entries_.end()) return;
  Entry& entry = found->second;
  if (!entry.removal) ++removals_;
  entry.removal = CachedService::Removal{now, syncer::saturating_add(now, listed), ++order_};
  if (listed == Duration::zero()) return show_removal(service, id, entry, now);
  arm(entry.removal->show, service, id);
}

void InstanceCache::show(CachedService& service, SharedVersion version) {
  Entry& entry = service.entries_[version->data.instance_id];
  show_one(service, entry, {{}, ++order_, true, std::move(version)});
}

void InstanceCache::clear() {
  services_.clear();
  timers_ = {};
  shown_ = removals_ = 0;
  is_preserving_ = false;
}

void InstanceCache::advance(Instant now) {
  while (!timers_.empty() && timers_.top().at <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    const auto service = services_.find(timer.service);
    if (service == services_.end()) continue;
    const auto entry = service->second.entries_.find(timer.id);
    if (entry == service->second.entries_.end()) continue;
    show_pending(service->second, entry->second, timer.at);
    if (entry->second.removal && entry->second.removal->show <= timer.at) {
      show_removal(service->second, timer.id, entry->second, timer.at);
    }
  }
}

void InstanceCache::show_pending(CachedService& service, Entry& entry, Instant now) {
  while (!entry.pending.empty() && entry.pending.front().at <= now) {
    CachedService::Pending next = std::move(entry.pending.front());
    entry.pending.pop_front();
    show_one(service, entry, std::move(next));
  }
}

void InstanceCache::show_one(CachedService& service, Entry& entry, CachedService::Pending pending) {
  // Who comes back before its removal shows was never away.
  if (entry.removal && entry.removal->order < pending.order) cancel_removal(entry);
  if (entry.arrival == 0) {
    entry.arrival = ++arrivals_;
    ++shown_;
  }
  const auto kind = pending.is_new ? CacheEvent::Kind::Create : CacheEvent::Kind::Update;
  service.shown_[entry.arrival] = pending.version;
  service.max_is_stale_ = true;
  events_.push_back({kind, service.key_, std::move(pending.version)});
}

void InstanceCache::cancel_removal(Entry& entry) {
  entry.removal.reset();
  if (--removals_ == 0) is_preserving_ = false;
}

bool InstanceCache::holds(const CachedService& service, const std::string& id, Entry& entry) {
  const bool are_nearly_all = shown_ >= kPreservedFrom && removals_ * 100 >= shown_ * kPreservedPercent;
  if (lags_.preserves_itself && are_nearly_all) is_preserving_ = true;
  if (!is_preserving_ || entry.removal->is_held || entry.arrival == 0) return false;
  entry.removal->is_held = true;
  entry.removal->show = entry.removal->at + hold_of(*service.shown_.at(entry.arrival));
  arm(entry.removal->show, service, id);
  return true;
}

void InstanceCache::show_removal(CachedService& service, const std::string& id, Entry& entry, Instant now) {
  if (holds(service, id, entry) && entry.removal->show > now) return;
  drop(service, id, entry);
}

void InstanceCache::drop(CachedService& service, const std::string& id, Entry& entry) {
  std::erase_if(entry.pending, [&](const auto& one) { return one.order < entry.removal->order; });
  cancel_removal(entry);
  if (entry.arrival != 0) {
    events_.push_back({CacheEvent::Kind::Delete, service.key_, service.shown_.at(entry.arrival)});
    service.shown_.erase(entry.arrival);
    service.max_is_stale_ = true;
    entry.arrival = 0;
    --shown_;
  }
  forget_if_unused(service, id);
}

void InstanceCache::forget_if_unused(CachedService& service, const std::string& id) {
  const auto entry = service.entries_.find(id);
  if (!entry->second.pending.empty() || entry->second.arrival != 0) return;
  service.entries_.erase(entry);
  if (service.entries_.empty() && !service.is_attached_) services_.erase(CachedServiceKey(service.key_));
}

}  // namespace mocksc
