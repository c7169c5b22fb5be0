// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/replica.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::replication {
namespace {

std::uint8_t kind_of(ByteView key) { return key.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(key.front()); }

}  // namespace

const Bytes* Replica::find(ByteView key) const {
  const auto it = records_.find(key);
  return it == records_.end() ? nullptr : &it->second.payload;
}

std::optional<Version> Replica::version_of(ByteView key) const {
  const auto it = records_.find(key);
  if (it == records_.end()) return std::nullopt;
  const bool current = it->second.binding == binding_;
  return Version{version_.epoch, current ? it->second.seq : bound_seq_};
}

std::size_t Replica::size_of(std::uint8_t kind) const {
  const auto found = by_kind_.find(kind);
  return found == by_kind_.end() ? 0 : found->second;
}

void Replica::keep_digest(const Expand& expand) {
  digest_.emplace(expand);
  for (const auto& [key, record] : records_) digest_->add(key, record.payload);
}

bool Replica::put(ByteView key, Bytes payload, std::uint64_t seq) {
  Record record{std::move(payload), 0, seq, binding_};
  record.payload_hash = hash64(record.payload);
  auto it = records_.find(key);
  const bool is_new = it == records_.end();
  if (is_new) {
    it = records_.emplace_hint(it, Bytes(key), Record{});
    bytes_ += key.size();
    ++by_kind_[kind_of(key)];
  } else {
    set_hash_.remove(key, it->second.payload_hash);
    if (digest_) digest_->remove(key, it->second.payload);
  }
  const bool changed = is_new || it->second.payload != record.payload;
  bytes_ += record.payload.size();
  bytes_ -= it->second.payload.size();
  set_hash_.add(key, record.payload_hash);
  if (digest_) digest_->add(key, record.payload);
  it->second = std::move(record);
  return changed;
}

bool Replica::erase(ByteView key) {
  const auto it = records_.find(key);
  if (it == records_.end()) return false;
  set_hash_.remove(key, it->second.payload_hash);
  if (digest_) digest_->remove(key, it->second.payload);
  bytes_ -= key.size() + it->second.payload.size();
  if (!SYNCER_MUTATED("replica.count_kinds_up_only")) --by_kind_[kind_of(key)];
  records_.erase(it);
  return true;
}

void Replica::advance_to(std::uint64_t seq, std::uint64_t head) {
  SYNCER_ASSERT(seq >= version_.seq || SYNCER_MUTATED("replication.skip_gap_check"));
  version_.seq = seq;
  closes_at_ = std::max(closes_at_, head);
}

void Replica::bind(Version at) {
  SYNCER_ASSERT(at >= version_ || SYNCER_MUTATED("replication.accept_old_epoch"));
  version_ = at;
  closes_at_ = at.seq;
  ++binding_;
  bound_seq_ = at.seq;
}

void Replica::unbind() {
  version_ = {};
  closes_at_ = 0;
}

void Replica::hash(StateHasher& hasher) const {
  hasher.add(version_.epoch.generation);
  hasher.add(version_.epoch.term);
  hasher.add(version_.seq);
  hasher.add(closes_at_);
  hasher.add(set_hash().high);
  hasher.add(set_hash().low);
  hasher.add(records_.size());
}

}  // namespace syncer::replication
