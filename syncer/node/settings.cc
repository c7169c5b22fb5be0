// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/settings.h"

#include <algorithm>
#include <vector>

#include "syncer/base/nearest.h"
#include "syncer/node/gossip_settings.h"
#include "syncer/node/setting_forms.h"

namespace syncer::node {
namespace {

using Config = NodeConfig;

std::vector<Setting> other_settings() {
  return {
      name<&Config::region>("cluster-name", "identity of the region; the same for all its syncers, unlike any other's"),
      endpoint<&Config::cluster_address>("cluster.address", "where the other syncers of this region reach this one"),
      positive<&Config::cluster, &cluster::ClusterSettings::election_timeout>(
          "cluster.election-timeout", "silence of the region's leader after which another is elected"),
      positive<&Config::cluster, &cluster::ClusterSettings::heartbeat>("cluster.heartbeat",
                                                                       "time between two words of the region's leader"),
      number<1, 7, &Config::cluster, &cluster::ClusterSettings::voters>("cluster.voters",
                                                                        "syncers of this region, agreed once for good"),
      endpoint<&Config::gossip_address>("gossip.address", "where other syncers reach this one's gossip"),
      optional_text<&Config::gossip_pool, &wire::gossip::Pool::label>(
          "gossip.label", "name of the gossip pool: packets of pools with another one are refused"),
      positive<&Config::guard, &catalog::GuardSettings::hold>("guard.hold",
                                                              "frozen removals of a sane origin go after this"),
      number<0, 1'000'000'000, &Config::guard, &catalog::GuardSettings::minimum>(
          "guard.minimum", "so many removals within the window never trip the guard"),
      ratio<&Config::guard, &catalog::GuardSettings::share>("guard.share",
                                                            "share of a region whose removal trips the guard"),
      positive<&Config::guard, &catalog::GuardSettings::window>("guard.window", "time over which removals are counted"),
      endpoints<&Config::join>("join", "gossip or RPC addresses of any syncers"),
      mode<&Config::mode>("mode", "one syncer in this region, or three that elect a leader"),
      name<&Config::node>("node", "name of this syncer, unique among all"),
      texts<&Config::registry, &catalog::RegistrySettings::addresses>("registry.addresses",
                                                                      "service center URLs, in order of preference"),
      number<1, 1024, &Config::registry, &catalog::RegistrySettings::concurrency>("registry.concurrency",
                                                                                  "requests under way at once"),
      text<&Config::registry, &catalog::RegistrySettings::domain>("registry.domain", "value of X-Domain-Name"),
      texts<&Config::registry, &catalog::RegistrySettings::projects>("registry.projects",
                                                                     "projects that are kept the same"),
      positive<&Config::registry, &catalog::RegistrySettings::request_timeout>("registry.timeout",
                                                                               "deadline of one request"),
      optional_text<&Config::registry, &catalog::RegistrySettings::token_file>(
          "registry.token-file", "file with a bearer token; empty for none"),
      number<1, 1'000'000, &Config::registry, &catalog::RegistrySettings::writes_per_second>(
          "registry.writes-per-second", "ceiling on registrations, updates and removals of copies"),
      endpoint<&Config::rpc_address>("rpc.address", "where other regions reach this syncer"),
      positive<&Config::sync, &peering::SyncSettings::connect_retry>("sync.connect-retry",
                                                                     "pause between two dials of a peer"),
      duration<&Config::sync, &peering::SyncSettings::flush>("sync.flush",
                                                             "longest wait of a change for company in a batch"),
      positive<&Config::sync, &peering::SyncSettings::heartbeat>("sync.heartbeat",
                                                                 "time between two proofs of the same content"),
      duration<&Config::sync, &peering::SyncSettings::hold>("sync.hold",
                                                            "copies of an unreachable region are kept this long"),
      positive<&Config::registry, &catalog::RegistrySettings::poll_interval>(
          "sync.interval", "time between two reads of the service center"),
      positive<&Config::sync, &peering::SyncSettings::silence>("sync.silence",
                                                               "a link silent for this long is dialled again"),
  };
}

std::vector<Setting> all_settings() {
  std::vector<Setting> all = other_settings();
  for (const Setting& s : gossip_settings()) all.push_back(s);
  std::sort(all.begin(), all.end(), [](const Setting& a, const Setting& b) { return a.key < b.key; });
  return all;
}

const std::vector<Setting>& table() {
  static const std::vector<Setting> kTable = all_settings();
  return kTable;
}

Result<void> refuse(std::string_view key, std::string detail) {
  return failure(ErrorCode::Invalid, std::string(key), std::move(detail));
}

Result<void> unknown(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const Setting& s : table()) keys.push_back(s.key);
  return refuse(key, "unknown key" + did_you_mean(key, keys));
}

}  // namespace

std::span<const Setting> settings() { return table(); }

Result<void> apply_setting(NodeConfig& config, std::string_view key, std::string_view value) {
  const auto& all = table();
  const auto found = std::lower_bound(all.begin(), all.end(), key,
                                      [](const Setting& s, std::string_view wanted) { return s.key < wanted; });
  if (found == all.end() || found->key != key) return unknown(key);
  const Result<void> applied = found->apply(config, value);
  if (!applied) return refuse(key, applied.error().detail + "; wanted: " + std::string(found->form));
  return {};
}

Result<void> validate(const NodeConfig& c) {
  if (c.node.empty()) return refuse("node", "every syncer needs a name");
  if (c.region.empty()) return refuse("cluster-name", "every region needs a name");
  if (c.registry.addresses.empty()) return refuse("registry.addresses", "at least one service center is needed");
  if (c.registry.projects.empty()) return refuse("registry.projects", "at least one project is needed");
  if (c.gossip_pool.label.size() > wire::gossip::kMaxLabel) {
    return refuse("gossip.label", "must not be longer than " + std::to_string(wire::gossip::kMaxLabel) + " octets");
  }
  if (const membership::Options gossip = c.gossip.options(); gossip.probe_timeout > gossip.probe_interval) {
    return refuse("gossip.probe-timeout", "(" + to_string(gossip.probe_timeout) +
                                              ") must not be longer than gossip.probe-interval (" +
                                              to_string(gossip.probe_interval) + ")");
  }
  if (c.sync.silence <= c.sync.heartbeat) {
    return refuse("sync.silence", "must be longer than sync.heartbeat (" + to_string(c.sync.heartbeat) +
                                      "), or every link is cut between two heartbeats");
  }
  if (c.gossip_address == c.rpc_address) {
    return refuse("rpc.address", "must differ from gossip.address (" + to_string(c.gossip_address) + ")");
  }
  if (c.cluster.heartbeat * 2 > c.cluster.election_timeout) {
    return refuse("cluster.heartbeat",
                  "must be at most half of cluster.election-timeout (" + to_string(c.cluster.election_timeout) + ")");
  }
  if (c.mode == Mode::Cluster && (c.cluster_address == c.gossip_address || c.cluster_address == c.rpc_address)) {
    return refuse("cluster.address", "must differ from gossip.address and rpc.address");
  }
  return {};
}

}  // namespace syncer::node
