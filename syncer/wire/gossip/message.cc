// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/message.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "syncer/membership/formulas.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

using namespace membership;

constexpr std::uint64_t kU16 = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint64_t kU32 = std::numeric_limits<std::uint32_t>::max();

/// Length of the UTF-8 character at the front, 0 when there is no printable one.
std::size_t printable_length(ByteView text) {
  const auto first = static_cast<std::uint8_t>(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<std::uint8_t>(text[i]) & 0xc0U) != 0x80) return 0;
  }
  const auto second = static_cast<std::uint8_t>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xf4 && second > 0x8f) || (first == 0xed && second > 0x9f);
  const bool control = first == 0xc2 && second < 0xa0;
  return overlong || beyond || control ? 0 : length;
}

/// Where a ping wants its answer; absent fields leave the port 0.
struct Source {
  ByteView address;
  std::uint64_t port = 0;
  ByteView node;
};

Drop read_source(const Source& s, Endpoint& address, std::string_view& node) {
  node = s.node;
  if (s.address.empty()) return Drop::None;
  return read_address(s.address, s.port, address) ? Drop::None : Drop::BadAddress;
}

Drop decode_ping(MsgpackReader& r, Ping& m) {
  static constexpr std::string_view kNames[] = {"SeqNo", "Node", "SourceAddr", "SourcePort", "SourceNode"};
  Source source;
  r.object(kNames, [&](std::size_t field) {
    switch (field) {
      case 0:
        m.seq = static_cast<std::uint32_t>(r.number(kU32));
        break;
      case 1:
        m.node = r.raw();
        break;
      case 2:
        source.address = r.raw();
        break;
      case 3:
        source.port = r.number(kU16);
        break;
      default:
        source.node = r.raw();
        break;
    }
  });
  return r.ok() ? read_source(source, m.source, m.source_node) : r.drop();
}

Drop decode_indirect(MsgpackReader& r, IndirectPing& m) {
  static constexpr std::string_view kNames[] = {"SeqNo", "Target",     "Port",       "Node",
                                                "Nack",  "SourceAddr", "SourcePort", "SourceNode"};
  Source source;
  ByteView target;
  std::uint64_t port = 0;
  r.object(kNames, [&](std::size_t field) {
    switch (field) {
      case 0:
        m.seq = static_cast<std::uint32_t>(r.number(kU32));
        break;
      case 1:
        target = r.raw();
        break;
      case 2:
        port = r.number(kU16);
        break;
      case 3:
        m.node = r.raw();
        break;
      case 4:
        m.nack = r.boolean();
        break;
      case 5:
        source.address = r.raw();
        break;
      case 6:
        source.port = r.number(kU16);
        break;
      default:
        source.node = r.raw();
        break;
    }
  });
  if (!r.ok()) return r.drop();
  if (!read_address(target, port, m.target)) return Drop::BadAddress;
  return read_source(source, m.source, m.source_node);
}

Drop decode_ack(MsgpackReader& r, Ack& m) {
  static constexpr std::string_view kNames[] = {"SeqNo", "Payload"};
  r.object(kNames, [&](std::size_t field) {
    if (field == 0) m.seq = static_cast<std::uint32_t>(r.number(kU32));
    if (field == 1) m.payload = r.raw();
  });
  return r.drop();
}

Drop decode_nack(MsgpackReader& r, Nack& m) {
  static constexpr std::string_view kNames[] = {"SeqNo"};
  r.object(kNames, [&](std::size_t) { m.seq = static_cast<std::uint32_t>(r.number(kU32)); });
  return r.drop();
}

/// Suspect and Dead look alike.
template <class Accusation>
Drop decode_accusation(MsgpackReader& r, Accusation& m) {
  static constexpr std::string_view kNames[] = {"Incarnation", "Node", "From"};
  r.object(kNames, [&](std::size_t field) {
    if (field == 0) m.incarnation = r.number(kMaxIncarnation);
    if (field == 1) m.node = r.raw();
    if (field == 2) m.from = r.raw();
  });
  if (!r.ok()) return r.drop();
  const bool from_ok = m.from.empty() || is_member_name(m.from);
  return is_member_name(m.node) && from_ok ? Drop::None : Drop::BadName;
}

Drop decode_alive(MsgpackReader& r, Alive& m) {
  static constexpr std::string_view kNames[] = {"Incarnation", "Node", "Addr", "Port", "Meta", "Vsn"};
  ByteView address;
  std::uint64_t port = 0;
  r.object(kNames, [&](std::size_t field) {
    switch (field) {
      case 0:
        m.incarnation = r.number(kMaxIncarnation);
        break;
      case 1:
        m.node = r.raw();
        break;
      case 2:
        address = r.raw();
        break;
      case 3:
        port = r.number(kU16);
        break;
      case 4:
        m.meta = r.raw();
        break;
      default:
        m.versions = r.raw();
        break;
    }
  });
  if (!r.ok()) return r.drop();
  if (!is_member_name(m.node)) return Drop::BadName;
  if (m.meta.size() > kMaxMeta) return Drop::MetaTooLarge;
  if (!valid_versions(m.versions)) return Drop::BadVersions;
  m.versions = m.versions.substr(0, kOwnVersions.size());
  return read_address(address, port, m.address) ? Drop::None : Drop::BadAddress;
}

