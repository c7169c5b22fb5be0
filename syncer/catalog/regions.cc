// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/regions.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/catalog/exporter.h"

namespace syncer::catalog {

using replication::RemovalGuard;

RemoteCopies& Regions::at(Instant now, std::string_view region) {
  if (RemoteCopies* known = find(region)) return *known;
  return regions_.try_emplace(std::string(region), config_.guard, now).first->second;
}

RemoteCopies* Regions::find(std::string_view region) {
  const auto found = regions_.find(region);
  return found == regions_.end() ? nullptr : &found->second;
}

void Regions::set_state(Instant now, std::string_view region, bool connected, bool complete, bool sane) {
  RemoteCopies& remote = at(now, region);
  if (remote.connected == connected && remote.complete == complete && remote.sane == sane) return;
  if (remote.connected && !connected) {
    remote.away_since = now;
    remote.announced = false;
  }
  const bool newly_complete = connected && complete && !(remote.connected && remote.complete);
  remote.connected = connected;
  remote.complete = complete;
  remote.sane = sane;
  remote.guard.set_origin_sane(now, connected && sane);
  if (newly_complete) end_hold(std::string(region), remote);
}

void Regions::end_hold(const std::string& region, RemoteCopies& remote) {
  remote.expired = remote.announced = false;
  touch_all(region, remote);  // orphans may be judged now, held ones are wanted again
}

void Regions::touch_all(const std::string& region, const RemoteCopies& remote) {
  for (const auto& [key, origin] : remote.origins) touched_.emplace_back(region, key);
}

void Regions::keep(Instant now, const std::string& region, const Bytes& key, Origin& origin) {
  RemoteCopies& remote = at(now, region);
  remote.leaving.erase(key);
  origin.granted = origin.held = false;
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
    const auto origin = remote.origins.find(key);
    if (origin != remote.origins.end() && !origin->second.wanted && origin->second.any_present()) keys.push_back(key);
  }
  if (keys.empty()) return;
  const bool was_frozen = remote.guard.frozen();
  remote.guard.set_size(remote.present);
  if (remote.guard.is_allowed(now, keys.size())) say_released(now, region, "an operator said so");
  const bool granted = remote.guard.request(now, keys) == RemovalGuard::Verdict::Granted;
  for (const Bytes& key : keys) {
    Origin& origin = remote.origins.at(key);
    origin.granted = granted || SYNCER_MUTATED("catalog.skip_receiver_guard");
    origin.held = !origin.granted;
    touched_.emplace_back(region, key);
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
    const auto origin = remote.origins.find(key);
    if (origin == remote.origins.end()) continue;
    origin->second.held = false;
    origin->second.granted = true;
    touched_.emplace_back(region, key);
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
  for (const Bytes& key : remote.guard.release()) remote.origins.at(key).held = false;
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
    remote.guard.set_origin_sane(now, remote.connected && remote.sane);
    remote.present = 0;
    remote.leaving.clear();
    remote.expired = remote.announced = false;
    if (!remote.connected) remote.away_since = now;
    for (auto it = remote.origins.begin(); it != remote.origins.end();) {
      Origin fresh;
      fresh.wanted = it->second.wanted;
      fresh.payload = std::move(it->second.payload);
      it->second = std::move(fresh);
      it = it->second.wanted ? std::next(it) : remote.origins.erase(it);
    }
  }
  touched_.clear();
  judged_.clear();
}

WantedService Regions::wanted(const registry::ServiceKey& key) const {
  WantedService all;
  for (const auto& [region, remote] : regions_) {
    const auto found = remote.services.find(key);
    if (found == remote.services.end()) continue;
    if (!all.payload) all.payload = found->second.payload;
    all.schemas.insert(found->second.schemas.begin(), found->second.schemas.end());
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

ImportStatus Regions::status(const std::string& region) const {
  const auto found = regions_.find(region);
  if (found == regions_.end()) return {};
  const RemoteCopies& remote = found->second;
  const bool holding = !remote.connected && !remote.expired && remote.present > 0;
  return {holding, remote.guard.frozen(), remote.guard.pending()};
}

}  // namespace syncer::catalog
