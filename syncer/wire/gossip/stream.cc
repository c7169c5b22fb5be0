// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/stream.h"

#include <algorithm>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

constexpr std::size_t kFrameHeader = 5;
/// Most octets of the small messages, so that looking at them again and again stays cheap.
constexpr std::size_t kMaxSmall = 64U << 10U;

Bytes frame_header(std::size_t length) {
  Bytes header(1, static_cast<char>(Type::Encrypt));
  for (unsigned shift = 24;; shift -= 8) {
    header.push_back(static_cast<char>(length >> shift));
    if (shift == 0) return header;
  }
}

std::size_t frame_length(ByteView header) {
  std::size_t length = 0;
  for (const char c : header.substr(1, 4)) length = length << 8U | static_cast<std::uint8_t>(c);
  return length;
}

/// Whoever opens a stream asks, the other side answers; an exchange is both.
bool in_place(const StreamMessage& message, Opened opened) {
  if (std::holds_alternative<Exchange>(message)) return true;
  const bool answer = std::holds_alternative<membership::Ack>(message) || std::holds_alternative<StreamError>(message);
  return answer == (opened == Opened::ByUs);
}

}  // namespace

StreamReader::Status StreamReader::refuse(Drop drop, bool tell) {
  drop_ = drop;
  deserves_error_ = tell;
  done_ = true;
  return Status::Refused;
}

StreamReader::Status StreamReader::feed(ByteView octets) {
  if (done_) return drop_ == Drop::None ? Status::Complete : Status::Refused;
  if (received_.size() + octets.size() > kMaxStream) return refuse(Drop::FrameLimit, true);
  received_.append(octets);
  if (received_.size() < wanted_) return Status::NeedMore;
  if (!label_told_) {
    const Status label = take_label_header();
    if (label != Status::Complete) return label;
  }
  if (received_.empty()) return Status::NeedMore;
  const bool framed = static_cast<Type>(received_[0]) == Type::Encrypt;
  if (framed && pool_.keys.empty()) return refuse(Drop::EncryptionUnexpected, true);
  if (!framed && !pool_.keys.empty()) return refuse(Drop::NotEncrypted, true);
  return framed ? read_frame() : read_plain();
}

StreamReader::Status StreamReader::take_label_header() {
  ByteView rest = received_;
  const Drop drop = take_label(pool_.label, rest);
  if (drop == Drop::LabelTruncated) return Status::NeedMore;
  if (drop != Drop::None) return refuse(drop, false);
  received_.erase(0, received_.size() - rest.size());
  label_told_ = true;
  return Status::Complete;
}

StreamReader::Status StreamReader::read_frame() {
  if (received_.size() < kFrameHeader) return Status::NeedMore;
  const std::size_t length = frame_length(received_);
  if (length > kMaxFrame) return refuse(Drop::FrameLimit, true);
  wanted_ = kFrameHeader + length;
  if (received_.size() < wanted_) return Status::NeedMore;
  const Bytes data = received_.substr(0, kFrameHeader) + pool_.label;
  const Drop drop = open_sealed(pool_, ByteView(received_).substr(kFrameHeader, length), data, decrypted_);
  if (drop != Drop::None) return refuse(drop, true);
  if (decrypted_.empty()) return refuse(Drop::Empty, true);
  return read_whole(decrypted_);
}

StreamReader::Status StreamReader::read_whole(ByteView text) {
  if (static_cast<Type>(text[0]) == Type::Compress) {
    if (const Drop drop = inflate(text.substr(1), kMaxStream, inflated_); drop != Drop::None) return refuse(drop, true);
    text = inflated_;
  }
  if (const Drop drop = decode_stream(text, message_); drop != Drop::None) return refuse(drop, false);
  if (!in_place(message_, opened_)) return refuse(Drop::BadType, false);
  done_ = true;
  return Status::Complete;
}

StreamReader::Status StreamReader::read_plain() {
  const auto type = static_cast<Type>(received_[0]);
  Drop drop = Drop::None;
  if (type == Type::PushPull) {
    drop = exchange_.feed(received_);
  } else if (type == Type::Compress) {
    // The length of the compressed text stands in front: no second look before it is all there.
    MsgpackReader r(ByteView(received_).substr(1));
    r.skip();
    drop = r.drop();
    wanted_ = received_.size() + static_cast<std::size_t>(r.missing());
  } else {
    drop = decode_stream(received_, message_);
    if (drop == Drop::Truncated && type != Type::User && received_.size() > kMaxSmall) drop = Drop::FrameLimit;
  }
  if (drop == Drop::Truncated) return Status::NeedMore;
  if (drop != Drop::None) return refuse(drop, false);
  return read_whole(received_);
}

Drop StreamReader::end() const {
  if (done_) return drop_;
  if (received_.empty()) return Drop::Empty;
  return !label_told_ ? Drop::LabelTruncated : Drop::Truncated;
}

void write_stream(ByteView message, const Pool& pool, Opened opened, const crypto::NonceSource& nonce, Bytes& out) {
  if (opened == Opened::ByUs) write_label(pool.label, out);
  if (pool.keys.empty()) {
    out.append(message);
    return;
  }
  const Bytes header = frame_header(crypto::encrypted_length(crypto::Encryption::Plain, message.size()));
  out.append(header);
  pool.keys.seal(message, header + pool.label, nonce(), out);
}

}  // namespace syncer::wire::gossip
