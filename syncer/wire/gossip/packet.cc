// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/packet.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"
#include "syncer/wire/gossip/lzw.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

constexpr std::size_t kCrcHeader = 5;

bool starts_with(ByteView bytes, Type type) { return !bytes.empty() && static_cast<Type>(bytes[0]) == type; }

std::uint32_t u32_be(ByteView v) {
  std::uint32_t value = 0;
  for (const char c : v.substr(0, 4)) value = (value << 8U) | static_cast<std::uint8_t>(c);
  return value;
}

Drop take_checksum(ByteView& bytes) {
  if (!starts_with(bytes, Type::Crc)) return Drop::None;
  if (bytes.size() < kCrcHeader) return Drop::Truncated;
  const std::uint32_t declared = u32_be(bytes.substr(1));
  bytes.remove_prefix(kCrcHeader);
  const bool whole = declared == crc32_ieee(bytes) || SYNCER_MUTATED("wire.ignore_checksum");
  return whole ? Drop::None : Drop::BadCrc;
}

/// Cuts a compound (without its type byte) into parts: the lengths come first, all of them.
Drop split(ByteView body, std::vector<ByteView>& parts) {
  if (body.empty()) return Drop::Truncated;
  const auto count = static_cast<std::size_t>(static_cast<std::uint8_t>(body[0]));
  body.remove_prefix(1);
  if (body.size() < 2 * count) return Drop::CompoundLengthsCut;
  const ByteView lengths = body.substr(0, 2 * count);
  body.remove_prefix(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto high = static_cast<std::uint8_t>(lengths[2 * i]);
    const auto low = static_cast<std::uint8_t>(lengths[2 * i + 1]);
    const auto length = static_cast<std::size_t>(high) << 8U | low;
    if (length > body.size()) return Drop::CompoundPartsCut;
    parts.push_back(body.substr(0, length));
    body.remove_prefix(length);
  }
  return Drop::None;
}

/// True when a compound holds another layer: a packet has each layer once.
bool nests(const std::vector<ByteView>& parts) {
  for (const ByteView part : parts) {
    if (starts_with(part, Type::Compound) || starts_with(part, Type::Compress)) return true;
  }
  return false;
}

Drop take_layers(ByteView bytes, Unpacked& out) {
  if (const Drop drop = take_checksum(bytes); drop != Drop::None) return drop;
  if (starts_with(bytes, Type::Compress)) {
    if (const Drop drop = inflate(bytes.substr(1), kMaxPacket, out.inflated); drop != Drop::None) return drop;
    bytes = out.inflated;
    if (starts_with(bytes, Type::Compress)) return Drop::NestingLimit;
  }
  if (bytes.empty()) return Drop::Empty;
  if (!starts_with(bytes, Type::Compound)) {
    out.messages.push_back(bytes);
    return Drop::None;
  }
  const Drop drop = split(bytes.substr(1), out.messages);
  if (!nests(out.messages)) return drop;
  out.messages.clear();
  return Drop::NestingLimit;
}

}  // namespace

std::size_t label_overhead(const std::string& label) { return label.empty() ? 0 : 2 + label.size(); }

std::size_t packet_overhead(const Pool& pool) {
  return label_overhead(pool.label) + (pool.keys.empty() ? 0 : crypto::kEncryptOverhead);
}

void write_label(const std::string& label, Bytes& out) {
  if (label.empty()) return;
  SYNCER_ASSERT(label.size() <= 255);
  out.push_back(static_cast<char>(Type::Label));
  out.push_back(static_cast<char>(label.size()));
  out.append(label);
}

Drop take_label(const std::string& expected, ByteView& bytes) {
  if (!starts_with(bytes, Type::Label)) return expected.empty() ? Drop::None : Drop::LabelMismatch;
  if (bytes.size() < 2) return Drop::LabelTruncated;
  const auto length = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[1]));
  if (length == 0) return Drop::LabelEmpty;
  if (bytes.size() < 2 + length) return Drop::LabelTruncated;
  if (bytes.substr(2, length) != expected) return Drop::LabelMismatch;
  bytes.remove_prefix(2 + length);
  return Drop::None;
}

