// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/raft/seal.h"

#include "syncer/base/mutation.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {
namespace {

/// A frame type of the cluster port; never used for a message.
constexpr std::uint8_t kSealed = 3;

}  // namespace

Bytes ClusterSeal::authenticated(Writer writer, std::uint64_t number) const {
  Bytes data;
  ByteWriter w(data);
  w.string("syncer cluster 1");
  w.string(region_);
  w.u8(static_cast<std::uint8_t>(writer));
  w.u64(number);
  return data;
}

Bytes ClusterSeal::seal(const ClusterFrame& frame, Writer writer, std::uint64_t number) const {
  if (keys_.empty()) return encode_frame(frame.type, frame.body);
  const Bytes plain = Bytes(1, static_cast<char>(frame.type)) + frame.body;
  Bytes sealed;
  keys_.seal(plain, authenticated(writer, number), nonce_(), sealed);
  return encode_frame(kSealed, sealed);
}

Result<ClusterFrame> ClusterSeal::open(std::uint8_t type, ByteView body, Writer writer, std::uint64_t number) const {
  const bool is_sealed = type == kSealed;
  if (keys_.empty() && is_sealed) return failure(ErrorCode::Refused, "", "it is sealed, and this syncer has no keys");
  const bool in_plain = keys_.empty() || (!is_sealed && SYNCER_MUTATED("wire.take_unsealed_frames"));
  if (in_plain) return ClusterFrame{type, Bytes(body)};
  if (!is_sealed) return failure(ErrorCode::Refused, "", "it is not sealed with a key of the pool");
  Bytes plain;
  const bool opened = keys_.open(body, authenticated(writer, number), plain) == crypto::OpenResult::Opened;
  if (!opened || plain.empty()) return failure(ErrorCode::Refused, "", "no key of ours opens it");
  return ClusterFrame{static_cast<std::uint8_t>(plain.front()), plain.substr(1)};
}

}  // namespace syncer::wire
