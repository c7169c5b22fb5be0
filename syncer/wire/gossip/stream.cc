// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/stream.h"

#include <algorithm>
#include <utility>

#include "syncer/membership/formulas.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

using membership::Entry;

struct Header {
  std::int64_t entries = 0;
  std::int64_t user_bytes = 0;
  bool join = false;
};

Drop read_header(MsgpackReader& r, Header& h) {
  static constexpr std::string_view kNames[] = {"Nodes", "UserStateLen", "Join"};
  r.object(kNames, [&](std::size_t field) {
    if (field == 0) h.entries = r.signed_number();
    if (field == 1) h.user_bytes = r.signed_number();
    if (field == 2) h.join = r.boolean();
  });
  if (!r.ok()) return r.drop();
  if (h.entries < 0 || h.entries > kMaxEntries) return Drop::NodeCountLimit;
  if (h.user_bytes < 0 || h.user_bytes > kMaxUserBytes) return Drop::UserStateLimit;
  return Drop::None;
}

Drop check(Entry& e, ByteView address, std::uint64_t port) {
  if (!is_member_name(e.name)) return Drop::BadName;
  if (e.meta.size() > membership::kMaxMeta) return Drop::MetaTooLarge;
  if (!membership::valid_versions(e.versions)) return Drop::BadVersions;
  e.versions = e.versions.substr(0, membership::kOwnVersions.size());
  return read_address(address, port, e.address) ? Drop::None : Drop::BadAddress;
}

Drop read_entry(MsgpackReader& r, Entry& e) {
  static constexpr std::string_view kNames[] = {"Name", "Addr", "Port", "Meta", "Incarnation", "State", "Vsn"};
  ByteView address;
  std::uint64_t port = 0;
  r.object(kNames, [&](std::size_t field) {
    switch (field) {
      case 0:
        e.name = r.raw();
        break;
      case 1:
        address = r.raw();
        break;
      case 2:
        port = r.number(0xffff);
        break;
      case 3:
        e.meta = r.raw();
        break;
      case 4:
        e.incarnation = r.number(membership::kMaxIncarnation);
        break;
      case 5:
        e.state = r.signed_number();
        break;
      default:
        e.versions = r.raw();
        break;
    }
  });
  return r.ok() ? check(e, address, port) : r.drop();
}

Drop read_exchange(MsgpackReader& r, Exchange& out) {
  Header header;
  if (const Drop drop = read_header(r, header); drop != Drop::None) return drop;
  for (std::int64_t i = 0; i < header.entries; ++i) {
    Entry entry;
    if (const Drop drop = read_entry(r, entry); drop != Drop::None) return drop;
    out.entries.push_back(entry);
  }
  out.join = header.join;
  out.user_state = r.bytes(static_cast<std::uint64_t>(header.user_bytes));
  return r.drop();
}

Drop read_error(MsgpackReader& r, StreamError& out) {
  static constexpr std::string_view kNames[] = {"Error"};
  r.object(kNames, [&](std::size_t) { out.text = r.raw(); });
  return r.drop();
}

Drop read_user(MsgpackReader& r, membership::User& out) {
  static constexpr std::string_view kNames[] = {"UserMsgLen"};
  std::int64_t length = 0;
  r.object(kNames, [&](std::size_t) { length = r.signed_number(); });
  if (!r.ok()) return r.drop();
  if (length < 0 || length > kMaxUserBytes) return Drop::UserMessageLimit;
  out.payload = r.bytes(static_cast<std::uint64_t>(length));
  return r.drop();
}

Drop skip_compressed(MsgpackReader& r) {
  static constexpr std::string_view kNames[] = {"Algo", "Buf"};
  r.object(kNames, [&](std::size_t) { r.skip(); });
  return r.drop();
}

/// Pings and acks look like those of packets.
template <class Wanted>
Drop read_packet_message(ByteView bytes, StreamMessage& out) {
  membership::Message message;
  const Drop drop = decode(bytes, message);
  if (drop == Drop::None) out = std::get<Wanted>(message);
  return drop;
}

template <class T, class Read>
Drop read_into(ByteView body, Read read, StreamMessage& out) {
  MsgpackReader r(body, kMaxValues);
  T message;
  const Drop drop = read(r, message);
  if (drop == Drop::None) out = std::move(message);
  return drop;
}

