// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/disk_format.h"

#include <algorithm>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::raft {
namespace {

constexpr std::uint32_t kMetadataMagic = 0x31485753;  // "SWH1"
constexpr std::uint32_t kSnapshotMagic = 0x31535753;  // "SWS1"

Bytes sealed(Bytes body) {
  const std::uint32_t crc = crc32c(body);
  ByteWriter(body).u32(crc);
  return body;
}

/// The body of a sealed file; nothing when the checksum is wrong.
std::optional<ByteView> unsealed(ByteView file) {
  if (file.size() < 4) return std::nullopt;
  const ByteView body = file.substr(0, file.size() - 4);
  ByteReader tail(file.substr(file.size() - 4));
  if (tail.u32() != crc32c(body)) return std::nullopt;
  return body;
}

std::optional<Metadata> read_copy(const std::optional<Bytes>& file) {
  if (!file) return std::nullopt;
  const std::optional<ByteView> body = unsealed(*file);
  if (!body) return std::nullopt;
  ByteReader reader(*body);
  const bool known = reader.u32() == kMetadataMagic;
  Metadata metadata;
  metadata.version = reader.u64();
  metadata.state.term = reader.u64();
  metadata.state.vote.value = reader.u64();
  metadata.state.commit = reader.u64();
  if (!known || !reader.finished()) return std::nullopt;
  return metadata;
}

tl::unexpected<Error> bad_metadata(std::string what) { return damaged("raft.meta", std::move(what)); }

constexpr std::uint32_t kLogMagic = 0x314c5753;   // "SWL1"
constexpr std::uint32_t kMarkMagic = 0x314d5753;  // "SWM1"
constexpr std::size_t kHeaderSize = 4 + 8 + 8 + 8 + 8 + 4;
constexpr std::size_t kRecordHead = 4 + 4 + 8 + 8;
constexpr std::size_t kMarkSize = 4 + 8 + 8 + 8 + 8 + 4;

tl::unexpected<Error> bad_log(std::string what) { return damaged("raft.log", std::move(what)); }

void write_record(Bytes& out, const Entry& entry) {
  Bytes body;
  ByteWriter writer(body);
  writer.u64(entry.term);
  writer.u64(entry.index);
  writer.raw(entry.data);
  Bytes checked;
  ByteWriter(checked).u32(static_cast<std::uint32_t>(entry.data.size()));
  ByteWriter record(out);
  record.raw(checked);
  record.u32(crc32c(checked + body));
  record.raw(body);
}

/// The record at the start of `in`; nothing when it is cut off or does not add up.
std::optional<Entry> read_record(ByteView in) {
  ByteReader reader(in);
  const std::uint32_t size = reader.u32();
  const std::uint32_t crc = reader.u32();
  if (!reader.ok() || in.size() < kRecordHead || in.size() - kRecordHead < size) return std::nullopt;
  const Bytes checked = Bytes(in.substr(0, 4)) + Bytes(in.substr(8, kRecordHead - 8 + size));
  if (crc32c(checked) != crc) return std::nullopt;
  Entry entry;
  entry.term = reader.u64();
  entry.index = reader.u64();
  entry.data = reader.raw(size);
  return entry;
}

struct Header {
  LogVersion version = 0;
  Position base;
  std::uint64_t sealed = 0;  // bytes that were written together with the header
};

std::optional<Header> read_header(ByteView log) {
  ByteReader reader(log);
  const bool known = reader.u32() == kLogMagic;
  Header header;
  header.version = reader.u64();
  header.base.term = reader.u64();
  header.base.index = reader.u64();
  header.sealed = reader.u64();
  const std::uint32_t crc = reader.u32();
  if (!known || !reader.ok() || crc != crc32c(log.substr(0, kHeaderSize - 4))) return std::nullopt;
  return header;
}

struct Mark {
  LogVersion version = 0;
  std::uint64_t end = 0;
  Position last;
};

std::optional<Mark> read_mark(ByteView in) {
  ByteReader reader(in);
  const bool known = reader.u32() == kMarkMagic;
  Mark mark;
  mark.version = reader.u64();
  mark.end = reader.u64();
  mark.last.term = reader.u64();
  mark.last.index = reader.u64();
  const std::uint32_t crc = reader.u32();
  if (!known || !reader.ok() || crc != crc32c(in.substr(0, kMarkSize - 4))) return std::nullopt;
  return mark;
}

struct Marks {
  Mark newest;
  bool any = false;
  /// The last mark was being written, so what it was to confirm had been synced.
  bool unfinished = false;
};

Result<Marks> read_marks(ByteView in) {
  Marks marks;
  for (; !in.empty(); in.remove_prefix(std::min(kMarkSize, in.size()))) {
    const std::optional<Mark> mark = read_mark(in);
    if (!mark && in.size() > kMarkSize) return bad_log("a persist mark is damaged");
    if (!mark) {
      marks.unfinished = true;
      break;
    }
    if (marks.any && mark->version < marks.newest.version) return bad_log("the persist marks run backwards");
    marks.newest = *mark;
    marks.any = true;
  }
  return marks;
}

/// Reads records up to the first that is cut off or bad; `recovered.end` stands behind the last good one.
Result<void> read_records(ByteView log, RecoveredLog& recovered) {
  while (recovered.end < log.size()) {
    std::optional<Entry> entry = read_record(log.substr(recovered.end));
    if (!entry) break;
    const Position before = recovered.entries.empty() ? recovered.base : recovered.entries.back().at();
    if (entry->index != before.index + 1 || entry->term < before.term) return bad_log("a record is out of order");
    recovered.end += kRecordHead + entry->data.size();
    recovered.entries.push_back(std::move(*entry));
  }
  return {};
}

/// The mark's promise: this much was durable.
Result<void> check_mark(const Mark& mark, const RecoveredLog& recovered) {
  if (mark.version > recovered.version) return bad_log("the log file is older than its persist marks");
  if (mark.version < recovered.version) return {};
  if (recovered.end < mark.end) return bad_log("a record that was acknowledged is damaged or missing");
  const auto is_last = [&](const Entry& e) { return e.at() == mark.last; };
  const bool named =
      mark.last == recovered.base || std::any_of(recovered.entries.begin(), recovered.entries.end(), is_last);
  if (!named) return bad_log("the log does not hold the entry that its last persist mark names");
  return {};
}

}  // namespace

