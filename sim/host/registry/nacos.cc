// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/nacos.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "mocksc/nacos/server/servers.h"
#include "sim/host/process/machine.h"
#include "sim/host/registry/entry_values.h"
#include "sim/host/registry/mock_host.h"
#include "syncer/base/quantity.h"

namespace sim::host {
namespace {

using mocksc::nacos::ChangeKind;
using mocksc::nacos::ServiceName;
using syncer::Duration;
using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::Instant;
using syncer::Result;

constexpr const char* kPath = "/nacos";

Texts texts_of(const mocksc::nacos::Metadata& metadata) {
  Texts out;
  for (const auto& [key, value] : metadata) {
    if (value) out.emplace(key, *value);
  }
  return out;
}

/// The one address that a server has a place for.
EndpointParts chosen(const std::vector<std::string>& endpoints) {
  std::optional<EndpointParts> secure;
  std::optional<EndpointParts> other;
  for (const std::string& endpoint : endpoints) {
    EndpointParts address = parts_of(endpoint);
    if (address.port.empty()) continue;
    if (address.is_http() && !address.secure) return address;
    std::optional<EndpointParts>& place = address.is_http() ? secure : other;
    if (!place) place = std::move(address);
  }
  if (secure) return *secure;
  return other.value_or(EndpointParts{});
}

std::vector<std::string> shown_endpoints(const std::string& host, const std::string& port, const Texts& metadata) {
  const bool secure = text_in(metadata, "secure") == "true";
  const std::string scheme = text_in(metadata, "protocol", secure ? "https" : "http");
  return {scheme + "://" + host + ":" + port};
}

/// What callers read of an address that its scheme does not say any more.
void describe(const EndpointParts& address, Texts& metadata) {
  if (address.secure) metadata.emplace("secure", "true");
  if (!address.is_http()) metadata.emplace("protocol", address.scheme);
}

/// A copy says with one word whether it gets traffic.
RegistryInstance shown_here(RegistryInstance instance) {
  const EndpointParts address = chosen(instance.endpoints);
  describe(address, instance.properties);
  instance.endpoints = shown_endpoints(address.host, address.port, instance.properties);
  if (instance.status != "UP") instance.status = "OUTOFSERVICE";
  return instance;
}

std::string status_of(const mocksc::nacos::Instance& instance) {
  if (!instance.enabled) return "OUTOFSERVICE";
  return instance.healthy ? "UP" : "DOWN";
}

bool is_of_lease(const std::string& key) {
  return key.starts_with("preserved.heart.") || key.starts_with("preserved.ip.");
}

RegistryInstance neutral(const ServiceName& service, const mocksc::nacos::Instance& instance) {
  RegistryInstance out;
  const Texts metadata = texts_of(instance.metadata);
  const std::string app = service.group == mocksc::nacos::kDefaultGroup ? "default" : service.group;
  out.service = service_text(text_in(metadata, "syncer.env"), text_in(metadata, "syncer.app", app),
                             text_in(metadata, "syncer.name", service.name),
                             text_in(metadata, "syncer.version", version_in(metadata)));
  out.id = instance.cluster + "#" + instance.ip + "#" + std::to_string(instance.port);
  out.endpoints = shown_endpoints(instance.ip, std::to_string(instance.port), metadata);
  out.status = status_of(instance);
  out.properties = metadata;
  const std::string version = text_in(metadata, "syncer.version");
  std::erase_if(out.properties, [&](const auto& one) {
    const bool is_added = !version.empty() && one.first == "version" && one.second == version;
    return one.first.starts_with("syncer.") || is_of_lease(one.first) || is_added;
  });
  out.host = std::nullopt;
  out.lease = std::chrono::milliseconds(mocksc::nacos::beat_times(instance.metadata).delete_ms);
  out.mark = mark_in(metadata);
  out.internal = !out.mark && service.group == "syncer";
  return out;
}

RegistryChangeKind kind_of(ChangeKind change) {
  switch (change) {
    case ChangeKind::Registered:
      return RegistryChangeKind::InstanceRegistered;
    case ChangeKind::Changed:
      return RegistryChangeKind::InstanceChanged;
    case ChangeKind::Unregistered:
      return RegistryChangeKind::InstanceUnregistered;
    case ChangeKind::Expired:
      return RegistryChangeKind::InstanceExpired;
    case ChangeKind::Lost:
      return RegistryChangeKind::InstanceLost;
    case ChangeKind::Restored:
      return RegistryChangeKind::InstanceRestored;
  }
  return RegistryChangeKind::Other;
}

const char* word_of(ChangeKind change) {
  constexpr const char* kWords[] = {"registered", "changed", "removed", "expired", "lost", "restored"};
  return kWords[static_cast<std::size_t>(change)];
}

HttpRequest request_of(const char* method, const char* path,
                       const std::vector<std::pair<const char*, std::string>>& all) {
  HttpRequest request;
  request.method = method;
  request.target = std::string(kPath) + path;
  char separator = '?';
  for (const auto& [name, value] : all) {
    request.target += separator + std::string(name) + "=" + syncer::percent_encode(value);
    separator = '&';
  }
  return request;
}

class NacosHost final : public MockHost {
 public:
  /// `servers` refers to what `store` owns.
  NacosHost(const RegistrySpec& spec, mocksc::nacos::Servers& servers, std::unique_ptr<mocksc::Store> store,
            const syncer::Random& random)
      : MockHost(spec, std::move(store), random), servers_(servers) {}

