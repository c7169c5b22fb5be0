// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_window.h"

#include <algorithm>
#include <limits>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::replication {
namespace {

/// A service is struck when at most this part of it is left. Scaling in by half or by three quarters is ordinary.
constexpr std::size_t kLeft = 8;

std::uint64_t place_hash(ByteView service, ByteView place) {
  const std::uint64_t hash = hash64(place, hash64(service));
  return hash == 0 ? 1 : hash;
}

}  // namespace

bool LossWindow::is_struck(const Service& service) {
  return !service.lost.empty() && service.live * kLeft <= service.live + service.lost.size();
}

std::size_t LossWindow::lost_mostly(const Service& service) {
  const std::size_t lost = service.lost.size();
  return service.live < lost ? lost : 0;
}

/// Keeps the sums over all services.
template <typename Edit>
void LossWindow::edit(Service& service, Edit change) {
  live_ -= service.live;
  lost_ -= service.lost.size();
  lost_mostly_ -= lost_mostly(service);
  struck_ -= is_struck(service) ? 1 : 0;
  mostly_lost_services_ -= lost_mostly(service) > 0 ? 1 : 0;
  change();
  live_ += service.live;
  lost_ += service.lost.size();
  lost_mostly_ += lost_mostly(service);
  struck_ += is_struck(service) ? 1 : 0;
  mostly_lost_services_ += lost_mostly(service) > 0 ? 1 : 0;
}

