// SPDX-License-Identifier: Apache-2.0
#include "sim/real/processes/config_file.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

namespace sim::real {
namespace {

using syncer::node::NodeConfig;

/// The daemon has names of its own for these, or makes them of others.
const std::set<std::string_view> kOtherwise = {"cluster.address",    "gossip.address", "join",
                                               "registry.addresses", "registry.kind",  "registry.password-file",
                                               "rpc.address"};

std::string registries(const NodeConfig& config, const std::map<std::string, std::string>& origins) {
  std::string list;
  for (const std::string& address : config.registry.addresses) {
    const std::size_t path = address.find('/', std::string_view("http://").size());
    const auto real = origins.find(address.substr(0, path));
    std::string url = real == origins.end() ? address : real->second;
    if (real != origins.end() && path != std::string::npos) url += address.substr(path);
    if (config.registry.kind != "servicecenter") url = config.registry.kind + "+" + url;
    list += (list.empty() ? "" : ",") + url;
  }
  return list;
}

std::string joins(const NodeConfig& config) {
  std::string list;
  for (const syncer::Endpoint& seed : config.join) list += (list.empty() ? "" : ",") + to_string(seed);
  return list;
}

}  // namespace

std::string config_text(const NodeConfig& config, const ConfigPlaces& places,
                        const std::map<std::string, std::string>& origins) {
  nlohmann::ordered_json file;
  file["sc-addr"] = registries(config, origins);
  file["bind-addr"] = to_string(config.gossip_address);
  file["rpc-addr"] = to_string(config.rpc_address);
  if (config.mode == syncer::node::Mode::Cluster) file["cluster-port"] = std::to_string(config.cluster_address.port);
  if (!config.join.empty()) file["join-addr"] = joins(config);
  file["data-dir"] = places.data;
  file["admin.socket"] = places.admin_socket;
  file["trace.file"] = places.trace;
  file["log.format"] = "json";
  if (!places.keyring.empty()) file["gossip.keyring-file"] = places.keyring;
  if (!places.password.empty()) file["registry.password-file"] = places.password;
  NodeConfig defaults;
  // A profile decides what nobody sets: a value that is only the usual one of another profile has to be said.
  for (const auto& setting : syncer::node::settings()) {
    if (setting.key == "gossip.profile") static_cast<void>(setting.apply(defaults, setting.show(config)));
  }
  for (const auto& setting : syncer::node::settings()) {
    if (kOtherwise.count(setting.key) != 0) continue;
    const std::string value = setting.show(config);
    if (value != setting.show(defaults) || setting.key == "gossip.profile") file[std::string(setting.key)] = value;
  }
  return file.dump(1) + "\n";
}

std::string keyring_text() {
  // 32 letters k, as in the simulator, in base64.
  return "[\"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\"]\n";
}

}  // namespace sim::real
