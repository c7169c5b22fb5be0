// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mocksc/servicecenter/store/registry.h"
#include "mocksc/servicecenter/store/service_id.h"

namespace mocksc {
namespace {

/// "rest://10.12.0.1:30100/" runs on host "service_center_10_12_0_1".
std::string host_name(std::string_view endpoint) {
  const auto begin = endpoint.find("://");
  std::string_view rest = begin == std::string_view::npos ? endpoint : endpoint.substr(begin + 3);
  std::string host(rest.substr(0, rest.rfind(':')));
  std::replace_if(
      host.begin(), host.end(), [](char c) { return c == '.' || c == ':' || c == '[' || c == ']'; }, '_');
  return "service_center_" + host;
}

}  // namespace

void Registry::self_register(syncer::Instant now) {
  if (options_.frontends.empty()) return;
  Tenant& home = tenant("default", "default");
  Service self;
  self.app_id = "default";
  self.service_name = self.alias = "SERVICECENTER";
  self.version = name(options_.release);
  self.level = "BACK";
  self.status = "UP";
  self.properties["allowCrossApp"] = "true";
  self.environment = options_.environment;
  self.timestamp = self.mod_timestamp = timestamp(now);
  self.service_id = derive_service_id(home.domain, home.project, self);
  ServiceRecord& record = add_service(home, self, now, {});
  for (const std::string& endpoint : options_.frontends) {
    Instance instance;
    instance.instance_id = new_id();
    instance.service_id = self.service_id;
    instance.endpoints = {endpoint};
    instance.host_name = host_name(endpoint);
    instance.status = "UP";
    instance.health_check = HealthCheck{"push", 0, 30, 3, ""};
    instance.timestamp = instance.mod_timestamp = self.timestamp;
    instance.version = self.version;
    add_instance(record, std::move(instance), syncer::Duration::zero(), now, {});
  }
}

}  // namespace mocksc
