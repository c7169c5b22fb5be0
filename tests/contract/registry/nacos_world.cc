// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/registry/nacos_world.h"

#include <nlohmann/json.hpp>

#include "syncer/registry/nacos/driver.h"

namespace syncer::registry {
namespace {

/// "cluster#ip#port" as parameters.
std::string address_parameters(const std::string& id) {
  const std::size_t first = id.find('#');
  const std::size_t last = id.rfind('#');
  return "&ip=" + id.substr(first + 1, last - first - 1) + "&port=" + id.substr(last + 1);
}

}  // namespace

std::string NacosWorld::label() const {
  return "nacos_" + std::to_string(static_cast<int>(model_.options().release) + 1);
}

Kinds::Factory NacosWorld::factory() const { return nacos::make_driver; }

Result<HttpResponse> NacosWorld::serve(Instant now, const HttpRequest& request) {
  if (fault_ == Fault::Error) return HttpResponse{503, {}, "server is DOWNnow, please try again later!"};
  // The tests' addresses end with the port.
  HttpRequest whole = request;
  if (!request.target.starts_with("/nacos")) whole.target = "/nacos" + request.target;
  HttpResponse answer = model_.handle(now, whole);
  const bool is_list = request.target.find("withInstances=true") != std::string::npos;
  if (fault_ != Fault::Partial || !is_list) return answer;
  if (request.target.find("/v3/") == std::string::npos) {
    answer.body = "[]";
  } else {
    nlohmann::json body = nlohmann::json::parse(answer.body);
    body["data"]["pageItems"] = nlohmann::json::array();
    answer.body = body.dump();
  }
  return answer;
}

HttpResponse NacosWorld::ask(Instant now, const char* method, const std::string& target) {
  return model_.handle(now, {method, "", "/nacos" + target, {}, ""}, "app");
}

std::string NacosWorld::add(Instant now, const App& app) {
  const std::string rest = app.endpoint.substr(app.endpoint.find("://") + 3);
  const std::size_t colon = rest.find(':');
  const std::string port = rest.substr(colon + 1, rest.find('?') - colon - 1);
  const std::string id = "DEFAULT#" + rest.substr(0, colon) + "#" + port;
  nlohmann::json metadata = app.metadata;
  metadata["version"] = "1.0.0";
  const std::string who = "?serviceName=shop@@" + app.service + address_parameters(id);
  ask(now, "POST",
      "/v1/ns/instance" + who + "&enabled=" + (app.status == "UP" ? "true" : "false") +
          "&metadata=" + percent_encode(metadata.dump()));
  beats_[id] = who;
  return id;
}

void NacosWorld::remove(Instant now, const std::string& id) {
  const auto known = beats_.find(id);
  const std::string who = known != beats_.end() ? known->second : "?serviceName=shop@@cart" + address_parameters(id);
  ask(now, "DELETE", "/v1/ns/instance" + who);
  beats_.erase(id);
}

void NacosWorld::expire(Instant now, const std::string& id) { remove(now, id); }

void NacosWorld::advance(Instant now) {
  for (const auto& [id, who] : beats_) ask(now, "PUT", "/v1/ns/instance/beat" + who);
  model_.advance(now);
}

std::unique_ptr<RegistryWorld> make_nacos_1() { return std::make_unique<NacosWorld>(mocksc::nacos::Release::V1_4_8); }
std::unique_ptr<RegistryWorld> make_nacos_2() { return std::make_unique<NacosWorld>(mocksc::nacos::Release::V2_5_1); }
std::unique_ptr<RegistryWorld> make_nacos_3() { return std::make_unique<NacosWorld>(mocksc::nacos::Release::V3_0_3); }

}  // namespace syncer::registry
