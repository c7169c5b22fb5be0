// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/removal_guard.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::replication {

RemovalGuard::Verdict RemovalGuard::request(Instant now, std::span<const Bytes> keys) {
  if (keys.empty()) return Verdict::Granted;
  forget_old_grants(now);
  if (is_allowed(now, keys.size())) {
    allowance_ -= keys.size();
    size_ -= std::min(size_, keys.size());
    return Verdict::Granted;
  }
  if (!frozen() && is_ordinary(keys.size())) {
    book(now, keys.size());
    return Verdict::Granted;
  }
  if (!frozen()) {
    tripped_at_ = now;
    baseline_ = size_seen_ = size_;
    settled_at_ = kNever;
  }
  held_.insert(keys.begin(), keys.end());
  return Verdict::Held;
}

void RemovalGuard::inherit(Instant now, Instant since, std::size_t baseline) {
  inherited_ = true;
  tripped_at_ = since;
  baseline_ = baseline;
  size_seen_ = size_;
  settled_at_ = kNever;
  excused_until_ = saturating_add(now, options_.excuse);
}

void RemovalGuard::allow(std::size_t count, Instant until) {
  allowance_ = count;
  allowed_until_ = until;
}

void RemovalGuard::book(Instant now, std::size_t count) {
  grants_.push_back({now, count, size_});
  granted_ += count;
  size_ -= std::min(size_, count);
}

bool RemovalGuard::is_ordinary(std::size_t count) const {
  if (count >= size_ && had_more_than_one() && !SYNCER_MUTATED("guard.allow_emptying")) return false;
  if (SYNCER_MUTATED("guard.no_budget")) return true;
  return granted_ + count <= allowed();
}

bool RemovalGuard::had_more_than_one() const {
  return size_ > 1 || std::any_of(grants_.begin(), grants_.end(), [](const Grant& g) { return g.size_before > 1; });
}

std::size_t RemovalGuard::window_start_size() const { return grants_.empty() ? size_ : grants_.front().size_before; }

std::size_t RemovalGuard::allowed() const {
  // Divide first: a size is far below 2^32 and a share's parts are small, but the product need not fit.
  const std::size_t size = window_start_size();
  const std::size_t whole = size / options_.share.denominator * options_.share.numerator;
  const std::size_t rest = size % options_.share.denominator * options_.share.numerator / options_.share.denominator;
  return std::max(options_.minimum, whole + rest);
}

void RemovalGuard::forget_old_grants(Instant now) {
  while (!grants_.empty() && saturating_add(grants_.front().at, options_.window) <= now) {
    granted_ -= grants_.front().count;
    grants_.pop_front();
  }
}

bool RemovalGuard::cancel(Instant now, ByteView key) {
  const auto held = held_.find(key);
  if (held == held_.end()) return false;
  held_.erase(held);
  settled_at_ = saturating_add(now, options_.settle);
  if (!held_.empty()) return false;
  inherited_ = false;
  last_release_ = Release::EntriesBack;
  return true;
}

void RemovalGuard::set_origin_healthy(Instant now, bool healthy) {
  const bool excused = inherited_ && now < excused_until_;
  if (healthy && !origin_healthy_ && !excused) healthy_since_ = now;
  origin_healthy_ = healthy;
}

Instant RemovalGuard::hold_passed_at() const {
  return origin_healthy_ ? saturating_add(hold_since(), options_.hold) : kNever;
}

Instant RemovalGuard::next_deadline() const { return frozen() ? std::min(hold_passed_at(), settled_at_) : kNever; }

std::vector<Bytes> RemovalGuard::advance(Instant now) {
  if (!frozen()) return {};
  if (now >= hold_passed_at()) return let_go(Release::HoldPassed);
  if (size_ > size_seen_) settled_at_ = saturating_add(now, options_.settle);
  size_seen_ = size_;
  if (now < settled_at_) return {};
  settled_at_ = kNever;
  forget_old_grants(now);
  if ((inherited_ && !is_mostly_back()) || !is_ordinary(held_.size())) return {};
  std::vector<Bytes> keys(held_.begin(), held_.end());
  held_.clear();
  inherited_ = false;
  book(now, keys.size());
  last_release_ = Release::EntriesBack;
  return keys;
}

/// Of those that the former process saw; the rest is no more than an ordinary removal.
bool RemovalGuard::is_mostly_back() const {
  return origin_healthy_ && size_ - std::min(size_, held_.size()) + allowed() >= baseline_;
}

std::vector<Bytes> RemovalGuard::release() {
  if (!frozen()) return {};
  return let_go(Release::Operator);
}

std::vector<Bytes> RemovalGuard::let_go(Release reason) {
  std::vector<Bytes> keys(held_.begin(), held_.end());
  held_.clear();
  inherited_ = false;
  // What a release lets go was judged by an operator or by time; the next window starts from here.
  grants_.clear();
  granted_ = 0;
  size_ -= std::min(size_, keys.size());
  last_release_ = reason;
  return keys;
}

void RemovalGuard::hash(StateHasher& hasher) const {
  hasher.add(size_);
  hasher.add(granted_);
  for (const Bytes& key : held_) hasher.add(key);
  hasher.add((origin_healthy_ ? 1U : 0U) | (inherited_ ? 2U : 0U));
  hasher.add(allowance_);
  if (frozen()) hasher.add(static_cast<std::uint64_t>(nanos(tripped_at_)));
}

}  // namespace syncer::replication
