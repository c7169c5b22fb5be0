// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/set_hash.h"

namespace syncer::replication {
namespace {

// Any constant; it only keeps these hashes apart from other uses of the same function.
constexpr std::uint64_t kItemSeed = 0x53594e4353455431ULL;

Hash128 item_hash(ByteView key, std::uint64_t payload_hash) { return hash128(key, payload_hash ^ kItemSeed); }

}  // namespace

std::uint64_t key_hash(ByteView key) { return hash64(key); }

std::size_t bucket_of(std::uint64_t key_hash) { return static_cast<std::size_t>(key_hash >> 56U); }

void SetHash::add(ByteView key, std::uint64_t payload_hash) {
  const Hash128 item = item_hash(key, payload_hash);
  total_ += item;
  buckets_[bucket_of(key_hash(key))] += item.low;
}

void SetHash::remove(ByteView key, std::uint64_t payload_hash) {
  const Hash128 item = item_hash(key, payload_hash);
  total_ -= item;
  buckets_[bucket_of(key_hash(key))] -= item.low;
}

}  // namespace syncer::replication
