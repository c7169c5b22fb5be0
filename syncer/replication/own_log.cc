// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/own_log.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

void OwnLog::keep_digest(const Expand& expand) {
  expand_ = expand;
  digest_.emplace(expand_);
  for (const RecordPtr& record : snapshot()) digest_->add(record->key, record->payload);
}

void OwnLog::begin_anew() {
  const Expand expand = std::move(expand_);
  *this = OwnLog(limits_);
  if (expand) keep_digest(expand);
}

void OwnLog::open(Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out) {
  SYNCER_ASSERT(epoch > epoch_);
  begin_anew();
  epoch_ = epoch;
  std::sort(full_set.begin(), full_set.end());
  for (auto& [key, payload] : full_set) put(std::move(key), std::move(payload), out);
  // Nobody can have a place inside the first set: readers bind to its end by hash, repair or reload.
  gc_ = head_;
}

void OwnLog::adopt(Version at, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out) {
  SYNCER_ASSERT(full_set.size() <= at.seq);
  begin_anew();
  open(at.epoch, std::move(full_set), out);
  if (!SYNCER_MUTATED("relay.number_anew")) head_ = gc_ = at.seq;
}

bool OwnLog::fits(const Bytes& key, const Bytes& payload) const {
  if (key.size() > limits_.key_bytes || payload.size() > limits_.payload_bytes) return false;
  return live_ < limits_.keys || find(key) != nullptr;
}

bool OwnLog::put(Bytes key, Bytes payload, Outputs& out) {
  if (!fits(key, payload)) {
    out.push_back(Dropped{{}, "own record goes over a limit"});
    return false;
  }
  const Bytes* known = find(key);
  if (known != nullptr && *known == payload) return true;
  const std::uint64_t payload_hash = hash64(payload);
  append(std::make_shared<const Record>(Record{std::move(key), std::move(payload), payload_hash, true}), out);
  return true;
}

void OwnLog::erase(Instant now, ByteView key, Outputs& out) {
  if (find(key) == nullptr) return;
  append(std::make_shared<const Record>(Record{Bytes(key), {}, 0, false}), out);
  tombstones_.push_back({head_, now});
}

void OwnLog::append(RecordPtr record, Outputs& out) {
  if (const auto former = seq_of_.find(record->key); former != seq_of_.end()) forget(former->second);
  head_ = std::max(head_, counted_) + 1;
  if (record->live) {
    set_hash_.add(record->key, record->payload_hash);
    if (digest_) digest_->add(record->key, record->payload);
    ++live_;
  }
  out.push_back(Appended{{epoch_, head_}, record->live ? Op::Put : Op::Del, record->key});
  seq_of_.emplace(record->key, head_);
  by_seq_.emplace_hint(by_seq_.end(), head_, std::move(record));
}

void OwnLog::forget(std::uint64_t seq) {
  const auto entry = by_seq_.find(seq);
  const Record& record = *entry->second;
  if (record.live) {
    set_hash_.remove(record.key, record.payload_hash);
    if (digest_) digest_->remove(record.key, record.payload);
    --live_;
  }
  seq_of_.erase(record.key);
  if (!SYNCER_MUTATED("replication.keep_superseded")) by_seq_.erase(entry);
}

void OwnLog::collect(Instant now, std::uint64_t acknowledged, Duration age) {
  while (!tombstones_.empty()) {
    const Tombstone oldest = tombstones_.front();
    const auto entry = by_seq_.find(oldest.seq);
    const bool superseded = entry == by_seq_.end();
    const bool expired = saturating_add(oldest.at, age) <= now || tombstones_.size() > limits_.tombstones;
    if (!superseded && !expired && oldest.seq > acknowledged && !SYNCER_MUTATED("replication.gc_unacknowledged"))
      return;
    SYNCER_SOMETIMES(superseded, "replication.removed_record_came_back");
    SYNCER_SOMETIMES(tombstones_.size() > limits_.tombstones, "replication.too_many_removals");
    SYNCER_WATERMARK(tombstones_.size(), "replication.removals_remembered");
    tombstones_.pop_front();
    if (superseded) continue;
    forget(oldest.seq);
    if (!SYNCER_MUTATED("replication.gc_unacknowledged")) gc_ = std::max(gc_, oldest.seq);
  }
}

Push OwnLog::changes_after(std::uint64_t prev, std::size_t max_entries, std::size_t max_bytes) const {
  Push push{epoch_, prev, prev, head_, {}, {}};
  std::size_t bytes = 0;
  for (auto it = by_seq_.upper_bound(prev); it != by_seq_.end(); ++it) {
    const Record& record = *it->second;
    bytes += record.key.size() + record.payload.size();
    if (!push.entries.empty() && (push.entries.size() >= max_entries || bytes > max_bytes)) return push;
    push.entries.push_back({it->first, record.live ? Op::Put : Op::Del, record.key, record.payload});
    push.last = it->first;
  }
  push.last = head_;
  push.set_hash = set_hash_.total();
  return push;
}

const Bytes* OwnLog::find(ByteView key) const {
  const auto seq = seq_of_.find(key);
  if (seq == seq_of_.end()) return nullptr;
  const RecordPtr& record = by_seq_.at(seq->second);
  return record->live ? &record->payload : nullptr;
}

std::optional<std::uint64_t> OwnLog::seq_of(ByteView key) const {
  const auto found = seq_of_.find(key);
  const bool is_live = found != seq_of_.end() && by_seq_.at(found->second)->live;
  return is_live ? std::optional(found->second) : std::nullopt;
}

std::vector<OwnLog::RecordPtr> OwnLog::snapshot() const {
  std::vector<RecordPtr> records;
  records.reserve(live_);
  for (const auto& [key, seq] : seq_of_) {
    const RecordPtr& record = by_seq_.at(seq);
    if (record->live) records.push_back(record);
  }
  return records;
}

}  // namespace syncer::replication
