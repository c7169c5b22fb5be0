// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/wire_gossip/as_json.h"

#include <type_traits>

namespace syncer::wire::gossip {

using json = nlohmann::json;

namespace {

json bytes(ByteView v) { return v.data() == nullptr ? json(nullptr) : json(to_hex(v)); }
json address(const Endpoint& e) { return to_hex(e.octets()); }

void add_source(json& fields, const Endpoint& source, std::string_view node) {
  if (source.port != 0) fields.update({{"SourceAddr", address(source)}, {"SourcePort", source.port}});
  if (!node.empty()) fields["SourceNode"] = node;
}

json one(const membership::Ping& m) {
  json fields{{"SeqNo", m.seq}, {"Node", m.node}};
  add_source(fields, m.source, m.source_node);
  return {{"type", "ping"}, {"fields", fields}};
}

json one(const membership::IndirectPing& m) {
  json fields{{"SeqNo", m.seq}, {"Node", m.node}, {"Nack", m.nack}};
  fields.update({{"Target", address(m.target)}, {"Port", m.target.port}});
  add_source(fields, m.source, m.source_node);
  return {{"type", "indirect_ping"}, {"fields", fields}};
}

json one(const membership::Ack& m) {
  return {{"type", "ack"}, {"fields", {{"SeqNo", m.seq}, {"Payload", bytes(m.payload)}}}};
}

json one(const membership::Nack& m) { return {{"type", "nack"}, {"fields", {{"SeqNo", m.seq}}}}; }

json one(const membership::Suspect& m) {
  return {{"type", "suspect"}, {"fields", {{"Incarnation", m.incarnation}, {"Node", m.node}, {"From", m.from}}}};
}

json one(const membership::Dead& m) {
  return {{"type", "dead"}, {"fields", {{"Incarnation", m.incarnation}, {"Node", m.node}, {"From", m.from}}}};
}

json one(const membership::Alive& m) {
  json fields{{"Incarnation", m.incarnation}, {"Node", m.node}, {"Meta", bytes(m.meta)}, {"Vsn", bytes(m.versions)}};
  fields.update({{"Addr", address(m.address)}, {"Port", m.address.port}});
  return {{"type", "alive"}, {"fields", fields}};
}

json one(const membership::User& m) { return {{"type", "user"}, {"payload", to_hex(m.payload)}}; }

json one(const StreamError& m) { return {{"type", "err"}, {"fields", {{"Error", m.text}}}}; }

json one(const Exchange& m) {
  json nodes = json::array();
  for (const auto& e : m.entries) {
    json node{{"Name", e.name}, {"Meta", bytes(e.meta)}, {"Incarnation", e.incarnation}, {"State", e.state}};
    node.update({{"Addr", address(e.address)}, {"Port", e.address.port}, {"Vsn", bytes(e.versions)}});
    nodes.push_back(node);
  }
  const json header{{"Nodes", nodes.size()}, {"UserStateLen", m.user_state.size()}, {"Join", m.join}};
  return {{"type", "push_pull"}, {"header", header}, {"nodes", nodes}, {"user_state", to_hex(m.user_state)}};
}

}  // namespace

json as_json(const membership::Message& message) {
  return std::visit([](const auto& m) { return one(m); }, message);
}

json as_json(const StreamMessage& message) {
  return std::visit([](const auto& m) { return one(m); }, message);
}

json normalized(const json& decoded) {
  json m = decoded;
  for (const char* informative : {"type_id", "serf", "serf_tags", "serf_user_state", "serf_payload"})
    m.erase(informative);
  if (m["type"] == "user") return {{"type", "user"}, {"payload", m.at("payload")}};
  if (m["type"] == "push_pull" && !m.contains("user_state")) m["user_state"] = "";
  if (m.contains("fields")) {
    // Zero values that the reference leaves out are left out here as well.
    for (const char* optional : {"SourceAddr", "SourcePort", "SourceNode"}) {
      if (m["fields"].contains(optional) && m["fields"][optional].is_null()) m["fields"].erase(optional);
    }
    m = {{"type", m["type"]}, {"fields", m["fields"]}};
  }
  return m;
}

}  // namespace syncer::wire::gossip