tl::unexpected<Error> damaged(std::string where, std::string what) {
  what +=
      "; this voter may have forgotten a vote or an entry, so it must not run. Restore the whole data folder from an ";
  what += "intact copy, or remove this voter and admit it again under a new id while all others are up";
  return failure(ErrorCode::Corrupt, std::move(where), std::move(what));
}

Bytes encode_metadata(const Metadata& metadata) {
  Bytes body;
  ByteWriter writer(body);
  writer.u32(kMetadataMagic);
  writer.u64(metadata.version);
  writer.u64(metadata.state.term);
  writer.u64(metadata.state.vote.value);
  writer.u64(metadata.state.commit);
  return sealed(std::move(body));
}

Result<RecoveredMetadata> recover_metadata(const std::optional<Bytes>& first, const std::optional<Bytes>& second) {
  const std::optional<Metadata> a = read_copy(first);
  const std::optional<Metadata> b = read_copy(second);
  if (!a && !b) return bad_metadata("both copies of term and vote are damaged or missing");
  if (!a || !b) return RecoveredMetadata{a ? *a : *b, true};
  if (*a == *b) return RecoveredMetadata{*a, false};
  const Metadata& newer = a->version > b->version ? *a : *b;
  const Metadata& older = a->version > b->version ? *b : *a;
  if (newer.version != older.version + 1) return bad_metadata("the copies of term and vote do not belong together");
  if (newer.state.term < older.state.term) return bad_metadata("the newer copy has the older term");
  return RecoveredMetadata{newer, true};
}

Bytes encode_snapshot(const Snapshot& snapshot) {
  Bytes body;
  ByteWriter writer(body);
  writer.u32(kSnapshotMagic);
  writer.u64(snapshot.at.term);
  writer.u64(snapshot.at.index);
  writer.string(snapshot.state);
  return sealed(std::move(body));
}

Result<Snapshot> decode_snapshot(ByteView file) {
  const std::optional<ByteView> body = unsealed(file);
  if (!body) return damaged("raft.snapshot", "the snapshot, all of it committed, is damaged");
  ByteReader reader(*body);
  const bool known = reader.u32() == kSnapshotMagic;
  Snapshot snapshot;
  snapshot.at.term = reader.u64();
  snapshot.at.index = reader.u64();
  snapshot.state = reader.string();
  if (!known || !reader.finished()) return damaged("raft.snapshot", "the file is no snapshot");
  return snapshot;
}

Bytes encode_records(const std::vector<Entry>& entries) {
  Bytes out;
  for (const Entry& entry : entries) write_record(out, entry);
  return out;
}

Bytes encode_log(LogVersion version, Position base, const std::vector<Entry>& entries) {
  const Bytes records = encode_records(entries);
  Bytes out;
  ByteWriter writer(out);
  writer.u32(kLogMagic);
  writer.u64(version);
  writer.u64(base.term);
  writer.u64(base.index);
  writer.u64(kHeaderSize + records.size());
  writer.u32(crc32c(out));
  writer.raw(records);
  return out;
}

Bytes encode_mark(LogVersion version, std::uint64_t end, Position last) {
  Bytes out;
  ByteWriter writer(out);
  writer.u32(kMarkMagic);
  writer.u64(version);
  writer.u64(end);
  writer.u64(last.term);
  writer.u64(last.index);
  writer.u32(crc32c(out));
  return out;
}

Result<RecoveredLog> recover_log(ByteView log, ByteView marks) {
  const std::optional<Header> header = read_header(log);
  if (!header) return bad_log("the head of the log file is damaged");
  Result<Marks> read = read_marks(marks);
  if (!read) return tl::unexpected(read.error());
  RecoveredLog recovered;
  recovered.version = header->version;
  recovered.base = header->base;
  recovered.end = kHeaderSize;
  if (Result<void> records = read_records(log, recovered); !records) return tl::unexpected(records.error());
  recovered.torn = recovered.end < log.size();
  SYNCER_SOMETIMES(recovered.torn, "raft.log_ends_in_a_torn_record");
  if (SYNCER_MUTATED("raft.recovery_truncates_anywhere")) return recovered;
  if (recovered.end < header->sealed) return bad_log("a record that was written with the file is damaged or missing");
  if (recovered.torn && read->unfinished) return bad_log("the last record and its persist mark are both damaged");
  if (!read->any) return bad_log("the persist marks are missing");
  if (Result<void> kept = check_mark(read->newest, recovered); !kept) return tl::unexpected(kept.error());
  return recovered;
}

}  // namespace syncer::raft
