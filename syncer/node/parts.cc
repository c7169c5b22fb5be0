// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/parts.h"

#include "syncer/base/mutation.h"

namespace syncer::node {
namespace {

/// A group agrees on its gossip keys, so an agent of serf that changes them is refused. In single mode they are kept.
gossip::GossipConfig with_key_rule(gossip::GossipConfig gossip, Mode mode) {
  if (mode == Mode::Single) return gossip;
  gossip.keep_keys = [](const crypto::Keyring&) -> Result<void> {
    return failure(ErrorCode::Refused, "", "a region in cluster mode agrees on its keys; use `syncer keys` there");
  };
  return gossip;
}

/// Host names lead to other addresses at each start; what the operator wrote is the same.
MemberMemory::Pool pool_of(const NodeConfig& config) {
  std::vector<std::string> targets = config.join_targets;
  if (targets.empty()) {
    for (const Endpoint& address : config.join) targets.push_back(to_string(address));
  }
  return {config.gossip_pool.label, std::move(targets)};
}

}  // namespace

Parts::Parts(NodeConfig given, Ports world, Random random, Instant now)
    : config(std::move(given)),
      ports(world),
      mark_keys(config.gossip_pool.keys),
      epochs(ports.storage, [this] { return ids.next_call(); }),
      names(ports.storage, config.node, config.region, [this] { return ids.next_call(); }),
      members(ports.storage, pool_of(config), [this] { return ids.next_call(); }),
      gossip(with_key_rule(gossip_config(config), config.mode), ports.datagrams, ports.streams, ports.observer,
             random.stream("gossip"), now, [this] { return ids.next_link(); }),
      peering(
          peering_config(config), ports.streams, ports.observer, random.stream("peering"), now,
          [this] { return ids.next_link(); }, ports.signer),
      catalog(
          catalog_config(config, mark_keys.seal(), [this](Instant at) { return !cluster || cluster->may_write(at); }),
          ports.http, ports.observer, random.stream("catalog"), now, [this] { return ids.next_call(); }) {
  if (config.mode != Mode::Cluster) return;
  cluster = std::make_unique<cluster::Cluster>(
      cluster_config(config), ports.streams, ports.storage, ports.observer, random.stream("cluster"),
      [this] { return ids.next_link(); }, [this] { return ids.next_call(); });
}

gossip::GossipConfig gossip_config(const NodeConfig& config) {
  gossip::GossipConfig gossip;
  gossip.node = config.node;
  gossip.address = config.gossip_address;
  gossip.second = gossip::second_of(config.gossip_address, config.second_host, config.gossip_address.port);
  gossip.options = config.gossip.options();
  gossip.pool = config.gossip_pool;
  gossip.nonce = config.gossip_nonce;
  gossip.keep_keys = config.gossip_keep_keys;
  gossip.tags = {{"region", config.region},
                 {"rpc", to_string(config.rpc_address)},
                 {"mode", config.mode == Mode::Single ? "single" : "cluster"}};
  if (gossip.second) gossip.tags[std::string(gossip::SecondAddresses::kTag)] = config.second_host;
  if (config.sync.dial_only) gossip.tags["dial"] = "out";
  if (config.sync.relay) gossip.tags["relay"] = "on";
  if (config.certificates != CertificateRule::Off) gossip.tags["attests"] = "on";
  gossip.tags["packs"] = "zstd";
  if (config.mode == Mode::Cluster) gossip.tags["cluster"] = to_string(config.cluster_address);
  return gossip;
}

peering::PeeringConfig peering_config(const NodeConfig& config) {
  return {config.region,           config.node,         config.mode == Mode::Single, config.sync,
          config.gossip_pool.keys, config.gossip_nonce, config.certificates};
}

catalog::CatalogConfig catalog_config(const NodeConfig& config, registry::MarkSeal marks,
                                      std::function<bool(Instant)> may_write) {
  catalog::CatalogConfig catalog;
  catalog.region = config.region;
  catalog.node = config.node;
  catalog.single = config.mode == Mode::Single;
  catalog.kinds = config.kinds;
  catalog.registry = config.registry;
  catalog.guard = config.guard;
  catalog.marks = std::move(marks);
  catalog.hold = config.sync.hold;
  catalog.may_write = std::move(may_write);
  return catalog;
}

cluster::ClusterConfig cluster_config(const NodeConfig& config) {
  return {config.region,           config.node,         config.cluster_address,  config.cluster,
          config.gossip_pool.keys, config.gossip_nonce, config.gossip_keep_keys, config.certificates};
}

std::string tag(const gossip::MemberInfo& member, const std::string& key) {
  const auto found = member.tags.find(key);
  return found == member.tags.end() ? std::string() : found->second;
}

bool disowned_rpc(const NodeConfig& config, const gossip::MemberInfo& member) {
  if (!config.gossip_pool.keys.empty() || SYNCER_MUTATED("node.dial_members_anywhere")) return false;
  const auto rpc = parse_endpoint(tag(member, "rpc"));
  return rpc && rpc->address != member.address.address;
}

namespace {

/// Of the addresses of a member the first that is of a family that is spoken here, and then the others of those; its
/// own first one where none is.
std::vector<Endpoint> dialled_at(const NodeConfig& config, const Endpoint& rpc, const gossip::MemberInfo& member) {
  std::vector<Endpoint> addresses = {rpc};
  // Without a key anybody could send us to anybody.
  const bool believed = !config.gossip_pool.keys.empty() && !SYNCER_MUTATED("gossip.know_one_address_each");
  const std::string also = tag(member, std::string(gossip::SecondAddresses::kTag));
  if (const auto second = gossip::second_of(rpc, also, rpc.port); second && believed) addresses.push_back(*second);
  const auto own_second = gossip::second_of(config.rpc_address, config.second_host, config.rpc_address.port);
  const auto is_foreign = [&](const Endpoint& e) { return !gossip::speaks(config.rpc_address, own_second, e); };
  std::erase_if(addresses, is_foreign);
  return addresses.empty() ? std::vector<Endpoint>{rpc} : addresses;
}

}  // namespace

std::vector<peering::RemoteRegion> remote_regions(const NodeConfig& config, const gossip::MemberInfo& member) {
  const auto first = remote_region(config, member);
  if (!first) return {};
  std::vector<peering::RemoteRegion> regions;
  for (const Endpoint& address : dialled_at(config, first->rpc, member)) regions.emplace_back(*first).rpc = address;
  return regions;
}

std::optional<peering::RemoteRegion> remote_region(const NodeConfig& config, const gossip::MemberInfo& member) {
  if (member.state == membership::State::Left) return std::nullopt;
  const std::string region = tag(member, "region");
  const auto rpc = parse_endpoint(tag(member, "rpc"));
  if (region.empty() || member.name == config.node || !rpc || disowned_rpc(config, member)) return std::nullopt;
  // In cluster mode the others of our region are its followers; in single mode somebody took our region's name, and
  // dialling it lets both sides say so.
  if (region == config.region && config.mode == Mode::Cluster) return std::nullopt;
  const bool alive = member.state == membership::State::Alive || member.state == membership::State::Suspect;
  const bool attests = tag(member, "attests") == "on";
  // A relay that asks for other proofs than we do is none for us.
  const bool relay = tag(member, "relay") == "on" && attests == (config.certificates != CertificateRule::Off);
  return peering::RemoteRegion{
      region, member.name, *rpc, alive, tag(member, "dial") == "out", relay, attests, tag(member, "packs") == "zstd"};
}

std::optional<cluster::Cluster::Member> cluster_member(const NodeConfig& config, const gossip::MemberInfo& member) {
  const bool alive = member.state == membership::State::Alive || member.state == membership::State::Suspect;
  const auto address = parse_endpoint(tag(member, "cluster"));
  const bool ours = config.mode == Mode::Cluster && tag(member, "region") == config.region;
  if (!ours || !alive || !address || member.name == config.node) return std::nullopt;
  return cluster::Cluster::Member{member.name, *address};
}

}  // namespace syncer::node