void write_entry(MsgpackWriter& w, const Entry& e) {
  w.map(7);
  w.raw("Addr");
  w.raw(e.address.octets());
  w.raw("Incarnation");
  w.number(std::min(e.incarnation, membership::kMaxIncarnation));
  w.raw("Meta");
  w.raw_or_nil(e.meta);
  w.raw("Name");
  w.raw(e.name);
  w.raw("Port");
  w.number(e.address.port);
  w.raw("State");
  w.number(static_cast<std::uint64_t>(e.state));
  w.raw("Vsn");
  w.raw_or_nil(e.versions);
}

constexpr std::size_t kFrameHeader = 5;
/// Most bytes of the small messages, so that looking at them again and again stays cheap.
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

/// The side that opens a stream asks, the other one answers; an exchange is both.
bool in_place(const StreamMessage& message, Opened opened) {
  if (std::holds_alternative<Exchange>(message)) return true;
  const bool answer = std::holds_alternative<membership::Ack>(message) || std::holds_alternative<StreamError>(message);
  return answer == (opened == Opened::ByUs);
}

}  // namespace

void encode_exchange(std::span<const Entry> entries, bool join, ByteView user_state, Bytes& out) {
  out.push_back(static_cast<char>(Type::PushPull));
  MsgpackWriter w(out);
  w.map(3);
  w.raw("Join");
  w.boolean(join);
  w.raw("Nodes");
  w.number(entries.size());
  w.raw("UserStateLen");
  w.number(user_state.size());
  for (const Entry& e : entries) write_entry(w, e);
  out.append(user_state);
}

void encode_error(ByteView text, Bytes& out) {
  out.push_back(static_cast<char>(Type::Err));
  MsgpackWriter w(out);
  w.map(1);
  w.raw("Error");
  w.raw(text);
}

Drop decode_stream(ByteView bytes, StreamMessage& out) {
  if (bytes.empty()) return Drop::Empty;
  const ByteView body = bytes.substr(1);
  switch (static_cast<Type>(bytes[0])) {
    case Type::PushPull:
      return read_into<Exchange>(body, read_exchange, out);
    case Type::Ping:
      return read_packet_message<membership::Ping>(bytes, out);
    case Type::Ack:
      return read_packet_message<membership::Ack>(bytes, out);
    case Type::Err:
      return read_into<StreamError>(body, read_error, out);
    case Type::User:
      return read_into<membership::User>(body, read_user, out);
    default:
      return Drop::BadType;
  }
}

Drop ExchangeProgress::feed(ByteView bytes) {
  while (entries_left_ != 0) {
    MsgpackReader r(bytes.substr(at_), kMaxValues);
    Drop drop = Drop::None;
    if (entries_left_ < 0) {
      Header header;
      drop = read_header(r, header);
      if (drop == Drop::None) user_bytes_ = header.user_bytes;
      if (drop == Drop::None) entries_left_ = header.entries;
    } else {
      Entry entry;
      drop = read_entry(r, entry);
      if (drop == Drop::None) --entries_left_;
    }
    if (drop != Drop::None) return drop;
    at_ = bytes.size() - r.rest().size();
  }
  return bytes.size() - at_ >= static_cast<std::size_t>(user_bytes_) ? Drop::None : Drop::Truncated;
}

StreamReader::Status StreamReader::refuse(Drop drop, bool tell) {
  drop_ = drop;
  deserves_error_ = tell;
  done_ = true;
  return Status::Refused;
}

StreamReader::Status StreamReader::feed(ByteView bytes) {
  if (done_) return drop_ == Drop::None ? Status::Complete : Status::Refused;
  if (received_.size() + bytes.size() > kMaxStream) return refuse(Drop::FrameLimit, true);
  received_.append(bytes);
  if (received_.size() < wanted_) return Status::NeedMore;
  if (!label_done_) {
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
  label_done_ = true;
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
    MsgpackReader r(ByteView(received_).substr(1), kMaxValues);
    drop = skip_compressed(r);
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
  return !label_done_ ? Drop::LabelTruncated : Drop::Truncated;
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
