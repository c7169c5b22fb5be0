// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/catalog/catalog_world.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "syncer/registry/servicecenter/driver.h"
#include "tests/support/instance_payload.h"

namespace syncer::catalog {
namespace {

constexpr Duration kOneWay = std::chrono::milliseconds(1);
const std::vector<std::string> kAddresses = {"http://sc-0", "http://sc-1"};

nlohmann::json service_json(const std::string& service) {
  return {{"service", {{"appId", "shop"}, {"serviceName", service}, {"version", "1.0.0"}}}};
}

}  // namespace

RegistryWorld::RegistryWorld(mocksc::ModelOptions options)
    : World(instant(1'000'000'000), test::Delays::of(kOneWay)),
      center(mocksc::Model(std::move(options), Random(7)), Random(8)) {
  set_registry(this);
}

test::HttpOutcome RegistryWorld::serve(Instant now, const std::string& host, const HttpRequest& request) {
  const auto index = std::find(kAddresses.begin(), kAddresses.end(), request.origin) - kAddresses.begin();
  const auto outcome = center.handle(now, static_cast<std::size_t>(index), request, host);
  switch (outcome.kind) {
    case mocksc::Outcome::Kind::Answer:
      if (outcome.is_truncated) return {failure(ErrorCode::Corrupt, "http", "body ends early"), outcome.delay, false};
      answered_bytes += outcome.response.body.size();
      return {outcome.response, outcome.delay, false};
    case mocksc::Outcome::Kind::Hang:
      return {{}, {}, true};
    case mocksc::Outcome::Kind::Refuse:
    case mocksc::Outcome::Kind::Reset:
      break;
  }
  return {failure(ErrorCode::Unreachable, "http", "connection lost"), {}, false};
}

HttpResponse RegistryWorld::ask(const std::string& method, const std::string& target, const std::string& body) {
  HttpRequest request{method, "", target, {{"X-Domain-Name", "default"}}, body};
  request.headers.add("Authorization", "Bearer " + center.model().token("syncer", now() + std::chrono::hours(1)));
  return center.model().handle(now(), 0, request);
}

std::string RegistryWorld::service_id(const std::string& service) {
  const auto answer = ask("POST", "/v4/default/registry/microservices", service_json(service).dump());
  return nlohmann::json::parse(answer.body).at("serviceId");
}

std::string RegistryWorld::add(const std::string& service, const std::string& instance, const std::string& endpoint,
                               const std::string& extra) {
  nlohmann::json document = {{"instanceId", instance},
                             {"hostName", "host"},
                             {"endpoints", {endpoint}},
                             {"healthCheck", {{"mode", "push"}, {"interval", 3600}, {"times", 23}}}};
  if (!extra.empty()) document.update(nlohmann::json::parse(extra));
  const nlohmann::json body = {{"instance", document}};
  const auto answer =
      ask("POST", "/v4/default/registry/microservices/" + service_id(service) + "/instances", body.dump());
  return nlohmann::json::parse(answer.body).at("instanceId");
}

void RegistryWorld::remove(const std::string& service, const std::string& instance) {
  ask("DELETE", "/v4/default/registry/microservices/" + service_id(service) + "/instances/" + instance);
}

std::map<std::string, std::string> RegistryWorld::copies(const std::string& region) {
  std::map<std::string, std::string> found;
  center.model().for_each_instance([&](const mocksc::InstanceView& view) {
    const auto& properties = view.instance.properties;
    const auto mark = properties.find("syncer.region");
    if (mark == properties.end() || mark->second != region) return;
    found[std::string(view.instance.instance_id)] = view.instance.endpoints.empty() ? "" : view.instance.endpoints[0];
  });
  return found;
}

std::string RegistryWorld::property(const std::string& instance, const std::string& name) {
  std::string value;
  center.model().for_each_instance([&](const mocksc::InstanceView& view) {
    const auto found = view.instance.properties.find(name);
    if (view.instance.instance_id == instance && found != view.instance.properties.end()) value = found->second;
  });
  return value;
}

std::string RegistryWorld::status(const std::string& instance) {
  std::string value;
  center.model().for_each_instance([&](const mocksc::InstanceView& view) {
    if (view.instance.instance_id == instance) value = view.instance.status;
  });
  return value;
}

/// One process.
struct CatalogDriver::Host : test::Process {
  Host(RegistryWorld& world, const CatalogConfig& config, std::uint64_t seed, std::vector<HttpRequest>& requests)
      : Process(world, config.node, {}),
        sent(requests),
        catalog(config, *this, *this, Random(seed), world.now(), [this] { return next_call(); }) {}

  void call(CallId id, HttpRequest request, Instant deadline) override {
    sent.push_back(request);
    Process::call(id, std::move(request), deadline);
  }
  void on_http(Instant now, CallId id, Result<HttpResponse> answer) override {
    catalog.on_http(now, id, std::move(answer));
  }
  void advance(Instant now) override { catalog.advance(now); }
  Instant next_deadline() const override { return catalog.next_deadline(); }

  std::vector<HttpRequest>& sent;
  Catalog catalog;
};

CatalogDriver::CatalogDriver(CatalogConfig config, RegistryWorld& world, std::uint64_t seed)
    : config_(std::move(config)), world_(world) {
  crash(seed);
}

void CatalogDriver::crash(std::uint64_t seed) {
  world_.start(std::make_unique<Host>(world_, config_, seed, sent));
  catalog().start(world_.now());
  catalog().set_writer(world_.now(), Epoch{1, seed});
}

Catalog& CatalogDriver::catalog() { return static_cast<Host&>(world_.process(config_.node)).catalog; }

CatalogConfig catalog_config_of(const std::string& region) {
  CatalogConfig config;
  config.region = region;
  config.node = region + "-n1";
  config.kinds.add("servicecenter", registry::servicecenter::make_driver);
  config.registry.addresses = kAddresses;
  return config;
}

std::string copy_id(const std::string& identity) { return registry::servicecenter::copy_id_of(identity); }

RemoteInstance remote_instance(const std::string& service, const std::string& id, const std::string& endpoint,
                               const std::string& properties, const std::string& status) {
  const registry::ServiceKey key{"", "", "shop", service, "1.0.0"};
  const nlohmann::json payload = {{"endpoints", {endpoint}},
                                  {"hostName", "far"},
                                  {"properties", nlohmann::json::parse(properties)},
                                  {"healthCheck", {{"mode", "push"}, {"interval", 30}, {"times", 3}}},
                                  {"status", status}};
  return {encode_key(registry::RecordKey{registry::RecordKind::Service, key, ""}),
          registry::encode_attachment(registry::servicecenter::kNativeKind, R"({"description":"far","level":"BACK"})"),
          encode_key(registry::RecordKey{registry::RecordKind::Instance, key, id}),
          registry::servicecenter::instance_payload(payload.dump())};
}

}  // namespace syncer::catalog
