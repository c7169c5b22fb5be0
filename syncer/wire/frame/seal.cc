// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/frame/seal.h"

#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {
namespace {

/// Of a frame: its length before, its checksum after what counts.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kChecksumBytes = 4;

tl::unexpected<Error> refused(const char* why) { return failure(ErrorCode::Refused, "", why); }

}  // namespace

Bytes Seal::challenge() const {
  Bytes challenge;
  while (challenge.size() < kChallengeBytes) {
    const crypto::Nonce nonce = nonce_();
    challenge.append(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  }
  return challenge;
}

Bytes Seal::authenticated(const FramePlace& place) const {
  Bytes data;
  ByteWriter w(data);
  w.string(purpose_);
  if (!SYNCER_MUTATED("wire.seal_without_challenges")) {
    w.string(place.dialer);
    w.string(place.acceptor);
  }
  w.u8(static_cast<std::uint8_t>(place.writer));
  w.u64(place.number);
  return data;
}

Bytes Seal::seal(std::uint8_t type, ByteView body, const FramePlace& place) const {
  if (keys_.empty()) return encode_frame(type, body);
  Bytes plain(1, static_cast<char>(type));
  plain += body;
  Bytes sealed;
  keys_.seal(plain, authenticated(place), nonce_(), sealed);
  return encode_frame(kSealedFrame, sealed);
}

Result<PlainFrame> Seal::open(std::uint8_t type, ByteView body, const FramePlace& place) const {
  const bool is_sealed = type == kSealedFrame || type == kChallengeFrame;
  if (keys_.empty() && is_sealed) return refused("it is sealed, and this syncer has no keys (gossip.keyring-file)");
  const bool in_plain = keys_.empty() || (!is_sealed && SYNCER_MUTATED("wire.take_unsealed_frames"));
  if (in_plain) return PlainFrame{type, Bytes(body)};
  if (!is_sealed) return refused("it is not sealed with a key of the pool");
  Bytes plain;
  const bool opened = keys_.open(body, authenticated(place), plain) == crypto::OpenResult::Opened;
  if (!opened || plain.empty()) return refused("no key of ours opens it");
  return PlainFrame{static_cast<std::uint8_t>(plain.front()), plain.substr(1)};
}

Bytes SealedStream::greet(const Seal& seal) {
  if (!seal.active()) return {};
  own_ = seal.challenge();
  return encode_frame(kChallengeFrame, own_);
}

FramePlace SealedStream::place(Writer writer, std::uint64_t number) const {
  const bool dialled = self_ == Writer::Dialer;
  return {dialled ? own_ : other_, dialled ? other_ : own_, writer, number};
}

Bytes SealedStream::write(const Seal& seal, ByteView frame) {
  SYNCER_ASSERT(ready(seal));
  if (!seal.active()) return Bytes(frame);
  const ByteView content = frame.substr(kLengthBytes, frame.size() - kLengthBytes - kChecksumBytes);
  return seal.seal(static_cast<std::uint8_t>(content.front()), content.substr(1), place(self_, written_++));
}

Result<std::optional<PlainFrame>> SealedStream::read(const Seal& seal, std::uint8_t type, ByteView body) {
  if (seal.active() && type == kChallengeFrame) {
    if (!other_.empty()) return refused("it says a second challenge");
    if (body.size() != kChallengeBytes || body == own_) return refused("its challenge is none");
    other_ = Bytes(body);
    return std::nullopt;
  }
  if (type == kSealedFrame && !ready(seal)) return refused("it is sealed before the challenge");
  const Writer other = self_ == Writer::Dialer ? Writer::Acceptor : Writer::Dialer;
  auto opened = seal.open(type, body, place(other, read_++));
  if (!opened) return tl::unexpected(opened.error());
  return std::optional(std::move(*opened));
}

}  // namespace syncer::wire
