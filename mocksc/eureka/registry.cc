// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/registry.h"

#include <algorithm>
#include <limits>

namespace mocksc::eureka {
namespace {

constexpr Millis kMinute = 60'000;
constexpr Millis kSweep = 30'000;
/// A client renews twice a minute.
constexpr std::int64_t kRenewalsEach = 2;

Millis millis(syncer::Duration time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); }

void append(Listing& listing, const Instance& instance) { listing[instance.app].push_back(&instance); }

}  // namespace

Instance* Registry::get(const Name& name) {
  const auto found = instances_.find(name);
  return found == instances_.end() ? nullptr : &found->second;
}

/// The first rule that applies: a state that keeps callers away, an override, the stored state, what was sent.
std::string Registry::resulting_status(const Instance& sent, const Instance* stored, bool replicated) const {
  if (sent.status != "UP" && sent.status != "OUT_OF_SERVICE") return sent.status;
  if (const auto found = overrides_.find(sent.key()); found != overrides_.end()) return found->second;
  const bool keeps = stored != nullptr && (stored->status == "UP" || stored->status == "OUT_OF_SERVICE");
  return keeps && !replicated ? stored->status : sent.status;
}

void Registry::add(Millis now, Instance instance, bool replicated, std::string_view client) {
  const Name name{instance.app, instance.key()};
  if (instance.dirty == 0) instance.dirty = now;
  Instance* stored = get(name);
  const std::optional<Instance> before = stored != nullptr ? std::optional(*stored) : std::nullopt;
  if (before && before->dirty > instance.dirty) instance = *before;
  if (!before) ++expected_;
  instance.registered = instance.renewed = now;
  instance.evicted = 0;
  instance.service_up = before ? before->service_up : 0;
  if (instance.overridden != "UNKNOWN") overrides_.try_emplace(name.second, instance.overridden);
  if (const auto found = overrides_.find(name.second); found != overrides_.end()) instance.overridden = found->second;
  instance.status = resulting_status(instance, before ? &*before : nullptr, replicated);
  if (instance.status == "UP" && instance.service_up == 0) instance.service_up = now;
  Instance& kept = instances_.insert_or_assign(name, std::move(instance)).first->second;
  note(now, kept, "ADDED");
  report(now, before ? Change::Changed : Change::Registered, kept, client);
}

Renewal Registry::renew(Millis now, const Name& name, std::optional<Millis> dirty, bool replicated) {
  Instance* instance = get(name);
  if (instance == nullptr) return Renewal::Unknown;
  const std::string status = resulting_status(*instance, instance, replicated);
  if (status == "UNKNOWN") return Renewal::Unknown;
  const bool changed = instance->status != status;
  instance->status = status;
  count_renewal(now);
  instance->renewed = now + instance->duration * 1000;
  if (changed) report(now, Change::Changed, *instance, "");
  if (!dirty || *dirty == instance->dirty) return Renewal::Done;
  return *dirty > instance->dirty ? Renewal::Newer : Renewal::Older;
}

bool Registry::cancel(Millis now, const Name& name, std::string_view client) {
  if (get(name) == nullptr) return false;
  end(now, name, Change::Removed, client);
  return true;
}

void Registry::end(Millis now, const Name& name, Change change, std::string_view client) {
  const auto found = instances_.find(name);
  Instance& instance = found->second;
  instance.evicted = now;
  note(now, instance, "DELETED");
  const Instance gone = instance;
  instances_.erase(found);
  overrides_.erase(name.second);
  recent_[name] = {now, gone};
  expected_ = std::max<std::int64_t>(expected_ - 1, 0);
  report(now, change, gone, client);
}

bool Registry::set_override(Millis now, const Name& name, const std::string& status, std::string_view client) {
  Instance* instance = get(name);
  if (instance == nullptr) return false;
  instance->renewed = now + instance->duration * 1000;
  if (instance->status == status) return true;
  if (status == "UP" && instance->service_up == 0) instance->service_up = now;
  overrides_[name.second] = status;
  instance->overridden = instance->status = status;
  note(now, *instance, "MODIFIED");
  report(now, Change::Changed, *instance, client);
  return true;
}

bool Registry::drop_override(Millis now, const Name& name, const std::string& status, std::string_view client) {
  Instance* instance = get(name);
  if (instance == nullptr) return false;
  instance->renewed = now + instance->duration * 1000;
  if (overrides_.erase(name.second) == 0) return true;
  instance->overridden = "UNKNOWN";
  instance->status = status;
  note(now, *instance, "MODIFIED");
  report(now, Change::Changed, *instance, client);
  return true;
}

void Registry::note_override(const Name& name, const std::string& status) {
  Instance* instance = get(name);
  if (instance == nullptr) return;
  overrides_[name.second] = status;
  instance->overridden = status;
}

bool Registry::add_metadata(Millis now, const Name& name, const std::map<std::string, std::string>& metadata,
                            std::string_view client) {
  const Instance* stored = get(name);
  if (stored == nullptr) return false;
  Instance next = *stored;
  for (const auto& [key, value] : metadata) next.metadata[key] = value;
  add(now, std::move(next), false, client);
  return true;
}

const Instance* Registry::find(Millis now, const Name& name) const {
  const auto found = instances_.find(name);
  if (found == instances_.end()) return nullptr;
  return may_expire() && now > found->second.lease_end() ? nullptr : &found->second;
}

