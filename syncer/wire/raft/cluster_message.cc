// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/raft/cluster_message.h"

#include "syncer/wire/frame/fields.h"
#include "syncer/wire/frame/frame.h"

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

tl::unexpected<Error> corrupt_raft(const char* why) { return failure(ErrorCode::Corrupt, "raft message", why); }

/// Frame types; never reused for another meaning.
enum class ClusterType : std::uint8_t { Hello = 1, Pulse = 2, KeyShare = 4, Raft = 16 };

/// Name, disk, address: the shortest there can be.
constexpr std::size_t kMinSlot = 10;

ClusterFrame frame(ClusterType type, Bytes body) { return {static_cast<std::uint8_t>(type), std::move(body)}; }

ClusterFrame encode(const ClusterHello& hello) {
  Bytes body;
  ByteWriter w(body);
  w.string(hello.region);
  w.string(hello.node);
  w.u64(hello.disk);
  w.u8(static_cast<std::uint8_t>(hello.stage));
  write_slots(w, hello.slots);
  for (const std::uint64_t number : {hello.group, hello.list_version, hello.term}) w.u64(number);
  write_key_ids(w, hello.keys);
  return frame(ClusterType::Hello, std::move(body));
}

Result<ClusterMessage> decode_hello(ByteView body) {
  ByteReader r(body);
  ClusterHello hello;
  read(r, hello.region, kMaxName);
  read(r, hello.node, kMaxName);
  hello.disk = r.u64();
  const std::uint8_t stage = r.u8();
  if (stage > static_cast<std::uint8_t>(VoterStage::Voting)) r.fail();
  hello.stage = static_cast<VoterStage>(stage);
  hello.slots = read_slots(r);
  hello.group = r.u64();
  hello.list_version = r.u64();
  hello.term = r.u64();
  hello.keys = read_key_ids(r);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "", "hello of a syncer is damaged");
  return ClusterMessage(std::move(hello));
}

Result<ClusterMessage> decode_key(ByteView body) {
  constexpr std::size_t kLongest = 32;
  if (body.empty() || body.size() > kLongest) return failure(ErrorCode::Corrupt, "", "key is damaged");
  return ClusterMessage(KeyShare{Bytes(body)});
}

Result<ClusterMessage> decode_pulse(ByteView body) {
  ByteReader r(body);
  Pulse pulse;
  read(r, pulse.answer);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "", "pulse is damaged");
  return ClusterMessage(pulse);
}

}  // namespace

Bytes encode_raft(const Message& m) {
  Bytes bytes;
  ByteWriter out(bytes);
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
  return bytes;
}

Result<Message> decode_raft(ByteView bytes) {
  ByteReader in(bytes);
  const std::uint8_t version = in.u8();
  if (in.ok() && version != kVersion) {
    return failure(ErrorCode::Unsupported, "raft message",
                   "format version " + std::to_string(version) + " is not known");
  }
  const std::uint8_t type = in.u8();
  const std::uint8_t flags = in.u8();
  if (type >= raft::kMessageTypes || (flags & ~kKnownFlags) != 0) return corrupt_raft("unknown type or flag");
  Message m;
  m.type = static_cast<raft::MessageType>(type);
  m.rejected = (flags & kRejected) != 0;
  m.by_transfer = (flags & kByTransfer) != 0;
  read_fields(in, m);
  for (std::size_t left = in.count(kMinEntrySize); left > 0 && in.ok(); --left) m.entries.push_back(read_entry(in));
  if ((flags & kSnapshot) != 0) m.snapshot = read_snapshot(in);
  if (!in.finished()) return corrupt_raft("the bytes end too early or too late");
  return m;
}

void write_key_ids(ByteWriter& w, const std::vector<std::string>& ids) {
  w.varint(ids.size());
  for (const std::string& id : ids) w.string(id);
}

std::vector<std::string> read_key_ids(ByteReader& r) {
  const std::size_t count = r.count(1);
  if (count > kMaxKeyIds) r.fail();
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count && r.ok(); ++i) read(r, ids.emplace_back(), kMaxKeyId);
  return ids;
}

void write_slots(ByteWriter& w, const std::vector<VoterSlot>& slots) {
  w.varint(slots.size());
  for (const VoterSlot& slot : slots) {
    w.string(slot.node);
    w.u64(slot.disk);
    w.string(to_string(slot.address));
  }
}

std::vector<VoterSlot> read_slots(ByteReader& r) {
  std::vector<VoterSlot> slots;
  const std::size_t count = r.count(kMinSlot);
  if (count > kMaxVoterSlots) r.fail();
  for (std::size_t i = 0; i < count && r.ok(); ++i) {
    VoterSlot& slot = slots.emplace_back();
    read(r, slot.node, kMaxName);
    slot.disk = r.u64();
    const Result<Endpoint> address = parse_endpoint(r.string());
    if (address)
      slot.address = *address;
    else
      r.fail();
  }
  return slots;
}

ClusterFrame cluster_frame(const ClusterMessage& message) {
  if (const auto* hello = std::get_if<ClusterHello>(&message)) return encode(*hello);
  if (const auto* pulse = std::get_if<Pulse>(&message)) {
    return frame(ClusterType::Pulse, Bytes(1, pulse->answer ? '\1' : '\0'));
  }
  if (const auto* share = std::get_if<KeyShare>(&message)) return frame(ClusterType::KeyShare, share->key);
  return frame(ClusterType::Raft, encode_raft(std::get<raft::Message>(message)));
}

Bytes encode_cluster(const ClusterMessage& message) {
  const ClusterFrame frame = cluster_frame(message);
  return encode_frame(frame.type, frame.body);
}

Result<ClusterMessage> decode_cluster(std::uint8_t type, ByteView body) {
  switch (static_cast<ClusterType>(type)) {
    case ClusterType::Hello:
      return decode_hello(body);
    case ClusterType::Pulse:
      return decode_pulse(body);
    case ClusterType::KeyShare:
      return decode_key(body);
    case ClusterType::Raft:
      break;
    default:
      return failure(ErrorCode::Unsupported, "", "unknown frame type " + std::to_string(type));
  }
  auto message = decode_raft(body);
  if (!message) return tl::unexpected(message.error());
  return ClusterMessage(std::move(*message));
}

}  // namespace syncer::wire
