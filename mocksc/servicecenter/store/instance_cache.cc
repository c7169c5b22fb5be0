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

/// How long self-preservation shows a removed instance: as long as its lease would have lived.
Duration hold_of(const InstanceVersion& version) {
  if (!version.data.health_check) return kLongestHold;
  const std::int64_t seconds =
      std::int64_t{version.data.health_check->interval} * (std::int64_t{version.data.health_check->times} + 1);
  const bool is_in_range = seconds > 0 && seconds < kLongestHold / std::chrono::seconds(1);
  return is_in_range ? Duration(std::chrono::seconds(seconds)) : kLongestHold;
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
  // Who comes back while removals are collected was never away.
  if (entry.removal && entry.removal->show == syncer::kNever) cancel_removal(service, id, entry);
  if (batch_end_ <= now) batch_end_ = now + random_.between(lags_.read_min, lags_.read_max);
  entry.pending.push_back({batch_end_, ++order_, is_new, std::move(version)});
  if (batch_end_ <= now) return show_pending(service, id, entry, now);
  arm(batch_end_, service, id);
}

void InstanceCache::remove(CachedService& service, const std::string& id, Duration listed, Instant now) {
  const auto found = service.entries_.find(id);
  if (found == service.entries_.end()) return;
  Entry& entry = found->second;
  entry.removal = CachedService::Removal{now, ++order_};
  const Duration window = std::min(lags_.removal_window, listed);
  if (window > Duration::zero()) {
    if (window_end_ == syncer::kNever) window_end_ = now + window;
    after_window_ = listed - window;
    return collect(service, id, entry);
  }
  entry.removal->show = syncer::saturating_add(now, listed);
  if (listed == Duration::zero()) return drop(service, id, entry);
  arm(entry.removal->show, service, id);
}

void InstanceCache::collect(const CachedService& service, const std::string& id, Entry& entry) {
  collected_.emplace(service.key_, id);
  if (entry.arrival != 0) entry.removal->held = hold_of(*service.shown_.at(entry.arrival));
  const bool are_nearly_all = shown_ >= kPreservedFrom && collected_.size() * 100 >= shown_ * kPreservedPercent;
  if (lags_.preserves_itself && are_nearly_all) is_preserving_ = true;
}

/// What was collected is on its way to the readers. Self-preservation counts the time of each in whole windows.
void InstanceCache::end_window() {
  const Instant end = window_end_;
  for (auto it = collected_.begin(); it != collected_.end();) {
    CachedService& service = services_.at(it->first);
    Entry& entry = service.entries_.find(it->second)->second;
    entry.removal->held -= lags_.removal_window;
    if (is_preserving_ && entry.removal->held > Duration::zero()) {
      ++it;
      continue;
    }
    entry.removal->show = end + after_window_;
    arm(entry.removal->show, service, it->second);
    it = collected_.erase(it);
  }
  is_preserving_ = is_preserving_ && !collected_.empty();
  window_end_ = collected_.empty() ? syncer::kNever : end + lags_.removal_window;
}

void InstanceCache::show(CachedService& service, SharedVersion version) {
  const std::string id = version->data.instance_id;
  Entry& entry = service.entries_[id];
  show_one(service, id, entry, {{}, ++order_, true, std::move(version)});
}

void InstanceCache::clear() {
  services_.clear();
  timers_ = {};
  collected_.clear();
  window_end_ = syncer::kNever;
  shown_ = 0;
  is_preserving_ = false;
}

void InstanceCache::advance(Instant now) {
  while (next_deadline() <= now) {
    if (next_deadline() == window_end_)
      end_window();
    else
      fire_first_timer();
  }
}

void InstanceCache::fire_first_timer() {
  const Timer timer = timers_.top();
  timers_.pop();
  const auto service = services_.find(timer.service);
  if (service == services_.end()) return;
  const auto entry = service->second.entries_.find(timer.id);
  if (entry == service->second.entries_.end()) return;
  show_pending(service->second, timer.id, entry->second, timer.at);
  if (entry->second.removal && entry->second.removal->show <= timer.at) {
    drop(service->second, timer.id, entry->second);
  }
}

void InstanceCache::show_pending(CachedService& service, const std::string& id, Entry& entry, Instant now) {
  while (!entry.pending.empty() && entry.pending.front().at <= now) {
    CachedService::Pending next = std::move(entry.pending.front());
    entry.pending.pop_front();
    show_one(service, id, entry, std::move(next));
  }
}

void InstanceCache::show_one(CachedService& service, const std::string& id, Entry& entry,
                             CachedService::Pending pending) {
  // Nor was who comes back before its removal shows.
  if (entry.removal && entry.removal->order < pending.order) cancel_removal(service, id, entry);
  if (entry.arrival == 0) {
    entry.arrival = ++arrivals_;
    ++shown_;
  }
  const auto kind = pending.is_new ? CacheEvent::Kind::Create : CacheEvent::Kind::Update;
  service.shown_[entry.arrival] = pending.version;
  service.max_is_stale_ = true;
  events_.push_back({kind, service.key_, std::move(pending.version)});
}

void InstanceCache::cancel_removal(const CachedService& service, const std::string& id, Entry& entry) {
  if (entry.removal->show == syncer::kNever) collected_.erase({service.key_, id});
  entry.removal.reset();
}

void InstanceCache::drop(CachedService& service, const std::string& id, Entry& entry) {
  std::erase_if(entry.pending, [&](const auto& one) { return one.order < entry.removal->order; });
  cancel_removal(service, id, entry);
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
