// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/wire/gossip/drop.h"
#include "syncer/wire/gossip/exchange.h"
#include "syncer/wire/gossip/packet.h"

namespace syncer::wire::gossip {

/// Most octets that one message of a stream may have, as received and after decompression.
inline constexpr std::size_t kMaxStream = 4U << 20U;
/// Largest encrypted frame that a header may declare (that of the reference).
inline constexpr std::uint32_t kMaxFrame = 20U << 20U;

/// Whether this side opened the stream: only that side tells the label.
enum class Opened : bool { ByPeer, ByUs };

/// Gathers the one message that a peer sends over a stream, from chunks of any size.
class StreamReader {
 public:
  StreamReader(const Pool& pool, Opened opened) : pool_(pool), opened_(opened), label_told_(opened == Opened::ByUs) {}

  enum class Status { NeedMore, Complete, Refused };
  /// Takes the next octets. What follows the message is ignored.
  Status feed(ByteView octets);
  /// The peer closed: Truncated or Empty, unless the message is complete.
  Drop end() const;

  /// After Complete; its views live as long as the reader.
  const StreamMessage& message() const { return message_; }
  /// After Refused.
  Drop drop() const { return drop_; }
  /// After Refused: the peer should be told (it could not be read, as opposed to: it made no sense).
  bool deserves_error() const { return deserves_error_; }

 private:
  Status refuse(Drop drop, bool tell);
  Status take_label_header();
  Status read_frame();
  Status read_plain();
  Status read_whole(ByteView text);

  const Pool& pool_;
  Opened opened_;
  bool label_told_;
  Bytes received_;
  Bytes decrypted_;
  Bytes inflated_;
  std::size_t wanted_ = 1;  ///< octets below which another look is useless
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
