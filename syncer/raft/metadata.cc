// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/metadata.h"

#include "syncer/base/hash.h"
#include "syncer/raft/damage.h"

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

tl::unexpected<Error> broken(std::string what) { return damaged("raft.meta", std::move(what)); }

}  // namespace

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
  if (!a && !b) return broken("both copies of term and vote are damaged or missing");
  if (!a || !b) return RecoveredMetadata{a ? *a : *b, true};
  if (*a == *b) return RecoveredMetadata{*a, false};
  const Metadata& newer = a->version > b->version ? *a : *b;
  const Metadata& older = a->version > b->version ? *b : *a;
  if (newer.version != older.version + 1) return broken("the copies of term and vote do not belong together");
  if (newer.state.term < older.state.term) return broken("the newer copy has the older term");
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

}  // namespace syncer::raft
