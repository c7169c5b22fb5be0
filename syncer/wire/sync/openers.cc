// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/sync/openers.h"

#include "syncer/wire/frame/fields.h"

namespace syncer::wire {
namespace {

/// Longest reason of a refusal, in bytes.
constexpr std::size_t kMaxReason = 1024;

}  // namespace

// write() and read() stand side by side, so that they can be compared.

void write(ByteWriter& w, const Hello& m) {
  w.string(m.region);
  w.string(m.node);
  w.u64(m.run);
  w.u8(m.single ? 1 : 0);
  write(w, m.epoch);
  w.varint(m.head);
}
void read(ByteReader& r, Hello& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  m.run = r.u64();
  read(r, m.single);
  read(r, m.epoch);
  m.head = r.varint();
}

void write(ByteWriter& w, const Welcome& m) {
  w.string(m.region);
  w.string(m.node);
  w.u64(m.run);
  write(w, m.known_epoch);
  w.u64(m.known_run);
}
void read(ByteReader& r, Welcome& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  m.run = r.u64();
  read(r, m.known_epoch);
  m.known_run = r.u64();
}

void write(ByteWriter& w, const Refuse& m) {
  w.string(m.region);
  w.string(m.node);
  w.string(m.reason);
  w.u8(m.conflict ? 1 : 0);
}
void read(ByteReader& r, Refuse& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  read(r, m.reason, kMaxReason);
  read(r, m.conflict);
}

void write(ByteWriter& w, const Redirect& m) {
  w.raw(ByteView(reinterpret_cast<const char*>(m.rpc.address.data()), m.rpc.address.size()));
  w.u16(m.rpc.port);
}
void read(ByteReader& r, Redirect& m) {
  const ByteView address = r.raw(m.rpc.address.size());
  m.rpc = Endpoint::from_octets(address, r.u16());
}

void write(ByteWriter& w, const Question& m) {
  w.string(m.region);
  w.string(m.node);
  w.u8(static_cast<std::uint8_t>(m.kind));
  w.string(m.text);
}
void read(ByteReader& r, Question& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  const std::uint8_t kind = r.u8();
  if (kind < static_cast<std::uint8_t>(Question::Kind::Explain) ||
      kind > static_cast<std::uint8_t>(Question::Kind::Ages)) {
    return r.fail();
  }
  m.kind = static_cast<Question::Kind>(kind);
  read(r, m.text, kMaxQuestion);
}

void write(ByteWriter& w, const Answer& m) {
  w.string(m.region);
  w.string(m.node);
  w.string(m.content);
}
void read(ByteReader& r, Answer& m) {
  read(r, m.region, kMaxName);
  read(r, m.node, kMaxName);
  read(r, m.content, kMaxAnswer);
}

}  // namespace syncer::wire
