// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/sync/message.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/wire/frame/fields.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {
namespace {

using replication::Ack;
using replication::Attestation;
using replication::BucketRequest;
using replication::Buckets;
using replication::BucketsRequest;
using replication::Chunk;
using replication::ChunkRequest;
using replication::Entry;
using replication::Heartbeat;
using replication::kBuckets;
using replication::Op;
using replication::Pull;
using replication::Push;
using replication::ReaderMessage;
using replication::Reset;
using replication::SnapshotRequest;
using replication::WriterMessage;
// The overloads for shared values, beside those for messages below.
using wire::read;
using wire::write;

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
  Attestation = 21,
  Ack = 32,
  Pull = 33,
  BucketsRequest = 34,
  BucketRequest = 35,
  SnapshotRequest = 36,
  ChunkRequest = 37,
  Question = 48,
  Answer = 49,
  Ways = 64,
  WaysWanted = 65,
  Follow = 66,
  Passed = 67,
  Returned = 68,
};

constexpr SyncType type_of(const Hello&) { return SyncType::Hello; }
constexpr SyncType type_of(const Welcome&) { return SyncType::Welcome; }
constexpr SyncType type_of(const Refuse&) { return SyncType::Refuse; }
constexpr SyncType type_of(const Redirect&) { return SyncType::Redirect; }
constexpr SyncType type_of(const Question&) { return SyncType::Question; }
constexpr SyncType type_of(const Answer&) { return SyncType::Answer; }
constexpr SyncType type_of(const Ways&) { return SyncType::Ways; }
constexpr SyncType type_of(const WaysWanted&) { return SyncType::WaysWanted; }
constexpr SyncType type_of(const Follow&) { return SyncType::Follow; }

/// What a message may carry; what a region may hold is the receiver's to judge.
constexpr replication::Limits kLimits;

// Each message of a writer or reader has its type, write() and read() side by side, so that they can be compared.

// Messages of a writer.

/// Each takes more memory than octets. None is without a key.
std::size_t read_count_of_records(ByteReader& r, std::size_t smallest) {
  const std::size_t count = r.count(smallest);
  if (count > kMaxRecords && !SYNCER_MUTATED("wire.read_any_number_of_records")) r.fail();
  return count;
}
void read_key(ByteReader& r, Bytes& key) {
  read(r, key, kLimits.key_bytes);
  if (key.empty() && !SYNCER_MUTATED("wire.read_records_without_a_key")) r.fail();
}

constexpr SyncType type_of(const Heartbeat&) { return SyncType::Heartbeat; }
void write(ByteWriter& w, const Heartbeat& m) {
  write(w, m.epoch);
  w.varint(m.head);
  w.varint(m.gc);
  w.varint(m.live);
  write(w, m.set_hash);
  w.u8(m.healthy ? 1 : 0);
}
void read(ByteReader& r, Heartbeat& m) {
  read(r, m.epoch);
  m.head = r.varint();
  m.gc = r.varint();
  m.live = r.varint();
  read(r, m.set_hash);
  read(r, m.healthy);
}

