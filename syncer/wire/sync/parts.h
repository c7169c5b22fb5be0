// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/wire/sync/message.h"

namespace syncer::wire {

/// Frame types; never reused for another meaning.
enum class SyncType : std::uint8_t {
  Hello = 1,
  Welcome = 2,
  Refuse = 3,
  Redirect = 4,
  Heartbeat = 16,
  Push = 17,
  Reset = 18,
  Buckets = 19,
  Chunk = 20,
  Ack = 32,
  Pull = 33,
  BucketsRequest = 34,
  BucketRequest = 35,
  SnapshotRequest = 36,
  ChunkRequest = 37,
};

/// Longest region or node name.
inline constexpr std::size_t kMaxName = 256;
/// Longest reason of a refusal.
inline constexpr std::size_t kMaxReason = 1024;
/// What a message may carry; what a region may hold is the receiver's to judge.
inline constexpr replication::Limits kLimits;

// Values that several messages share.

inline void write(ByteWriter& w, Epoch epoch) {
  w.varint(epoch.generation);
  w.varint(epoch.term);
}
inline void read(ByteReader& r, Epoch& epoch) {
  epoch.generation = r.varint();
  epoch.term = r.varint();
}

inline void write(ByteWriter& w, const Hash128& hash) {
  w.u64(hash.high);
  w.u64(hash.low);
}
inline void read(ByteReader& r, Hash128& hash) {
  hash.high = r.u64();
  hash.low = r.u64();
}

/// A flag is 0 or 1: one value has one encoding.
inline void read(ByteReader& r, bool& flag) {
  const std::uint8_t octet = r.u8();
  if (octet > 1) r.fail();
  flag = octet == 1;
}

/// A varint that must fit 32 bits.
inline void read(ByteReader& r, std::uint32_t& number) {
  const std::uint64_t wide = r.varint();
  if (wide > UINT32_MAX) r.fail();
  number = static_cast<std::uint32_t>(wide);
}

/// A text of at most `limit` octets.
inline void read(ByteReader& r, std::string& text, std::size_t limit) {
  const ByteView view = r.string();
  if (view.size() > limit)
    r.fail();
  else
    text = view;
}

}  // namespace syncer::wire
