// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/sync/codec.h"

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/hello_codec.h"
#include "syncer/wire/sync/reader_codec.h"
#include "syncer/wire/sync/writer_codec.h"

namespace syncer::wire {
namespace {

using replication::ReaderMessage;
using replication::WriterMessage;

template <class M>
Bytes frame(const M& message) {
  Bytes body;
  ByteWriter writer(body);
  write(writer, message);
  return encode_sync_frame(static_cast<std::uint8_t>(type_of(message)), body);
}

template <class M, class Group = M>
Result<SyncMessage> parse(ByteView body) {
  M message;
  ByteReader reader(body);
  read(reader, message);
  if (!reader.finished()) return failure(ErrorCode::Corrupt, "", "message does not parse");
  return SyncMessage(std::in_place_type<Group>, std::move(message));
}

}  // namespace

Bytes encode_sync(const WriterMessage& message) {
  return std::visit([](const auto& m) { return frame(m); }, message);
}

Bytes encode_sync(const ReaderMessage& message) {
  return std::visit([](const auto& m) { return frame(m); }, message);
}

namespace {

struct Encoder {
  Bytes operator()(const WriterMessage& m) const { return encode_sync(m); }
  Bytes operator()(const ReaderMessage& m) const { return encode_sync(m); }
  template <class M>
  Bytes operator()(const M& m) const {
    return frame(m);
  }
};

}  // namespace

Bytes encode_sync(const SyncMessage& message) { return std::visit(Encoder{}, message); }

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
  }
  return failure(ErrorCode::Unsupported, "", "unknown frame type " + std::to_string(type));
}

}  // namespace syncer::wire
