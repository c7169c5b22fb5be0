// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer::wire {

/// Largest frame, all included.
inline constexpr std::size_t kMaxFrame = std::size_t{4} << 20U;
/// Bytes a frame adds to its body: length, type and checksum.
inline constexpr std::size_t kFrameOverhead = 9;

/// What streams of one protocol start with. Both ends must speak the same version.
struct StreamProtocol {
  ByteView magic;
  std::uint8_t version;
  std::string_view name;  ///< in error texts
};

/// Preamble of a stream: magic and version.
Bytes preamble(const StreamProtocol& protocol);

/// One frame: u32 length of what follows, u8 type, body, CRC-32C of type and body.
Bytes encode_frame(std::uint8_t type, ByteView body);

/// Takes a stream apart into frames. Borrows the protocol. Holds at most one unfinished frame, and only bytes that
/// really came: a declared length is checked, never allocated. After an error the stream is unusable.
class FrameReader {
 public:
  explicit FrameReader(const StreamProtocol& protocol) : protocol_(&protocol) {}

  struct Frame {
    std::uint8_t type;
    ByteView body;  ///< valid until the next call
  };

  /// Takes bytes from the front of `input`. Nothing when all of it was taken and no frame is complete. Errors:
  /// Corrupt (another protocol, checksum), Unsupported (version), TooLarge.
  Result<std::optional<Frame>> next(ByteView& input);
  /// Larger frames are refused from now on; kMaxFrame at first.
  void limit(std::size_t bytes) { limit_ = bytes; }
  std::size_t buffered() const { return buffer_.size(); }

 private:
  bool gather(ByteView& input, std::size_t size);
  Result<bool> read_preamble(ByteView& input);
  Result<std::optional<Frame>> check(ByteView content) const;

  const StreamProtocol* protocol_;
  Bytes buffer_;
  std::size_t limit_ = kMaxFrame;
  bool preamble_seen_ = false;
  bool delivered_ = false;  // buffer_ holds a frame that was handed out
};

}  // namespace syncer::wire
