// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/server/servers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mocksc/nacos/api/checks.h"
#include "syncer/base/nearest.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;

constexpr std::string_view kHelp =
    "POST   /mock/nacos/connection?serviceName=S&ip=I&port=P[&metadata={}]  an instance of an SDK that is connected\n"
    "DELETE /mock/nacos/connection?serviceName=S&ip=I&port=P                its connection ends\n"
    "PUT    /mock/nacos/state?value=READ_ONLY     the server's state: UP, DOWN, STARTING, READ_ONLY or WRITE_ONLY\n"
    "POST   /mock/nacos/restart                   forgets what is ephemeral, and answers well and empty\n"
    "POST   /mock/nacos/logout                    every token that was given is worth nothing\n";

/// Names of calls by method and the end of their path; the first that fits.
struct Operation {
  std::string_view method;
  std::string_view end;
  CallTraits traits;
};
constexpr std::array<Operation, 13> kOperations = {{
    {"GET", "/instance/list", {"list", true, false}},
    {"GET", "/catalog/services", {"catalog", true, false}},
    {"GET", "/catalog/instances", {"catalog_instances", true, false}},
    {"GET", "/service/list", {"services", true, false}},
    {"GET", "/ns/instance", {"instance", false, false}},
    {"POST", "/ns/instance", {"register", false, true}},
    {"PUT", "/ns/instance", {"update", false, true}},
    {"DELETE", "/ns/instance", {"remove", false, true}},
    {"PUT", "/instance/beat", {"beat", false, true}},
    {"POST", "/login", {"login", false, false}},
    {"GET", "/state", {"state", false, false}},
    {"GET", "", {"other", false, false}},
    {"", "", {"other_write", false, true}},
}};

std::string_view path_of(const HttpRequest& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

std::string id_of(const Instance& instance) {
  return instance.cluster + "#" + instance.ip + "#" + std::to_string(instance.port);
}

class AgreedServers final : public Servers {
 public:
  AgreedServers(const Options& options, std::size_t front_ends) : model_(options), front_ends_(front_ends) {}

  Model& model() override { return model_; }
  const Model& model() const override { return model_; }

  CallTraits traits_of(const HttpRequest& request) const override {
    const auto found = std::find_if(kOperations.begin(), kOperations.end(), [&](const Operation& operation) {
      return (operation.method.empty() || operation.method == request.method) &&
             path_of(request).ends_with(operation.end);
    });
    return found->traits;
  }
  syncer::Result<void> check_operation(std::string_view name) const override {
    std::vector<std::string_view> names;
    for (const Operation& operation : kOperations) names.push_back(operation.traits.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return {};
    return syncer::failure(syncer::ErrorCode::Invalid, "operations",
                           "Nacos has no call \"" + std::string(name) + "\"" + syncer::did_you_mean(name, names));
  }
  HttpResponse handle(Instant now, std::size_t, const HttpRequest& request, std::string_view client,
                      const ReadFault& fault) override {
    return model_.handle(now, request, client, fault);
  }
  Instant next_deadline() const override { return model_.next_deadline(); }
  void advance(Instant now) override { model_.advance(now); }

  std::size_t front_ends() const override { return front_ends_; }
  void set_front_end_up(Instant, std::size_t, bool) override {}
  void freeze_leases(bool frozen) override { model_.registry().freeze(frozen); }
  std::size_t expire(Instant now, std::string_view id) override;
  void lose_data(Instant now) override { model_.restart(now); }
  std::any save() const override { return model_.registry(); }
  syncer::Result<void> restore(Instant now, const std::any& saved) override {
    model_.registry().restore(now, std::any_cast<const Registry&>(saved));
    return {};
  }
  std::unique_ptr<Store> copy() const override { return std::make_unique<AgreedServers>(*this); }

  std::string broken_body() const override { return R"({"hosts":[{"ip":})"; }
  std::string instances() const override;
  std::string_view title() const override { return "Nacos server"; }
  std::optional<HttpResponse> control(Instant now, const HttpRequest& request) override;
  std::string_view help() const override { return kHelp; }

 private:
  HttpResponse connection(Instant now, const HttpRequest& request);

  Model model_;
  std::size_t front_ends_;
};

std::size_t AgreedServers::expire(Instant now, std::string_view id) {
  std::vector<std::pair<ServiceName, Instance>> ended;
  for (const auto& [name, service] : model_.registry().all()) {
    for (const auto& [key, instance] : service.instances) {
      if (id_of(instance) == id) ended.emplace_back(name, instance);
    }
  }
  std::size_t count = 0;
  for (const auto& [name, instance] : ended) count += model_.registry().expire(now, name, instance.ip, instance.port);
  return count;
}

std::string AgreedServers::instances() const {
  std::string out;
  for (const auto& [name, service] : model_.registry().all()) {
    for (const Instance& instance : model_.registry().present(name)) {
      const char* state = !instance.enabled ? "disabled" : instance.healthy ? "healthy" : "unhealthy";
      out += (name.space.empty() ? "" : name.space + " ") + name.full() + " " + id_of(instance) + " " + state + "\n";
    }
  }
  return out;
}

HttpResponse AgreedServers::connection(Instant now, const HttpRequest& request) {
  const Parameters parameters(request, Release::V2_5_1);
  const auto port = syncer::parse_number(parameters.text("port"), 65535);
  const auto metadata = parse_metadata(parameters.text("metadata"), true);
  if (!parameters.has("serviceName") || !parameters.has("ip") || !port || !metadata)
    return {400, {}, "serviceName, ip and port are wanted, and metadata as JSON\n"};
  ServiceName service;
  service.name = parameters.text("serviceName");
  service.group = parameters.text_or("groupName", kDefaultGroup);
  Instance instance;
  instance.ip = parameters.text("ip");
  instance.port = static_cast<std::int64_t>(*port);
  instance.holder = Holder::Connection;
  instance.metadata = *metadata;
  instance.id = instance_id(instance, service);
  if (request.method == "DELETE") return {model_.registry().remove(now, service, instance, "sdk") ? 200 : 404, {}, ""};
  const auto done = model_.registry().put(now, service, instance, "sdk");
  return done ? HttpResponse{200, {}, ""} : HttpResponse{400, {}, syncer::to_string(done.error()) + "\n"};
}

std::optional<HttpResponse> AgreedServers::control(Instant now, const HttpRequest& request) {
  const std::string_view path = path_of(request);
  const std::string& method = request.method;
  if (path == "/mock/nacos/connection" && (method == "POST" || method == "DELETE")) return connection(now, request);
  if (path == "/mock/nacos/state" && method == "PUT") {
    model_.set_state(Parameters(request, Release::V2_5_1).text("value"));
    return HttpResponse{200, {}, ""};
  }
  if (path == "/mock/nacos/restart" && method == "POST") {
    model_.restart(now);
    return HttpResponse{200, {}, ""};
  }
  if (path == "/mock/nacos/logout" && method == "POST") {
    model_.revoke_tokens();
    return HttpResponse{200, {}, ""};
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Servers> make_servers(const Options& options, std::size_t front_ends) {
  return std::make_unique<AgreedServers>(options, front_ends);
}

}  // namespace mocksc::nacos
