// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/regions.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::catalog {

using replication::RemovalGuard;

bool DesiredCopy::any_present() const {
  return std::any_of(copies.begin(), copies.end(), [](const auto& entry) { return entry.second.present; });
}

bool DesiredCopy::at_rest() const { return rejected.empty() && waiting.empty() && !busy && !queued && failures == 0; }

RemoteCopies::RemoteCopies(const GuardSettings& settings, Instant now)
    : away_since(now), guard(guard_options(settings)) {}

RemoteCopies& Regions::at(Instant now, std::string_view region) {
  if (RemoteCopies* known = find(region)) return *known;
  return regions_.try_emplace(std::string(region), config_.guard, now).first->second;
}

RemoteCopies* Regions::find(std::string_view region) {
  const auto found = regions_.find(region);
  return found == regions_.end() ? nullptr : &found->second;
}

DesiredCopy* Regions::find(const CopyName& name, RemoteCopies** remote) {
  RemoteCopies* owner = find(name.region);
  if (owner == nullptr) return nullptr;
  if (remote != nullptr) *remote = owner;
  const auto found = owner->desired.find(name.key);
  return found == owner->desired.end() ? nullptr : &found->second;
}

void Regions::set_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy) {
  RemoteCopies& remote = at(now, region);
  if (remote.connected == connected && remote.complete == complete && remote.healthy == healthy) return;
  if (remote.connected && !connected) {
    remote.away_since = now;
    remote.announced = false;
  }
  const bool newly_complete = connected && complete && !(remote.connected && remote.complete);
  remote.connected = connected;
  remote.complete = complete;
  remote.healthy = healthy;
  remote.guard.set_origin_healthy(now, connected && healthy);
  if (newly_complete) end_hold(std::string(region), remote);
}

void Regions::end_hold(const std::string& region, RemoteCopies& remote) {
  remote.expired = remote.announced = false;
  touch_all(region, remote);  // orphans may be judged now, held ones are desired again
}

void Regions::touch_all(const std::string& region, const RemoteCopies& remote) {
  for (const auto& [key, copy] : remote.desired) touched_.push_back({region, key});
}

void Regions::keep(Instant now, const std::string& region, const Bytes& key, DesiredCopy& copy) {
  RemoteCopies& remote = at(now, region);
  remote.leaving.erase(key);
  copy.granted = copy.held = false;
  if (!remote.guard.cancel(now, key)) return;
  observe(observer_, now, EventKind::GuardReleased, Severity::Info,
          {{"side", "receiver"}, {"region", region}, {"reason", "the entries are back"}});
}

void Regions::ask_to_leave(const std::string& region, const Bytes& key) {
  regions_.find(region)->second.leaving.insert(key);
  judged_.insert(region);
}

void Regions::judge(Instant now, const std::string& region, RemoteCopies& remote) {
  std::vector<Bytes> keys;
  for (const Bytes& key : std::exchange(remote.leaving, {})) {
    const auto copy = remote.desired.find(key);
    if (copy != remote.desired.end() && !copy->second.desired && copy->second.any_present()) keys.push_back(key);
  }
  if (keys.empty()) return;
  const bool was_frozen = remote.guard.frozen();
  remote.guard.set_size(remote.present);
  if (remote.guard.is_allowed(now, keys.size())) say_released(now, region, "an operator said so");
  const bool granted = remote.guard.request(now, keys) == RemovalGuard::Verdict::Granted;
  for (const Bytes& key : keys) {
    DesiredCopy& copy = remote.desired.at(key);
    copy.granted = granted || SYNCER_MUTATED("catalog.skip_receiver_guard");
    copy.held = !copy.granted;
    touched_.push_back({region, key});
  }
  if (granted || was_frozen) return;
  observe(observer_, now, EventKind::GuardTripped, Severity::Error,
          {{"side", "receiver"},
           {"region", region},
           {"pending", remote.guard.pending()},
           {"allowed", remote.guard.allowed()}});
}

void Regions::let_go(Instant now, const std::string& region, RemoteCopies& remote, const std::vector<Bytes>& keys,
                     std::string_view reason) {
  if (keys.empty()) return;
  say_released(now, region, reason);
  for (const Bytes& key : keys) {
    const auto copy = remote.desired.find(key);
    if (copy == remote.desired.end()) continue;
    copy->second.held = false;
    copy->second.granted = true;
    touched_.push_back({region, key});
  }
}

