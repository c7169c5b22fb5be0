// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/crypto/keyring.h"
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

/// Longest label of a pool, in bytes.
inline constexpr std::size_t kMaxLabel = 255;

/// What the members of one pool share: a label that keeps pools apart, and keys.
struct Pool {
  std::string label;
  crypto::Keyring keys;
};

/// Bytes that label and encryption take from each packet.
std::size_t packet_overhead(const Pool& pool);
/// Bytes of the label header.
std::size_t label_overhead(const std::string& label);

/// Largest datagram, and largest text a datagram may decompress to.
inline constexpr std::size_t kMaxPacket = 65536;

/// A datagram taken apart. Reused, so that a quiet pool allocates nothing; the messages live until the next use.
struct Unpacked {
  std::vector<ByteView> messages;
  Drop drop = Drop::None;  ///< why the rest was dropped; messages may stand before it
  Bytes decrypted;
  Bytes inflated;
};

/// Takes off label, encryption, checksum, compression and compound, in this order and each at most once.
void unpack(ByteView packet, const Pool& pool, Unpacked& out);

/// Puts encoded messages into one datagram. Members of protocol 5 get a checksum.
class PacketBuilder {
 public:
  explicit PacketBuilder(std::size_t parts) : parts_(parts) {}
  /// Adds the next of the announced parts.
  void add(ByteView message);
  /// The datagram. `nonce` is asked for only when the pool has keys.
  Bytes finish(const Pool& pool, bool checksum, const crypto::NonceSource& nonce);

 private:
  std::size_t parts_;
  Bytes lengths_;
  Bytes body_;
};

/// Appends the header with the label; nothing for an empty label.
void write_label(const std::string& label, Bytes& out);
/// Takes the label header off `bytes` and compares it.
Drop take_label(const std::string& expected, ByteView& bytes);
/// Opens what was sealed with a key of the pool: crypto::open in the words of a codec.
Drop open_sealed(const Pool& pool, ByteView sealed, ByteView data, Bytes& out);
/// Most bytes of text for one of compressed text. A state exchange of thousands has 12, a serf event of one byte
/// repeated to the longest that serf allows 60.
inline constexpr std::size_t kMaxInflation = 100;
/// Text of a compress message (without its type byte), at most `limit` bytes and kMaxInflation times what it is.
Drop inflate(ByteView body, std::size_t limit, Bytes& out);

}  // namespace syncer::wire::gossip