Drop open_sealed(const Pool& pool, ByteView sealed, ByteView data, Bytes& out) {
  switch (pool.keys.open(sealed, data, out)) {
    case crypto::OpenResult::Opened:
      return Drop::None;
    case crypto::OpenResult::TooShort:
      return Drop::DecryptShort;
    case crypto::OpenResult::UnknownVersion:
      return Drop::DecryptVersion;
    case crypto::OpenResult::NoKeyFits:
      return Drop::DecryptFailed;
    case crypto::OpenResult::BadPadding:
      return Drop::BadPadding;
  }
  return Drop::DecryptFailed;
}

Drop inflate(ByteView body, std::size_t limit, Bytes& out) {
  static constexpr std::string_view kNames[] = {"Algo", "Buf"};
  MsgpackReader r(body, kMaxValues);
  std::uint64_t algorithm = 0;
  ByteView compressed;
  r.object(kNames, [&](std::size_t field) {
    if (field == 0) algorithm = r.number(255);
    if (field == 1) compressed = r.raw();
  });
  if (!r.ok()) return r.drop();
  if (algorithm != 0) return Drop::UnknownCompression;
  out.clear();
  const bool any_ratio = SYNCER_MUTATED("wire.inflate_at_any_ratio");
  const std::size_t most = any_ratio ? limit : std::min(limit, compressed.size() * kMaxInflation);
  const Drop drop = lzw_decompress(compressed, most, out);
  if (drop == Drop::DecompressLimit && most < limit) return Drop::DecompressRatio;
  return drop == Drop::None && out.empty() ? Drop::Empty : drop;
}

void unpack(ByteView packet, const Pool& pool, Unpacked& out) {
  out.messages.clear();
  out.drop = Drop::None;
  if (packet.empty()) {
    out.drop = Drop::Empty;
  } else if (packet.size() > kMaxPacket) {
    out.drop = Drop::PacketTooLarge;
  } else {
    out.drop = take_label(pool.label, packet);
  }
  if (out.drop != Drop::None) return;
  if (!pool.keys.empty()) {
    out.decrypted.clear();
    out.drop = open_sealed(pool, packet, pool.label, out.decrypted);
    if (out.drop != Drop::None) return;
    packet = out.decrypted;
  }
  out.drop = take_layers(packet, out);
}

void PacketBuilder::add(ByteView message) {
  SYNCER_ASSERT(message.size() <= 0xffff);
  lengths_.push_back(static_cast<char>(message.size() >> 8U));
  lengths_.push_back(static_cast<char>(message.size() & 0xffU));
  body_.append(message);
}

Bytes PacketBuilder::finish(const Pool& pool, bool checksum, const crypto::NonceSource& nonce) {
  SYNCER_ASSERT(parts_ > 0 && parts_ <= membership::kMaxParts && lengths_.size() == 2 * parts_);
  Bytes text;
  text.reserve(kCrcHeader + 2 + lengths_.size() + body_.size());
  if (checksum) text.append(kCrcHeader, '\0');
  if (parts_ > 1) {
    text.push_back(static_cast<char>(Type::Compound));
    text.push_back(static_cast<char>(parts_));
    text.append(lengths_);
  }
  text.append(body_);
  if (checksum) {
    const std::uint32_t crc = crc32_ieee(ByteView(text).substr(kCrcHeader));
    text[0] = static_cast<char>(Type::Crc);
    for (std::size_t i = 0; i < 4; ++i) text[1 + i] = static_cast<char>(crc >> (24U - 8U * i));
  }
  if (pool.label.empty() && pool.keys.empty()) return text;
  Bytes packet;
  write_label(pool.label, packet);
  if (pool.keys.empty()) {
    packet.append(text);
  } else {
    pool.keys.seal(text, pool.label, nonce(), packet);
  }
  return packet;
}

}  // namespace syncer::wire::gossip
