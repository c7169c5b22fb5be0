// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/membership/formulas.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

using namespace membership;

// Fields stand in the order of their names, as the reference writes them: equal messages are equal octets.

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

}  // namespace syncer::wire::gossip
