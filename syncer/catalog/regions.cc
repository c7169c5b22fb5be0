// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/regions.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/catalog/exporter.h"
#include "syncer/catalog/sightings.h"

namespace syncer::catalog {

using replication::ChangeGuard;
using replication::GuardDecision;
using replication::LossGuard;
using replication::Sighting;

namespace {

/// Orphans wait so long for their region to prove healthy before a guard holds them, with an alarm.
constexpr Duration kPatience = std::chrono::seconds(10);

/// The copy answers at other addresses, as its last payload says or, after a start, its registration.
bool moves(const DesiredCopy& copy, const std::vector<Bytes>& addresses) {
  if (!copy.payload.empty()) return addresses_of(copy.payload) != addresses;
  bool known = false;
  for (const auto& [id, state] : copy.copies) {
    if (!state.present || state.shape->endpoints.empty()) continue;
    if (addresses_of(state.shape->endpoints) == addresses) return false;
    known = true;
  }
  return known;
}

}  // namespace

bool DesiredCopy::any_present() const {
  return std::any_of(copies.begin(), copies.end(), [](const auto& entry) { return entry.second.present; });
}

bool DesiredCopy::is_failing() const {
  constexpr std::uint32_t kStubborn = 3;
  return !rejected.empty() || failures >= kStubborn;
}

bool DesiredCopy::any_proven() const {
  return std::any_of(copies.begin(), copies.end(),
                     [](const auto& entry) { return entry.second.present && !entry.second.unproven; });
}

bool DesiredCopy::at_rest() const { return rejected.empty() && waiting.empty() && !busy && !queued && failures == 0; }

RemoteCopies::RemoteCopies(const GuardSettings& settings, const std::string& region, Observer& observer, Instant now)
    : away_since(now),
      guard(guard_options(settings)),
      changes(guard_options(settings)),
      report(GuardSide::Receiver, region, observer) {}

void Regions::set_guard_options(const replication::LossGuardOptions& options) {
  for (auto& [region, remote] : all()) {
    remote.guard.set_options(options);
    remote.changes.set_options(options);
  }
}

RemoteCopies& Regions::at(Instant now, std::string_view region) {
  if (RemoteCopies* known = find(region)) return *known;
  const std::string name(region);
  return all().try_emplace(name, config_.guard, name, observer_, now).first->second;
}

RemoteCopies* Regions::find(std::string_view region) {
  const auto found = regions_.find(region);
  if (found == regions_.end()) return nullptr;
  earliest_.touch(found->second, deadline_of(found->second));
  return &found->second;
}

DesiredCopy* Regions::find(const CopyName& name, RemoteCopies** remote) {
  RemoteCopies* owner = find(name.region);
  if (owner == nullptr) return nullptr;
  if (remote != nullptr) *remote = owner;
  const auto found = owner->desired.find(name.key);
  return found == owner->desired.end() ? nullptr : &found->second;
}

void Regions::end_hold(Instant now, std::string_view region) {
  RemoteCopies* remote = find(region);
  if (remote == nullptr || remote->connected) return;
  remote->away_since = now - config_.hold;
  check_hold(now, std::string(region), *remote);
}

bool Regions::is_empty_of(std::string_view region) const {
  const auto found = regions_.find(region);
  if (found == regions_.end()) return true;
  const auto& copies = found->second.desired;
  return std::none_of(copies.begin(), copies.end(),
                      [](const auto& entry) { return entry.second.busy || !entry.second.copies.empty(); });
}

void Regions::erase(std::string_view region) {
  const auto found = regions_.find(region);
  if (found == regions_.end()) return;
  judged_.erase(found->first);
  all().erase(found);
}

void Regions::set_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy) {
  RemoteCopies& remote = at(now, region);
  if (remote.connected == connected && remote.complete == complete && remote.healthy == healthy) return;
  if (remote.connected && !connected) {
    remote.away_since = now;
    remote.announced = false;
  }
  const std::string remote_name(region);
  const bool newly_complete = connected && complete && !(remote.connected && remote.complete);
  remote.connected = connected;
  remote.complete = complete;
  remote.healthy = healthy;
  remote.guard.prove(now, {now, connected && healthy, Instant::min()});
  carry_out(now, remote_name, remote);
  if (newly_complete) end_hold(remote_name, remote);
}

void Regions::end_hold(const std::string& region, RemoteCopies& remote) {
  remote.expired = remote.announced = false;
  touch_all(region, remote);  // orphans may be judged now, held ones are desired again
}

void Regions::touch_all(const std::string& region, const RemoteCopies& remote) {
  for (const auto& [key, copy] : remote.desired) touched_.push_back({region, key});
}

// What regions say, and what is found.

bool Regions::desire(Instant now, const std::string& region, const Bytes& key, DesiredCopy& copy, const Bytes& payload,
                     bool own) {
  RemoteCopies& remote = at(now, region);
  Sighting sighting = sighting_of(key, payload);
  sighting.proven = now;
  if (remote.guard.window().find(key) == nullptr) sighting.renewed = now;
  copy.granted = copy.held = copy.withheld = false;
  copy.waits_until = kNever;
  remote.guard.put(now, sighting);
  carry_out(now, region, remote);
  if (!own && moves(copy, sighting.endpoints)) {
    copy.next = payload;
    remote.changing.insert(key);
    return false;
  }
  copy.next.reset();
  remote.changes.cancel(key);
  return true;
}

