// SPDX-License-Identifier: Apache-2.0
#include "sim/check/ledger.h"

#include <algorithm>

#include "sim/host/registry/kinds.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"

namespace sim::check {
namespace {

Content content_of(const host::RegistryInstance& instance) {
  syncer::StateHasher hasher;
  hasher.add(instance.status);
  for (const std::string& endpoint : instance.endpoints) hasher.add(endpoint);
  for (const auto& [key, value] : instance.properties) {
    hasher.add(key);
    hasher.add(value);
  }
  return {hasher.digest(), instance.host};
}

}  // namespace

Ledger::Ledger(std::map<std::string, RegistryIndex> homes, std::vector<std::string> kinds)
    : homes_(std::move(homes)),
      kinds_(std::move(kinds)),
      different_kinds_(kinds_.begin(), kinds_.end()),
      registries_(kinds_.size()),
      differing_pairs_(registries_ * registries_),
      living_(registries_) {}

void Ledger::on_registry_change(RegistryIndex registry, const host::RegistryChange& change) {
  former_.reset();
  if (change.instance == nullptr || change.instance->internal) return;
  ++version_;
  const InstanceName name{registry, change.instance->service, change.instance->id};
  const auto known_copy = copies_.find(name);
  if (is_end(change.kind)) {
    if (known_copy != copies_.end()) return copy_gone(known_copy, change.at);
    const auto known_origin = origins_.find(name);
    if (known_origin != origins_.end()) origin_gone(known_origin->second, change.at);
    return;
  }
  if (known_copy != copies_.end()) former_ = known_copy->second;
  // Whatever an application writes on its own instance, it is an origin. Where an id is an address, a syncer may give
  // it to a copy once the application is gone.
  const bool by_application = change.client.starts_with("app:") || is_an_origins(name, change.client);
  if (change.instance->mark && (known_copy != copies_.end() || !by_application))
    copy_is(name, *change.instance, change.at);
  else if (known_copy == copies_.end())
    origin_is(name, *change.instance, change.at);
  else
    overwritten(known_copy->second, *change.instance, change.at);
}

/// Somebody replaced the properties of a copy, marks and all: it stays what it is, with the wrong content.
void Ledger::overwritten(Copy& copy, const host::RegistryInstance& instance, Instant now) {
  copy.content = content_of(instance);
  copy.properties = instance.properties;
  if (copy.origin) judge_one(origins_[*copy.origin], copy.name.registry, now);
}

bool Ledger::is_an_origins(const InstanceName& name, std::string_view client) const {
  const auto found = origins_.find(name);
  return found != origins_.end() && found->second.known && (found->second.alive || client.empty());
}

void Ledger::origin_is(const InstanceName& name, const host::RegistryInstance& instance, Instant now) {
  Origin& origin = origins_[name];
  Content content = content_of(instance);
  const bool born = !origin.alive;
  if (origin.sights.empty()) {
    origin.name = name;
    origin.sights.resize(registries_);
  }
  if (born) {
    origin.since = now;
    ++living_[name.registry];
  }
  if (born || content.seen != origin.content.seen || content.host != origin.content.host) {
    origin.step = born ? Origin::Step::Registered : Origin::Step::Changed;
    origin.stepped = now;
  }
  if (!origin.known) known_.push_back(&origin);
  origin.known = true;
  origin.alive = true;
  origin.content = std::move(content);
  if (show_) origin.instance = instance;
  for (const std::string& kind_name : different_kinds_) {
    const host::RegistryKind* kind = host::find_registry_kind(kind_name);
    const auto& shows = kind_name == kinds_[name.registry] ? kind->shows_own : kind->shows;
    if (shows) origin.elsewhere[kind_name] = content_of(shows(instance));
  }
  judge(origin, now);
}

void Ledger::origin_gone(Origin& origin, Instant now) {
  if (!origin.alive) return;
  --living_[origin.name.registry];
  origin.alive = false;
  origin.since = now;
  origin.step = Origin::Step::Removed;
  origin.stepped = now;
  judge(origin, now);
}

void Ledger::copy_is(const InstanceName& name, const host::RegistryInstance& instance, Instant now) {
  const host::CopyMark& mark = *instance.mark;
  const auto [found, fresh] = copies_.try_emplace(name);
  Copy& copy = found->second;
  copy.content = content_of(instance);
  copy.status = instance.status;
  copy.endpoints = instance.endpoints;
  copy.properties = instance.properties;
  copy.epoch = mark.epoch;
  if (fresh) {
    ++living_[name.registry];
    copy.name = name;
    copy.region = mark.region;
    copy.since = now;
    if (const auto home_registry = home(mark.region)) {
      copy.origin = origin_of(*home_registry, name.service, mark.instance);
      if (*home_registry == name.registry || copies_.count(*copy.origin) != 0) ++loops_;
      Origin& origin = origins_[*copy.origin];
      if (origin.sights.empty()) {
        origin.name = *copy.origin;
        origin.sights.resize(registries_);
      }
      origin.sights[name.registry].copies.push_back(name);
    }
  }
  if (copy.origin) judge_one(origins_[*copy.origin], name.registry, now);
}

/// Where policies give services other names, the id alone tells.
InstanceName Ledger::origin_of(RegistryIndex home_registry, const std::string& service,
                               const std::string& instance) const {
  const InstanceName plain{home_registry, service, instance};
  if (!show_ || origins_.contains(plain)) return plain;
  const auto same = [&](const auto& entry) {
    return entry.first.registry == home_registry && entry.first.instance == instance && entry.second.known;
  };
  const auto found = std::find_if(origins_.begin(), origins_.end(), same);
  return found == origins_.end() ? plain : found->first;
}

void Ledger::copy_gone(std::map<InstanceName, Copy>::iterator found, Instant now) {
  former_ = std::move(found->second);
  copies_.erase(found);
  --living_[former_->name.registry];
  const Copy& copy = *former_;
  if (!copy.origin) return;
  Origin& origin = origins_[*copy.origin];
  auto& seen = origin.sights[copy.name.registry].copies;
  seen.erase(std::remove(seen.begin(), seen.end(), copy.name), seen.end());
  judge_one(origin, copy.name.registry, now);
}

void Ledger::judge(Origin& origin, Instant now) {
  for (RegistryIndex target = 0; target < registries_; ++target) judge_one(origin, target, now);
}

void Ledger::judge_one(Origin& origin, RegistryIndex target, Instant now) {
  const bool home_registry = target == origin.name.registry;
  Sight& sight = origin.sights[target];
  const bool before = sight.differs;
  const bool had_ghost = sight.ghost;
  sight.ghost = !origin.alive && !sight.copies.empty();
  if (sight.ghost != had_ghost) sight.ghost ? ++ghosts_ : --ghosts_;
  sight.differs = home_registry ? !sight.copies.empty() : differs(origin, sight, target);
  if (before == sight.differs) return;
  std::uint64_t& pair = differing_pairs_[origin.name.registry * registries_ + target];
  if (sight.differs) {
    sight.since = now;
    ++pair;
    ++differing_;
    return;
  }
  --pair;
  --differing_;
  if (home_registry) return;
  // A copy that was lost later is late from its loss on, not from the step that it once showed.
  const Instant from = std::max(origin.stepped, sight.since);
  timings_.push_back({origin.step, origin.name, target, from, now - from});
}

void Ledger::policies_changed(Instant now) {
  ++version_;
  for (auto& [name, origin] : origins_) {
    if (origin.known) judge(origin, now);
  }
}

/// What a registry of the target's kind can show of an instance of another registry.
Content Ledger::content_in(RegistryIndex target, RegistryIndex from, const host::RegistryInstance& instance) const {
  const host::RegistryKind* kind = host::find_registry_kind(kinds_[target]);
  const auto& shows = kinds_[target] == kinds_[from] ? kind->shows_own : kind->shows;
  return content_of(shows ? shows(instance) : instance);
}

bool Ledger::is_as_shown(const Copy& copy, const Origin& origin) const {
  const RegistryIndex target = copy.name.registry;
  const auto shown = origin.instance ? show_(*origin.instance, origin.name.registry, target) : std::nullopt;
  return shown && shown->service == copy.name.service &&
         copy.content.matches(content_in(target, origin.name.registry, *shown));
}

bool Ledger::differs(const Origin& origin, const Sight& sight, RegistryIndex target) const {
  if (!origin.alive || !is_shown(origin, target)) return !sight.copies.empty();
  if (sight.copies.size() != 1) return true;
  const auto found = copies_.find(sight.copies.front());
  return found == copies_.end() || !is_good(found->second, origin);
}

const Origin* Ledger::origin(const InstanceName& name) const {
  const auto found = origins_.find(name);
  return found == origins_.end() ? nullptr : &found->second;
}

const Copy* Ledger::copy(const InstanceName& name) const {
  const auto found = copies_.find(name);
  return found == copies_.end() ? nullptr : &found->second;
}

std::optional<RegistryIndex> Ledger::home(const std::string& region) const {
  const auto found = homes_.find(region);
  return found == homes_.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t Ledger::differing(const std::vector<bool>& among) const {
  std::uint64_t n = 0;
  for (std::size_t home_registry = 0; home_registry < registries_; ++home_registry) {
    for (std::size_t target = 0; target < registries_; ++target) {
      if (among[home_registry] && among[target]) n += differing_pairs_[home_registry * registries_ + target];
    }
  }
  return n;
}

std::vector<std::string> Ledger::explain(std::size_t limit) const {
  std::vector<std::string> reasons;
  for (const auto& [name, origin] : origins_) {
    for (RegistryIndex target = 0; target < registries_ && reasons.size() < limit; ++target) {
      const Sight& sight = origin.sights[target];
      if (!sight.differs) continue;
      const std::string count = std::to_string(sight.copies.size());
      const std::string state = origin.alive ? "alive since " : "gone since ";
      reasons.push_back("instance " + name.instance + " of registry " + std::to_string(name.registry) + " (" + state +
                        syncer::to_string(origin.since.time_since_epoch()) + ") has " + count + " copies in registry " +
                        std::to_string(target) +
                        (origin.alive && sight.copies.size() == 1 ? " with other content" : ""));
    }
  }
  return reasons;
}

}  // namespace sim::check
