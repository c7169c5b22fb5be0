// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/registry/registry_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mocksc/eureka/server.h"
#include "syncer/registry/eureka/driver.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/servicecenter/driver.h"

namespace syncer::registry {
namespace {

class ServiceCenterWorld : public RegistryWorld {
 public:
  std::string kind() const override { return "servicecenter"; }
  Kinds::Factory factory() const override { return servicecenter::make_driver; }

  Result<HttpResponse> serve(Instant now, const HttpRequest& request) override {
    if (fault_ == Fault::Error) return HttpResponse{503, {}, ""};
    HttpResponse response = model_.handle(now, 0, request);
    const bool is_list = request.method != "PUT" && request.target.ends_with("action?type=query");
    if (fault_ == Fault::Partial && is_list) response.body = "{}";
    return response;
  }

  std::string add(Instant now, const App& app) override {
    const nlohmann::json service = {
        {"service", {{"appId", "shop"}, {"serviceName", app.service}, {"version", "1.0.0"}}}};
    const std::string owner = ask(now, "POST", "", service).at("serviceId");
    const nlohmann::json instance = {{"instance",
                                      {{"hostName", "host"},
                                       {"endpoints", {app.endpoint}},
                                       {"properties", app.metadata},
                                       {"status", app.status},
                                       {"healthCheck", {{"mode", "push"}, {"interval", 3600}, {"times", 23}}}}}};
    const std::string id = ask(now, "POST", "/" + owner + "/instances", instance).at("instanceId");
    owners_[id] = owner;
    return id;
  }

  void remove(Instant now, const std::string& id) override {
    std::string owner = owners_[id];
    if (owner.empty()) {
      model_.for_each_instance([&](const mocksc::InstanceView& view) {
        if (view.instance.instance_id == id) owner = view.service.service_id;
      });
    }
    handle(now, "DELETE", "/" + owner + "/instances/" + id, "");
  }
  void expire(Instant now, const std::string& id) override { remove(now, id); }
  void set_fault(Instant, Fault fault) override { fault_ = fault; }
  void advance(Instant now) override { model_.advance(now); }

 private:
  HttpResponse handle(Instant now, const char* method, const std::string& path, std::string body) {
    return model_.handle(
        now, 0, {method, "", "/v4/default/registry/microservices" + path, {{"X-Domain-Name", "default"}}, body});
  }
  nlohmann::json ask(Instant now, const char* method, const std::string& path, const nlohmann::json& body) {
    return nlohmann::json::parse(handle(now, method, path, body.dump()).body);
  }

  mocksc::Model model_{mocksc::ModelOptions{}, Random(7)};
  Fault fault_ = Fault::None;
  std::map<std::string, std::string> owners_;
};

class MemoryWorld : public RegistryWorld {
 public:
  std::string kind() const override { return "memory"; }
  Kinds::Factory factory() const override { return memory::make_driver; }
  Result<HttpResponse> serve(Instant now, const HttpRequest& request) override {
    return registry_.handle(now, request);
  }
  std::string add(Instant now, const App& app) override {
    const memory::Item item{"shop", app.service, "1.0.0", app.status, {app.endpoint}, app.metadata};
    apps_.push_back(registry_.handle(now, {"POST", "", "/entries", {}, memory::encode(item)}).body);
    return apps_.back();
  }
  void remove(Instant, const std::string& id) override {
    std::erase(apps_, id);
    registry_.drop(id);
  }
  void expire(Instant now, const std::string& id) override { remove(now, id); }
  void set_fault(Instant, Fault fault) override { registry_.set_fault(static_cast<memory::Registry::Fault>(fault)); }
  void advance(Instant now) override {
    for (const std::string& id : apps_) registry_.handle(now, {"PUT", "", "/entries/" + id + "/lease", {}, ""});
    registry_.advance(now);
  }

 private:
  memory::Registry registry_;
  std::vector<std::string> apps_;
};

class EurekaWorld : public RegistryWorld {
 public:
  std::string kind() const override { return "eureka"; }
  Kinds::Factory factory() const override { return eureka::make_driver; }

  Result<HttpResponse> serve(Instant now, const HttpRequest& request) override {
    if (fault_ == Fault::Error) return HttpResponse{503, {}, ""};
    if (fault_ == Fault::Partial && request.target.ends_with("/delta")) return HttpResponse{403, {}, ""};
    HttpRequest behind = request;
    behind.target = "/eureka" + request.target;
    const mocksc::ReadFault some{{1, 1'000'000}, 0};
    return servers_->handle(now, 0, behind, "", fault_ == Fault::Partial ? some : mocksc::ReadFault{});
  }

  ServiceKey shown_service(const ServiceKey& service) const override {
    return {"", "", "default", service.name, "0.0.1"};
  }
  std::string shown_endpoint(const std::string& text) const override { return "http" + text.substr(text.find(':')); }
  std::string add(Instant now, const App& app) override {
    const ServiceEndpoint endpoint = parse_service_endpoint(app.endpoint);
    const bool secure = endpoint.path.find("sslEnabled=true") != std::string::npos;
    const std::string id = "host:" + app.service + ":" + std::to_string(++last_id_);
    const nlohmann::json port = {{"$", endpoint.port}, {"@enabled", "true"}};
    const nlohmann::json instance = {
        {"instance",
         {{"instanceId", id},
          {"hostName", "host"},
          {"app", upper_case(app.service)},
          {"ipAddr", endpoint.host},
          {"status", app.status},
          {"port", secure ? nlohmann::json{{"$", 0}, {"@enabled", "false"}} : port},
          {"securePort", secure ? port : nlohmann::json{{"$", 0}, {"@enabled", "false"}}},
          {"vipAddress", app.service},
          {"dataCenterInfo", {{"@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"}, {"name", "MyOwn"}}},
          {"leaseInfo", {{"durationInSecs", 3600}}},
          {"metadata", app.metadata}}}};
    const HttpResponse answer = servers_->handle(now, 0,
                                                 {"POST",
                                                  "",
                                                  "/eureka/apps/" + upper_case(app.service),
                                                  {{"Content-Type", "application/json"}},
                                                  instance.dump()},
                                                 "app", {});
    EXPECT_EQ(answer.status, 204) << answer.body;
    return id;
  }
  void remove(Instant now, const std::string& id) override { servers_->expire(now, id); }
  void expire(Instant now, const std::string& id) override { servers_->expire(now, id); }
  void set_fault(Instant, Fault fault) override { fault_ = fault; }
  void advance(Instant now) override { servers_->advance(now); }

 private:
  static mocksc::eureka::Options options() {
    mocksc::eureka::Options options;
    options.wall_at_zero = 1'700'000'000'000'000'000;
    options.read_only_cache = false;
    options.self_preservation = false;
    return options;
  }

  std::unique_ptr<mocksc::eureka::Servers> servers_ = mocksc::eureka::make_servers(options(), Random(7));
  Fault fault_ = Fault::None;
  std::uint64_t last_id_ = 0;
};

}  // namespace

std::unique_ptr<RegistryWorld> make_eureka() { return std::make_unique<EurekaWorld>(); }
std::unique_ptr<RegistryWorld> make_service_center() { return std::make_unique<ServiceCenterWorld>(); }
std::unique_ptr<RegistryWorld> make_memory_registry() { return std::make_unique<MemoryWorld>(); }

void DirectHttp::cancel(CallId id) {
  std::erase_if(queue_, [id](const auto& call) { return call.first == id; });
}

void DirectHttp::step(Instant now) {
  for (auto& [id, request] : std::exchange(queue_, {})) sink_(now, id, world_.serve(now, request));
}

}  // namespace syncer::registry