void Regions::hear_guard(Instant now, const std::string& region, const Bytes& key) {
  if (key == registry::released_key()) release(now, region, at(now, region));
  if (key == registry::holding_key()) at(now, region).holds = true;
}

/// A new epoch that does not hold any more may not know of it.
void Regions::end_guard(const std::string& region, const Bytes& key, bool judged) {
  if (judged && key == registry::holding_key()) find(region)->holds = false;
}

/// What is there, or may be, stays until it is its turn.
bool Regions::withhold(const CopyName& name) {
  DesiredCopy* copy = find(name);
  if (copy == nullptr) return false;
  copy->withheld = true;
  touched_.push_back(name);
  return copy->busy || !copy->copies.empty();
}

void Regions::let_go(const std::string& region, const Bytes& key, DesiredCopy& copy) {
  RemoteCopies& remote = *find(region);
  remote.guard.forget(key);
  remote.changes.cancel(key);
  copy.next.reset();
  copy.held = false;
  copy.granted = copy.removed = true;
}

void Regions::found(Instant now, const std::string& region, const Bytes& key, const registry::Entry& entry) {
  LossGuard& guard = at(now, region).guard;
  if (guard.window().find(key) == nullptr) guard.put(now, sighting_of(key, entry));
}

bool Regions::is_being_replaced(const RemoteCopies& remote, const Bytes& key, const DesiredCopy& copy) const {
  Sighting leaving = sighting_of(key, copy.payload);
  for (const auto& [id, state] : copy.copies) {
    if (copy.payload.empty() && state.present) leaving.endpoints = addresses_of(state.shape->endpoints);
  }
  const auto successor = remote.guard.window().live_at(leaving.service, leaving.endpoints);
  const auto found = successor ? remote.desired.find(*successor) : remote.desired.end();
  if (found == remote.desired.end()) return false;
  return found->second.desired && found->second.rejected.empty() && !found->second.any_proven();
}

void Regions::forget(const std::string& region, const Bytes& key) {
  RemoteCopies& remote = *find(region);
  remote.guard.forget(key);
  remote.changes.cancel(key);
}

void Regions::give_up(const std::string& region, const Bytes& key, DesiredCopy& copy) {
  find(region)->guard.forget(key);
  copy.held = false;
}

// The guards.

void Regions::judge_orphans(Instant now, const std::string& region) {
  judged_.try_emplace(region, saturating_add(now, kPatience));
}

void Regions::judge_due(Instant now) {
  for (auto it = judged_.begin(); it != judged_.end();) {
    RemoteCopies& remote = *find(it->first);
    const bool waits = remote.connected && remote.complete && !remote.healthy && now < it->second;
    if (waits) {
      ++it;
      continue;
    }
    const std::string region = it->first;
    it = judged_.erase(it);
    if (remote.connected && remote.complete) judge(now, region, remote);
  }
}

void Regions::judge(Instant now, const std::string& region, RemoteCopies& remote) {
  std::vector<Bytes> orphans;
  for (const auto& [key, copy] : remote.desired) {
    const bool decided = copy.desired || copy.held || copy.granted || copy.withheld;
    if (!decided && copy.any_present()) orphans.push_back(key);
  }
  remote.guard.orphaned(now, orphans, std::exchange(remote.holds, false));
  carry_out(now, region, remote);
}

void Regions::judge_changes(Instant now, const std::string& region, RemoteCopies& remote) {
  if (remote.changing.empty()) return;
  std::vector<ChangeGuard::Change> changes;
  std::vector<Bytes> keys;
  for (const Bytes& key : std::exchange(remote.changing, {})) {
    const auto copy = remote.desired.find(key);
    if (copy == remote.desired.end() || !copy->second.next) continue;
    Sighting sighting = sighting_of(key, *copy->second.next);
    changes.push_back({key, std::move(sighting.service), sighting.lease});
    keys.push_back(key);
  }
  const auto verdict = remote.changes.request(now, changes, remote.desired.size());
  if (verdict == ChangeGuard::Verdict::Granted) change(now, region, remote, keys);
}

void Regions::change(Instant now, const std::string& region, RemoteCopies& remote, const std::vector<Bytes>& keys) {
  for (const Bytes& key : keys) {
    const auto copy = remote.desired.find(key);
    if (copy == remote.desired.end() || !copy->second.next) continue;
    remote.changes.cancel(key);
    copy->second.payload = *std::exchange(copy->second.next, std::nullopt);
    copy->second.extras_settled = false;
    copy->second.failures = 0;
    copy->second.retry_at = now;
    touched_.push_back({region, key});
  }
}