template <class T, class Decode>
Drop decode_into(MsgpackReader& r, Decode decode_one, Message& out) {
  T message;
  const Drop drop = decode_one(r, message);
  if (drop == Drop::None) out = message;
  return drop;
}

// Fields stand in the order of their names, as the reference writes them: equal messages are equal bytes.

std::size_t source_fields(const Endpoint& address, std::string_view node) {
  return (address.port != 0 ? 2U : 0U) + (node.empty() ? 0U : 1U);
}

void write_source(MsgpackWriter& w, const Endpoint& address, std::string_view node) {
  if (address.port != 0) {
    w.raw("SourceAddr");
    w.raw(address.octets());
  }
  if (!node.empty()) {
    w.raw("SourceNode");
    w.raw(node);
  }
  if (address.port != 0) {
    w.raw("SourcePort");
    w.number(address.port);
  }
}

Type write(MsgpackWriter& w, const Ping& m) {
  w.map(2 + source_fields(m.source, m.source_node));
  w.raw("Node");
  w.raw(m.node);
  w.raw("SeqNo");
  w.number(m.seq);
  write_source(w, m.source, m.source_node);
  return Type::Ping;
}

Type write(MsgpackWriter& w, const IndirectPing& m) {
  w.map(5 + source_fields(m.source, m.source_node));
  w.raw("Nack");
  w.boolean(m.nack);
  w.raw("Node");
  w.raw(m.node);
  w.raw("Port");
  w.number(m.target.port);
  w.raw("SeqNo");
  w.number(m.seq);
  write_source(w, m.source, m.source_node);
  w.raw("Target");
  w.raw(m.target.octets());
  return Type::IndirectPing;
}

Type write(MsgpackWriter& w, const Ack& m) {
  w.map(2);
  w.raw("Payload");
  w.raw_or_nil(m.payload);
  w.raw("SeqNo");
  w.number(m.seq);
  return Type::Ack;
}

Type write(MsgpackWriter& w, const Nack& m) {
  w.map(1);
  w.raw("SeqNo");
  w.number(m.seq);
  return Type::Nack;
}

void write_accusation(MsgpackWriter& w, std::uint64_t incarnation, std::string_view node, std::string_view from) {
  w.map(3);
  w.raw("From");
  w.raw(from);
  w.raw("Incarnation");
  w.number(std::min(incarnation, kMaxIncarnation));
  w.raw("Node");
  w.raw(node);
}

Type write(MsgpackWriter& w, const Suspect& m) {
  write_accusation(w, m.incarnation, m.node, m.from);
  return Type::Suspect;
}

Type write(MsgpackWriter& w, const Dead& m) {
  write_accusation(w, m.incarnation, m.node, m.from);
  return Type::Dead;
}

Type write(MsgpackWriter& w, const Alive& m) {
  w.map(6);
  w.raw("Addr");
  w.raw(m.address.octets());
  w.raw("Incarnation");
  w.number(std::min(m.incarnation, kMaxIncarnation));
  w.raw("Meta");
  w.raw_or_nil(m.meta);
  w.raw("Node");
  w.raw(m.node);
  w.raw("Port");
  w.number(m.address.port);
  w.raw("Vsn");
  w.raw_or_nil(m.versions);
  return Type::Alive;
}

}  // namespace

void encode(const Message& message, Bytes& out) {
  if (const auto* user = std::get_if<User>(&message)) {
    out.push_back(static_cast<char>(Type::User));
    out.append(user->payload);
    return;
  }
  const std::size_t at = out.size();
  out.push_back('\0');
  MsgpackWriter w(out);
  const auto write_one = [&](const auto& m) {
    if constexpr (!std::is_same_v<std::decay_t<decltype(m)>, User>) out[at] = static_cast<char>(write(w, m));
  };
  std::visit(write_one, message);
}

bool is_member_name(ByteView name) {
  if (name.empty() || name.size() > kMaxName) return false;
  while (!name.empty()) {
    const std::size_t length = printable_length(name);
    if (length == 0) return false;
    name.remove_prefix(length);
  }
  return true;
}

bool read_address(ByteView bytes, std::uint64_t port, Endpoint& out) {
  if (bytes.size() != 4 && bytes.size() != 16) return false;
  out = Endpoint::from_octets(bytes, static_cast<std::uint16_t>(port));
  return true;
}

Drop decode(ByteView bytes, Message& out) {
  if (bytes.empty()) return Drop::Empty;
  const ByteView body = bytes.substr(1);
  MsgpackReader r(body, kMaxValues);
  switch (static_cast<Type>(bytes[0])) {
    case Type::Ping:
      return decode_into<Ping>(r, decode_ping, out);
    case Type::IndirectPing:
      return decode_into<IndirectPing>(r, decode_indirect, out);
    case Type::Ack:
      return decode_into<Ack>(r, decode_ack, out);
    case Type::Nack:
      return decode_into<Nack>(r, decode_nack, out);
    case Type::Suspect:
      return decode_into<Suspect>(r, decode_accusation<Suspect>, out);
    case Type::Dead:
      return decode_into<Dead>(r, decode_accusation<Dead>, out);
    case Type::Alive:
      return decode_into<Alive>(r, decode_alive, out);
    case Type::User:
      out = User{body};
      return Drop::None;
    case Type::Compound:
    case Type::Compress:
      return Drop::NestingLimit;  // a layer where only a message may stand
    default:
      return Drop::BadType;
  }
}

}  // namespace syncer::wire::gossip
