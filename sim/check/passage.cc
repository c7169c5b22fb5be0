// SPDX-License-Identifier: Apache-2.0
#include "sim/check/passage.h"

#include <arpa/inet.h>
#include <fnmatch.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "sim/host/world.h"

namespace sim::check {
namespace {

using nlohmann::json;

bool fits_one(const json& glob, const std::string& text) {
  return ::fnmatch(glob.get<std::string>().c_str(), text.c_str(), FNM_NOESCAPE) == 0;
}

/// A pattern or a list of them; absent is any.
bool fits(const json& object, const char* member, const std::string& text) {
  if (!object.contains(member)) return true;
  const json& globs = object[member];
  if (!globs.is_array()) return fits_one(globs, text);
  return std::any_of(globs.begin(), globs.end(), [&](const json& glob) { return fits_one(glob, text); });
}

/// "environment/app/service/version".
std::vector<std::string> parts_of(const std::string& service) {
  std::vector<std::string> parts(1);
  for (const char c : service) c == '/' ? parts.push_back("") : parts.back().push_back(c);
  parts.resize(4);
  return parts;
}

bool fits_instance(const json& match, const host::RegistryInstance& instance) {
  const std::vector<std::string> service = parts_of(instance.service);
  const std::string state = instance.status == "OUTOFSERVICE" ? "OUT_OF_SERVICE" : instance.status;
  const bool named = fits(match, "environment", service[0]) && fits(match, "app", service[1]) &&
                     fits(match, "service", service[2]) && fits(match, "version", service[3]);
  if (!named || !fits(match, "state", state)) return false;
  if (!match.contains("metadata")) return true;
  return std::all_of(match["metadata"].items().begin(), match["metadata"].items().end(), [&](const auto& wanted) {
    const auto found = instance.properties.find(wanted.key());
    return found != instance.properties.end() && fits(match["metadata"], wanted.key().c_str(), found->second);
  });
}

bool passes(const json& policy, const char* direction, const char* other, const std::string& region,
            const host::RegistryInstance& instance) {
  if (!policy.contains(direction)) return true;
  bool is_allowed = true;
  bool is_listed = false;
  for (const json& rule : policy[direction]) {
    if (!fits(rule, other, region)) continue;
    if (rule.contains("deny") && fits_instance(rule["deny"], instance)) return false;
    if (!rule.contains("allow")) continue;
    is_listed = is_listed || fits_instance(rule["allow"], instance);
    is_allowed = is_listed;
  }
  return is_allowed;
}

/// The 32 bits of an IPv4 address.
std::optional<std::uint32_t> v4_of(const std::string& host) {
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::string text_of(std::uint32_t v4) {
  const auto byte = [&](unsigned shift) { return std::to_string(v4 >> shift & 0xffU); };
  return byte(24) + "." + byte(16) + "." + byte(8) + "." + byte(0);
}

/// What `hosts` makes of a host; scenarios have blocks of IPv4, and names.
std::string host_of(const json& hosts, const std::string& host) {
  if (hosts.contains(host)) return hosts[host];
  const auto address = v4_of(host);
  for (const auto& [from, to] : hosts.items()) {
    const std::size_t slash = from.find('/');
    const auto block = v4_of(from.substr(0, slash));
    if (!address || !block || slash == std::string::npos) continue;
    const auto size = static_cast<std::uint32_t>(std::stoul(from.substr(slash + 1)));
    const std::uint32_t inside = size == 0 ? ~0U : (1U << (32U - size)) - 1;
    if ((*address & ~inside) != *block) continue;
    const auto target = v4_of(to.get<std::string>().substr(0, to.get<std::string>().find('/')));
    return text_of(*target | (*address & inside));
  }
  return host;
}

/// "rest://host:port" as the rewriting has it.
std::string endpoint_of(const json& rewrite, const std::string& endpoint) {
  const std::size_t begin = endpoint.find("://") + 3;
  const std::size_t end = endpoint.rfind(':');
  std::string host = host_of(rewrite.value("hosts", json::object()), endpoint.substr(begin, end - begin));
  std::string port = endpoint.substr(end + 1);
  if (rewrite.contains("ports") && rewrite["ports"].contains(port)) port = rewrite["ports"][port].dump();
  if (rewrite.contains("gateway")) {
    const std::string gateway = rewrite["gateway"];
    host = gateway.substr(0, gateway.find(':'));
    if (host.size() < gateway.size()) port = gateway.substr(host.size() + 1);
  }
  return endpoint.substr(0, begin) + host + ":" + port;
}

/// False when the name is that of another one.
bool rename(const json& names, std::string& name) {
  if (names.contains(name)) return (name = names[name].get<std::string>(), true);
  if (!names.contains("*")) {
    return std::none_of(names.begin(), names.end(), [&](const json& to) { return to == name; });
  }
  std::string pattern = names["*"];
  name = pattern.replace(pattern.find('*'), 1, name);
  return true;
}

/// The first rewriting of the link that is about the instance; false when its name is taken.
bool rewrite(const json& policy, const char* other, const std::string& region, host::RegistryInstance& instance) {
  const host::RegistryInstance given = instance;
  std::vector<std::string> service = parts_of(instance.service);
  bool is_changed = false;
  for (const json& one : policy.value("rewrite", json::array())) {
    if (!one.contains(other) || !fits(one, other, region)) continue;
    if (one.contains("rename")) {
      const json& names = one["rename"];
      if (names.contains("environment") && !rename(names["environment"], service[0])) return false;
      if (names.contains("app") && !rename(names["app"], service[1])) return false;
      instance.service = host::service_text(service[0], service[1], service[2], service[3]);
    }
    if (is_changed || (one.contains("match") && !fits_instance(one["match"], given))) continue;
    is_changed = one.contains("hosts") || one.contains("ports") || one.contains("gateway") || one.contains("metadata");
    for (std::string& endpoint : instance.endpoints) endpoint = endpoint_of(one, endpoint);
    if (instance.host && one.contains("hosts")) instance.host = host_of(one["hosts"], *instance.host);
    const json metadata = one.value("metadata", json::object());
    if (metadata.contains("leave-out")) {
      std::erase_if(instance.properties, [&](const auto& text) { return fits(metadata, "leave-out", text.first); });
    }
    const json added = metadata.value("add", json::object());
    for (const auto& [key, value] : added.items()) instance.properties[key] = value;
  }
  return true;
}

json read(const std::string& policy) { return policy.empty() ? json::object() : json::parse(policy); }

}  // namespace

std::optional<std::string> policy_of(const scenario::Event& event) {
  return std::visit(
      [](const auto& action) -> std::optional<std::string> {
        if constexpr (requires { action.config; }) {
          for (const scenario::Pair& setting : action.config.pairs) {
            if (setting.key == "policy") return setting.value;
          }
        }
        return std::nullopt;
      },
      event.action);
}

namespace {

scenario::Selector who_of(const scenario::Event& event) {
  return std::visit(
      [](const auto& action) -> scenario::Selector {
        if constexpr (requires { action.config; })
          return action.who;
        else
          return {};
      },
      event.action);
}

}  // namespace

void Passage::begin(const scenario::CheckContext& run) {
  run_ = &run;
  region_of_.resize(run.world.registries());
  for (const auto& region : run.names.regions()) {
    region_of_[region.registry] = region.name;
    if (region.nodes.empty()) continue;
    policies_[region.name] = run.world.config(region.nodes.front()).policy.text;
    has_policies_ = has_policies_ || !policies_[region.name].empty();
  }
  for (const scenario::Event& event : run.scenario.events) {
    has_policies_ = has_policies_ || policy_of(event).has_value();
  }
}

bool Passage::follow(const scenario::Event& event) {
  const auto policy = policy_of(event);
  if (!policy) return false;
  const auto who = scenario::resolve(who_of(event), run_->names, run_->captures, syncer::Random(run_->seed));
  for (const NodeIndex n : scenario::nodes_of(who)) {
    const auto& region = run_->names.regions()[run_->names.nodes()[n].region];
    policies_[region.name] = *policy;
  }
  return true;
}

std::optional<host::RegistryInstance> Passage::show(const host::RegistryInstance& origin, RegistryIndex home,
                                                    RegistryIndex target) const {
  const std::string& from = region_of_[home];
  const std::string& to = region_of_[target];
  const auto given = policies_.find(from);
  const auto taken = policies_.find(to);
  host::RegistryInstance shown = origin;
  for (const auto& [own, other, region, direction] :
       {std::tuple(given, "to", to, "export"), std::tuple(taken, "from", from, "import")}) {
    if (own == policies_.end()) continue;
    const json policy = read(own->second);
    if (!passes(policy, direction, other, region, shown)) return std::nullopt;
    if (!rewrite(policy, other, region, shown)) return std::nullopt;
  }
  return shown;
}

bool Passage::takes(const host::RegistryInstance& origin, RegistryIndex home, RegistryIndex target) const {
  const auto own = policies_.find(region_of_[target]);
  return own == policies_.end() || passes(read(own->second), "import", "from", region_of_[home], origin);
}

}  // namespace sim::check
