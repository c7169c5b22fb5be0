// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/kinds.h"

#include <map>
#include <utility>

#include "sim/host/registry/eureka.h"
#include "sim/host/registry/nacos.h"
#include "sim/host/registry/service_center.h"

namespace sim::host {
namespace {

using Kinds = std::map<std::string, RegistryKind, std::less<>>;

Kinds& kinds() {
  static Kinds all = {{service_center_kind().name, service_center_kind()},
                      {eureka_kind().name, eureka_kind()},
                      {nacos_kind().name, nacos_kind()}};
  return all;
}

}  // namespace

const RegistryKind* find_registry_kind(std::string_view name) {
  const auto found = kinds().find(name);
  return found == kinds().end() ? nullptr : &found->second;
}

std::vector<std::string_view> registry_kinds() {
  std::vector<std::string_view> names;
  for (const auto& [name, kind] : kinds()) names.push_back(name);
  return names;
}

void add_registry_kind(RegistryKind kind) {
  std::string name = kind.name;
  kinds().insert_or_assign(std::move(name), std::move(kind));
}

bool is_end(RegistryChangeKind kind) {
  return kind == RegistryChangeKind::InstanceUnregistered || kind == RegistryChangeKind::InstanceExpired ||
         kind == RegistryChangeKind::InstanceLost;
}

std::string service_text(std::string_view environment, std::string_view app, std::string_view service,
                         std::string_view version) {
  std::string text;
  text.reserve(environment.size() + app.size() + service.size() + version.size() + 3);
  text.append(environment).append("/").append(app).append("/").append(service).append("/").append(version);
  return text;
}

}  // namespace sim::host
