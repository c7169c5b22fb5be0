// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "syncer/wire/sync/parts.h"

// Messages of a reader. Each has its type, write() and read() side by side, so that
// they can be compared.

namespace syncer::wire {

using replication::Ack;
using replication::BucketRequest;
using replication::BucketsRequest;
using replication::ChunkRequest;
using replication::kBuckets;
using replication::Pull;
using replication::SnapshotRequest;

constexpr SyncType type_of(const Ack&) { return SyncType::Ack; }
inline void write(ByteWriter& w, const Ack& m) {
  write(w, m.epoch);
  w.varint(m.seq);
  write(w, m.set_hash);
}
inline void read(ByteReader& r, Ack& m) {
  read(r, m.epoch);
  m.seq = r.varint();
  read(r, m.set_hash);
}

constexpr SyncType type_of(const Pull&) { return SyncType::Pull; }
inline void write(ByteWriter& w, const Pull& m) {
  write(w, m.epoch);
  w.varint(m.from);
}
inline void read(ByteReader& r, Pull& m) {
  read(r, m.epoch);
  m.from = r.varint();
}

constexpr SyncType type_of(const BucketsRequest&) { return SyncType::BucketsRequest; }
inline void write(ByteWriter& w, const BucketsRequest& m) { write(w, m.epoch); }
inline void read(ByteReader& r, BucketsRequest& m) { read(r, m.epoch); }

constexpr SyncType type_of(const BucketRequest&) { return SyncType::BucketRequest; }
inline void write(ByteWriter& w, const BucketRequest& m) {
  write(w, m.epoch);
  w.varint(m.since);
  w.varint(m.buckets.size());
  for (const std::uint8_t bucket : m.buckets) w.u8(bucket);
  w.varint(m.pairs.size());
  for (const BucketRequest::Pair& pair : m.pairs) {
    w.u64(pair.key_hash);
    w.u64(pair.payload_hash);
  }
}
inline void read(ByteReader& r, BucketRequest& m) {
  read(r, m.epoch);
  m.since = r.varint();
  const std::size_t buckets = r.count(1);
  if (buckets > kBuckets) r.fail();
  for (std::size_t i = 0; i < buckets && r.ok(); ++i) m.buckets.push_back(r.u8());
  const std::size_t pairs = r.count(2 * sizeof(std::uint64_t));
  for (std::size_t i = 0; i < pairs && r.ok(); ++i) {
    BucketRequest::Pair& pair = m.pairs.emplace_back();
    pair.key_hash = r.u64();
    pair.payload_hash = r.u64();
  }
  // The writer searches the pairs by bisection.
  if (!std::is_sorted(m.pairs.begin(), m.pairs.end())) r.fail();
}

constexpr SyncType type_of(const SnapshotRequest&) { return SyncType::SnapshotRequest; }
inline void write(ByteWriter& w, const SnapshotRequest& m) { write(w, m.epoch); }
inline void read(ByteReader& r, SnapshotRequest& m) { read(r, m.epoch); }

constexpr SyncType type_of(const ChunkRequest&) { return SyncType::ChunkRequest; }
inline void write(ByteWriter& w, const ChunkRequest& m) {
  write(w, m.epoch);
  w.varint(m.at_seq);
  w.varint(m.next);
}
inline void read(ByteReader& r, ChunkRequest& m) {
  read(r, m.epoch);
  m.at_seq = r.varint();
  read(r, m.next);
}

}  // namespace syncer::wire
