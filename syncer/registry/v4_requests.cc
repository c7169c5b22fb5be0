// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/v4_requests.h"

#include "syncer/registry/json_text.h"

namespace syncer::registry {
namespace {

std::string service_path(const std::string& service_id) {
  return "/registry/microservices/" + percent_encode(service_id);
}

std::string instance_path(const InstanceRef& ref) {
  return service_path(ref.service_id) + "/instances/" + percent_encode(ref.instance_id);
}

void add_member(Bytes& body, std::string_view name, std::string_view text) {
  body += name;
  append_quoted(body, text);
}

/// In place of the comma after the last element.
void end_list(Bytes& body) {
  if (body.back() == ',') body.pop_back();
  body += "]}";
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
  Bytes body = R"({"services":[)";
  for (const FindQuery& query : queries) {
    add_member(body, R"({"rev":)", query.revision);
    add_member(body, R"(,"service":{"appId":)", query.app_id);
    add_member(body, R"(,"environment":)", query.environment);
    add_member(body, R"(,"serviceName":)", query.name);
    // Until 2.0 a version rule is required; later releases do not read it.
    body += R"(,"version":"0+"}},)";
  }
  end_list(body);
  return request("POST", project, "/registry/instances/action?type=query", std::move(body));
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

HttpRequest V4Requests::register_instance(const std::string& project, const std::string& service_id, Bytes body) const {
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
  Bytes body = R"({"instances":[)";
  for (const InstanceRef& ref : refs) {
    add_member(body, R"({"instanceId":)", ref.instance_id);
    add_member(body, R"(,"serviceId":)", ref.service_id);
    body += "},";
  }
  end_list(body);
  return request("PUT", project, "/registry/heartbeats", std::move(body));
}

}  // namespace syncer::registry
