// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/exchange.h"

#include <algorithm>

#include "syncer/membership/formulas.h"
#include "syncer/membership/state.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

using membership::Entry;

struct Header {
  std::int64_t entries = 0;
  std::int64_t user_octets = 0;
  bool join = false;
};

Drop read_header(MsgpackReader& r, Header& h) {
  static constexpr std::string_view kNames[] = {"Nodes", "UserStateLen", "Join"};
  r.object(kNames, [&](std::size_t field) {
    if (field == 0) h.entries = r.signed_number();
    if (field == 1) h.user_octets = r.signed_number();
    if (field == 2) h.join = r.boolean();
  });
  if (!r.ok()) return r.drop();
  if (h.entries < 0 || h.entries > kMaxEntries) return Drop::NodeCountLimit;
  if (h.user_octets < 0 || h.user_octets > kMaxUserOctets) return Drop::UserStateLimit;
  return Drop::None;
}

Drop check(Entry& e, ByteView address, std::uint64_t port) {
  if (!is_member_name(e.name)) return Drop::BadName;
  if (e.meta.size() > membership::kMaxMeta) return Drop::MetaTooLarge;
  if (!sane_versions(e.versions)) return Drop::BadVersions;
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
  out.user_state = r.octets(static_cast<std::uint64_t>(header.user_octets));
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
  if (length < 0 || length > kMaxUserOctets) return Drop::UserMessageLimit;
  out.payload = r.octets(static_cast<std::uint64_t>(length));
  return r.drop();
}

/// Pings and acks look like those of packets.
template <class Wanted>
Drop read_packet_message(ByteView octets, StreamMessage& out) {
  membership::Message message;
  const Drop drop = decode(octets, message);
  if (drop == Drop::None) out = std::get<Wanted>(message);
  return drop;
}

template <class T, class Read>
Drop read_into(ByteView body, Read read, StreamMessage& out) {
  MsgpackReader r(body);
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

Drop decode_stream(ByteView octets, StreamMessage& out) {
  if (octets.empty()) return Drop::Empty;
  const ByteView body = octets.substr(1);
  switch (static_cast<Type>(octets[0])) {
    case Type::PushPull:
      return read_into<Exchange>(body, read_exchange, out);
    case Type::Ping:
      return read_packet_message<membership::Ping>(octets, out);
    case Type::Ack:
      return read_packet_message<membership::Ack>(octets, out);
    case Type::Err:
      return read_into<StreamError>(body, read_error, out);
    case Type::User:
      return read_into<membership::User>(body, read_user, out);
    default:
      return Drop::BadType;
  }
}

Drop ExchangeProgress::feed(ByteView octets) {
  while (entries_left_ != 0) {
    MsgpackReader r(octets.substr(at_));
    Drop drop = Drop::None;
    if (entries_left_ < 0) {
      Header header;
      drop = read_header(r, header);
      if (drop == Drop::None) user_octets_ = header.user_octets;
      if (drop == Drop::None) entries_left_ = header.entries;
    } else {
      Entry entry;
      drop = read_entry(r, entry);
      if (drop == Drop::None) --entries_left_;
    }
    if (drop != Drop::None) return drop;
    at_ = octets.size() - r.rest().size();
  }
  return octets.size() - at_ >= static_cast<std::size_t>(user_octets_) ? Drop::None : Drop::Truncated;
}

}  // namespace syncer::wire::gossip
