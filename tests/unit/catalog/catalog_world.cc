// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/catalog/catalog_world.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "syncer/base/assert.h"
#include "syncer/registry/servicecenter/driver.h"
#include "tests/support/instance_payload.h"

namespace syncer::catalog {
namespace {

constexpr Duration kOneWay = std::chrono::milliseconds(1);

nlohmann::json service_json(const std::string& service) {
  return {{"service", {{"appId", "shop"}, {"serviceName", service}, {"version", "1.0.0"}}}};
}

}  // namespace

RegistryWorld::RegistryWorld(mocksc::ModelOptions options)
    : center(mocksc::Model(std::move(options), Random(7)), Random(8)) {}

HttpResponse RegistryWorld::ask(Instant now, const std::string& method, const std::string& target,
                                const std::string& body) {
  return center.model().handle(now, 0, HttpRequest{method, "", target, {{"X-Domain-Name", "default"}}, body});
}

std::string RegistryWorld::service_id(Instant now, const std::string& service) {
  const auto answer = ask(now, "POST", "/v4/default/registry/microservices", service_json(service).dump());
  return nlohmann::json::parse(answer.body).at("serviceId");
}

std::string RegistryWorld::add(Instant now, const std::string& service, const std::string& instance,
                               const std::string& endpoint, const std::string& extra) {
  nlohmann::json document = {{"instanceId", instance},
                             {"hostName", "host"},
                             {"endpoints", {endpoint}},
                             {"healthCheck", {{"mode", "push"}, {"interval", 3600}, {"times", 23}}}};
  if (!extra.empty()) document.update(nlohmann::json::parse(extra));
  const nlohmann::json body = {{"instance", document}};
  const auto answer =
      ask(now, "POST", "/v4/default/registry/microservices/" + service_id(now, service) + "/instances", body.dump());
  return nlohmann::json::parse(answer.body).at("instanceId");
}

void RegistryWorld::remove(Instant now, const std::string& service, const std::string& instance) {
  ask(now, "DELETE", "/v4/default/registry/microservices/" + service_id(now, service) + "/instances/" + instance);
}

std::map<std::string, std::string> RegistryWorld::copies(const std::string& region) {
  std::map<std::string, std::string> found;
  center.model().for_each_instance([&](const mocksc::InstanceView& view) {
    const auto& properties = view.instance.properties;
    const auto mark = properties.find("syncer.region");
    if (!view.alive || mark == properties.end() || mark->second != region) return;
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

CatalogDriver::CatalogDriver(CatalogConfig config, RegistryWorld& world, Instant now, std::uint64_t seed)
    : config_(std::move(config)), world_(world), now_(now) {
  crash(now, seed);
}

void CatalogDriver::crash(Instant now, std::uint64_t seed) {
  now_ = now;
  // The old process's answers go nowhere; what it asked may still arrive.
  if (catalog_) {
    for (auto& [at, item] : queue_) cancelled_.insert(item.id);
  }
  catalog_ =
      std::make_unique<Catalog>(config_, *this, events_, Random(seed), now, [this] { return CallId{++last_call_}; });
  catalog_->start(now);
  catalog_->set_writer(now, Epoch{1, seed});
}

void CatalogDriver::call(CallId id, HttpRequest request, Instant deadline) {
  sent.push_back(request);
  Item item;
  item.id = id;
  item.request = std::move(request);
  item.deadline = deadline;
  queue_.emplace(now_ + kOneWay, std::move(item));
}

void CatalogDriver::cancel(CallId id) { cancelled_.insert(id); }

Instant CatalogDriver::next_deadline() const {
  const Instant network = queue_.empty() ? kNever : queue_.begin()->first;
  return std::min(network, catalog_->next_deadline());
}

void CatalogDriver::serve(Instant now, Item item) {
  const auto& addresses = config_.registry.addresses;
  const auto index = std::find(addresses.begin(), addresses.end(), item.request.origin) - addresses.begin();
  const auto outcome = world_.center.handle(now, static_cast<std::size_t>(index), item.request, config_.node);
  Instant at = now + kOneWay;
  switch (outcome.kind) {
    case mocksc::Outcome::Kind::Answer:
      item.answer = outcome.response;
      if (outcome.is_truncated) item.answer = failure(ErrorCode::Corrupt, "http", "body ends early");
      at += outcome.delay;
      break;
    case mocksc::Outcome::Kind::Refuse:
    case mocksc::Outcome::Kind::Reset:
      item.answer = failure(ErrorCode::Unreachable, "http", "connection lost");
      break;
    case mocksc::Outcome::Kind::Hang:
      at = kNever;
      break;
  }
  if (at > item.deadline) {
    at = item.deadline;
    item.answer = failure(ErrorCode::Timeout, "http", "no answer in time");
  }
  item.arrived = true;
  queue_.emplace(at, std::move(item));
}

void CatalogDriver::step(Instant now) {
  now_ = now;
  while (!queue_.empty() && queue_.begin()->first <= now) {
    Item item = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    if (!item.arrived)
      serve(now, std::move(item));
    else if (!cancelled_.contains(item.id))
      catalog_->on_http(now, item.id, std::move(item.answer));
  }
  if (catalog_->next_deadline() <= now) catalog_->advance(now);
}

void run(Instant& now, Duration time, std::vector<CatalogDriver*> drivers, std::vector<RegistryWorld*> worlds) {
  const Instant end = now + time;
  for (std::size_t steps = 0; steps < 5'000'000; ++steps) {
    Instant next = kNever;
    for (const auto* driver : drivers) next = std::min(next, driver->next_deadline());
    for (const auto* world : worlds) next = std::min(next, world->center.next_deadline());
    if (next > end) {
      now = end;
      return;
    }
    now = std::max(now, next);
    for (auto* world : worlds) world->center.advance(now);
    for (auto* driver : drivers) driver->step(now);
  }
  SYNCER_ASSERT(!"the clock stands still");
}

CatalogConfig catalog_config_of(const std::string& region) {
  CatalogConfig config;
  config.region = region;
  config.node = region + "-n1";
  config.kinds.add("servicecenter", registry::servicecenter::make_driver);
  config.registry.addresses = {"http://sc-0", "http://sc-1"};
  return config;
}

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
