// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node_parts.h"

namespace syncer::node {

GossipConfig gossip_config(const NodeConfig& config) {
  GossipConfig gossip;
  gossip.node = config.node;
  gossip.address = config.gossip_address;
  gossip.options = config.gossip.options();
  gossip.pool = config.gossip_pool;
  gossip.nonce = config.gossip_nonce;
  gossip.keep_keys = config.gossip_keep_keys;
  gossip.tags = {{"region", config.region},
                 {"rpc", to_string(config.rpc_address)},
                 {"mode", config.mode == Mode::Single ? "single" : "cluster"}};
  if (config.mode == Mode::Cluster) gossip.tags["cluster"] = to_string(config.cluster_address);
  return gossip;
}

MeshConfig mesh_config(const NodeConfig& config) {
  return {config.region, config.node, config.mode == Mode::Single, config.sync};
}

HomeConfig home_config(const NodeConfig& config, std::function<bool(Instant)> may_write) {
  HomeConfig home;
  home.region = config.region;
  home.node = config.node;
  home.mode = config.mode;
  home.registry = config.registry;
  home.guard = config.guard;
  home.hold = config.sync.hold;
  home.may_write = std::move(may_write);
  return home;
}

CouncilConfig council_config(const NodeConfig& config) {
  return {config.region,           config.node,         config.cluster_address, config.cluster,
          config.gossip_pool.keys, config.gossip_nonce, config.gossip_keep_keys};
}

std::string tag(const MemberInfo& member, const std::string& key) {
  const auto found = member.tags.find(key);
  return found == member.tags.end() ? std::string() : found->second;
}

std::optional<RemoteRegion> remote_region(const NodeConfig& config, const MemberInfo& member) {
  if (member.state == membership::State::Left) return std::nullopt;
  const std::string region = tag(member, "region");
  const auto rpc = parse_endpoint(tag(member, "rpc"));
  if (region.empty() || member.name == config.node || !rpc) return std::nullopt;
  // In cluster mode the others of our region are its followers; in single mode somebody took our region's name, and
  // dialling it lets both sides say so.
  if (region == config.region && config.mode == Mode::Cluster) return std::nullopt;
  return RemoteRegion{region, member.name, *rpc};
}

std::optional<Council::Member> fellow(const NodeConfig& config, const MemberInfo& member) {
  const bool alive = member.state == membership::State::Alive || member.state == membership::State::Suspect;
  const auto address = parse_endpoint(tag(member, "cluster"));
  const bool ours = config.mode == Mode::Cluster && tag(member, "region") == config.region;
  if (!ours || !alive || !address || member.name == config.node) return std::nullopt;
  return Council::Member{member.name, *address};
}

}  // namespace syncer::node