const Instance* Registry::find_by_id(Millis now, const std::string& id) const {
  for (const auto& [name, instance] : instances_) {
    if (name.second == id) return find(now, name);
  }
  return nullptr;
}

Listing Registry::listing() const {
  Listing all;
  for (const auto& [name, instance] : instances_) append(all, instance);
  return all;
}

Listing Registry::listing_of(const std::string& app) const {
  Listing some;
  for (auto it = instances_.lower_bound({app, ""}); it != instances_.end() && it->first.first == app; ++it)
    append(some, it->second);
  return some;
}

Listing Registry::listing_by_address(const std::string& member, const std::string& address) const {
  Listing some;
  for (const auto& [name, instance] : instances_) {
    const auto found = instance.texts.find(member);
    if (found != instance.texts.end() && found->second == address) append(some, instance);
  }
  return some;
}

Listing Registry::delta() const {
  Listing some;
  for (const auto& [name, recent] : recent_) {
    const auto found = instances_.find(name);
    append(some, found != instances_.end() ? found->second : recent.last);
  }
  return some;
}

std::size_t Registry::expire(Millis now, std::string_view key) {
  std::vector<Name> names;
  for (const auto& [name, instance] : instances_) {
    if (name.second == key) names.push_back(name);
  }
  for (const Name& name : names) end(now, name, Change::Evicted, "");
  return names.size();
}

void Registry::clear(Millis now, bool lost) {
  const std::map<Name, Instance> gone = std::exchange(instances_, {});
  overrides_.clear();
  recent_.clear();
  expected_ = 1;
  renewals_ = renewals_before_ = 0;
  for (const auto& [name, instance] : gone) {
    if (on_change_) on_change_(now, instance);
    if (lost) report(now, Change::Lost, instance, "");
  }
}

void Registry::restore(Millis now, const Registry& saved) {
  const std::map<Name, Instance> before = std::exchange(instances_, {});
  overrides_ = saved.overrides_;
  for (const auto& [name, instance] : saved.instances_) {
    Instance& kept = instances_.insert_or_assign(name, instance).first->second;
    kept.registered = kept.renewed = now;
    if (kept.service_up > 0) kept.service_up = now;
    note(now, kept, "ADDED");
    report(now, before.contains(name) ? Change::Changed : Change::Restored, kept, "");
  }
  for (const auto& [name, instance] : before) {
    if (!instances_.contains(name)) report(now, Change::Lost, instance, "");
  }
  expected_ = static_cast<std::int64_t>(instances_.size()) + 1;
}

void Registry::note(Millis now, Instance& instance, const char* action) {
  instance.action = action;
  instance.updated = now;
  recent_[{instance.app, instance.key()}] = {now, instance};
  if (on_change_) on_change_(now, instance);
}

void Registry::report(Millis now, Change change, const Instance& instance, std::string_view client) {
  if (listener_) listener_(now, change, instance, client);
}

void Registry::roll(Millis now) {
  if (minute_ == 0) minute_ = now;
  while (now - minute_ >= kMinute) {
    const bool long_ago = now - minute_ >= 2 * kMinute;
    renewals_before_ = long_ago ? 0 : renewals_;
    renewals_ = 0;
    minute_ = long_ago ? now - (now - minute_) % kMinute : minute_ + kMinute;
  }
}

void Registry::count_renewal(Millis now) {
  roll(now);
  ++renewals_;
}

/// Self-preservation: with too few renewals in the last minute every lease goes on.
bool Registry::may_expire() const {
  if (frozen_) return false;
  if (!options_.self_preservation) return true;
  const auto threshold =
      static_cast<std::int64_t>(static_cast<double>(expected_ * kRenewalsEach) * options_.renewal_share);
  return threshold > 0 && renewals_before_ > threshold;
}

/// Each run takes at most 15 % of all, chosen at random.
void Registry::evict(Millis now) {
  roll(now);
  if (!may_expire()) return;
  std::vector<Name> over;
  for (const auto& [name, instance] : instances_) {
    if (now > instance.lease_end()) over.push_back(name);
  }
  const auto all = static_cast<double>(instances_.size());
  const auto most = static_cast<std::size_t>(all) - static_cast<std::size_t>(all * options_.renewal_share);
  for (std::size_t i = 0; i < std::min(most, over.size()); ++i) {
    std::swap(over[i], over[i + random_.below(over.size() - i)]);
    end(now, over[i], Change::Evicted, "");
  }
}

void Registry::advance(Millis now) {
  if (next_eviction_ == 0) next_eviction_ = now + millis(options_.eviction_interval);
  if (next_sweep_ == 0) next_sweep_ = now + kSweep;
  while (next_eviction_ <= now) {
    evict(next_eviction_);
    next_eviction_ += millis(options_.eviction_interval);
  }
  while (next_sweep_ <= now) {
    const Millis oldest = next_sweep_ - millis(options_.delta_retention);
    std::erase_if(recent_, [&](const auto& one) { return one.second.since < oldest; });
    next_sweep_ += kSweep;
  }
}

Millis Registry::next_deadline() const {
  if (instances_.empty() && recent_.empty()) return std::numeric_limits<Millis>::max();
  return next_eviction_ == 0 ? 0 : next_eviction_;
}

}  // namespace mocksc::eureka
