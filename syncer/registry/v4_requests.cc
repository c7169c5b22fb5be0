// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/v4_requests.h"

#include <nlohmann/json.hpp>

#include "syncer/registry/json_text.h"

namespace syncer::registry {
namespace {

std::string service_path(const std::string& service_id) {
  return "/registry/microservices/" + percent_encode(service_id);
}

std::string instance_path(const InstanceRef& ref) {
  return service_path(ref.service_id) + "/instances/" + percent_encode(ref.instance_id);
}

}  // namespace

HttpRequest V4Requests::request(const char* method, const std::string& project, const std::string& rest,
                                Bytes body) const {
  HttpRequest out;
  out.method = method;
  out.target = "/v4/" + percent_encode(project) + rest;
  out.headers.add("X-Domain-Name", domain_);
  if (!body.empty()) out.headers.add("Content-Type", "application/json");
  out.body = std::move(body);
  return out;
}

HttpRequest V4Requests::list_services(const std::string& project) const {
  return request("GET", project, "/registry/microservices");
}

HttpRequest V4Requests::find(const std::string& project, std::span<const FindQuery> queries) const {
  nlohmann::json services = nlohmann::json::array();
  for (const FindQuery& query : queries) {
    // Until 2.0 a version rule is required; later releases do not read it.
    services.push_back({{"service",
                         {{"environment", query.environment},
                          {"appId", query.app_id},
                          {"serviceName", query.name},
                          {"version", "0+"}}},
                        {"rev", query.revision}});
  }
  nlohmann::json body;
  body["services"] = std::move(services);
  return request("POST", project, "/registry/instances/action?type=query", canonical_text(body));
}

HttpRequest V4Requests::existence(const ServiceKey& key) const {
  return request("GET", key.project,
                 "/registry/existence?type=microservice&env=" + percent_encode(key.environment) +
                     "&appId=" + percent_encode(key.app_id) + "&serviceName=" + percent_encode(key.name) +
                     "&version=" + percent_encode(key.version));
}

HttpRequest V4Requests::create_service(const std::string& project, Bytes body) const {
  return request("POST", project, "/registry/microservices", std::move(body));
}

HttpRequest V4Requests::put_service_properties(const std::string& project, const std::string& service_id,
                                               Bytes body) const {
  return request("PUT", project, service_path(service_id) + "/properties", std::move(body));
}

HttpRequest V4Requests::list_schemas(const std::string& project, const std::string& service_id) const {
  return request("GET", project, service_path(service_id) + "/schemas?withSchema=1");
}

HttpRequest V4Requests::put_schema(const std::string& project, const std::string& service_id,
                                   const std::string& schema_id, Bytes body) const {
  return request("PUT", project, service_path(service_id) + "/schemas/" + percent_encode(schema_id), std::move(body));
}

HttpRequest V4Requests::register_instance(const std::string& project, const std::string& service_id,
                                          Bytes body) const {
  return request("POST", project, service_path(service_id) + "/instances", std::move(body));
}

HttpRequest V4Requests::unregister(const InstanceRef& ref) const {
  return request("DELETE", ref.project, instance_path(ref));
}

HttpRequest V4Requests::get_instance(const InstanceRef& ref) const {
  return request("GET", ref.project, instance_path(ref) + "?noCache=1");
}

HttpRequest V4Requests::put_status(const InstanceRef& ref, const std::string& status) const {
  return request("PUT", ref.project, instance_path(ref) + "/status?value=" + percent_encode(status));
}

HttpRequest V4Requests::put_properties(const InstanceRef& ref, Bytes body) const {
  return request("PUT", ref.project, instance_path(ref) + "/properties", std::move(body));
}

HttpRequest V4Requests::heartbeat(const InstanceRef& ref) const {
  return request("PUT", ref.project, instance_path(ref) + "/heartbeat");
}

HttpRequest V4Requests::heartbeats(const std::string& project, std::span<const InstanceRef> refs) const {
  nlohmann::json instances = nlohmann::json::array();
  for (const InstanceRef& ref : refs) {
    instances.push_back({{"serviceId", ref.service_id}, {"instanceId", ref.instance_id}});
  }
  nlohmann::json body;
  body["instances"] = std::move(instances);
  return request("PUT", project, "/registry/heartbeats", canonical_text(body));
}

}  // namespace syncer::registry
