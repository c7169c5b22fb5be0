// SPDX-License-Identifier: Apache-2.0
#include "tests/support/service_center.h"

#include <httplib.h>

#include <map>
#include <nlohmann/json.hpp>

namespace test {
namespace {

using nlohmann::json;
constexpr const char* kRegistry = "/v4/default/registry";

json parsed(const std::optional<syncer::HttpResponse>& answer) {
  if (!answer || answer->status != 200) return json::object();
  json document = json::parse(answer->body, nullptr, false);
  return document.is_object() ? document : json::object();
}

}  // namespace

std::optional<syncer::HttpResponse> request(const std::string& method, const std::string& origin,
                                            const std::string& target, const std::string& body,
                                            const std::string& accept) {
  thread_local std::map<std::string, std::unique_ptr<httplib::Client>> clients;
  auto& client = clients[origin];
  if (!client) {
    client = std::make_unique<httplib::Client>(origin);
    client->set_connection_timeout(std::chrono::seconds(2));
    client->set_read_timeout(std::chrono::seconds(10));
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
    client->set_url_encode(false);
  }
  httplib::Request wire;
  wire.method = method;
  wire.path = target;
  wire.body = body;
  wire.headers = {{"X-Domain-Name", "default"}, {"Content-Type", "application/json"}, {"X-Syncer", "test"}};
  if (!accept.empty()) wire.headers.emplace("Accept", accept);
  const httplib::Result answer = client->send(wire);
  if (!answer) return std::nullopt;
  return syncer::HttpResponse{answer->status, {}, answer->body};
}

std::string ServiceCenter::register_service(const std::string& name) const {
  const json service = {{"service", {{"appId", "shop"}, {"serviceName", name}, {"version", "1.0.0"}}}};
  const std::string target = std::string(kRegistry) + "/microservices";
  return parsed(request("POST", origin_, target, service.dump())).value("serviceId", "");
}

std::string ServiceCenter::register_instance(const std::string& service_id, const std::string& endpoint) const {
  const json instance = {{"instance", {{"hostName", "host"}, {"endpoints", {endpoint}}, {"status", "UP"}}}};
  const std::string target = std::string(kRegistry) + "/microservices/" + service_id + "/instances";
  return parsed(request("POST", origin_, target, instance.dump())).value("instanceId", "");
}

bool ServiceCenter::remove_instance(const std::string& service_id, const std::string& instance_id) const {
  const std::string target = std::string(kRegistry) + "/microservices/" + service_id + "/instances/" + instance_id;
  const auto answer = request("DELETE", origin_, target);
  return answer && answer->status == 200;
}

std::set<std::string> ServiceCenter::endpoints(const std::string& name) const {
  const std::multiset<std::string> all = all_endpoints(name);
  return {all.begin(), all.end()};
}

std::multiset<std::string> ServiceCenter::all_endpoints(const std::string& name) const {
  const std::string target = std::string(kRegistry) + "/instances?appId=shop&serviceName=" + name + "&version=0%2B";
  std::multiset<std::string> all;
  const json document = parsed(request("GET", origin_, target));
  const json instances = document.value("instances", json::array());
  for (const json& instance : instances.is_array() ? instances : json::array()) {
    for (const json& endpoint : instance.value("endpoints", json::array())) all.insert(endpoint.get<std::string>());
  }
  return all;
}

}  // namespace test
