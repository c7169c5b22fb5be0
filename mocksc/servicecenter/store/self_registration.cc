// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/self_registration.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace mocksc {
namespace {

/// A front-end renews its lease itself; nobody has to watch it do so while it is up.
constexpr syncer::Duration kForever{0};
constexpr syncer::Duration kOwnLease = std::chrono::seconds(120);

/// "rest://10.12.0.1:30100/" runs on host "service_center_10_12_0_1".
std::string host_name(std::string_view endpoint) {
  const auto begin = endpoint.find("://");
  std::string_view rest = begin == std::string_view::npos ? endpoint : endpoint.substr(begin + 3);
  std::string host(rest.substr(0, rest.rfind(':')));
  std::replace_if(
      host.begin(), host.end(), [](char c) { return c == '.' || c == ':' || c == '[' || c == ']'; }, '_');
  return "service_center_" + host;
}

Service own_service(const ModelOptions& options, const std::string& timestamp) {
  Service self;
  self.app_id = "default";
  self.service_name = self.alias = "SERVICECENTER";
  self.version = name(options.release);
  self.level = "BACK";
  if (options.release == Release::V1_3_0) {
    self.schemas = {"servicecenter.grpc.api.ServiceCtrl", "servicecenter.grpc.api.ServiceInstanceCtrl"};
  }
  self.status = "UP";
  self.properties["allowCrossApp"] = "true";
  self.environment = options.environment;
  self.timestamp = self.mod_timestamp = timestamp;
  self.service_id = derive_service_id("default", "default", self);
  return self;
}

void add_frontend(Registry& registry, ServiceRecord& service, const std::string& endpoint, syncer::Instant now) {
  Instance instance;
  instance.instance_id = registry.new_id();
  instance.service_id = service.data.service_id;
  instance.endpoints = {endpoint};
  instance.host_name = host_name(endpoint);
  instance.status = "UP";
  instance.health_check = HealthCheck{"push", 0, 30, 3, ""};
  instance.timestamp = instance.mod_timestamp = registry.timestamp(now);
  instance.version = service.data.version;
  registry.add_instance(service, std::move(instance), kForever, now, {});
}

}  // namespace

void register_self(Registry& registry, syncer::Instant now) {
  const ModelOptions& options = registry.options();
  if (options.frontends.empty()) return;
  Tenant& home = registry.tenant("default", "default");
  ServiceRecord& service = registry.add_service(home, own_service(options, registry.timestamp(now)), now, {});
  for (const std::string& endpoint : options.frontends) add_frontend(registry, service, endpoint, now);
}

void set_frontend_up(Registry& registry, std::size_t frontend, bool is_up, syncer::Instant now) {
  const ModelOptions& options = registry.options();
  if (frontend >= options.frontends.size()) return;
  const std::string& endpoint = options.frontends[frontend];
  Tenant& home = registry.tenant_or_empty("default", "default");
  ServiceRecord* service = Registry::find_service(home, own_service(options, {}).service_id);
  if (service == nullptr) return;
  const auto own = std::find_if(service->instances.begin(), service->instances.end(),
                                [&](const auto& one) { return one.second->data().endpoints.front() == endpoint; });
  if (own != service->instances.end()) {
    registry.set_life(*own->second, is_up ? kForever : kOwnLease, now);
  } else if (is_up) {
    add_frontend(registry, *service, endpoint, now);
  }
}

}  // namespace mocksc