LossWindow::Entry* LossWindow::find(ByteView key) {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

const LossWindow::Entry* LossWindow::find(ByteView key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

LossWindow::Entry& LossWindow::add(Instant now, const Sighting& sighting) {
  const auto [it, is_new] = entries_.try_emplace(sighting.key);
  SYNCER_ASSERT(is_new);
  Entry& entry = it->second;
  entry.number = next_++;
  entry.key = it->first;
  numbers_.emplace(entry.number, &entry);
  entry.service = services_.try_emplace(sighting.service).first;
  ++entry.service->second.entries;
  entry.renewed = sighting.renewed;
  const bool arrives = sighting.is_arrival && sighting.renewed != Instant::min();
  entry.arrived = arrives ? now : Instant::min();
  entry.proven = sighting.proven;
  entry.known_since = now;
  describe(now, entry, sighting);
  edit(entry.service->second, [&] { ++entry.service->second.live; });
  join_living(entry);
  take_places(entry);
  if (entry.arrived != Instant::min()) entry.service->second.fresh.insert(entry.number);
  return entry;
}

void LossWindow::describe(Instant now, Entry& entry, const Sighting& sighting) {
  entry.endpoints.clear();
  for (const Bytes& endpoint : sighting.endpoints)
    entry.endpoints.push_back(place_hash(entry.service->first, endpoint));
  entry.host = sighting.host.empty() ? 0 : place_hash(entry.service->first, "host " + sighting.host);
  entry.lease = sighting.lease;
  entry.proven = std::max(entry.proven, sighting.proven);
  const bool same = sighting.registration != 0 && sighting.registration == entry.registration;
  entry.registration = sighting.registration;
  if (same) return;
  entry.known_since = now;
  entry.renewed = std::max(entry.renewed, sighting.renewed);
}

void LossWindow::renew(Instant now, Entry& entry, const Sighting& sighting) {
  leave_places(entry);
  describe(now, entry, sighting);
  if (entry.state != State::Live) {
    edit(entry.service->second, [&] {
      ++entry.service->second.live;
      entry.service->second.lost.erase(entry.number);
    });
    entry.state = State::Live;
    entry.covered = entry.orphan = false;
    join_living(entry);
  }
  take_places(entry);
}

void LossWindow::join_living(Entry& entry) {
  entry.index = living_.size();
  living_.push_back(&entry);
}

/// The last one takes its place.
void LossWindow::leave_living(const Entry& entry) {
  living_[entry.index] = living_.back();
  living_[entry.index]->index = entry.index;
  living_.pop_back();
}

void LossWindow::set_absent(Instant now, Entry& entry) {
  leave_places(entry);
  Service& service = entry.service->second;
  edit(service, [&] { --service.live; });
  leave_living(entry);
  service.fresh.erase(entry.number);
  entry.state = State::Absent;
  entry.lost_at = now;
  take_places(entry);
}

void LossWindow::set_lost_state(Entry& entry, State state) {
  leave_places(entry);
  entry.state = state;
  take_places(entry);
}

void LossWindow::count(Entry& entry) {
  Service& service = entry.service->second;
  if (service.fresh.empty() || SYNCER_MUTATED("guard.count_gross_losses")) {
    edit(service, [&] { service.lost.insert(entry.number); });
  } else {
    service.fresh.erase(service.fresh.begin());
    entry.covered = true;
  }
}

LossWindow::Entry* LossWindow::cover_with(Entry& arrival) {
  Service& service = arrival.service->second;
  if (!service.fresh.contains(arrival.number) || service.lost.empty()) return nullptr;
  if (SYNCER_MUTATED("guard.count_gross_losses")) return nullptr;
  Entry& loss = at(*service.lost.begin());
  edit(service, [&] { service.lost.erase(service.lost.begin()); });
  service.fresh.erase(arrival.number);
  loss.covered = true;
  return &loss;
}

void LossWindow::spend(Entry& arrival) { arrival.service->second.fresh.erase(arrival.number); }

void LossWindow::erase(Entry& entry) {
  leave_places(entry);
  const auto service = entry.service;
  if (entry.state == State::Live) leave_living(entry);
  edit(service->second, [&] {
    if (entry.state == State::Live) --service->second.live;
    service->second.lost.erase(entry.number);
  });
  service->second.fresh.erase(entry.number);
  if (--service->second.entries == 0) services_.erase(service);
  numbers_.erase(entry.number);
  entries_.erase(entries_.find(entry.key));
}

bool LossWindow::may_succeed(const Entry& entry) {
  return entry.state == State::Live && entry.arrived != Instant::min() &&
         (!entry.is_successor || SYNCER_MUTATED("guard.one_arrival_replaces_many"));
}

void LossWindow::index(const Entry& entry, Role role) {
  for (const std::uint64_t place : entry.endpoints) places_.insert({place, role, entry.number});
  if (entry.host != 0) places_.insert({entry.host, role, entry.number});
}

void LossWindow::unindex(const Entry& entry, Role role) {
  for (const std::uint64_t place : entry.endpoints) places_.erase({place, role, entry.number});
  if (entry.host != 0) places_.erase({entry.host, role, entry.number});
}

LossWindow::Role LossWindow::role_of(State state) {
  if (state == State::Live) return Role::Live;
  return state == State::Gone ? Role::Gone : Role::Lost;
}

void LossWindow::take_places(const Entry& entry) {
  index(entry, role_of(entry.state));
  if (may_succeed(entry)) index(entry, Role::Newcomer);
}

/// To be called before the state changes.
void LossWindow::leave_places(const Entry& entry) {
  unindex(entry, role_of(entry.state));
  if (may_succeed(entry)) unindex(entry, Role::Newcomer);
}

void LossWindow::set_successor(Entry& entry) {
  leave_places(entry);
  entry.is_successor = true;
  take_places(entry);
}

LossWindow::Entry* LossWindow::first_at(std::uint64_t place, Role role) {
  const auto it = places_.lower_bound({place, role, 0});
  const bool found = it != places_.end() && std::get<0>(*it) == place && std::get<1>(*it) == role;
  return found ? &at(std::get<2>(*it)) : nullptr;
}

LossWindow::Entry* LossWindow::last_at(std::uint64_t place, Role role) {
  auto it = places_.upper_bound({place, role, std::numeric_limits<Number>::max()});
  if (it == places_.begin()) return nullptr;
  --it;
  return std::get<0>(*it) == place && std::get<1>(*it) == role ? &at(std::get<2>(*it)) : nullptr;
}

/// nullptr when there is none or more than one.
LossWindow::Entry* LossWindow::only_at(std::uint64_t place, Role role) {
  Entry* first = first_at(place, role);
  return first == last_at(place, role) || SYNCER_MUTATED("guard.guess_among_many_on_a_host") ? first : nullptr;
}

LossWindow::Entry* LossWindow::predecessor_of(const Entry& arrival) {
  if (!may_succeed(arrival)) return nullptr;
  for (const Role role : {Role::Lost, Role::Gone}) {
    for (const std::uint64_t place : arrival.endpoints) {
      if (SYNCER_MUTATED("guard.ignore_same_endpoint")) break;
      if (Entry* lost = first_at(place, role)) return lost;
    }
  }
  if (arrival.host == 0 || SYNCER_MUTATED("guard.ignore_same_host")) return nullptr;
  const bool alone = only_at(arrival.host, Role::Live) == &arrival && first_at(arrival.host, Role::Gone) == nullptr;
  return alone ? only_at(arrival.host, Role::Lost) : nullptr;
}

LossWindow::Entry* LossWindow::successor_of(Instant now, const Entry& lost, Duration within) {
  const auto fits = [&](const Entry* other) {
    return other != nullptr && other->number > lost.number && now <= saturating_add(other->arrived, within);
  };
  for (const std::uint64_t place : lost.endpoints) {
    if (SYNCER_MUTATED("guard.ignore_same_endpoint")) break;
    if (Entry* other = last_at(place, Role::Newcomer); fits(other)) return other;
  }
  if (lost.host == 0 || SYNCER_MUTATED("guard.ignore_same_host")) return nullptr;
  const bool alone = only_at(lost.host, Role::Lost) == &lost && first_at(lost.host, Role::Gone) == nullptr;
  if (!alone || only_at(lost.host, Role::Live) == nullptr) return nullptr;
  Entry* other = last_at(lost.host, Role::Newcomer);
  return fits(other) ? other : nullptr;
}

LossWindow::Entry* LossWindow::live_twin_of_lost(const Entry& lost) {
  for (const std::uint64_t place : lost.endpoints) {
    if (Entry* twin = first_at(place, Role::Live)) return twin;
  }
  return nullptr;
}

LossWindow::Entry* LossWindow::live_twin_of(const Entry& arrival) {
  for (const std::uint64_t place : arrival.endpoints) {
    Entry* twin = first_at(place, Role::Live);
    if (twin != nullptr && twin->number < arrival.number) return twin;
  }
  return nullptr;
}

std::optional<Bytes> LossWindow::live_at(ByteView service, const std::vector<Bytes>& endpoints) const {
  for (const Bytes& endpoint : endpoints) {
    const std::uint64_t place = place_hash(service, endpoint);
    auto it = places_.upper_bound({place, Role::Live, std::numeric_limits<Number>::max()});
    if (it == places_.begin()) continue;
    --it;
    if (std::get<0>(*it) == place && std::get<1>(*it) == Role::Live) return Bytes(at(std::get<2>(*it)).key);
  }
  return std::nullopt;
}

std::vector<Bytes> LossWindow::youngest(std::size_t count, Instant before) const {
  std::vector<Bytes> keys;
  for (auto it = numbers_.rbegin(); it != numbers_.rend() && keys.size() < count; ++it) {
    const Entry& entry = *it->second;
    if (entry.state == State::Live && entry.known_since <= before) keys.emplace_back(entry.key);
  }
  return keys;
}

void LossWindow::hash(StateHasher& hasher) const {
  hasher.add(live_);
  hasher.add(lost_);
  hasher.add(struck_);
  for (const auto& [number, entry] : numbers_) {
    if (entry->state == State::Live) continue;
    hasher.add(entry->key);
    hasher.add(static_cast<std::uint64_t>(entry->state) | std::uint64_t{entry->rule} << 8U);
    hasher.add(static_cast<std::uint64_t>(nanos(entry->lost_at)));
    hasher.add(static_cast<std::uint64_t>(nanos(entry->due)));
  }
}

}  // namespace syncer::replication
