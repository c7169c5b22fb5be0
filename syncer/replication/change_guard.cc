// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/change_guard.h"

#include <algorithm>
#include <chrono>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {
namespace {

constexpr Duration kWindow = std::chrono::minutes(1);

}  // namespace

ChangeGuard::Verdict ChangeGuard::request(Instant now, std::span<const Change> changes, std::size_t live) {
  forget_old(now);
  for (const Change& change : changes) book(now, change);
  const bool pass = now < released_until_ || SYNCER_MUTATED("guard.pass_changed_endpoints");
  if (pass || !is_mass_change(live)) return Verdict::Granted;
  SYNCER_SOMETIMES(true, "replication.mass_change_is_held");
  for (const Change& change : changes) {
    const Instant until = saturating_add(now, std::min(change.lease, options_.hold) + options_.grace);
    if (held_.try_emplace(change.key, until).second) held_until_.insert({until, change.key});
  }
  return Verdict::Held;
}

void ChangeGuard::book(Instant now, const Change& change) {
  const auto [it, is_new] = booked_.try_emplace(change.key);
  if (!is_new) in_time_.erase({it->second.at, change.key});
  if (is_new) ++services_[change.service];
  if (is_new) it->second.service = change.service;
  it->second.at = now;
  in_time_.insert({now, change.key});
}

void ChangeGuard::forget_old(Instant now) {
  while (!in_time_.empty() && saturating_add(in_time_.begin()->first, kWindow) <= now) {
    const auto booked = booked_.find(in_time_.begin()->second);
    const auto service = services_.find(booked->second.service);
    if (--service->second == 0) services_.erase(service);
    booked_.erase(booked);
    in_time_.erase(in_time_.begin());
  }
}

bool ChangeGuard::is_mass_change(std::size_t live) const {
  const std::size_t changed = booked_.size();
  return changed >= options_.minimum && changed * options_.share.denominator >= live * options_.share.numerator &&
         services_.size() >= options_.services;
}

void ChangeGuard::cancel(ByteView key) {
  const auto held = held_.find(key);
  if (held == held_.end()) return;
  held_until_.erase({held->second, held->first});
  held_.erase(held);
}

std::vector<Bytes> ChangeGuard::advance(Instant now) {
  std::vector<Bytes> keys;
  while (!held_until_.empty() && held_until_.begin()->first <= now) {
    keys.push_back(held_until_.begin()->second);
    cancel(keys.back());
  }
  return keys;
}

std::vector<Bytes> ChangeGuard::release(Instant now) {
  if (held_.empty()) return {};
  released_until_ = saturating_add(now, options_.release);
  return advance(kNever);
}

void ChangeGuard::hash(StateHasher& hasher) const {
  for (const auto& [at, key] : in_time_) {
    hasher.add(static_cast<std::uint64_t>(nanos(at)));
    hasher.add(key);
  }
  for (const auto& [until, key] : held_until_) {
    hasher.add(static_cast<std::uint64_t>(nanos(until)));
    hasher.add(key);
  }
}

}  // namespace syncer::replication