void Regions::carry_out(Instant now, const std::string& region, RemoteCopies& remote) {
  for (const GuardDecision& decision : remote.guard.take_decisions()) {
    remote.report.note(decision);
    const auto copy = remote.desired.find(decision.key);
    if (copy == remote.desired.end()) continue;
    const bool goes = decision.kind == GuardDecision::Kind::Remove;
    const bool stays = decision.kind == GuardDecision::Kind::Hold;
    if (!goes && !stays) continue;
    SYNCER_SOMETIMES(stays, "catalog.receiver_guard_holds");
    copy->second.granted = goes || SYNCER_MUTATED("catalog.skip_receiver_guard");
    copy->second.held = !copy->second.granted;
    touched_.push_back({region, decision.key});
  }
  remote.report.update(now, remote.guard, remote.changes.held());
}

void Regions::release(Instant now, const std::string& region, RemoteCopies& remote) {
  remote.guard.release(now);
  remote.guard.allow(saturating_add(now, kReleaseLasts));
  change(now, region, remote, remote.changes.release(now));
  carry_out(now, region, remote);
}

void Regions::release_guard(Instant now, std::string_view region) {
  for (auto& [name, remote] : all()) {
    if (region == "*" || region == name) release(now, name, remote);
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
  for (auto& [key, copy] : remote.desired) {
    if (copy.held) give_up(region, key, copy);
  }
  carry_out(now, region, remote);
  observe(observer_, now, EventKind::HoldExpired, Severity::Warning,
          {{"region", region}, {"copies", remote.present}, {"away", to_string(now - remote.away_since)}});
  touch_all(region, remote);
}

void Regions::advance(Instant now) {
  if (now < next_deadline()) return;
  judge_due(now);
  for (auto& [region, remote] : all()) {
    judge_changes(now, region, remote);
    change(now, region, remote, remote.changes.advance(now));
    remote.guard.advance(now);
    carry_out(now, region, remote);
    check_hold(now, region, remote);
  }
}

Instant Regions::next_deadline() const {
  if (!touched_.empty()) return kAtOnce;
  const auto deadline = [this](const RemoteCopies& remote) { return deadline_of(remote); };
  return std::min(deadline_of_orphans(), earliest_.get(regions_, deadline));
}

Instant Regions::deadline_of_orphans() const {
  Instant due = kNever;
  for (const auto& [region, latest] : judged_) {
    const RemoteCopies& remote = regions_.find(region)->second;
    due = std::min(due, remote.healthy || !remote.connected || !remote.complete ? kAtOnce : latest);
  }
  return due;
}

Instant Regions::deadline_of(const RemoteCopies& remote) const {
  if (!remote.changing.empty()) return kAtOnce;
  const Instant due =
      std::min({remote.guard.next_deadline(), remote.changes.next_deadline(), remote.report.next_deadline()});
  if (remote.connected || remote.expired || remote.present == 0) return due;
  return std::min(due, remote.announced ? saturating_add(remote.away_since, config_.hold) : kAtOnce);
}

void Regions::forget_registry(Instant now) {
  for (auto& [region, remote] : all()) {
    remote.guard = LossGuard(guard_options(config_.guard));
    remote.guard.prove(now, {now, remote.connected && remote.healthy, Instant::min()});
    remote.changes = ChangeGuard(guard_options(config_.guard));
    remote.report.forget();
    remote.present = 0;
    remote.changing.clear();
    remote.failing.clear();
    remote.cut.clear();
    remote.expired = remote.announced = false;
    if (!remote.connected) remote.away_since = now;
    for (auto it = remote.desired.begin(); it != remote.desired.end();) {
      DesiredCopy fresh;
      fresh.desired = it->second.desired;
      fresh.payload = it->second.next ? std::move(*it->second.next) : std::move(it->second.payload);
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
    if (const auto& mark = remote.report.mark()) marks.push_back(*mark);
  }
}

void Regions::take_over_guard(Instant now, const GuardMark& mark) {
  RemoteCopies& remote = at(now, mark.region);
  if (mark.holding) {
    remote.guard.inherit(mark.until, mark.baseline);
    remote.report.inherited(now, remote.guard);
  } else if (mark.released) {
    remote.guard.allow(saturating_add(mark.released_at, kReleaseLasts));
  }
}

void Regions::hash(StateHasher& hasher) const {
  for (const auto& [region, remote] : regions_) {
    hasher.add(region);
    hasher.add((remote.connected ? 1U : 0U) | (remote.complete ? 2U : 0U) | (remote.expired ? 4U : 0U));
    remote.guard.hash(hasher);
    remote.changes.hash(hasher);
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
  return {holding, steering_.status(region), remote.report.status()};
}

void Regions::fill(Sizes& sizes) const {
  sizes.regions = regions_.size();
  for (const auto& [region, remote] : regions_) {
    sizes.desired += remote.desired.size();
    remote.guard.fill(sizes.guards);
    for (const auto& [key, copy] : remote.desired) {
      sizes.busy += copy.busy ? 1 : 0;
      sizes.rejected += copy.rejected.empty() ? 0 : 1;
    }
  }
  sizes.touched = touched_.size();
}

}  // namespace syncer::catalog
