// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/keys.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "syncer/base/nearest.h"
#include "syncer/node/node_config.h"

namespace syncer::config {
namespace {

/// Other spelling, key. The file may use the names of the node's settings; the flags --registry and --join are those of
/// earlier syncers, --hold and --guard-hold what operators reach for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kAliases = {{
    {"bridge.addresses", "bridge"},
    {"registry.addresses", "sc-addr"},
    {"registry", "sc-addr"},
    {"join", "join-addr"},
    {"hold", "sync.hold"},
    {"guard-hold", "guard.hold"},
    {"log-level", "log.level"},
    {"log-format", "log.format"},
    {"trace", "trace.file"},
}};

std::string_view alias_target(std::string_view word) {
  for (const auto& [alias, key] : kAliases) {
    if (alias == word) return key;
  }
  return {};
}

std::vector<Key> own_keys() {
  return {
      {"sc-addr", "URLs, comma-separated",
       "registry of this region; several addresses are one registry. Of another kind than a service center: "
       "eureka+http://HOST:8761/eureka",
       "http://127.0.0.1:30100"},
      {"bridge", "URLs, comma-separated",
       "a second registry of this site, kept the same as that of sc-addr, as a region of its own", ""},
      {"bridge.region", "a name", "region of the bridge's registry; empty: that of cluster-name and -bridge", ""},
      {"bridge.bind-addr", "IP:PORT", "gossip address of that region; empty: that of bind-addr, its port and 5", ""},
      {"bridge.rpc-addr", "IP:PORT", "data address of that region; empty: that of rpc-addr, its port and 5", ""},
      {"bridge.projects", "one or more texts", "as registry.projects, of the bridge's registry", ""},
      {"bridge.user", "a name", "as registry.user, of the bridge's registry", ""},
      {"bridge.password-file", "a file", "as registry.password-file, of the bridge's registry", ""},
      {"bridge.token-file", "a file", "as registry.token-file, of the bridge's registry", ""},
      {"bridge.ca-file", "a file", "as registry.ca-file, of the bridge's registry", ""},
      {"bridge.cert-file", "a file", "as registry.cert-file, of the bridge's registry", ""},
      {"bridge.key-file", "a file", "as registry.key-file, of the bridge's registry", ""},
      {"bridge.tls.cert-file", "a file", "as tls.cert-file, of the bridge's region", ""},
      {"bridge.tls.key-file", "a file", "as tls.key-file, of the bridge's region", ""},
      {"bind-addr", "IP:PORT", "gossip address: UDP and TCP, between all syncers", "0.0.0.0:30190"},
      {"rpc-addr", "IP:PORT", "data address: TCP, between regions", "0.0.0.0:30191"},
      {"join-addr", "HOST:PORT, comma-separated", "gossip or RPC addresses of any syncers of the pool", ""},
      {"cluster-port", "a port", "port for the syncers of one region, on the address of --bind-addr", "30192"},
      {"advertise-addr", "IPs, comma-separated",
       "address that other syncers reach this one by, when it is not that of --bind-addr; one of IPv4 and one of IPv6 "
       "where some reach only one of them",
       ""},
      {"data-dir", "a directory", "where this syncer keeps its state; one for each syncer", ""},
      {"admin.socket", "a path", "unix socket for operators' commands; empty: admin.socket in the data directory", ""},
      {"admin.socket-group", "a group", "who may give commands, besides the owner: the group of that socket", ""},
      {"admin-addr", "IP:PORT", "takes operators' commands over TCP as well, with the token of admin.token-file", ""},
      {"admin.token-file", "a file", "bearer token of at least 16 characters for admin-addr; mode 0600", ""},
      {"metrics-addr", "IP:PORT", "shows /metrics, /livez, /readyz and /v1/status over HTTP, to everybody; empty: off",
       ""},
      {"log.level", "trace, debug, info, warning or error", "least severity that is logged", "info"},
      {"log.format", "auto, text or json", "auto is text on a terminal, else JSON lines", "auto"},
      {"trace.file", "a file", "receives every event of this syncer, for \"syncsim judge\"; it only grows; empty: none",
       ""},
      {"gossip.keyring-file", "a file", "JSON list of base64 gossip keys, the first seals; mode 0600; empty: no keys",
       ""},
      {"tls.ca-file", "a file", "PEM: CAs whose certificates are believed on RPC and cluster port; empty: no TLS", ""},
      {"tls.cert-file", "a file", "PEM: the certificate of this syncer, then intermediate CAs", ""},
      {"tls.key-file", "a file", "PEM: its private key; mode 0600", ""},
      {"tls.deny-file", "a file", "SHA-256 fingerprints or serial numbers that are not believed any more, one a line",
       ""},
      {"tls.mode", "optional or required", "whether syncers without a certificate are believed", "required"},
      {"registry.ca-file", "a file", "PEM certificates to trust for https registries; empty: the system's", ""},
      {"registry.cert-file", "a file", "PEM certificate to show to https registries; empty: none", ""},
      {"registry.key-file", "a file", "PEM private key of registry.cert-file; mode 0600", ""},
  };
}

