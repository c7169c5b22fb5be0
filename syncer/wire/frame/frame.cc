// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/frame/frame.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"

namespace syncer::wire {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kTypeBytes = 1;
constexpr std::size_t kChecksumBytes = 4;

std::size_t declared_length(ByteView head) { return ByteReader(head).u32(); }

}  // namespace

Bytes preamble(const StreamProtocol& protocol) {
  Bytes out(protocol.magic);
  ByteWriter(out).u8(protocol.version);
  return out;
}

Bytes encode_frame(std::uint8_t type, ByteView body) {
  SYNCER_ASSERT(body.size() + kFrameOverhead <= kMaxFrame);
  Bytes out;
  out.reserve(body.size() + kFrameOverhead);
  ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(kTypeBytes + body.size() + kChecksumBytes));
  writer.u8(type);
  writer.raw(body);
  writer.u32(crc32c(ByteView(out).substr(kLengthBytes)));
  return out;
}

bool FrameReader::gather(ByteView& input, std::size_t size) {
  const std::size_t taken = std::min(input.size(), size - std::min(size, buffer_.size()));
  buffer_.append(input.substr(0, taken));
  input.remove_prefix(taken);
  return buffer_.size() >= size;
}

Result<bool> FrameReader::read_preamble(ByteView& input) {
  const ByteView magic = protocol_->magic;
  const std::string name(protocol_->name);
  const bool complete = gather(input, magic.size() + 1);
  // A wrong start is refused at once instead of waiting for the rest of it.
  if (magic.substr(0, buffer_.size()) != ByteView(buffer_).substr(0, magic.size())) {
    return failure(ErrorCode::Corrupt, "", "not a " + name + " stream");
  }
  if (!complete) return false;
  const auto version = static_cast<std::uint8_t>(buffer_.back());
  if (version != protocol_->version) {
    return failure(ErrorCode::Unsupported, "",
                   name + " protocol version " + std::to_string(version) + " is not supported, this is " +
                       std::to_string(protocol_->version));
  }
  buffer_.clear();
  preamble_seen_ = true;
  return true;
}

Result<std::optional<FrameReader::Frame>> FrameReader::next(ByteView& input) {
  if (delivered_) buffer_.clear();
  delivered_ = false;
  if (!preamble_seen_) {
    const Result<bool> seen = read_preamble(input);
    if (!seen) return tl::unexpected<Error>(seen.error());
    if (!*seen) return std::nullopt;
  }
  if (!gather(input, kLengthBytes)) return std::nullopt;
  const std::size_t length = declared_length(buffer_);
  if (length < kTypeBytes + kChecksumBytes) return failure(ErrorCode::Corrupt, "", "frame too short");
  if (length + kLengthBytes > limit_) return failure(ErrorCode::TooLarge, "", "frame too large");
  if (!gather(input, kLengthBytes + length)) return std::nullopt;
  delivered_ = true;
  return check(ByteView(buffer_).substr(kLengthBytes));
}

Result<std::optional<FrameReader::Frame>> FrameReader::check(ByteView content) const {
  const ByteView covered = content.substr(0, content.size() - kChecksumBytes);
  if (ByteReader(content.substr(covered.size())).u32() != crc32c(covered)) {
    return failure(ErrorCode::Corrupt, "", "frame checksum differs");
  }
  return Frame{static_cast<std::uint8_t>(covered.front()), covered.substr(kTypeBytes)};
}

}  // namespace syncer::wire
