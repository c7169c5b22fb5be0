// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/rewriting.h"

#include <algorithm>
#include <optional>

#include "syncer/base/mutation.h"
#include "syncer/registry/marks.h"

namespace syncer::policy {
namespace {

using registry::Instance;
using registry::ServiceEndpoint;

/// The new host, or the same.
std::string host_of(const Rewrite& rewrite, const std::string& host) {
  const auto address = address_of(host);
  for (const HostRule& rule : rewrite.hosts) {
    if (rule.name == host && !host.empty()) return rule.to_name;
    if (!address || !rule.name.empty() || !rule.from.contains(*address)) continue;
    return translate(*address, rule.from, rule.to).host();
  }
  return host;
}

std::uint16_t port_of(const Rewrite& rewrite, std::uint16_t port) {
  for (const PortRule& rule : rewrite.ports) {
    if (port >= rule.first && port <= rule.last) return static_cast<std::uint16_t>(rule.to + (port - rule.first));
  }
  return port;
}

std::string texts_of(const std::vector<ServiceEndpoint>& endpoints) {
  std::string texts;
  for (const ServiceEndpoint& endpoint : endpoints) texts += (texts.empty() ? "" : ",") + to_string(endpoint);
  return texts;
}

/// All endpoints are the gateway's; what they were is told to people by a mark.
void pass_gateway(const Gateway& gateway, Instance& instance) {
  registry::marks::set(instance.metadata, registry::marks::kEndpoints, texts_of(instance.endpoints));
  std::vector<ServiceEndpoint> passed;
  for (ServiceEndpoint endpoint : instance.endpoints) {
    endpoint.host = gateway.host;
    if (gateway.port != 0) endpoint.port = gateway.port;
    if (std::find(passed.begin(), passed.end(), endpoint) == passed.end()) passed.push_back(std::move(endpoint));
  }
  instance.endpoints = std::move(passed);
}

void apply(const Rewrite& rewrite, Instance& instance) {
  instance.host_name = host_of(rewrite, instance.host_name);
  for (ServiceEndpoint& endpoint : instance.endpoints) {
    endpoint.host = host_of(rewrite, endpoint.host);
    endpoint.port = port_of(rewrite, endpoint.port);
  }
  if (!rewrite.gateway.host.empty()) pass_gateway(rewrite.gateway, instance);
  std::erase_if(instance.metadata, [&](const auto& text) {
    return !registry::marks::is_mark(text.first) && matches_any(rewrite.leave_out, text.first);
  });
  for (const auto& [key, value] : rewrite.add) instance.metadata.insert_or_assign(key, value);
}

/// The new name; nothing when it is that of another one.
std::optional<std::string> renamed(const Names& names, const std::string& name) {
  const Name* rest = nullptr;
  bool taken = false;
  for (const Name& rule : names) {
    if (rule.from == name) return rule.to;
    if (rule.from == "*") rest = &rule;
    taken = taken || rule.to == name;
  }
  if (rest != nullptr) {
    std::string to = rest->to;
    return to.replace(to.find('*'), 1, name);
  }
  if (taken && !SYNCER_MUTATED("policy.show_two_under_one_name")) return std::nullopt;
  return name;
}

}  // namespace

Rewriting::Rewriting(const Policy& policy, Direction direction, std::string_view region) {
  for (const Rewrite& rewrite : policy.rewrites) {
    if (rewrite.direction == direction && matches_any(rewrite.regions, region)) rewrites_.push_back(&rewrite);
  }
}

const Rewrite* Rewriting::renaming() const {
  const auto found =
      std::find_if(rewrites_.begin(), rewrites_.end(), [](const Rewrite* one) { return one->changes_names(); });
  return found == rewrites_.end() ? nullptr : *found;
}

const Rewrite* Rewriting::changing(const registry::RecordKey& key, const Instance& instance) const {
  const auto speaks = [&](const Rewrite* one) { return one->changes_instances() && fits(one->match, key, instance); };
  const auto found = std::find_if(rewrites_.begin(), rewrites_.end(), speaks);
  return found == rewrites_.end() ? nullptr : *found;
}

bool Rewriting::rename(registry::ServiceKey& service) const {
  const Rewrite* rewrite = renaming();
  if (rewrite == nullptr) return true;
  auto environment = renamed(rewrite->environments, service.environment);
  auto app = renamed(rewrite->apps, service.app);
  auto space = renamed(rewrite->spaces, service.space);
  if (!environment || !app || !space) return false;
  service.environment = std::move(*environment);
  service.app = std::move(*app);
  service.space = std::move(*space);
  return true;
}

bool Rewriting::change(const registry::RecordKey& key, Instance& instance) const {
  const Rewrite* rewrite = changing(key, instance);
  if (rewrite == nullptr) return false;
  const Instance before = instance;
  apply(*rewrite, instance);
  return instance != before;
}

std::vector<std::string> Rewriting::names_of(const registry::RecordKey& key, const Instance& instance) const {
  std::vector<std::string> names;
  registry::ServiceKey service = key.service;
  if (rename(service) && service != key.service) names.push_back(renaming()->name);
  Instance changed = instance;
  if (change(key, changed)) names.push_back(changing(key, instance)->name);
  return names;
}

}  // namespace syncer::policy
