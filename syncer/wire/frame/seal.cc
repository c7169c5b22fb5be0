// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/frame/seal.h"

#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/crypto/mac.h"
#include "syncer/crypto/wipe.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {
namespace {

/// Of a frame: its length before, its checksum after what counts.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kChecksumBytes = 4;

/// What crypto::seal() says first: version and nonce. Both ends know them.
constexpr std::size_t kHeadBytes = crypto::kEncryptOverhead - 16;

crypto::Nonce nonce_of(std::uint64_t number) {
  crypto::Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[nonce.size() - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return nonce;
}

/// The key of one end of one stream. Wiped with this.
class StreamKey {
 public:
  StreamKey(ByteView pool_key, ByteView stream) : key_(crypto::hmac_sha256(pool_key, stream)) {}
  StreamKey(const StreamKey&) = delete;
  StreamKey& operator=(const StreamKey&) = delete;
  ~StreamKey() { crypto::wipe(key_); }
  const Bytes& bytes() const { return key_; }

 private:
  Bytes key_;
};

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

Bytes Seal::stream(const FramePlace& place) const {
  Bytes data;
  ByteWriter w(data);
  w.string(purpose_);
  if (!SYNCER_MUTATED("wire.seal_without_challenges")) {
    w.string(place.dialer);
    w.string(place.acceptor);
  }
  w.u8(static_cast<std::uint8_t>(place.writer));
  return data;
}

Bytes Seal::seal(std::uint8_t type, ByteView body, const FramePlace& place) const {
  if (keys_.empty()) return encode_frame(type, body);
  Bytes plain(1, static_cast<char>(type));
  plain += body;
  const StreamKey key(keys_.keys().front(), stream(place));
  Bytes sealed;
  crypto::seal(key.bytes(), plain, {}, nonce_of(place.number), sealed);
  return encode_frame(kSealedFrame, ByteView(sealed).substr(kHeadBytes));
}

Result<PlainFrame> Seal::open(std::uint8_t type, ByteView body, const FramePlace& place) const {
  const bool is_sealed = type == kSealedFrame || type == kChallengeFrame;
  if (keys_.empty() && is_sealed) return refused("it is sealed, and this syncer has no keys (gossip.keyring-file)");
  const bool in_plain = keys_.empty() || (!is_sealed && SYNCER_MUTATED("wire.take_unsealed_frames"));
  if (in_plain) return PlainFrame{type, Bytes(body)};
  if (!is_sealed) return refused("it is not sealed with a key of the pool");
  Bytes plain;
  if (!open(body, place, plain) || plain.empty()) return refused("no key of ours opens it");
  return PlainFrame{static_cast<std::uint8_t>(plain.front()), plain.substr(1)};
}

bool Seal::open(ByteView body, const FramePlace& place, Bytes& plain) const {
  const crypto::Nonce nonce = nonce_of(place.number);
  Bytes sealed(1, static_cast<char>(crypto::Encryption::Plain));
  sealed.append(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  sealed += body;
  const Bytes name = stream(place);
  for (const Bytes& pool_key : keys_.keys()) {
    const StreamKey key(pool_key, name);
    if (crypto::open({&key.bytes(), 1}, sealed, {}, plain) == crypto::OpenResult::Opened) return true;
  }
  return false;
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
