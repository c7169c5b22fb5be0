// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/raft/message.h"

#include <string>

namespace syncer::wire {
namespace {

using raft::Entry;
using raft::Message;
using raft::Snapshot;
using raft::VoterId;

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kRejected = 1;
constexpr std::uint8_t kByTransfer = 2;
constexpr std::uint8_t kSnapshot = 4;
constexpr std::uint8_t kKnownFlags = kRejected | kByTransfer | kSnapshot;
constexpr std::size_t kMinEntrySize = 3;

std::uint8_t flags_of(const Message& m) {
  return static_cast<std::uint8_t>((m.rejected ? kRejected : 0) | (m.by_transfer ? kByTransfer : 0) |
                                   (m.snapshot ? kSnapshot : 0));
}

void write_snapshot(ByteWriter& out, const Snapshot& snapshot) {
  out.varint(snapshot.at.term);
  out.varint(snapshot.at.index);
  out.string(snapshot.state);
}

Snapshot read_snapshot(ByteReader& in) {
  Snapshot snapshot;
  snapshot.at.term = in.varint();
  snapshot.at.index = in.varint();
  snapshot.state = in.string();
  return snapshot;
}

Entry read_entry(ByteReader& in) {
  Entry entry;
  entry.term = in.varint();
  entry.index = in.varint();
  entry.data = in.string();
  return entry;
}

void read_fields(ByteReader& in, Message& m) {
  m.from = VoterId{in.varint()};
  m.to = VoterId{in.varint()};
  m.term = in.varint();
  m.log.term = in.varint();
  m.log.index = in.varint();
  m.commit = in.varint();
  m.hint = in.varint();
  m.sent_at = instant(static_cast<std::int64_t>(in.u64()));
  m.target = VoterId{in.varint()};
}

tl::unexpected<Error> corrupt(const char* why) { return failure(ErrorCode::Corrupt, "raft message", why); }

}  // namespace

Bytes encode_raft(const Message& m) {
  Bytes octets;
  ByteWriter out(octets);
  out.u8(kVersion);
  out.u8(static_cast<std::uint8_t>(m.type));
  out.u8(flags_of(m));
  for (const std::uint64_t v : {m.from.value, m.to.value, m.term, m.log.term, m.log.index, m.commit, m.hint})
    out.varint(v);
  out.u64(static_cast<std::uint64_t>(nanos(m.sent_at)));
  out.varint(m.target.value);
  out.varint(m.entries.size());
  for (const Entry& entry : m.entries) {
    out.varint(entry.term);
    out.varint(entry.index);
    out.string(entry.data);
  }
  if (m.snapshot) write_snapshot(out, *m.snapshot);
  return octets;
}

Result<Message> decode_raft(ByteView octets) {
  ByteReader in(octets);
  const std::uint8_t version = in.u8();
  if (in.ok() && version != kVersion) {
    return failure(ErrorCode::Unsupported, "raft message",
                   "format version " + std::to_string(version) + " is not known");
  }
  const std::uint8_t type = in.u8();
  const std::uint8_t flags = in.u8();
  if (type >= raft::kMessageTypes || (flags & ~kKnownFlags) != 0) return corrupt("unknown type or flag");
  Message m;
  m.type = static_cast<raft::MessageType>(type);
  m.rejected = (flags & kRejected) != 0;
  m.by_transfer = (flags & kByTransfer) != 0;
  read_fields(in, m);
  for (std::size_t left = in.count(kMinEntrySize); left > 0 && in.ok(); --left) m.entries.push_back(read_entry(in));
  if ((flags & kSnapshot) != 0) m.snapshot = read_snapshot(in);
  if (!in.finished()) return corrupt("the octets end too early or too late");
  return m;
}

}  // namespace syncer::wire
