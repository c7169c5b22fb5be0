// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/drop.h"
#include "syncer/wire/gossip/packet.h"

namespace syncer::wire::gossip {

/// One side of a state exchange. The views point into the decoded bytes.
struct Exchange {
  std::vector<membership::Entry> entries;
  bool join = false;
  ByteView user_state;
};

/// "I do not talk to you", with the reason.
struct StreamError {
  ByteView text;
};

/// A message that may come over a stream.
using StreamMessage = std::variant<Exchange, membership::Ping, membership::Ack, StreamError, membership::User>;

/// Limits that a header may declare (those of the reference).
inline constexpr std::int64_t kMaxEntries = 1 << 20;
inline constexpr std::int64_t kMaxUserBytes = 20 << 20;

/// Appends type byte and body.
void encode_exchange(std::span<const membership::Entry> entries, bool join, ByteView user_state, Bytes& out);
void encode_error(ByteView text, Bytes& out);

/// Reads a whole message of a stream. Truncated when bytes are missing.
Drop decode_stream(ByteView bytes, StreamMessage& out);

/// Follows a state exchange while it arrives, so that each byte is looked at once however slowly they come.
class ExchangeProgress {
 public:
  /// Looks at all bytes so far (type byte included). Truncated: more must come. None: it is complete.
  Drop feed(ByteView bytes);

 private:
  std::size_t at_ = 1;
  std::int64_t entries_left_ = -1;  ///< -1 until the header was read
  std::int64_t user_bytes_ = 0;
};

/// Most bytes that one message of a stream may have, as received and after decompression.
inline constexpr std::size_t kMaxStream = 4U << 20U;
/// Largest encrypted frame that a header may declare (that of the reference).
inline constexpr std::uint32_t kMaxFrame = 20U << 20U;

/// Whether this side opened the stream: only that side writes the label.
enum class Opened : bool { ByPeer, ByUs };

/// Gathers the one message that a peer sends over a stream, from chunks of any size.
class StreamReader {
 public:
  StreamReader(const Pool& pool, Opened opened) : pool_(pool), opened_(opened), label_done_(opened == Opened::ByUs) {}

  enum class Status { NeedMore, Complete, Refused };
  /// Takes the next bytes. What follows the message is ignored.
  Status feed(ByteView bytes);
  /// The peer closed: Truncated or Empty, unless the message is complete.
  Drop end() const;

  /// Bytes of the unfinished message.
  std::size_t held() const { return received_.size(); }
  /// After Complete; its views live as long as the reader.
  const StreamMessage& message() const { return message_; }
  /// After Refused.
  Drop drop() const { return drop_; }
  /// After Refused: the peer gets the reason (it could not be read, as opposed to: it made no sense).
  bool deserves_error() const { return deserves_error_; }

 private:
  Status refuse(Drop drop, bool tell);
  Status take_label_header();
  Status read_frame();
  Status read_plain();
  Status read_whole(ByteView text);

  const Pool& pool_;
  Opened opened_;
  bool label_done_;
  Bytes received_;
  Bytes decrypted_;
  Bytes inflated_;
  std::size_t wanted_ = 1;  ///< bytes below which another look is useless
  ExchangeProgress exchange_;
  StreamMessage message_;
  Drop drop_ = Drop::None;
  bool deserves_error_ = false;
  bool done_ = false;
};

/// Appends an encoded message as it goes over a stream: label header (if we opened it), then the text, encrypted if
/// the pool has keys.
void write_stream(ByteView message, const Pool& pool, Opened opened, const crypto::NonceSource& nonce, Bytes& out);

}  // namespace syncer::wire::gossip
