// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/status_json.h"

#include <nlohmann/json.hpp>

namespace syncer::admin {
namespace {

using nlohmann::ordered_json;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

/// Names come from the network; octets that are no UTF-8 are replaced instead of ending the answer.
std::string text(const ordered_json& document) {
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json members(const std::vector<node::MemberStatus>& all) {
  ordered_json list = ordered_json::array();
  for (const node::MemberStatus& m : all) {
    list.push_back({{"name", m.name},
                    {"region", m.region},
                    {"state", m.state},
                    {"address", m.address},
                    {"rpc_address", m.rpc_address},
                    {"incarnation", m.incarnation},
                    {"rtt_seconds", seconds(m.rtt)},
                    {"tags", m.tags}});
    if (m.health) list.back()["health_score"] = *m.health;
  }
  return list;
}

ordered_json regions(const std::vector<node::RegionStatus>& all) {
  ordered_json list = ordered_json::array();
  for (const node::RegionStatus& r : all) {
    list.push_back({{"region", r.region},
                    {"link_up", r.link_up},
                    {"last_heard_seconds", seconds(r.last_heard)},
                    {"epoch", to_string(r.epoch)},
                    {"sequence", r.sequence},
                    {"records", r.records},
                    {"unacknowledged", r.unacknowledged},
                    {"holding", r.holding},
                    {"guard_frozen", r.guard_frozen},
                    {"guard_pending", r.guard_pending}});
  }
  return list;
}

ordered_json registry(const catalog::RegistryStatus& r) {
  return {{"address", r.address},
          {"reachable", r.reachable},
          {"problem", r.problem},
          {"exported", r.exported},
          {"copies", r.copies},
          {"pending", r.pending},
          {"parked", r.parked},
          {"guard_frozen", r.guard_frozen},
          {"guard_pending", r.guard_pending}};
}

ordered_json voters(const std::vector<cluster::VoterStatus>& all) {
  ordered_json list = ordered_json::array();
  for (const cluster::VoterStatus& v : all) {
    list.push_back({{"name", v.name}, {"disk", v.disk}, {"address", v.address}, {"state", v.state}});
    if (v.match) list.back()["match"] = *v.match;
    if (v.lag) list.back()["lag"] = *v.lag;
    if (v.last_heard) list.back()["last_heard_seconds"] = seconds(*v.last_heard);
  }
  return list;
}

/// null in single mode.
ordered_json group(const node::Status& status) {
  if (!status.group) return nullptr;
  const cluster::GroupStatus& g = *status.group;
  return {{"leads", g.leads},   {"leader", g.leader},         {"term", g.term},
          {"commit", g.commit}, {"generation", g.generation}, {"voters", voters(g.voters)}};
}

}  // namespace

std::string cluster_json(const node::Status& status) {
  return text({{"region", status.region}, {"group", group(status)}, {"pending", status.pending}});
}

std::string status_json(const node::Status& status) {
  return text({{"node", status.node},
               {"region", status.region},
               {"mode", status.mode},
               {"ready", status.ready},
               {"epoch", to_string(status.epoch)},
               {"group", group(status)},
               {"registry", registry(status.registry)},
               {"regions", regions(status.regions)},
               {"members", members(status.members)},
               {"gossip_dropped", status.gossip_dropped},
               {"pending", status.pending}});
}

std::string members_json(const node::Status& status) { return text({{"members", members(status.members)}}); }

}  // namespace syncer::admin
