// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/requests.h"

#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {
namespace {

std::string service_path(const std::string& service_id) {
  return "/registry/microservices/" + percent_encode(service_id);
}

std::string instance_path(const EntryId& ref) {
  return service_path(ref.service) + "/instances/" + percent_encode(ref.id);
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

HttpRequest Requests::request(const char* method, const std::string& project, const std::string& rest,
                              Bytes body) const {
  HttpRequest out;
  out.method = method;
  out.target = "/v4/" + percent_encode(project) + rest;
  out.headers.add("X-Domain-Name", domain_);
  if (!body.empty()) out.headers.add("Content-Type", "application/json");
  out.body = std::move(body);
  return out;
}

HttpRequest Requests::list_services(const std::string& project) const {
  return request("GET", project, "/registry/microservices");
}

HttpRequest Requests::find(const std::string& project, std::span<const FindQuery> queries, bool past_caches) const {
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
  const std::string target = "/registry/instances/action?type=query";
  return request("POST", project, past_caches ? target + "&noCache=1" : target, std::move(body));
}

HttpRequest Requests::existence(const ServiceKey& key) const {
  return request("GET", project_of(key.space),
                 "/registry/existence?type=microservice&env=" + percent_encode(key.environment) +
                     "&appId=" + percent_encode(key.app) + "&serviceName=" + percent_encode(key.name) +
                     "&version=" + percent_encode(key.version));
}

HttpRequest Requests::create_service(const std::string& project, Bytes body) const {
  return request("POST", project, "/registry/microservices", std::move(body));
}

HttpRequest Requests::put_service_properties(const std::string& project, const std::string& service_id,
                                             Bytes body) const {
  return request("PUT", project, service_path(service_id) + "/properties", std::move(body));
}

HttpRequest Requests::list_schemas(const std::string& project, const std::string& service_id) const {
  return request("GET", project, service_path(service_id) + "/schemas?withSchema=1");
}

HttpRequest Requests::put_schema(const std::string& project, const std::string& service_id,
                                 const std::string& schema_id, Bytes body) const {
  return request("PUT", project, service_path(service_id) + "/schemas/" + percent_encode(schema_id), std::move(body));
}

HttpRequest Requests::register_instance(const std::string& project, const std::string& service_id, Bytes body) const {
  return request("POST", project, service_path(service_id) + "/instances", std::move(body));
}

HttpRequest Requests::unregister(const EntryId& ref) const { return request("DELETE", ref.space, instance_path(ref)); }

HttpRequest Requests::get_instance(const EntryId& ref) const {
  return request("GET", ref.space, instance_path(ref) + "?noCache=1");
}

HttpRequest Requests::put_status(const EntryId& ref, const std::string& status) const {
  return request("PUT", ref.space, instance_path(ref) + "/status?value=" + percent_encode(status));
}

HttpRequest Requests::put_properties(const EntryId& ref, Bytes body) const {
  return request("PUT", ref.space, instance_path(ref) + "/properties", std::move(body));
}

HttpRequest Requests::heartbeat(const EntryId& ref) const {
  return request("PUT", ref.space, instance_path(ref) + "/heartbeat");
}

HttpRequest Requests::heartbeats(const std::string& project, std::span<const EntryId> refs) const {
  Bytes body = R"({"instances":[)";
  for (const EntryId& ref : refs) {
    add_member(body, R"({"instanceId":)", ref.id);
    add_member(body, R"(,"serviceId":)", ref.service);
    body += "},";
  }
  end_list(body);
  return request("PUT", project, "/registry/heartbeats", std::move(body));
}

}  // namespace syncer::registry::servicecenter
