// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node_config.h"

#include <algorithm>

#include "syncer/base/nearest.h"
#include "syncer/registry/eureka/copy.h"
#include "syncer/registry/eureka/driver.h"
#include "syncer/registry/nacos/driver.h"
#include "syncer/registry/servicecenter/documents.h"
#include "syncer/registry/servicecenter/driver.h"

namespace syncer::node {
namespace {

namespace forms = syncer::settings;

Result<Mode> parse_mode(std::string_view text) {
  if (text == "single") return Mode::Single;
  if (text == "cluster") return Mode::Cluster;
  return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is not a mode");
}

std::string show_mode(Mode mode) { return mode == Mode::Cluster ? "cluster" : "single"; }

/// The place inside the policy is a part of the sentence: that of the whole is the setting's.
Result<policy::Policy> parse_policy(std::string_view text) {
  auto policy = policy::parse_policy(text);
  if (!policy) return failure(policy.error().code, "", to_string(policy.error()));
  return policy;
}

/// What belongs to no part: who and where this syncer is.
forms::Settings<NodeConfig> own_settings() {
  using C = NodeConfig;
  return {
      forms::name("cluster-name", &C::region,
                  "identity of the region; the same for all its syncers, unlike any other's"),
      forms::endpoint("cluster.address", &C::cluster_address, "where the other syncers of this region reach this one"),
      forms::endpoint("gossip.address", &C::gossip_address, "where other syncers reach this one's gossip"),
      forms::endpoints("join", &C::join, "gossip or RPC addresses of any syncers"),
      forms::custom("mode", "\"single\" or \"cluster\"", &C::mode,
                    "one syncer in this region, or several that elect a leader", parse_mode, show_mode),
      forms::live(forms::custom("policy", "a JSON object", &C::policy,
                                "what travels between this region and others: filters of what is given and taken",
                                parse_policy, [](const policy::Policy& policy) { return policy.text; })),
      forms::name("node", &C::node, "name of this syncer, unique among all"),
      forms::endpoint("rpc.address", &C::rpc_address, "where other regions reach this syncer"),
  };
}

forms::Settings<wire::gossip::Pool> pool_settings() {
  return {forms::optional_text("gossip.label", &wire::gossip::Pool::label,
                               "name of the gossip pool: packets of pools with another one are refused")};
}

forms::Table<NodeConfig> make_table() {
  forms::Settings<NodeConfig> all = own_settings();
  forms::embed(all, pool_settings(), &NodeConfig::gossip_pool);
  forms::embed(all, gossip::timing_settings(), &NodeConfig::gossip);
  forms::embed(all, peering::sync_settings(), &NodeConfig::sync);
  forms::embed(all, catalog::registry_settings(), &NodeConfig::registry);
  forms::embed(all, catalog::guard_settings(), &NodeConfig::guard);
  forms::embed(all, cluster::cluster_settings(), &NodeConfig::cluster);
  return forms::Table<NodeConfig>(std::move(all));
}

const forms::Table<NodeConfig>& table() {
  static const forms::Table<NodeConfig> kTable = make_table();
  return kTable;
}

Result<void> validate_own(const NodeConfig& c) {
  if (c.node.empty()) return forms::refuse("node", "every syncer needs a name");
  if (c.region.empty()) return forms::refuse("cluster-name", "every region needs a name");
  if (c.gossip_pool.label.size() > wire::gossip::kMaxLabel) {
    return forms::refuse("gossip.label",
                         "must not be longer than " + std::to_string(wire::gossip::kMaxLabel) + " bytes");
  }
  if (c.gossip_address == c.rpc_address) {
    return forms::refuse("rpc.address", "must differ from gossip.address (" + to_string(c.gossip_address) + ")");
  }
  if (c.mode == Mode::Cluster && (c.cluster_address == c.gossip_address || c.cluster_address == c.rpc_address)) {
    return forms::refuse("cluster.address", "must differ from gossip.address and rpc.address");
  }
  return {};
}

}  // namespace

registry::Kinds registry_kinds() {
  registry::Kinds kinds;
  kinds.add("servicecenter", registry::servicecenter::make_driver, registry::servicecenter::sign(),
            registry::servicecenter::adapt_native);
  kinds.add("eureka", registry::eureka::make_driver, registry::eureka::sign(), registry::eureka::adapt_native);
  kinds.add("nacos", registry::nacos::make_driver, registry::nacos::sign());
  return kinds;
}

const forms::Settings<NodeConfig>& settings() { return table().rows(); }

Result<void> apply_setting(NodeConfig& config, std::string_view key, std::string_view value) {
  return table().apply(config, key, value);
}

bool is_live(std::string_view key) {
  const auto& rows = settings();
  return std::any_of(rows.begin(), rows.end(), [&](const Setting& row) { return row.key == key && row.live; });
}

Result<NodeConfig> with_live_settings(const NodeConfig& running, const NodeConfig& wanted) {
  NodeConfig config = running;
  for (const Setting& row : settings()) {
    if (!row.live || row.show(running) == row.show(wanted)) continue;
    if (auto taken = row.apply(config, row.show(wanted)); !taken) return forms::refuse(row.key, taken.error().detail);
  }
  if (auto valid = validate(config); !valid) return tl::unexpected(valid.error());
  return config;
}

std::vector<std::string> differences(const NodeConfig& a, const NodeConfig& b) {
  std::vector<std::string> keys;
  for (const Setting& row : settings()) {
    if (row.show(a) != row.show(b)) keys.emplace_back(row.key);
  }
  return keys;
}

Result<void> validate_pool(const NodeConfig& c) {
  if (!c.second_host.empty() && c.gossip_pool.keys.empty()) {
    return forms::refuse("advertise-addr",
                         "in a pool without a key others dial a member at its own host only, which is " +
                             c.gossip_address.host() +
                             "; give the pool a key (gossip.keyring-file) to announce a second address");
  }
  const bool is_own = c.gossip_address.address == c.rpc_address.address;
  if (is_own || !c.gossip_pool.keys.empty()) return {};
  return forms::refuse("rpc.address", "must be at the host of gossip.address (" + c.gossip_address.host() +
                                          "): in a pool without a key others dial a member at its own host only; give "
                                          "the pool a key (gossip.keyring-file) to announce another one");
}

Result<void> validate(const NodeConfig& c) {
  if (auto valid = validate_own(c); !valid) return valid;
  if (auto valid = catalog::validate(c.registry); !valid) return valid;
  if (!c.kinds.contains(c.registry.kind)) {
    return forms::refuse("registry.kind", "\"" + c.registry.kind + "\" is no known kind of registry" +
                                              did_you_mean(c.registry.kind, c.kinds.names()));
  }
  if (auto valid = gossip::validate(c.gossip); !valid) return valid;
  if (auto valid = peering::validate(c.sync); !valid) return valid;
  return cluster::validate(c.cluster);
}

}  // namespace syncer::node
