// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/crypto/keyring.h"

namespace syncer::wire {

/// Whether the dialer or the acceptor of a link wrote a frame.
enum class Writer : std::uint8_t { Dialer, Acceptor };

/// A frame without its framing.
struct PlainFrame {
  std::uint8_t type = 0;
  Bytes body;
};

/// Where a frame stands: in which stream, that is between which two challenges, from which end, and after how many
/// frames of that end.
struct FramePlace {
  Bytes dialer;    ///< its challenge
  Bytes acceptor;  ///< likewise
  Writer writer = Writer::Dialer;
  std::uint64_t number = 0;
};

/// Frame types of every protocol that is sealed; never used for a message.
inline constexpr std::uint8_t kSealedFrame = 0xf0;
inline constexpr std::uint8_t kChallengeFrame = 0xf1;
/// Bytes of a challenge: random, of one stream.
inline constexpr std::size_t kChallengeBytes = 24;
/// What a sealed frame adds to the one that is in it: its type, and a tag.
inline constexpr std::size_t kSealOverhead = 17;

/// Frames under the keys of the pool: without one of them no frame can be read or written. Each end of each stream
/// writes under a key of its own, which follows from the pool's, the protocol and both challenges; the nonce is the
/// number of the frame, which both ends know. So nothing can be taken out, doubled, moved, sent back, or played again
/// on another stream, and no nonce is used twice, since the challenge of each end is random.
class Seal {
 public:
  /// Without keys everything goes in plain. `purpose` keeps protocols apart. `nonce` is required with keys.
  Seal(std::string purpose, crypto::Keyring keys, crypto::NonceSource nonce)
      : purpose_(std::move(purpose)), keys_(std::move(keys)), nonce_(std::move(nonce)) {}

  bool active() const { return !keys_.empty(); }
  void set_keys(crypto::Keyring keys) { keys_ = std::move(keys); }
  const crypto::Keyring& keys() const { return keys_; }
  Bytes challenge() const;
  /// The whole frame as it is sent.
  Bytes seal(std::uint8_t type, ByteView body, const FramePlace& place) const;
  /// ErrorCode::Refused when it is not sealed as we seal, or no key of ours opens it.
  Result<PlainFrame> open(std::uint8_t type, ByteView body, const FramePlace& place) const;

 private:
  /// Names the stream and the end of it.
  Bytes stream(const FramePlace& place) const;
  bool open(ByteView body, const FramePlace& place, Bytes& plain) const;

  std::string purpose_;
  crypto::Keyring keys_;
  crypto::NonceSource nonce_;
};

/// One end of a stream whose frames are sealed. Each end says its challenge first, in plain, and seals nothing before
/// it has the other's: what was recorded on one stream opens on no other. Without keys there are no challenges, and
/// frames pass as they are.
class SealedStream {
 public:
  explicit SealedStream(Writer self) : self_(self) {}

  /// The first frame of this end; empty without keys.
  Bytes greet(const Seal& seal);
  /// Frames can be sent: there are no keys, or the other end has said its challenge.
  bool ready(const Seal& seal) const { return !seal.active() || (!own_.empty() && !other_.empty()); }
  /// A whole frame as it is sent on this stream; requires ready().
  Bytes write(const Seal& seal, ByteView frame);
  /// Type and body of a frame that came. Nothing for the challenge of the other end. ErrorCode::Refused for what is not
  /// sealed as it must be; the text says why two ends do not understand each other.
  Result<std::optional<PlainFrame>> read(const Seal& seal, std::uint8_t type, ByteView body);

 private:
  FramePlace place(Writer writer, std::uint64_t number) const;

  Writer self_;
  Bytes own_;
  Bytes other_;
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
};

}  // namespace syncer::wire
