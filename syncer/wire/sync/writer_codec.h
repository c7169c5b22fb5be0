// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/wire/sync/parts.h"

// Messages of a writer. Each has its type, write() and read() side by side, so that
// they can be compared.

namespace syncer::wire {

using replication::Buckets;
using replication::Chunk;
using replication::Entry;
using replication::Heartbeat;
using replication::Op;
using replication::Push;
using replication::Reset;

constexpr SyncType type_of(const Heartbeat&) { return SyncType::Heartbeat; }
inline void write(ByteWriter& w, const Heartbeat& m) {
  write(w, m.epoch);
  w.varint(m.head);
  w.varint(m.gc);
  w.varint(m.live);
  write(w, m.set_hash);
  w.u8(m.sane ? 1 : 0);
}
inline void read(ByteReader& r, Heartbeat& m) {
  read(r, m.epoch);
  m.head = r.varint();
  m.gc = r.varint();
  m.live = r.varint();
  read(r, m.set_hash);
  read(r, m.sane);
}

// Entries say how far they are from the one before: one octet where the full number takes up to ten.
constexpr SyncType type_of(const Push&) { return SyncType::Push; }
inline void write(ByteWriter& w, const Push& m) {
  write(w, m.epoch);
  w.varint(m.prev);
  w.varint(m.last - m.prev);
  w.varint(m.head - m.last);
  if (m.head == m.last) write(w, m.set_hash);
  w.varint(m.entries.size());
  std::uint64_t seq = m.prev;
  for (const Entry& entry : m.entries) {
    w.varint(entry.seq - seq);
    w.u8(static_cast<std::uint8_t>(entry.op));
    w.string(entry.key);
    if (entry.op == Op::Put) w.string(entry.payload);
    seq = entry.seq;
  }
}
inline void read_entry(ByteReader& r, std::uint64_t& seq, Entry& entry) {
  seq += r.varint();
  entry.seq = seq;
  const std::uint8_t op = r.u8();
  if (op != static_cast<std::uint8_t>(Op::Put) && op != static_cast<std::uint8_t>(Op::Del)) return r.fail();
  entry.op = static_cast<Op>(op);
  read(r, entry.key, kLimits.key_octets);
  if (entry.op == Op::Put) read(r, entry.payload, kLimits.payload_octets);
}
inline void read(ByteReader& r, Push& m) {
  read(r, m.epoch);
  m.prev = r.varint();
  m.last = m.prev + r.varint();
  m.head = m.last + r.varint();
  if (m.head == m.last) read(r, m.set_hash);
  const std::size_t count = r.count(3);
  std::uint64_t seq = m.prev;
  for (std::size_t i = 0; i < count && r.ok(); ++i) read_entry(r, seq, m.entries.emplace_back());
}

constexpr SyncType type_of(const Reset&) { return SyncType::Reset; }
inline void write(ByteWriter& w, const Reset& m) {
  write(w, m.epoch);
  w.varint(m.gc);
}
inline void read(ByteReader& r, Reset& m) {
  read(r, m.epoch);
  m.gc = r.varint();
}

constexpr SyncType type_of(const Buckets&) { return SyncType::Buckets; }
inline void write(ByteWriter& w, const Buckets& m) {
  write(w, m.epoch);
  w.varint(m.at_seq);
  w.varint(m.live);
  write(w, m.set_hash);
  for (const std::uint64_t sum : m.sums) w.u64(sum);
}
inline void read(ByteReader& r, Buckets& m) {
  read(r, m.epoch);
  m.at_seq = r.varint();
  m.live = r.varint();
  read(r, m.set_hash);
  for (std::uint64_t& sum : m.sums) sum = r.u64();
}

constexpr SyncType type_of(const Chunk&) { return SyncType::Chunk; }
inline void write(ByteWriter& w, const Chunk& m) {
  write(w, m.epoch);
  w.varint(m.at_seq);
  w.u8(m.full ? 1 : 0);
  w.varint(m.index);
  w.varint(m.count);
  w.varint(m.live);
  write(w, m.set_hash);
  w.varint(m.items.size());
  for (const Chunk::Item& item : m.items) {
    w.string(item.key);
    w.string(item.payload);
  }
  w.varint(m.absent.size());
  for (const std::uint64_t hash : m.absent) w.u64(hash);
}
inline void read(ByteReader& r, Chunk& m) {
  read(r, m.epoch);
  m.at_seq = r.varint();
  read(r, m.full);
  read(r, m.index);
  read(r, m.count);
  m.live = r.varint();
  read(r, m.set_hash);
  const std::size_t items = r.count(2);
  for (std::size_t i = 0; i < items && r.ok(); ++i) {
    Chunk::Item& item = m.items.emplace_back();
    read(r, item.key, kLimits.key_octets);
    read(r, item.payload, kLimits.payload_octets);
  }
  const std::size_t absent = r.count(sizeof(std::uint64_t));
  for (std::size_t i = 0; i < absent && r.ok(); ++i) m.absent.push_back(r.u64());
}

}  // namespace syncer::wire
