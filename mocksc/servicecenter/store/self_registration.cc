// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/self_registration.h"

#include <algorithm>
#include <string_view>

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

Instance own_instance(const Service& service, std::string instance_id, const std::string& endpoint) {
  Instance instance;
  instance.instance_id = std::move(instance_id);
  instance.service_id = service.service_id;
  instance.endpoints = {endpoint};
  instance.host_name = host_name(endpoint);
  instance.status = "UP";
  instance.health_check = HealthCheck{"push", 0, 30, 3, ""};
  instance.timestamp = instance.mod_timestamp = service.timestamp;
  instance.version = service.version;
  return instance;
}

}  // namespace mocksc
