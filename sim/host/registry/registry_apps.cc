// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "mocksc/servicecenter/json/json_writer.h"
#include "sim/host/network/fabric.h"
#include "sim/host/registry/registry_host.h"
#include "syncer/json/document.h"

namespace sim::host {

using nlohmann::json;
using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Result;

namespace {

/// Instances in one heartbeat request.
constexpr std::size_t kBatch = 200;

std::string service_body(const AppInstance& app) {
  mocksc::Service service;
  service.environment = app.environment;
  service.app_id = app.app;
  service.service_name = app.service;
  service.version = app.version;
  service.status = "UP";
  return "{\"service\":" + mocksc::render(service) + "}";
}

std::string instance_body(const AppInstance& app) {
  const auto interval = std::chrono::duration_cast<std::chrono::seconds>(app.heartbeat).count();
  mocksc::Instance instance;
  instance.instance_id = app.name;
  instance.host_name = app.name;
  instance.endpoints = app.endpoints;
  instance.status = app.status;
  instance.properties = app.properties;
  instance.health_check = {"push", 0, static_cast<std::int32_t>(interval), static_cast<std::int32_t>(app.misses), ""};
  instance.version = app.version;
  return "{\"instance\":" + mocksc::render(instance) + "}";
}

std::string instance_path(const std::string& service_id, const AppInstance& app) {
  return "/microservices/" + service_id + "/instances/" + syncer::percent_encode(app.name);
}

/// Releases up to 2.0 refuse the batch, later ones name the lost instances in a good answer.
bool names_the_unknown(const mocksc::Outcome& outcome) {
  if (outcome.kind != mocksc::Outcome::Kind::Answer) return false;
  return outcome.response.status == 400 || outcome.response.body.find("errMessage") != std::string::npos;
}

}  // namespace

RegistryHost::GroupKey RegistryHost::key(const App& app) {
  return {app.instance.domain, app.instance.project, app.instance.heartbeat};
}

Result<RegistryHost::App*> RegistryHost::find(std::string_view name) {
  const auto found = apps_.find(name);
  if (found == apps_.end()) return failure(ErrorCode::NotFound, spec_.name, "no instance " + std::string(name));
  return &found->second;
}

bool RegistryHost::alive(const App& app) const {
  const auto view = model().find_instance(app.instance.domain, app.instance.project, app.service_id, app.instance.name);
  return view && view->alive;
}

Result<HttpResponse> RegistryHost::tell(const App& app, std::string method, const std::string& path, std::string body) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = "/v4/" + app.instance.project + "/registry" + path;
  request.headers = {{"X-Domain-Name", app.instance.domain}, {"Content-Type", "application/json"}};
  request.body = std::move(body);
  HttpResponse response = front_->handle_unharmed(fabric_.kernel.now(), 0, request, "app:" + app.instance.name);
  fabric_.registries_touched = true;
  if (response.status / 100 == 2) return response;
  return failure(ErrorCode::Refused, spec_.name, response.body);
}

Result<void> RegistryHost::enrol(App& app) {
  const Result<HttpResponse> service = tell(app, "POST", "/microservices", service_body(app.instance));
  if (!service) return tl::unexpected(service.error());
  const auto answer = syncer::json::Document::parse(service->body);
  const syncer::json::Value* id = answer ? answer->root().find("serviceId") : nullptr;
  app.service_id = id != nullptr ? id->text() : "";
  const Result<HttpResponse> instance =
      tell(app, "POST", "/microservices/" + app.service_id + "/instances", instance_body(app.instance));
  if (!instance) return tl::unexpected(instance.error());
  return {};
}

Result<void> RegistryHost::register_instance(const AppInstance& instance) {
  const auto known = apps_.find(instance.name);
  if (known != apps_.end()) {
    if (alive(known->second)) return failure(ErrorCode::Conflict, spec_.name, instance.name + " is registered already");
    set_beating(known->second, false);
    apps_.erase(known);
  }
  App app{instance, {}, false};
  if (Result<void> done = enrol(app); !done) return done;
  set_beating(apps_.emplace(instance.name, std::move(app)).first->second, true);
  return {};
}