// Entries say how far they are from the one before: one byte where the full number takes up to ten.
constexpr SyncType type_of(const Push&) { return SyncType::Push; }
void write(ByteWriter& w, const Push& m) {
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
void read_entry(ByteReader& r, std::uint64_t& seq, Entry& entry) {
  seq += r.varint();
  entry.seq = seq;
  const std::uint8_t op = r.u8();
  if (op != static_cast<std::uint8_t>(Op::Put) && op != static_cast<std::uint8_t>(Op::Del)) return r.fail();
  entry.op = static_cast<Op>(op);
  read_key(r, entry.key);
  if (entry.op == Op::Put) read(r, entry.payload, kLimits.payload_bytes);
}
void read(ByteReader& r, Push& m) {
  read(r, m.epoch);
  m.prev = r.varint();
  m.last = m.prev + r.varint();
  m.head = m.last + r.varint();
  if (m.head == m.last) read(r, m.set_hash);
  const std::size_t count = read_count_of_records(r, 3);
  std::uint64_t seq = m.prev;
  for (std::size_t i = 0; i < count && r.ok(); ++i) read_entry(r, seq, m.entries.emplace_back());
}

constexpr SyncType type_of(const Reset&) { return SyncType::Reset; }
void write(ByteWriter& w, const Reset& m) {
  write(w, m.epoch);
  w.varint(m.gc);
}
void read(ByteReader& r, Reset& m) {
  read(r, m.epoch);
  m.gc = r.varint();
}

constexpr SyncType type_of(const Buckets&) { return SyncType::Buckets; }
void write(ByteWriter& w, const Buckets& m) {
  write(w, m.epoch);
  w.varint(m.at_seq);
  w.varint(m.live);
  write(w, m.set_hash);
  for (const std::uint64_t sum : m.sums) w.u64(sum);
}
void read(ByteReader& r, Buckets& m) {
  read(r, m.epoch);
  m.at_seq = r.varint();
  m.live = r.varint();
  read(r, m.set_hash);
  for (std::uint64_t& sum : m.sums) sum = r.u64();
}

constexpr SyncType type_of(const Chunk&) { return SyncType::Chunk; }
void write(ByteWriter& w, const Chunk& m) {
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
void read_item(ByteReader& r, Chunk::Item& item) {
  read_key(r, item.key);
  read(r, item.payload, kLimits.payload_bytes);
}
void read(ByteReader& r, Chunk& m) {
  read(r, m.epoch);
  m.at_seq = r.varint();
  read(r, m.full);
  read(r, m.index);
  read(r, m.count);
  m.live = r.varint();
  read(r, m.set_hash);
  const std::size_t items = read_count_of_records(r, 2);
  for (std::size_t i = 0; i < items && r.ok(); ++i) read_item(r, m.items.emplace_back());
  const std::size_t absent = r.count(sizeof(std::uint64_t));
  for (std::size_t i = 0; i < absent && r.ok(); ++i) m.absent.push_back(r.u64());
}

constexpr SyncType type_of(const Attestation&) { return SyncType::Attestation; }
/// All that is signed of it.
void write_said(ByteWriter& w, const Attestation& m) {
  write(w, m.heartbeat());
  w.u64(m.run);
  w.varint(m.beat);
  w.string(m.digest);
}
void write(ByteWriter& w, const Attestation& m) {
  write_said(w, m);
  w.string(m.certificate);
  w.string(m.signature);
}
void read(ByteReader& r, Attestation& m) {
  Heartbeat said;
  read(r, said);
  m.epoch = said.epoch;
  m.head = said.head;
  m.gc = said.gc;
  m.live = said.live;
  m.set_hash = said.set_hash;
  m.healthy = said.healthy;
  m.run = r.u64();
  m.beat = r.varint();
  read(r, m.digest, replication::kDigestBytes);
  read(r, m.certificate, kMaxCertificate);
  read(r, m.signature, kMaxSignature);
}

// Messages of a reader.

constexpr SyncType type_of(const Ack&) { return SyncType::Ack; }
void write(ByteWriter& w, const Ack& m) {
  write(w, m.epoch);
  w.varint(m.seq);
  write(w, m.set_hash);
}
void read(ByteReader& r, Ack& m) {
  read(r, m.epoch);
  m.seq = r.varint();
  read(r, m.set_hash);
}

constexpr SyncType type_of(const Pull&) { return SyncType::Pull; }
void write(ByteWriter& w, const Pull& m) {
  write(w, m.epoch);
  w.varint(m.from);
}
void read(ByteReader& r, Pull& m) {
  read(r, m.epoch);
  m.from = r.varint();
}

constexpr SyncType type_of(const BucketsRequest&) { return SyncType::BucketsRequest; }
void write(ByteWriter& w, const BucketsRequest& m) { write(w, m.epoch); }
void read(ByteReader& r, BucketsRequest& m) { read(r, m.epoch); }

constexpr SyncType type_of(const BucketRequest&) { return SyncType::BucketRequest; }
void write(ByteWriter& w, const BucketRequest& m) {
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
void read(ByteReader& r, BucketRequest& m) {
  read(r, m.epoch);
  m.since = r.varint();
  const std::size_t buckets = r.count(1);
  if (buckets > kBuckets) r.fail();
  for (std::size_t i = 0; i < buckets && r.ok(); ++i) m.buckets.push_back(r.u8());
  const std::size_t pairs = r.count(2 * sizeof(std::uint64_t));
  for (std::size_t i = 0; i < pairs && r.ok(); ++i) m.pairs.push_back({r.u64(), r.u64()});
  // The writer searches the pairs by bisection.
  if (!std::is_sorted(m.pairs.begin(), m.pairs.end())) r.fail();
}

constexpr SyncType type_of(const SnapshotRequest&) { return SyncType::SnapshotRequest; }
void write(ByteWriter& w, const SnapshotRequest& m) { write(w, m.epoch); }
void read(ByteReader& r, SnapshotRequest& m) { read(r, m.epoch); }

constexpr SyncType type_of(const ChunkRequest&) { return SyncType::ChunkRequest; }
void write(ByteWriter& w, const ChunkRequest& m) {
  write(w, m.epoch);
  w.varint(m.at_seq);
  w.varint(m.next);
}
void read(ByteReader& r, ChunkRequest& m) {
  read(r, m.epoch);
  m.at_seq = r.varint();
  read(r, m.next);
}

template <class M>
Bytes frame(const M& message) {
  Bytes body;
  ByteWriter writer(body);
  write(writer, message);
  return encode_frame(static_cast<std::uint8_t>(type_of(message)), body);
}

template <class M, class Group = M>
Result<SyncMessage> parse(ByteView body) {
  M message;
  ByteReader reader(body);
  read(reader, message);
  if (!reader.finished()) return failure(ErrorCode::Corrupt, "", "message does not parse");
  return SyncMessage(std::in_place_type<Group>, std::move(message));
}

/// The type and the body of a frame, after the region that it is about.
Bytes wrap(SyncType type, std::string_view region, ByteView frame) {
  constexpr std::size_t kLengthBytes = 4;
  Bytes body;
  ByteWriter writer(body);
  writer.string(region);
  writer.raw(frame.substr(kLengthBytes, frame.size() - (kFrameOverhead - 1)));
  return encode_frame(static_cast<std::uint8_t>(type), body);
}

/// Messages of a writer or reader alone are wrapped, so that nothing nests.
template <class Outer>
Result<SyncMessage> unwrap(ByteView body) {
  Outer message;
  ByteReader reader(body);
  read(reader, message.region, kMaxName);
  const std::uint8_t type = reader.u8();
  if (!reader.ok() || type >= static_cast<std::uint8_t>(SyncType::Question)) {
    return failure(ErrorCode::Corrupt, "", "message about another region does not parse");
  }
  auto inner = decode_sync(type, reader.raw(reader.remaining()));
  if (!inner) return inner;
  auto* found = std::get_if<decltype(message.message)>(&*inner);
  if (found == nullptr) return failure(ErrorCode::Corrupt, "", "message about another region is none of its kind");
  message.message = std::move(*found);
  return SyncMessage(std::move(message));
}

struct Encoder {
  Bytes operator()(const WriterMessage& m) const { return encode_sync(m); }
  Bytes operator()(const ReaderMessage& m) const { return encode_sync(m); }
  Bytes operator()(const Passed& m) const { return encode_sync(m.region, m.message); }
  Bytes operator()(const Returned& m) const { return encode_sync(m.region, m.message); }
  template <class M>
  Bytes operator()(const M& m) const {
    return frame(m);
  }
};

}  // namespace

Bytes encode_sync(const WriterMessage& message) {
  return std::visit([](const auto& m) { return frame(m); }, message);
}

Bytes encode_sync(const ReaderMessage& message) {
  return std::visit([](const auto& m) { return frame(m); }, message);
}

Bytes encode_sync(std::string_view region, const WriterMessage& message) {
  return wrap(SyncType::Passed, region, encode_sync(message));
}

Bytes encode_sync(std::string_view region, const ReaderMessage& message) {
  return wrap(SyncType::Returned, region, encode_sync(message));
}

Bytes encode_sync(const SyncMessage& message) { return std::visit(Encoder{}, message); }

Bytes attested_text(std::string_view region, const Attestation& attestation) {
  Bytes text;
  ByteWriter writer(text);
  writer.string("syncer attestation 1");
  writer.string(region);
  write_said(writer, attestation);
  return text;
}

Result<SyncMessage> decode_sync(std::uint8_t type, ByteView body) {
  switch (static_cast<SyncType>(type)) {
    case SyncType::Hello:
      return parse<Hello>(body);
    case SyncType::Welcome:
      return parse<Welcome>(body);
    case SyncType::Refuse:
      return parse<Refuse>(body);
    case SyncType::Redirect:
      return parse<Redirect>(body);
    case SyncType::Heartbeat:
      return parse<Heartbeat, WriterMessage>(body);
    case SyncType::Push:
      return parse<Push, WriterMessage>(body);
    case SyncType::Reset:
      return parse<Reset, WriterMessage>(body);
    case SyncType::Buckets:
      return parse<Buckets, WriterMessage>(body);
    case SyncType::Chunk:
      return parse<Chunk, WriterMessage>(body);
    case SyncType::Attestation:
      return parse<Attestation, WriterMessage>(body);
    case SyncType::Ack:
      return parse<Ack, ReaderMessage>(body);
    case SyncType::Pull:
      return parse<Pull, ReaderMessage>(body);
    case SyncType::BucketsRequest:
      return parse<BucketsRequest, ReaderMessage>(body);
    case SyncType::BucketRequest:
      return parse<BucketRequest, ReaderMessage>(body);
    case SyncType::SnapshotRequest:
      return parse<SnapshotRequest, ReaderMessage>(body);
    case SyncType::ChunkRequest:
      return parse<ChunkRequest, ReaderMessage>(body);
    case SyncType::Question:
      return parse<Question>(body);
    case SyncType::Answer:
      return parse<Answer>(body);
    case SyncType::Ways:
      return parse<Ways>(body);
    case SyncType::WaysWanted:
      return parse<WaysWanted>(body);
    case SyncType::Follow:
      return parse<Follow>(body);
    case SyncType::Passed:
      return unwrap<Passed>(body);
    case SyncType::Returned:
      return unwrap<Returned>(body);
  }
  return failure(ErrorCode::Unsupported, "", "unknown frame type " + std::to_string(type));
}

}  // namespace syncer::wire