/// Where a node's own listening addresses are meant, the daemon derives them; an override is possible, a default is
/// not.
bool is_derived(std::string_view key) {
  return key == "node" || key == "cluster-name" || key.substr(key.find('.') + 1) == "address";
}

std::vector<Key> all_keys() {
  std::vector<Key> all = own_keys();
  const node::NodeConfig defaults;
  for (const node::Setting& s : node::settings()) {
    if (!alias_target(s.key).empty()) continue;  // the daemon's own key stands for it
    all.push_back({std::string(s.key), std::string(s.form), std::string(s.about),
                   is_derived(s.key) ? "" : s.show(defaults), true});
  }
  std::sort(all.begin(), all.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
  return all;
}

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> kKeys = all_keys();
  return kKeys;
}

std::string_view canonical_key(std::string_view word) {
  if (const std::string_view target = alias_target(word); !target.empty()) return target;
  for (const Key& key : keys()) {
    if (key.name == word) return key.name;
  }
  return {};
}

std::vector<std::string_view> aliases(std::string_view key) {
  std::vector<std::string_view> all;
  for (const auto& [alias, target] : kAliases) {
    if (target == key) all.push_back(alias);
  }
  return all;
}

std::string unknown_key(std::string_view word) {
  std::vector<std::string_view> known;
  for (const Key& key : keys()) known.push_back(key.name);
  return "unknown key \"" + std::string(word) + "\"" + did_you_mean(word, known);
}

std::string environment_name(std::string_view key) {
  std::string name = "SYNCER_";
  for (const char c : key) {
    name += (c == '-' || c == '.') ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::vector<std::string> unknown_variables(const std::vector<std::string>& names) {
  std::vector<std::string> known = {"SYNCER_CONFIG", "SYNCER_ADMIN_TOKEN_FILE"};
  for (const Key& key : keys()) known.push_back(environment_name(key.name));
  const std::vector<std::string_view> words(known.begin(), known.end());
  std::vector<std::string> warnings;
  for (const std::string& name : names) {
    if (!name.starts_with("SYNCER_") || std::find(known.begin(), known.end(), name) != known.end()) continue;
    warnings.push_back("the variable " + name + " means nothing to a syncer" + did_you_mean(name, words));
  }
  return warnings;
}

std::vector<std::string> process_variables() {
  std::vector<std::string> names;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

Values merge(const Values& flags, const Environment& environment, const Values& file) {
  Values merged;
  for (const Key& key : keys()) {
    const std::string variable = environment_name(key.name);
    if (const auto flag = flags.find(key.name); flag != flags.end()) {
      merged[key.name] = flag->second;
    } else if (const auto set = environment(variable)) {
      merged[key.name] = {*set, variable};
    } else if (const auto given = file.find(key.name); given != file.end()) {
      merged[key.name] = given->second;
    } else {
      merged[key.name] = {key.default_value, "default"};
    }
  }
  return merged;
}

}  // namespace syncer::config
