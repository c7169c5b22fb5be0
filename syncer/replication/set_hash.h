// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "syncer/base/hash.h"
#include "syncer/replication/messages.h"

namespace syncer::replication {

/// Hash of a key, as repairs name it.
inline std::uint64_t key_hash(ByteView key) { return hash64(key); }
/// Which part of the set a key belongs to.
inline std::size_t bucket_of(std::uint64_t key_hash) { return static_cast<std::size_t>(key_hash >> 56U); }

/// Hash of a set of (key, payload hash): the sum modulo 2^128 of a hash of each. It does not depend on the order of
/// changes nor on versions, so an unchanged set keeps it in a new epoch. O(1) per change.
class SetHash {
 public:
  void add(ByteView key, std::uint64_t payload_hash) {
    const Hash128 item = item_hash(key, payload_hash);
    total_ += item;
    buckets_[bucket_of(key_hash(key))] += item.low;
  }
  /// Undoes an add of the same pair.
  void remove(ByteView key, std::uint64_t payload_hash) {
    const Hash128 item = item_hash(key, payload_hash);
    total_ -= item;
    buckets_[bucket_of(key_hash(key))] -= item.low;
  }
  const Hash128& total() const { return total_; }
  /// Sums modulo 2^64 by bucket.
  const std::array<std::uint64_t, kBuckets>& buckets() const { return buckets_; }
  bool operator==(const SetHash&) const = default;

 private:
  /// Any constant; it only keeps these hashes apart from other uses of the same function.
  static constexpr std::uint64_t kItemSeed = 0x53594e4353455431ULL;
  static Hash128 item_hash(ByteView key, std::uint64_t payload_hash) { return hash128(key, payload_hash ^ kItemSeed); }

  Hash128 total_;
  std::array<std::uint64_t, kBuckets> buckets_{};
};

}  // namespace syncer::replication
