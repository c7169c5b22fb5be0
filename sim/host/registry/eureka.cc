// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/eureka.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "mocksc/eureka/server.h"
#include "sim/host/process/machine.h"
#include "sim/host/registry/entry_values.h"
#include "sim/host/registry/mock_host.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/quantity.h"

namespace sim::host {
namespace {

using mocksc::eureka::Change;
using mocksc::eureka::Millis;
using nlohmann::json;
using syncer::Duration;
using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::Instant;
using syncer::Result;

constexpr const char* kPath = "/eureka";
constexpr std::string_view kSpring = "4.1.3";
constexpr std::string_view kNetflix = "2.0.3";

std::string lower(std::string name) {
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

std::string upper(std::string name) { return mocksc::eureka::upper(name); }

/// 0 when there is none that a server takes.
std::int64_t port_of(const EndpointParts& address) {
  return static_cast<std::int64_t>(syncer::parse_number(address.port, 65535).value_or(0));
}

/// One plain and one encrypted address, as every Eureka entry has.
std::vector<std::string> reduced(const std::vector<std::string>& endpoints) {
  std::string plain;
  std::string secure;
  for (const std::string& endpoint : endpoints) {
    const EndpointParts address = parts_of(endpoint);
    const std::int64_t port = port_of(address);
    if (!address.is_http() || port == 0) continue;
    std::string& place = address.secure ? secure : plain;
    const std::string where = "://" + address.host + ":" + std::to_string(port);
    if (place.empty()) place = (address.secure ? "https" : "http") + where;
  }
  std::vector<std::string> out;
  for (const std::string& one : {plain, secure}) {
    if (!one.empty()) out.push_back(one);
  }
  return out;
}

std::string shown_status(const std::string& status) {
  return status == "UP" || status == "STARTING" ? status : std::string("DOWN");
}

RegistryInstance shown_here(RegistryInstance instance) {
  instance.endpoints = reduced(instance.endpoints);
  instance.status = shown_status(instance.status);
  return instance;
}

std::vector<std::string> endpoints_of(const mocksc::eureka::Instance& instance) {
  std::vector<std::string> out;
  const auto add = [&](const char* scheme, const mocksc::eureka::Port& port) {
    if (port.enabled) out.push_back(std::string(scheme) + instance.ip_addr + ":" + std::to_string(port.number));
  };
  add("http://", instance.port);
  add("https://", instance.secure_port);
  return out;
}

RegistryInstance neutral(const mocksc::eureka::Instance& instance) {
  RegistryInstance out;
  const auto& metadata = instance.metadata;
  const std::string address = text_in(instance.texts, "vipAddress");
  const std::string name = upper(address) == instance.app ? address : lower(instance.app);
  out.service =
      service_text(text_in(metadata, "syncer.env"), text_in(metadata, "syncer.app", "default"),
                   text_in(metadata, "syncer.name", name), text_in(metadata, "syncer.version", version_in(metadata)));
  out.id = instance.key();
  out.endpoints = endpoints_of(instance);
  out.status = instance.status == "OUT_OF_SERVICE" ? "OUTOFSERVICE" : instance.status;
  out.properties = metadata;
  std::erase_if(out.properties, [](const auto& one) { return one.first.starts_with("syncer."); });
  out.host = instance.host_name;
  out.lease = std::chrono::seconds(instance.duration);
  out.mark = mark_in(metadata);
  out.internal = !out.mark && (instance.app == "SYNCER" || instance.app == "EUREKA");
  return out;
}

RegistryChangeKind kind_of(Change change) {
  switch (change) {
    case Change::Registered:
      return RegistryChangeKind::InstanceRegistered;
    case Change::Changed:
      return RegistryChangeKind::InstanceChanged;
    case Change::Removed:
      return RegistryChangeKind::InstanceUnregistered;
    case Change::Evicted:
      return RegistryChangeKind::InstanceExpired;
    case Change::Lost:
      return RegistryChangeKind::InstanceLost;
    case Change::Restored:
      return RegistryChangeKind::InstanceRestored;
  }
  return RegistryChangeKind::Other;
}

const char* word_of(Change change) {
  constexpr const char* kWords[] = {"registered", "changed", "removed", "evicted", "lost", "restored"};
  return kWords[static_cast<std::size_t>(change)];
}

json port_json(const EndpointParts& address) {
  const std::int64_t port = port_of(address);
  return {{"$", port}, {"@enabled", port != 0 ? "true" : "false"}};
}

HttpRequest request_of(const char* method, const std::string& path, std::string body = {}) {
  HttpRequest request;
  request.method = method;
  request.target = kPath + path;
  request.headers = {{"Accept", "application/json"}};
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  return request;
}

class EurekaHost final : public MockHost {
 public:
  EurekaHost(const RegistrySpec& spec, std::unique_ptr<mocksc::eureka::Servers> servers, const syncer::Random& random)
      : MockHost(spec, std::move(servers), random), servers_(static_cast<mocksc::eureka::Servers&>(front().store())) {}

  std::optional<CopyMark> mark_of(const HttpRequest& request) const override {
    if (request.method != "POST") return std::nullopt;
    const auto instance = mocksc::eureka::parse_json(request.body);
    return instance ? mark_in(instance->metadata) : std::nullopt;
  }
  void set_listener(RegistryListener listener) override {
    servers_.set_listener([this, listener = std::move(listener)](Millis now, Change change,
                                                                 const mocksc::eureka::Instance& instance,
                                                                 std::string_view client) {
      const RegistryInstance shown = neutral(instance);
      listener({kind_of(change), syncer::instant(now * 1'000'000 - kWallAtZero), word_of(change), &shown, client});
    });
  }
  void for_each(const std::function<void(const RegistryInstance&)>& use) const override {
    for (const auto& [name, instance] : servers_.registry().instances()) use(neutral(instance));
  }

 protected:
  std::string id_of(const App& app) const override {
    return app.instance.name + (app.lives == 1 ? "" : "-r" + std::to_string(app.lives));
  }
  Requests registration(const App& app) const override {
    return {request_of("POST", "/apps/" + syncer::percent_encode(upper(app.instance.service)), body_of(app))};
  }
  HttpRequest renewal(const App& app) const override { return request_of("PUT", path_of(app)); }
  HttpRequest removal(const App& app) const override { return request_of("DELETE", path_of(app)); }
  /// Out of service is what an operator says; everything else an application says by registering again.
  Requests status_change(const App& app) const override {
    if (app.instance.status == "OUTOFSERVICE")
      return {request_of("PUT", path_of(app) + "/status?value=OUT_OF_SERVICE")};
    Requests requests = registration(app);
    requests.insert(requests.begin(), request_of("DELETE", path_of(app) + "/status?value=" + app.instance.status));
    return requests;
  }
  Duration beat_interval(const App& app) const override {
    return std::max<Duration>(app.instance.lease / 3, std::chrono::seconds(1));
  }
  bool is_alive(const App& app) const override {
    return servers_.registry().instances().contains({upper(app.instance.service), app.id});
  }

 private:
  static std::string path_of(const App& app) {
    return "/apps/" + syncer::percent_encode(upper(app.instance.service)) + "/" + syncer::percent_encode(app.id);
  }
  static std::string body_of(const App& app);

  mocksc::eureka::Servers& servers_;
};

std::string EurekaHost::body_of(const App& app) {
  const AppInstance& who = app.instance;
  EndpointParts plain;
  EndpointParts secure;
  for (const std::string& endpoint : reduced(who.endpoints)) {
    const EndpointParts address = parts_of(endpoint);
    (address.secure ? secure : plain) = address;
  }
  json metadata = who.properties;
  if (who.version != kDefaultVersion && !metadata.contains("version")) metadata["version"] = who.version;
  const json instance = {
      {"instanceId", app.id},
      {"hostName", who.name},
      {"app", upper(who.service)},
      {"ipAddr", plain.host.empty() ? secure.host : plain.host},
      {"status", who.status == "OUTOFSERVICE" ? "OUT_OF_SERVICE" : who.status},
      {"port", port_json(plain)},
      {"securePort", port_json(secure)},
      {"vipAddress", who.service},
      {"dataCenterInfo", {{"@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"}, {"name", "MyOwn"}}},
      {"leaseInfo",
       {{"renewalIntervalInSecs", who.lease / std::chrono::seconds(3)},
        {"durationInSecs", who.lease / std::chrono::seconds(1)}}},
      {"metadata", metadata}};
  return json{{"instance", instance}}.dump();
}

mocksc::eureka::Options options_of(const RegistrySpec& spec) {
  mocksc::eureka::Options options;
  options.peers = spec.front_ends;
  options.wall_at_zero = kWallAtZero;
  options.load_time = spec.latency;
  if (spec.version == kNetflix) options.wait_when_empty = std::chrono::minutes(5);
  if (spec.lags) return options;
  options.read_only_cache = false;
  options.self_preservation = false;
  options.eviction_interval = std::chrono::seconds(2);
  options.replication_delay = Duration::zero();
  return options;
}

Result<void> check_spec(const RegistrySpec& spec) {
  if (!spec.version.empty() && spec.version != kSpring && spec.version != kNetflix)
    return failure(ErrorCode::Invalid, "version", "wants \"4.1.3\" (Spring Cloud's) or \"2.0.3\" (Netflix's own)");
  if (spec.min_lease) return failure(ErrorCode::Invalid, "min_lease", "Eureka raises no leases");
  if (spec.delete_visibility)
    return failure(ErrorCode::Invalid, "delete_visibility", "follows from Eureka's cache: use \"lags\"");
  if (spec.tokens) return failure(ErrorCode::Invalid, "tokens", "only a service center wants tokens in a scenario");
  return {};
}

}  // namespace

RegistryKind eureka_kind() {
  RegistryKind kind;
  kind.name = "eureka";
  kind.check = check_spec;
  kind.check_operation = [](std::string_view name) {
    return mocksc::eureka::make_servers({}, syncer::Random(0))->check_operation(name);
  };
  kind.shows = shown_here;
  kind.shows_own = shown_here;
  kind.path = kPath;
  kind.make = [](const RegistrySpec& spec, const syncer::Random& random) {
    auto servers = mocksc::eureka::make_servers(options_of(spec), random.stream("model"));
    return std::make_unique<EurekaHost>(spec, std::move(servers), random);
  };
  return kind;
}

}  // namespace sim::host
