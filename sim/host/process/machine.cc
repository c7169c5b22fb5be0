// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/machine.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"

namespace sim::host {

using syncer::Duration;
using syncer::Instant;

namespace {
constexpr std::int64_t kMillion = 1'000'000;

std::int64_t multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<std::int64_t>(static_cast<__int128>(a) * b / c);
}
}  // namespace

Instant MachineClock::local(Instant world) const {
  SYNCER_ASSERT(world >= world_base_);
  return local_base_ + Duration(multiply_divide((world - world_base_).count(), kMillion + ppm_, kMillion));
}

Instant MachineClock::world(Instant wanted) const {
  if (wanted == syncer::kNever) return syncer::kNever;
  if (wanted <= local_base_) return world_base_;
  const std::int64_t wait = (wanted - local_base_).count();
  // Bounds the product below: nobody waits for more than a century.
  if (wait > std::int64_t{100} * 366 * 86400 * 1'000'000'000) return syncer::kNever;
  Instant result = world_base_ + Duration(multiply_divide(wait, kMillion, kMillion + ppm_));
  while (local(result) < wanted) result += Duration(1);
  return result;
}

syncer::WallTime MachineClock::wall(Instant world) const {
  return syncer::WallTime(Duration(kWallAtZero)) + world.time_since_epoch() + wall_offset_ + wall_skew_;
}

void MachineClock::set_drift(Instant world, std::int64_t ppm) {
  SYNCER_ASSERT(ppm > -kMillion);
  rebase(world);
  ppm_ = ppm;
}

void MachineClock::rebase(Instant world) {
  local_base_ = local(world);
  world_base_ = world;
}

using syncer::Bytes;
using syncer::ErrorCode;

syncer::Result<std::optional<Bytes>> Disk::read(std::string_view key) const {
  if (fault_.fail) return syncer::failure(ErrorCode::Io, std::string(key), "input/output error");
  const auto found = durable_.find(key);
  if (found == durable_.end()) return std::optional<Bytes>{};
  return std::optional<Bytes>(found->second);
}

Instant Disk::write(Instant now, syncer::CallId call, std::string_view key, Bytes value) {
  return enqueue(now, {call, std::string(key), std::move(value), false});
}

Instant Disk::append(Instant now, syncer::CallId call, std::string_view key, Bytes bytes) {
  return enqueue(now, {call, std::string(key), std::move(bytes), true});
}

Instant Disk::enqueue(Instant now, Operation operation) {
  pending_.push_back(std::move(operation));
  const syncer::Duration time = draws_.next().between(min_, max_) * fault_.slow;
  busy_until_ = std::max(now, busy_until_) + time;
  return busy_until_;
}

DiskDone Disk::complete() {
  SYNCER_ASSERT(!pending_.empty());
  const Operation operation = std::move(pending_.front());
  pending_.pop_front();
  if (fault_.fail) return {operation.call, syncer::failure(ErrorCode::Io, operation.key, "input/output error")};
  if (fault_.full) return {operation.call, syncer::failure(ErrorCode::Io, operation.key, "no space left on device")};
  apply(operation);
  return {operation.call, {}};
}

void Disk::apply(const Operation& operation) {
  Bytes& value = durable_[operation.key];
  if (!operation.append) value.clear();
  value.append(operation.bytes);
}

void Disk::crash(DiskFate fate) {
  if (fate == DiskFate::Tear) tear();
  if (fate == DiskFate::Keep) {
    for (const Operation& operation : pending_) apply(operation);
  }
  if (fate == DiskFate::Wipe) durable_.clear();
  pending_.clear();
  busy_until_ = {};
}

/// A write is replaced by renaming a file, so it happens or not; an append may stop in its middle.
void Disk::tear() {
  if (pending_.empty()) return;
  syncer::Random random = draws_.next();
  const std::uint64_t whole = random.below(pending_.size() + 1);
  for (std::uint64_t i = 0; i < whole; ++i) apply(pending_[static_cast<std::size_t>(i)]);
  if (whole == pending_.size() || !pending_[static_cast<std::size_t>(whole)].append) return;
  Operation torn = pending_[static_cast<std::size_t>(whole)];
  torn.bytes.resize(static_cast<std::size_t>(random.below(torn.bytes.size() + 1)));
  apply(torn);
}

bool Disk::flip_bit(std::string_view key) {
  const auto found = durable_.find(key);
  if (found == durable_.end() || found->second.empty()) return false;
  syncer::Random random = draws_.next();
  const std::uint64_t bit = random.below(found->second.size() * 8);
  char& byte = found->second[static_cast<std::size_t>(bit / 8)];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (bit % 8)));
  return true;
}

std::size_t Disk::size() const {
  std::size_t total = 0;
  for (const auto& [key, value] : durable_) total += value.size();
  return total;
}

}  // namespace sim::host