Result<void> RegistryHost::deregister(std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  set_beating(**app, false);
  const Result<HttpResponse> done = tell(**app, "DELETE", instance_path((*app)->service_id, (*app)->instance), {});
  if (!done) return tl::unexpected(done.error());
  apps_.erase(apps_.find(name));
  return {};
}

Result<void> RegistryHost::stop_heartbeat(std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  set_beating(**app, false);
  return {};
}

Result<void> RegistryHost::start_heartbeat(std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  if (!alive(**app)) return failure(ErrorCode::NotFound, spec_.name, std::string(name) + " has expired");
  set_beating(**app, true);
  return {};
}

Result<void> RegistryHost::expire(std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  set_beating(**app, false);
  if (front().expire(fabric_.kernel.now(), name) > 0) return {};
  return failure(ErrorCode::NotFound, spec_.name, std::string(name) + " has expired");
}

Result<void> RegistryHost::set_status(std::string_view name, std::string_view status) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  const std::string path = instance_path((*app)->service_id, (*app)->instance) + "/status?value=";
  const Result<HttpResponse> done = tell(**app, "PUT", path + std::string(status), {});
  if (!done) return tl::unexpected(done.error());
  (*app)->instance.status = status;
  return {};
}

Result<void> RegistryHost::set_properties(std::string_view name, const std::map<std::string, std::string>& p) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  const std::string path = instance_path((*app)->service_id, (*app)->instance) + "/properties";
  const Result<HttpResponse> done = tell(**app, "PUT", path, json{{"properties", p}}.dump());
  if (!done) return tl::unexpected(done.error());
  (*app)->instance.properties = p;
  return {};
}

bool RegistryHost::has(std::string_view name) const {
  const auto app = apps_.find(name);
  return app != apps_.end() && alive(app->second);
}

std::vector<std::string> RegistryHost::names() const {
  std::vector<std::string> result;
  for (const auto& [name, app] : apps_) {
    if (alive(app)) result.push_back(name);
  }
  return result;
}

void RegistryHost::set_beating(App& app, bool beats) {
  if (app.beats == beats) return;
  app.beats = beats;
  Group& group = groups_[key(app)];
  if (group.names.empty()) group.next = fabric_.kernel.now() + app.instance.heartbeat;
  group.requests.clear();
  if (beats) {
    group.names.insert(app.instance.name);
  } else {
    group.names.erase(app.instance.name);
  }
  if (group.names.empty()) groups_.erase(key(app));
  fabric_.registries_touched = true;
}

void RegistryHost::render(const GroupKey& group_key, Group& group) const {
  json batch = json::array();
  const auto flush = [&] {
    HttpRequest request;
    request.method = "PUT";
    request.target = "/v4/" + std::get<1>(group_key) + "/registry/heartbeats";
    request.headers = {{"X-Domain-Name", std::get<0>(group_key)}, {"Content-Type", "application/json"}};
    request.body = json{{"instances", std::exchange(batch, json::array())}}.dump();
    group.requests.push_back(std::move(request));
  };
  for (const std::string& name : group.names) {
    batch.push_back({{"serviceId", apps_.find(name)->second.service_id}, {"instanceId", name}});
    if (batch.size() == kBatch) flush();
  }
  if (!batch.empty()) flush();
}

void RegistryHost::beat(const GroupKey& group_key, Group& group) {
  group.next = fabric_.kernel.now() + std::get<2>(group_key);
  if (group.requests.empty()) render(group_key, group);
  bool forgotten = false;
  for (const HttpRequest& request : group.requests) {
    const mocksc::Outcome outcome = front_->handle(fabric_.kernel.now(), 0, request, "app");
    forgotten = forgotten || names_the_unknown(outcome);
  }
  if (!forgotten) return;
  group.requests.clear();  // a service may come back under another id
  for (const std::string& name : group.names) {
    App& app = apps_.find(name)->second;
    // Refused (say, for want of quota): it tries again with its next beat.
    if (!alive(app)) static_cast<void>(enrol(app));
  }
}

}  // namespace sim::host
