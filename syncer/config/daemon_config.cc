// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/daemon_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "syncer/base/nearest.h"
#include "syncer/base/quantity.h"
#include "syncer/config/addresses.h"
#include "syncer/config/bridge.h"
#include "syncer/config/former_name.h"
#include "syncer/net/addresses.h"
#include "syncer/net/resolver.h"
#include "syncer/node/node_config.h"

namespace syncer::config {
namespace {

constexpr std::array<std::string_view, 5> kSeverities = {"trace", "debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 3> kFormats = {"auto", "text", "json"};
constexpr std::array<std::string_view, 2> kCertificateModes = {"optional", "required"};

/// Ports that the system is going to choose, as numbers that differ from each other.
node::NodeConfig with_ports(node::NodeConfig config) {
  std::uint16_t chosen = 1;
  for (Endpoint* address : {&config.gossip_address, &config.rpc_address}) {
    if (address->port == 0) address->port = chosen++;
  }
  return config;
}

/// Fills a DaemonConfig step by step; the first problem ends it.
class Assembly {
 public:
  Assembly(const Values& merged, const Environment& environment) : environment_(environment) {
    config_.effective = merged;
  }

  Result<DaemonConfig> run() {
    using Step = Result<void> (Assembly::*)();
    constexpr std::array<Step, 9> kSteps = {&Assembly::registries,   &Assembly::listeners,  &Assembly::names,
                                            &Assembly::settings,     &Assembly::advertised, &Assembly::joins,
                                            &Assembly::certificates, &Assembly::trust,      &Assembly::daemon};
    for (const Step step : kSteps) {
      if (auto done = (this->*step)(); !done) return tl::unexpected(done.error());
    }
    if (auto valid = node::validate(with_ports(config_.node)); !valid) return tl::unexpected(blame(valid.error()));
    return std::move(config_);
  }

 private:
  const std::string& text(const std::string& key) const { return config_.effective.at(key).text; }
  const std::string& origin(const std::string& key) const { return config_.effective.at(key).origin; }
  void derive(const std::string& key, std::string value) { config_.effective[key] = {std::move(value), "derived"}; }

  Error wrong(const std::string& key, const Error& error) const {
    const std::string& from = origin(key);
    return {ErrorCode::Invalid, from == "default" || from == "derived" ? key : from, error.detail};
  }
  /// An error of the node names a key; people want the place where they wrote it.
  Error blame(const Error& error) const {
    return config_.effective.count(error.where) != 0 ? wrong(error.where, error) : error;
  }

  Result<void> registries() {
    auto urls = registry_urls(text("sc-addr"));
    if (!urls) return tl::unexpected(wrong("sc-addr", urls.error()));
    if (auto agreed = agree_on_kind(*urls); !agreed) return agreed;
    config_.effective["sc-addr"].text = to_text(*urls);
    config_.node.registry.addresses = std::move(urls->addresses);
    return {};
  }

  /// The URLs and registry.kind name one kind, be it that only one of them says so.
  Result<void> agree_on_kind(RegistryUrls& urls) {
    const std::string plain = node::NodeConfig().registry.kind;
    const std::string given = origin("registry.kind") == "default" ? "" : text("registry.kind");
    if (urls.kind.empty()) urls.kind = given.empty() ? plain : given;
    if (!given.empty() && given != urls.kind) {
      return tl::unexpected(wrong(
          "sc-addr",
          {ErrorCode::Invalid, "", "names the kind \"" + urls.kind + "\", and registry.kind is \"" + given + "\""}));
    }
    if (!config_.node.kinds.contains(urls.kind)) {
      return tl::unexpected(wrong(given.empty() ? "sc-addr" : "registry.kind",
                                  {ErrorCode::Invalid, "",
                                   "\"" + urls.kind + "\" is no known kind of registry" +
                                       did_you_mean(urls.kind, config_.node.kinds.names())}));
    }
    if (given.empty() && urls.kind != plain) derive("registry.kind", urls.kind);
    if (urls.kind != plain) return {};
    urls.kind.clear();
    if (auto rooted = refuse_paths(urls.addresses); !rooted) return tl::unexpected(wrong("sc-addr", rooted.error()));
    return {};
  }

  Result<void> endpoint(const std::string& key, Endpoint& into) {
    auto parsed = parse_endpoint(text(key));
    if (!parsed) return tl::unexpected(wrong(key, parsed.error()));
    into = *parsed;
    return {};
  }

  Result<void> listeners() {
    if (auto bind = endpoint("bind-addr", config_.bind); !bind) return bind;
    if (auto rpc = endpoint("rpc-addr", config_.rpc_bind); !rpc) return rpc;
    if (config_.bind == config_.rpc_bind && config_.bind.port != 0) {
      return tl::unexpected(wrong("rpc-addr", {ErrorCode::Invalid, "", "must differ from --bind-addr"}));
    }
    const auto port = parse_number(text("cluster-port"), 65535);
    if (!port) return tl::unexpected(wrong("cluster-port", port.error()));
    if (text("mode") == "cluster") {
      config_.cluster_bind = config_.bind;
      config_.cluster_bind->port = static_cast<std::uint16_t>(*port);
    }
    return {};
  }

  Result<void> names() {
    if (text("node").empty()) {
      if (config_.bind.port == 0) {
        return failure(ErrorCode::Invalid, origin("bind-addr"), "port 0 gives no stable name; give --node");
      }
      // Cloned machines often share a host name, so an address that was chosen tells more than the name alone.
      const std::string address = config_.bind.is_unspecified() ? "" : "-" + config_.bind.host();
      derive("node", net::host_name() + address + "-" + std::to_string(config_.bind.port));
      if (auto kept = keep_former_name(); !kept) return kept;
    }
    const std::string& node_name = text("node");
    if (node_name == "." || node_name == "..") {
      return tl::unexpected(wrong("node", {ErrorCode::Invalid, "", "\"" + node_name + "\" cannot be a name"}));
    }
    if (!text("cluster-name").empty()) return {};
    if (text("mode") != "cluster") {
      derive("cluster-name", node_name);
      return {};
    }
    auto region = region_of(config_.node.registry.addresses);
    if (!region) return tl::unexpected(wrong("sc-addr", region.error()));
    derive("cluster-name", std::move(*region));
    return {};
  }

  /// The machine may be called otherwise than when its syncer was started first: a new name would be a new region, and
  /// every copy elsewhere would be doubled.
  Result<void> keep_former_name() {
    const std::string now = text("node");
    std::vector<FormerName> former;
    if (!text("data-dir").empty()) {
      auto kept = read_former_name(text("data-dir"));
      if (!kept) return tl::unexpected(kept.error());
      if (*kept) former.push_back(std::move(**kept));
    } else {
      former = former_names_below(state_root(environment_));
      std::erase_if(former, [&](const FormerName& name) {
        return name.bind != text("bind-addr") || name.registries != text("sc-addr");
      });
    }
    const auto is_now = [&](const FormerName& name) { return name.node == now; };
    if (former.empty() || std::any_of(former.begin(), former.end(), is_now)) return {};
    if (former.size() == 1) {
      config_.warnings.push_back("this syncer keeps the name \"" + former.front().node +
                                 "\" of its data folder; by the " + "name of this machine it would be \"" + now +
                                 "\"; --node chooses");
      derive("node", former.front().node);
      return {};
    }
    std::string list;
    for (const FormerName& name : former) list += " \"" + name.node + "\"";
    return failure(ErrorCode::Invalid, "node",
                   "by the name of this machine it would be \"" + now + "\", but there are data folders of" + list +
                       " for the same addresses; choose with --node");
  }

  Result<void> settings() {
    for (const Key& key : keys()) {
      if (!key.of_node || origin(key.name) == "default" || (text(key.name).empty() && key.default_value.empty()))
        continue;
      if (auto set = node::apply_setting(config_.node, key.name, text(key.name)); !set) {
        Error error = wrong(key.name, set.error());
        if (error.where != key.name) error.detail = key.name + ": " + error.detail;
        return tl::unexpected(std::move(error));
      }
    }
    show_what_follows();
    return {};
  }

  /// What nobody gave follows from something else: a value of gossip's timing from its profile.
  void show_what_follows() {
    for (const node::Setting& s : node::settings()) {
      const auto shown = config_.effective.find(std::string(s.key));
      if (shown == config_.effective.end() || shown->second.origin != "default" || shown->second.text.empty()) continue;
      if (std::string now = s.show(config_.node); now != shown->second.text) derive(shown->first, std::move(now));
    }
  }

  void advertise_as(const std::string& key, const Endpoint& bound, Endpoint& into) {
    if (!text(key).empty()) return;  // an override, already applied with the settings
    into = advertise(bound, config_.advertise ? &*config_.advertise : nullptr);
    derive(key, to_string(into));
  }

  tl::unexpected<Error> wrong_host(std::string detail) const {
    return tl::unexpected(wrong("advertise-addr", {ErrorCode::Invalid, "", std::move(detail)}));
  }

  /// One address, or one of each family: the first is what a syncer is known by.
  Result<void> advertised_hosts() {
    std::vector<Endpoint> hosts;
    for (const std::string& host : split_list(text("advertise-addr"))) {
      const bool bare_v6 = host.find(':') != std::string::npos && host.front() != '[';
      auto parsed = parse_endpoint((bare_v6 ? "[" + host + "]" : host) + ":0");
      if (!parsed || parsed->is_unspecified()) return wrong_host("\"" + host + "\" is not an address others can reach");
      hosts.push_back(*parsed);
    }
    if (hosts.empty()) return {};
    config_.advertise = hosts.front();
    if (hosts.size() == 1) return {};
    if (hosts.size() > 2 || hosts[0].is_v4() == hosts[1].is_v4())
      return wrong_host("several addresses are one of IPv4 and one of IPv6");
    for (const Endpoint& bound : {config_.bind, config_.rpc_bind}) {
      const bool of_both = bound.is_unspecified() && !bound.is_v4();
      if (!of_both) return wrong_host("two addresses take bind-addr and rpc-addr [::], which listen on both families");
    }
    config_.node.second_host = hosts.back().host();
    return {};
  }

  Result<void> advertised() {
    if (auto hosts = advertised_hosts(); !hosts) return hosts;
    advertise_as("gossip.address", config_.bind, config_.node.gossip_address);
    advertise_as("rpc.address", config_.rpc_bind, config_.node.rpc_address);
    if (config_.cluster_bind) advertise_as("cluster.address", *config_.cluster_bind, config_.node.cluster_address);
    config_.keyring_file = text("gossip.keyring-file");
    return {};
  }

  /// Three files make a certificate; less is a mistake that nobody must take for protection.
  Result<void> certificates() {
    config_.tls_files = {text("tls.ca-file"), text("tls.cert-file"), text("tls.key-file"), text("tls.deny-file")};
    std::string given;
    std::string missing;
    for (const char* key : {"tls.ca-file", "tls.cert-file", "tls.key-file"}) {
      (text(key).empty() ? missing : given) = key;
    }
    if (given.empty() && !text("tls.deny-file").empty()) given = "tls.deny-file";
    if (given.empty() && origin("tls.mode") != "default") given = "tls.mode";
    if (given.empty()) return {};
    if (!missing.empty()) {
      return tl::unexpected(wrong(given, {ErrorCode::Invalid, "", "needs " + missing + " as well"}));
    }
    std::size_t mode = 0;
    if (auto known = one_of("tls.mode", kCertificateModes, mode); !known) return known;
    config_.node.certificates = mode == 0 ? CertificateRule::Optional : CertificateRule::Required;
    return {};
  }

  /// Says once what holds, where that is less than it could be.
  Result<void> trust() {
    const CertificateRule rule = config_.node.certificates;
    if (rule == CertificateRule::Optional) {
      config_.warnings.emplace_back(
          "tls.mode is optional: who shows no certificate is believed; set it to required when every syncer has one");
    }
    const bool protects = !config_.keyring_file.empty() || rule == CertificateRule::Required;
    if (config_.node.gossip_address.is_loopback() || protects) return {};
    config_.warnings.push_back("this pool is open: there is no gossip.keyring-file, so everybody who reaches " +
                               to_string(config_.node.gossip_address) + " or " + to_string(config_.node.rpc_address) +
                               " can read what is sent and lie about regions; use a private network");
    return {};
  }

  Result<void> joins() {
    config_.join = config_.node.join_targets = split_list(text("join-addr"));
    for (const std::string& target : config_.join) {
      if (auto parts = net::split_host_port(target); !parts) return tl::unexpected(wrong("join-addr", parts.error()));
      if (auto numeric = parse_endpoint(target)) config_.node.join.push_back(*numeric);
    }
    return {};
  }

  Result<void> one_of(const std::string& key, std::span<const std::string_view> words, std::size_t& index) {
    for (index = 0; index < words.size(); ++index) {
      if (words[index] == text(key)) return {};
    }
    std::string detail = "\"" + text(key) + "\" is not one of";
    for (const std::string_view word : words) detail += " " + std::string(word);
    return tl::unexpected(wrong(key, {ErrorCode::Invalid, "", detail + did_you_mean(text(key), words)}));
  }

  Result<void> daemon() {
    std::size_t index = 0;
    const auto level = parse_severity(text("log.level"));
    if (!level) return tl::unexpected(wrong("log.level", level.error()));
    config_.log_level = *level;
    if (auto format = one_of("log.format", kFormats, index); !format) return format;
    config_.log_format = static_cast<LogFormat>(index);
    config_.trace_file = text("trace.file");
    config_.registry_tls = {text("registry.ca-file"), text("registry.cert-file"), text("registry.key-file")};
    for (const auto& [given, lacking] :
         {std::pair("registry.cert-file", "registry.key-file"), std::pair("registry.key-file", "registry.cert-file")}) {
      if (text(given).empty() || !text(lacking).empty()) continue;
      return tl::unexpected(wrong(given, {ErrorCode::Invalid, "", std::string("goes with --") + lacking}));
    }
    if (text("data-dir").empty()) derive("data-dir", state_root(environment_) + "/" + text("node"));
    config_.data_dir = text("data-dir");
    return admin();
  }

  Result<void> admin() {
    if (text("admin.socket").empty()) {
      derive("admin.socket", config_.data_dir + "/admin.socket");
      if (!text("admin.socket-group").empty()) {
        return tl::unexpected(
            wrong("admin.socket-group", {ErrorCode::Invalid, "",
                                         "nobody else may enter the data directory; give a socket "
                                         "elsewhere too, as --admin.socket /run/syncer/admin.socket"}));
      }
    }
    config_.admin.socket = text("admin.socket");
    config_.admin.group = text("admin.socket-group");
    config_.admin.token_file = text("admin.token-file");
    if (auto commands = optional_endpoint("admin-addr", config_.admin.commands); !commands) return commands;
    if (auto read_only = optional_endpoint("metrics-addr", config_.admin.read_only); !read_only) return read_only;
    if (!config_.admin.commands) return {};
    if (config_.admin.token_file.empty()) {
      return tl::unexpected(wrong(
          "admin-addr",
          {ErrorCode::Invalid, "",
           "commands over TCP need a token: give --admin.token-file (mode 0600). Without "
           "--admin-addr they go over " +
               config_.admin.socket + ", where \"syncer status\" finds them; metrics and probes are --metrics-addr"}));
    }
    if (!config_.admin.commands->is_loopback()) {
      config_.warnings.push_back("the token of admin.token-file goes to " + to_string(*config_.admin.commands) +
                                 " in clear text; use a network where nobody listens");
    }
    return {};
  }

  Result<void> optional_endpoint(const std::string& key, std::optional<Endpoint>& into) {
    if (text(key).empty()) return {};
    Endpoint parsed;
    if (auto given = endpoint(key, parsed); !given) return given;
    into = parsed;
    return {};
  }

  const Environment& environment_;
  DaemonConfig config_;
};

}  // namespace

Result<DaemonConfig> assemble(const Values& merged, const Environment& environment) {
  auto config = Assembly(merged, environment).run();
  if (!config || config->effective.at("bridge").text.empty()) return config;
  auto values = bridge_values(config->effective);
  if (!values) return tl::unexpected(values.error());
  auto far = Assembly(*values, environment).run();
  if (!far) return tl::unexpected(far.error());
  config->effective["bridge"].text = far->effective.at("sc-addr").text;
  far->warnings.clear();  // the near side's hold for both
  config->bridge = std::make_shared<DaemonConfig>(std::move(*far));
  return config;
}

Result<Severity> parse_severity(std::string_view text) {
  const auto found = std::find(kSeverities.begin(), kSeverities.end(), text);
  if (found != kSeverities.end()) return static_cast<Severity>(found - kSeverities.begin());
  std::string detail = "\"" + std::string(text) + "\" is not one of";
  for (const std::string_view word : kSeverities) detail += " " + std::string(word);
  return failure(ErrorCode::Invalid, "", detail + did_you_mean(text, kSeverities));
}

std::string_view severity_text(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }

std::string state_root(const Environment& environment) {
  const auto non_empty = [&](const char* name) {
    auto value = environment(name);
    return value && !value->empty() ? value : std::nullopt;
  };
  if (const auto systemd = non_empty("STATE_DIRECTORY")) return *systemd;
  if (const auto xdg = non_empty("XDG_STATE_HOME")) return *xdg + "/syncer";
  if (::geteuid() == 0) return "/var/lib/syncer";
  return non_empty("HOME").value_or(".") + "/.local/state/syncer";
}

}  // namespace syncer::config