void Regions::say_released(Instant now, const std::string& region, std::string_view reason) {
  observe(observer_, now, EventKind::GuardReleased, Severity::Warning,
          {{"side", "receiver"}, {"region", region}, {"reason", reason}});
}

void Regions::release_guard(Instant now, std::string_view region) {
  for (auto& [name, remote] : regions_) {
    if (region == "*" || region == name) let_go(now, name, remote, remote.guard.release(), "an operator said so");
  }
}

void Regions::check_hold(Instant now, const std::string& region, RemoteCopies& remote) {
  if (remote.connected || remote.expired || remote.present == 0) return;
  if (!remote.announced) {
    remote.announced = true;
    observe(observer_, now, EventKind::HoldStarted, Severity::Warning,
            {{"region", region}, {"copies", remote.present}});
  }
  if (now < saturating_add(remote.away_since, config_.hold)) return;
  remote.expired = true;
  for (const Bytes& key : remote.guard.release()) remote.desired.at(key).held = false;
  observe(observer_, now, EventKind::HoldExpired, Severity::Warning,
          {{"region", region}, {"copies", remote.present}, {"away", to_string(now - remote.away_since)}});
  touch_all(region, remote);
}

void Regions::advance(Instant now) {
  for (const std::string& region : std::exchange(judged_, {})) judge(now, region, regions_.find(region)->second);
  for (auto& [region, remote] : regions_) {
    remote.guard.set_size(remote.present);
    const auto keys = remote.guard.advance(now);
    let_go(now, region, remote, keys, release_reason(remote.guard));
    check_hold(now, region, remote);
  }
}

Instant Regions::next_deadline() const {
  Instant due = judged_.empty() && touched_.empty() ? kNever : Instant::min();
  for (const auto& [region, remote] : regions_) {
    due = std::min(due, remote.guard.next_deadline());
    if (remote.connected || remote.expired || remote.present == 0) continue;
    due = std::min(due, remote.announced ? saturating_add(remote.away_since, config_.hold) : Instant::min());
  }
  return due;
}

void Regions::forget_registry(Instant now) {
  for (auto& [region, remote] : regions_) {
    remote.guard = RemovalGuard(guard_options(config_.guard));
    remote.guard.set_origin_healthy(now, remote.connected && remote.healthy);
    remote.present = 0;
    remote.leaving.clear();
    remote.expired = remote.announced = false;
    if (!remote.connected) remote.away_since = now;
    for (auto it = remote.desired.begin(); it != remote.desired.end();) {
      DesiredCopy fresh;
      fresh.desired = it->second.desired;
      fresh.payload = std::move(it->second.payload);
      it->second = std::move(fresh);
      it = it->second.desired ? std::next(it) : remote.desired.erase(it);
    }
  }
  touched_.clear();
  judged_.clear();
}

registry::Attachments Regions::attachments(const registry::ServiceKey& key) const {
  registry::Attachments all;
  for (const auto& [region, remote] : regions_) {
    const auto found = remote.attachments.find(key);
    if (found != remote.attachments.end()) all.insert(found->second.begin(), found->second.end());
  }
  return all;
}

void Regions::add_guards(std::vector<GuardMark>& marks) const {
  for (const auto& [region, remote] : regions_) {
    if (remote.guard.frozen()) marks.push_back(mark_of(GuardSide::Receiver, region, remote.guard));
  }
}

void Regions::take_over_guard(Instant now, const GuardMark& mark) {
  take_over(now, mark, at(now, mark.region).guard, observer_);
}

void Regions::hash(StateHasher& hasher) const {
  for (const auto& [region, remote] : regions_) {
    hasher.add(region);
    hasher.add((remote.connected ? 1U : 0U) | (remote.complete ? 2U : 0U) | (remote.expired ? 4U : 0U));
    remote.guard.hash(hasher);
    for (const auto& [key, copy] : remote.desired) {
      hasher.add(key);
      hasher.add((copy.desired ? 1U : 0U) | (copy.busy ? 2U : 0U) | (copy.held ? 4U : 0U));
      for (const auto& [id, state] : copy.copies) {
        hasher.add(id);
        hasher.add(state.present ? 1 : 0);
      }
    }
  }
}

ImportStatus Regions::status(const std::string& region) const {
  const auto found = regions_.find(region);
  if (found == regions_.end()) return {};
  const RemoteCopies& remote = found->second;
  const bool holding = !remote.connected && !remote.expired && remote.present > 0;
  return {holding, remote.guard.frozen(), remote.guard.pending()};
}

}  // namespace syncer::catalog
