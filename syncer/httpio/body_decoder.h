// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/httpio/unpacked_bodies.h"

namespace syncer::httpio {

/// Collects a body, and unpacks it where it is gzip. Never holds more than `limit` bytes of the result, and as many of
/// the packed text as what it may be recalled by has room for.
class BodyDecoder {
 public:
  explicit BodyDecoder(std::size_t limit);
  ~BodyDecoder();
  BodyDecoder(BodyDecoder&&) noexcept;
  BodyDecoder& operator=(BodyDecoder&&) noexcept;

  /// What follows is gzip. Unsupported when zlib has no memory. As long as it is what was unpacked before, byte for
  /// byte, it is not unpacked again.
  Result<void> expect_gzip(Recall recall = {});
  /// TooLarge over the limit, Corrupt when it is no gzip.
  Result<void> add(ByteView bytes);
  /// Corrupt when the gzip text ends too early.
  Result<Bytes> take();

 private:
  struct Inflater;

  Result<void> unpack(ByteView bytes);
  Result<void> unpack_known();
  void note_packed(ByteView bytes);

  std::size_t limit_;
  Bytes body_;
  std::unique_ptr<Inflater> inflater_;
  Recall recall_;
  std::shared_ptr<const UnpackedBodies::Body> known_;  ///< while what came is the same
  std::size_t same_ = 0;                               ///< so much of it
  Bytes packed_;                                       ///< to be kept; from when it differs
};

}  // namespace syncer::httpio