  std::optional<CopyMark> mark_of(const HttpRequest& request) const override {
    if (request.method != "POST") return std::nullopt;
    const mocksc::nacos::Parameters parameters(request, mocksc::nacos::Release::V2_5_1);
    const auto metadata = nlohmann::json::parse(parameters.text("metadata"), nullptr, false);
    return metadata.is_object() ? mark_in(metadata.get<Texts>()) : std::nullopt;
  }
  void set_listener(RegistryListener listener) override {
    servers_.model().set_listener(
        [this, listener = std::move(listener)](const mocksc::nacos::Change& change) { report(listener, change); });
  }
  void for_each(const std::function<void(const RegistryInstance&)>& use) const override {
    const mocksc::nacos::Registry& registry = servers_.model().registry();
    for (const auto& [name, service] : registry.all()) {
      for (const mocksc::nacos::Instance& instance : registry.present(name)) use(neutral(name, instance));
    }
  }

 protected:
  std::string id_of(const App& app) const override {
    const EndpointParts address = chosen(app.instance.endpoints);
    return "DEFAULT#" + address.host + "#" + address.port;
  }
  Requests registration(const App& app) const override;
  HttpRequest renewal(const App& app) const override { return request_of("PUT", "/v1/ns/instance/beat", where(app)); }
  HttpRequest removal(const App& app) const override { return request_of("DELETE", "/v1/ns/instance", where(app)); }
  bool is_forgotten(const syncer::HttpResponse& answer) const override {
    return answer.status == 200 && answer.body.find("20404") != std::string::npos;
  }
  Duration beat_interval(const App& app) const override {
    return std::max<Duration>(app.instance.lease / 6, std::chrono::seconds(1));
  }
  /// Another one that took the address over is not the application.
  bool is_alive(const App& app) const override {
    for (const mocksc::nacos::Instance& instance : servers_.model().registry().present(service_of(app))) {
      const EndpointParts address = chosen(app.instance.endpoints);
      if (instance.ip == address.host && std::to_string(instance.port) == address.port)
        return !instance.metadata.contains("syncer.region");
    }
    return false;
  }

 private:
  using Pairs = std::vector<std::pair<const char*, std::string>>;
  static ServiceName service_of(const App& app) {
    ServiceName name;
    if (app.instance.app != "default" && !app.instance.app.empty()) name.group = app.instance.app;
    name.name = app.instance.service;
    return name;
  }
  static Pairs where(const App& app) {
    const EndpointParts address = chosen(app.instance.endpoints);
    return {{"serviceName", service_of(app).full()}, {"ip", address.host}, {"port", address.port}};
  }

