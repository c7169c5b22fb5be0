// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer::httpio {

/// Collects a body, and unpacks it where it is gzip. Never holds more than `limit` bytes of the result.
class BodyDecoder {
 public:
  explicit BodyDecoder(std::size_t limit);
  ~BodyDecoder();
  BodyDecoder(BodyDecoder&&) noexcept;
  BodyDecoder& operator=(BodyDecoder&&) noexcept;

  /// What follows is gzip. Unsupported when zlib has no memory.
  Result<void> expect_gzip();
  /// TooLarge over the limit, Corrupt when it is no gzip.
  Result<void> add(ByteView bytes);
  /// Corrupt when the gzip text ends too early.
  Result<Bytes> take();

 private:
  struct Inflater;

  std::size_t limit_;
  Bytes body_;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace syncer::httpio
