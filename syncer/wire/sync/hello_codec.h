// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/wire/sync/parts.h"

// Messages that open a link. Each has its type, write() and read() side by side, so that
// they can be compared.

namespace syncer::wire {

constexpr SyncType type_of(const Hello&) { return SyncType::Hello; }
inline void write(ByteWriter& w, const Hello& m) {
  w.string(m.region);
  w.string(m.node);
  w.u64(m.run);
  w.u8(m.single ? 1 : 0);
  write(w, m.epoch);
  w.varint(m.head);
}
inline void read(ByteReader& r, Hello& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  m.run = r.u64();
  read(r, m.single);
  read(r, m.epoch);
  m.head = r.varint();
}

constexpr SyncType type_of(const Welcome&) { return SyncType::Welcome; }
inline void write(ByteWriter& w, const Welcome& m) {
  w.string(m.region);
  w.string(m.node);
  w.u64(m.run);
  write(w, m.known_epoch);
  w.u64(m.known_run);
}
inline void read(ByteReader& r, Welcome& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  m.run = r.u64();
  read(r, m.known_epoch);
  m.known_run = r.u64();
}

constexpr SyncType type_of(const Refuse&) { return SyncType::Refuse; }
inline void write(ByteWriter& w, const Refuse& m) {
  w.string(m.region);
  w.string(m.node);
  w.string(m.reason);
  w.u8(m.conflict ? 1 : 0);
}
inline void read(ByteReader& r, Refuse& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  read(r, m.reason, kMaxReason);
  read(r, m.conflict);
}

constexpr SyncType type_of(const Redirect&) { return SyncType::Redirect; }
inline void write(ByteWriter& w, const Redirect& m) {
  w.raw(ByteView(reinterpret_cast<const char*>(m.rpc.address.data()), m.rpc.address.size()));
  w.u16(m.rpc.port);
}
inline void read(ByteReader& r, Redirect& m) {
  const ByteView address = r.raw(m.rpc.address.size());
  m.rpc = Endpoint::from_octets(address, r.u16());
}

}  // namespace syncer::wire
