// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/repair.h"

#include <algorithm>
#include <bitset>
#include <iterator>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::replication {

std::optional<BucketRequest> ask_for_differences(const Replica& replica, const Buckets& theirs, const Limits& limits) {
  BucketRequest request{theirs.epoch, theirs.at_seq, {}, {}};
  std::bitset<kBuckets> differs;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (replica.hashes().buckets()[i] == theirs.sums[i]) continue;
    differs.set(i);
    request.buckets.push_back(static_cast<std::uint8_t>(i));
  }
  for (const auto& [key, record] : replica.records()) {
    const std::uint64_t hash = key_hash(key);
    if (!differs.test(bucket_of(hash))) continue;
    if (request.pairs.size() >= limits.digest_pairs) return std::nullopt;
    request.pairs.push_back({hash, record.payload_hash});
  }
  std::sort(request.pairs.begin(), request.pairs.end());
  return request;
}

std::optional<ChunkRequest> Repair::resume(Instant now) {
  if (is_fresh() || resumed_) return std::nullopt;
  resumed_ = true;
  asked_at_ = now;
  return request();
}

Repair::Step Repair::accept(Instant now, Chunk chunk, const Limits& limits) {
  if (chunk.epoch != epoch_ || chunk.full != full_ || chunk.index >= chunk.count) return Step::Ignored;
  if (chunk.index == 0 && (is_fresh() || chunk.at_seq != at_seq_)) start_over(chunk);
  if (chunk.at_seq != at_seq_ || chunk.index != next_ || chunk.count != count_) return Step::Ignored;
  if (!fits(chunk, limits)) return Step::TooLarge;
  std::move(chunk.items.begin(), chunk.items.end(), std::back_inserter(items_));
  absent_.insert(absent_.end(), chunk.absent.begin(), chunk.absent.end());
  asked_at_ = now;
  resumed_ = false;
  ++next_;
  const bool complete = next_ == count_ || SYNCER_MUTATED("replication.believe_first_chunk");
  return complete ? Step::Complete : Step::More;
}

void Repair::start_over(const Chunk& first) {
  at_seq_ = first.at_seq;
  count_ = first.count;
  live_ = first.live;
  set_hash_ = first.set_hash;
  next_ = 0;
  bytes_ = 0;
  items_.clear();
  absent_.clear();
  wanted_digest_.reset();
}

bool Repair::fits(const Chunk& chunk, const Limits& limits) {
  for (const Chunk::Item& item : chunk.items) {
    if (item.key.size() > limits.key_bytes || item.payload.size() > limits.payload_bytes) return false;
    bytes_ += item.key.size() + item.payload.size();
  }
  return live_ <= limits.keys && items_.size() + chunk.items.size() <= limits.keys && bytes_ <= limits.region_bytes &&
         absent_.size() + chunk.absent.size() <= limits.keys;
}

std::vector<Bytes> Repair::keys_to_erase(const Replica& replica) const {
  std::vector<Bytes> erased;
  for (const auto& [key, record] : replica.records()) {
    bool gone = false;
    if (full_) {
      const auto it = std::lower_bound(items_.begin(), items_.end(), key,
                                       [](const Chunk::Item& item, const Bytes& k) { return item.key < k; });
      gone = it == items_.end() || it->key != key;
    } else {
      gone = std::binary_search(absent_.begin(), absent_.end(), key_hash(key));
    }
    if (gone) erased.push_back(key);
  }
  return erased;
}

bool Repair::adds_up(const Replica& replica, const std::vector<Bytes>& erased) const {
  SetHash result = replica.hashes();
  std::size_t live = replica.size() - erased.size();
  for (const Bytes& key : erased) result.remove(key, replica.records().find(key)->second.payload_hash);
  for (const Chunk::Item& item : items_) {
    const auto former = replica.records().find(item.key);
    if (former != replica.records().end())
      result.remove(item.key, former->second.payload_hash);
    else
      ++live;
    result.add(item.key, hash64(item.payload));
  }
  return result.total() == set_hash_ && live == live_;
}

void Repair::sort() {
  std::sort(items_.begin(), items_.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  std::sort(absent_.begin(), absent_.end());
}

std::size_t Repair::bytes_after(const Replica& replica) {
  if (full_) return bytes_;
  sort();
  const std::vector<Bytes> erased = keys_to_erase(replica);
  std::size_t bytes = replica.bytes() + bytes_;
  for (const Bytes& key : erased) bytes -= key.size() + replica.find(key)->size();
  const Bytes* before = nullptr;
  for (const Chunk::Item& item : items_) {
    const Bytes* former = replica.find(item.key);
    const bool comes_twice = before != nullptr && *before == item.key;
    const bool is_erased = std::binary_search(erased.begin(), erased.end(), item.key);
    if (former != nullptr && !comes_twice && !is_erased) bytes -= item.key.size() + former->size();
    before = &item.key;
  }
  return bytes;
}

std::optional<Bytes> Repair::digest_after(const Replica& replica, const Expand& expand) {
  sort();
  const auto same = [](const auto& a, const auto& b) { return a.key == b.key; };
  if (std::adjacent_find(items_.begin(), items_.end(), same) != items_.end()) return std::nullopt;
  SetDigest result = full_ ? SetDigest(expand) : *replica.digest();
  const std::vector<Bytes> erased = full_ ? std::vector<Bytes>() : keys_to_erase(replica);
  for (const Bytes& key : erased) result.remove(key, *replica.find(key));
  for (const Chunk::Item& item : items_) {
    const Bytes* former = full_ ? nullptr : replica.find(item.key);
    const bool is_there = former != nullptr && !std::binary_search(erased.begin(), erased.end(), item.key);
    if (is_there) result.remove(item.key, *former);
    result.add(item.key, item.payload);
  }
  return result.value();
}

bool Repair::apply(Replica& replica, RegionId region, Outputs& out) {
  sort();
  const std::vector<Bytes> erased = keys_to_erase(replica);
  if (!adds_up(replica, erased) && !SYNCER_MUTATED("replication.believe_first_chunk")) return false;
  const bool judged = replica.epoch() == epoch_;
  replica.bind(target());
  std::size_t changes = erased.size();
  for (const Bytes& key : erased) {
    replica.erase(key);
    out.push_back(Changed{region, Op::Del, target(), key, true, judged});
  }
  for (Chunk::Item& item : items_) {
    if (!replica.put(item.key, std::move(item.payload), at_seq_)) continue;
    ++changes;
    out.push_back(Changed{region, Op::Put, target(), std::move(item.key), true, judged});
  }
  out.push_back(Bound{region, full_ ? Bound::How::Reloaded : Bound::How::Repaired, target(), changes});
  return true;
}

}  // namespace syncer::replication