  /// An address that somebody else has now: the one that had it is gone.
  static bool is_another(const RegistryInstance& before, const RegistryInstance& now) {
    return before.service != now.service || (before.mark && (!now.mark || owner(now) != owner(before)));
  }
  /// Of two copies that want one address the lower name has it. What any other one takes away was removed by its
  /// writer.
  static bool gives_way(const RegistryInstance& before, const RegistryInstance& now) {
    return before.service == now.service && before.mark && now.mark && owner(now) < owner(before);
  }
  static std::pair<std::string, std::string> owner(const RegistryInstance& copy) {
    return {copy.mark->region, copy.mark->instance};
  }
  void report(const RegistryListener& listener, const mocksc::nacos::Change& change);

  mocksc::nacos::Servers& servers_;
  std::map<std::pair<ServiceName, std::string>, RegistryInstance> told_;  ///< by address
};

void NacosHost::report(const RegistryListener& listener, const mocksc::nacos::Change& change) {
  const RegistryInstance shown = neutral(change.service, change.instance);
  RegistryChangeKind kind = kind_of(change.kind);
  const auto place = std::pair(change.service, shown.id);
  const auto before = told_.find(place);
  if (!is_end(kind) && before != told_.end() && is_another(before->second, shown)) {
    const std::string_view client = gives_way(before->second, shown) ? std::string_view() : change.client;
    listener({RegistryChangeKind::InstanceUnregistered, change.at, "replaced", &before->second, client});
    kind = RegistryChangeKind::InstanceRegistered;
  }
  if (is_end(kind)) told_.erase(place);
  listener({kind, change.at, word_of(change.kind), &shown, change.client});
  if (!is_end(kind)) told_.insert_or_assign(place, shown);
}

NacosHost::Requests NacosHost::registration(const App& app) const {
  Texts metadata = app.instance.properties;
  describe(chosen(app.instance.endpoints), metadata);
  if (app.instance.version != kDefaultVersion) metadata.emplace("version", app.instance.version);
  const std::int64_t lease = app.instance.lease / std::chrono::milliseconds(1);
  metadata["preserved.heart.beat.interval"] = std::to_string(lease / 6);
  metadata["preserved.heart.beat.timeout"] = std::to_string(lease / 2);
  metadata["preserved.ip.delete.timeout"] = std::to_string(lease);
  Pairs pairs = where(app);
  pairs.emplace_back("enabled", app.instance.status == "UP" ? "true" : "false");
  pairs.emplace_back("metadata", nlohmann::json(metadata).dump());
  return {request_of("POST", "/v1/ns/instance", pairs)};
}

mocksc::nacos::Options options_of(const RegistrySpec& spec) {
  mocksc::nacos::Options options;
  if (!spec.version.empty()) options.release = *mocksc::nacos::parse_release(spec.version);
  options.wall_at_zero = kWallAtZero;
  if (!spec.lags) options.merge = Duration::zero();
  return options;
}

Result<void> check_spec(const RegistrySpec& spec) {
  if (!spec.version.empty()) {
    const auto release = mocksc::nacos::parse_release(spec.version);
    if (!release) return failure(ErrorCode::Invalid, "version", release.error().detail);
  }
  if (spec.min_lease) return failure(ErrorCode::Invalid, "min_lease", "Nacos raises no leases");
  if (spec.delete_visibility)
    return failure(ErrorCode::Invalid, "delete_visibility", "Nacos shows a removal with the next merge: use \"lags\"");
  if (spec.tokens) return failure(ErrorCode::Invalid, "tokens", "only a service center wants tokens in a scenario");
  if (spec.returning.new_ids)
    return failure(ErrorCode::Invalid, "returning", "an id is an address here: nobody comes back under another");
  return {};
}

}  // namespace

RegistryKind nacos_kind() {
  RegistryKind kind;
  kind.name = "nacos";
  kind.check = check_spec;
  kind.check_operation = [](std::string_view name) {
    return mocksc::nacos::make_servers({}, 1)->check_operation(name);
  };
  kind.shows = shown_here;
  kind.shows_own = shown_here;
  kind.path = kPath;
  kind.make = [](const RegistrySpec& spec, const syncer::Random& random) {
    auto servers = mocksc::nacos::make_servers(options_of(spec), spec.front_ends);
    mocksc::nacos::Servers& all = *servers;
    return std::make_unique<NacosHost>(spec, all, std::move(servers), random);
  };
  return kind;
}

}  // namespace sim::host
