// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/frame/pack.h"

#include <zstd.h>

#include <memory>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {
namespace {

/// The library's default: a set of records in a tenth of its bytes, at some hundred MB a second.
constexpr int kLevel = 3;
/// Length and type of a frame go before what is packed, its checksum behind.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kChecksumBytes = 4;
/// A bomb is what grows further than this. Records that are all alike come to a hundredth.
constexpr std::size_t kMostGrowth = 1000;

/// Its tables are allocated once.
ZSTD_CCtx* packer() {
  thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> kContext(ZSTD_createCCtx(), ZSTD_freeCCtx);
  return kContext.get();
}

ZSTD_DCtx* unpacker() {
  thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> kContext(ZSTD_createDCtx(), ZSTD_freeDCtx);
  return kContext.get();
}

}  // namespace

Bytes pack_frame(ByteView frame) {
  SYNCER_ASSERT(frame.size() >= kFrameOverhead);
  const ByteView content = frame.substr(kLengthBytes, frame.size() - kLengthBytes - kChecksumBytes);
  Bytes packed(ZSTD_compressBound(content.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(packer(), packed.data(), packed.size(), content.data(), content.size(), kLevel);
  SYNCER_ASSERT(ZSTD_isError(size) == 0);
  packed.resize(size);
  const bool looks_like_a_bomb = content.size() > kMostGrowth * packed.size();
  if (looks_like_a_bomb && !SYNCER_MUTATED("wire.pack_what_no_reader_takes")) return Bytes(frame);
  Bytes out = encode_frame(kPackedType, packed);
  return out.size() < frame.size() ? std::move(out) : Bytes(frame);
}

Result<Unpacked> unpack_frame(ByteView body) {
  const unsigned long long size = ZSTD_getFrameContentSize(body.data(), body.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size == 0) {
    return failure(ErrorCode::Corrupt, "", "packed frame does not say what is in it");
  }
  const bool is_bomb = size > kMaxFrame || size > kMostGrowth * body.size();
  if (is_bomb && !SYNCER_MUTATED("wire.unpack_everything")) {
    return failure(ErrorCode::TooLarge, "", "packed frame holds too much");
  }
  Bytes content(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompressDCtx(unpacker(), content.data(), content.size(), body.data(), body.size());
  if (ZSTD_isError(got) != 0 || got != content.size())
    return failure(ErrorCode::Corrupt, "", "packed frame is damaged");
  Unpacked unpacked{static_cast<std::uint8_t>(content.front()), {}};
  content.erase(0, 1);
  unpacked.body = std::move(content);
  return unpacked;
}

}  // namespace syncer::wire
