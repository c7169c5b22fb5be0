// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/requests.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace syncer::registry::nacos {
namespace {

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

std::string encoded(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    text += (text.empty() ? "" : "&") + std::string(name) + "=" + percent_encode(value);
  }
  return text;
}

HttpRequest request(const char* method, const char* path, const Parameters& parameters = {}) {
  HttpRequest out;
  out.method = method;
  const std::string query = encoded(parameters);
  out.target = query.empty() ? std::string(path) : path + ("?" + query);
  return out;
}

Parameters address_parameters(const Service& service, const Address& address) {
  return {{"serviceName", service.full()},
          {"namespaceId", service.space},
          {"ip", address.ip},
          {"port", std::to_string(address.port)},
          {"clusterName", address.cluster == kDefaultCluster ? std::string() : address.cluster}};
}

}  // namespace

HttpRequest get_release(bool is_third) {
  return request("GET", is_third ? "/v3/admin/core/state" : "/v1/console/server/state");
}

HttpRequest get_catalog(const std::string& space) {
  return request("GET", "/v1/ns/catalog/services",
                 {{"withInstances", "true"},
                  {"pageNo", "1"},
                  {"pageSize", std::to_string(kWholeCatalog)},
                  {"namespaceId", space}});
}

HttpRequest get_catalog_count(const std::string& space) {
  return request("GET", "/v1/ns/catalog/services",
                 {{"withInstances", "false"}, {"pageNo", "1"}, {"pageSize", "1"}, {"namespaceId", space}});
}

HttpRequest get_admin_page(const std::string& space, std::size_t page) {
  return request("GET", "/v3/admin/ns/service/list",
                 {{"withInstances", "true"},
                  {"pageNo", std::to_string(page)},
                  {"pageSize", std::to_string(kAdminPage)},
                  {"namespaceId", space}});
}

HttpRequest get_names() { return request("GET", "/v1/ns/service/list", {{"pageNo", "1"}, {"pageSize", "1"}}); }

HttpRequest get_instance(const Service& service, const Address& address) {
  return request("GET", "/v1/ns/instance", address_parameters(service, address));
}

HttpRequest post_instance(const Registration& registration) {
  Parameters parameters = address_parameters(registration.service, registration.address);
  const nlohmann::json metadata = registration.metadata;
  parameters.emplace_back("weight", registration.weight);
  parameters.emplace_back("enabled", registration.enabled ? "true" : "false");
  parameters.emplace_back("metadata", metadata.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return request("POST", "/v1/ns/instance", parameters);
}

HttpRequest delete_instance(const Service& service, const Address& address) {
  return request("DELETE", "/v1/ns/instance", address_parameters(service, address));
}

HttpRequest put_beat(const Service& service, const Address& address) {
  return request("PUT", "/v1/ns/instance/beat", address_parameters(service, address));
}

HttpRequest post_login(const std::string& user, const std::string& password) {
  HttpRequest out = request("POST", "/v1/auth/login");
  out.headers.add("Content-Type", "application/x-www-form-urlencoded");
  out.body = encoded({{"username", user}, {"password", password}});
  return out;
}

}  // namespace syncer::registry::nacos
