// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer::wire {

/// Largest frame, all included.
inline constexpr std::size_t kMaxSyncFrame = std::size_t{4} << 20U;
/// Octets a frame adds to its body: length, type and checksum.
inline constexpr std::size_t kSyncFrameOverhead = 9;

/// What a stream between regions starts with, so that an acceptor can tell it from other protocols on the same port.
inline constexpr ByteView kSyncMagic = "SYNC";
/// Raised when a message changes its meaning. Both ends must speak the same.
inline constexpr std::uint8_t kSyncVersion = 1;

/// What streams of one protocol start with. Both ends must speak the same version.
struct StreamProtocol {
  ByteView magic;
  std::uint8_t version;
  std::string_view name;  ///< in error texts
};
/// Between regions.
extern const StreamProtocol kSyncProtocol;
/// Between the syncers of one region, on the cluster port.
extern const StreamProtocol kClusterProtocol;

/// Preamble of a stream: magic and version.
Bytes preamble(const StreamProtocol& protocol);
inline Bytes sync_preamble() { return preamble(kSyncProtocol); }

/// One frame: u32 length of what follows, u8 type, body, CRC-32C of type and body.
Bytes encode_sync_frame(std::uint8_t type, ByteView body);

/// Takes a stream apart into frames. Holds at most one unfinished frame, and only octets that really came: a declared
/// length is checked, never allocated. After an error the stream is unusable.
class SyncFrameReader {
 public:
  explicit SyncFrameReader(const StreamProtocol& protocol = kSyncProtocol) : protocol_(&protocol) {}

  struct Frame {
    std::uint8_t type;
    ByteView body;  ///< valid until the next call
  };

  /// Takes octets from the front of `input`. Nothing when all of it was taken and no frame is complete. Errors:
  /// Corrupt (another protocol, checksum), Unsupported (version), TooLarge.
  Result<std::optional<Frame>> next(ByteView& input);
  std::size_t buffered() const { return buffer_.size(); }

 private:
  bool gather(ByteView& input, std::size_t size);
  Result<bool> read_preamble(ByteView& input);
  Result<std::optional<Frame>> check(ByteView content) const;

  const StreamProtocol* protocol_;
  Bytes buffer_;
  bool preamble_seen_ = false;
  bool delivered_ = false;  // buffer_ holds a frame that was handed out
};

}  // namespace syncer::wire
