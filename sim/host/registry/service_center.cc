// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/service_center.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "mocksc/servicecenter/store/records.h"
#include "sim/host/registry/mock_values.h"
#include "sim/host/registry/service_center_values.h"
#include "syncer/json/document.h"

namespace sim::host {
namespace {

using nlohmann::json;
using syncer::Duration;
using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;
using syncer::Result;

/// Instances in one heartbeat request.
constexpr std::size_t kBatch = 200;
constexpr std::string_view kTenant = "default";  ///< domain and project of every application

/// Longer than any run.
constexpr syncer::Instant kNeverEnds{std::chrono::hours(24 * 365)};

HttpRequest request_of(std::string method, const std::string& path, std::string body) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = "/v4/" + std::string(kTenant) + "/registry" + path;
  request.headers = {{"X-Domain-Name", std::string(kTenant)}, {"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

std::string instance_path(const std::string& service_id, const std::string& name) {
  return "/microservices/" + service_id + "/instances/" + syncer::percent_encode(name);
}

/// What a console sends to do that to a copy.
std::vector<HttpRequest> meddling(fault::Meddling how, mocksc::Service service, const mocksc::Instance& instance) {
  const std::string service_path = "/microservices/" + service.service_id;
  const std::string path = instance_path(service.service_id, instance.instance_id);
  mocksc::Properties properties = instance.properties;
  switch (how) {
    case fault::Meddling::Status:
      return {request_of("PUT", path + "/status?value=DOWN", "")};
    case fault::Meddling::Properties:
      properties["edited"] = "1";
      return {request_of("PUT", path + "/properties", json{{"properties", properties}}.dump())};
    case fault::Meddling::Marks:
      std::erase_if(properties, [](const auto& property) { return property.first.starts_with("syncer."); });
      properties["edited"] = "1";
      return {request_of("PUT", path + "/properties", json{{"properties", properties}}.dump())};
    case fault::Meddling::Delete:
      return {request_of("DELETE", path, "")};
    case fault::Meddling::Service:
      break;
  }
  service.service_id.clear();
  const std::string body = "{\"service\":" + mocksc::render(service) + "}";
  return {request_of("DELETE", service_path + "?force=true", ""), request_of("POST", "/microservices", body)};
}

/// Releases up to 2.0 refuse the batch, later ones name the lost instances in a good answer.
bool names_the_unknown(const mocksc::Outcome& outcome) {
  if (outcome.kind != mocksc::Outcome::Kind::Answer) return false;
  return outcome.response.status == 400 || outcome.response.body.find("errMessage") != std::string::npos;
}

/// The text of a member of a JSON document written without blanks; empty when it is not there.
std::string_view text_member(std::string_view document, std::string_view quoted_name) {
  const std::size_t name = document.find(quoted_name);
  if (name == std::string_view::npos) return {};
  const std::size_t begin = name + quoted_name.size();
  return document.substr(begin, document.find('"', begin) - begin);
}

/// Applications beat in batches, one for each interval; an outage hits them as it hits the syncers.
class ServiceCenter final : public Registry {
 public:
  ServiceCenter(const RegistrySpec& spec, const syncer::Random& random)
      : name_(spec.name),
        returning_(spec.returning),
        has_accounts_(spec.tokens.has_value()),
        returns_(random.stream("returns")),
        front_(mocksc::Model(options_of(spec), random.stream("model")), random.stream("faults")) {}

  mocksc::FaultyFrontend& front() { return front_; }

  HttpReply handle(Instant now, std::uint32_t front_end, const HttpRequest& request, std::string_view client) override {
    return reply_of(front_.handle(now, front_end, request, client), request.origin);
  }

  bool writes(const HttpRequest& request) const override {
    return request.method != "GET" && request.target.find("/instances/action") == std::string::npos;
  }

  std::string_view operation(const HttpRequest& request) const override {
    return mocksc::name(mocksc::operation_of(request.method, request.target));
  }

  std::optional<CopyMark> mark_of(const HttpRequest& request) const override {
    if (!writes(request) || request.target.ends_with("/heartbeats")) return std::nullopt;  // long, and marks nothing
    const std::string_view epoch = text_member(request.body, R"("syncer.epoch":")");
    if (epoch.empty()) return std::nullopt;
    return CopyMark{std::string(text_member(request.body, R"("syncer.region":")")),
                    std::string(text_member(request.body, R"("syncer.instance":")")),
                    syncer::parse_epoch(epoch).value_or(syncer::Epoch{})};
  }

  Instant next_deadline() const override {
    Instant next = front_.next_deadline();
    for (const auto& [interval, group] : groups_) next = std::min(next, group.next);
    return forgotten_.empty() ? next : std::min(next, forgotten_.begin()->first);
  }

  void advance(Instant now) override {
    front_.advance(now);
    for (auto& [interval, group] : groups_) {
      if (group.next <= now) beat(now, interval, group);
    }
    while (!forgotten_.empty() && forgotten_.begin()->first <= now) {
      const std::string name = forgotten_.begin()->second;
      forgotten_.erase(forgotten_.begin());
      come_back(now, name);
    }
  }

  void set_listener(RegistryListener listener) override {
    front_.model().set_listener([listener = std::move(listener)](const mocksc::RegistryChange& change) {
      const RegistryChangeKind kind = kind_of(change.kind);
      if (kind == RegistryChangeKind::Other || change.instance == nullptr) {
        return listener({RegistryChangeKind::Other, change.at, mocksc::name(change.kind), nullptr, change.client});
      }
      const RegistryInstance instance = neutral(change.service, *change.instance);
      listener({kind, change.at, mocksc::name(change.kind), &instance, change.client});
    });
  }

  Result<void> register_instance(Instant now, const AppInstance& instance) override {
    App app{instance, {}, {}, 0, false, false};
    const auto known = apps_.find(instance.name);
    if (known != apps_.end()) {
      if (alive(known->second)) return failure(ErrorCode::Conflict, name_, instance.name + " is registered already");
      set_beating(now, known->second, false);
      app.lives = known->second.lives;
      apps_.erase(known);
    }
    if (Result<void> done = enrol(now, app); !done) return done;
    set_beating(now, apps_.emplace(instance.name, std::move(app)).first->second, true);
    return {};
  }

  Result<void> deregister(Instant now, std::string_view name) override {
    const Result<App*> app = find(name);
    if (!app) return tl::unexpected(app.error());
    const bool is_forgotten = runs(name) && !alive(**app);
    set_beating(now, **app, false);
    if (!is_forgotten) {
      const Result<HttpResponse> done = tell(now, **app, "DELETE", instance_path((*app)->service_id, (*app)->id));
      if (!done) return tl::unexpected(done.error());
    }
    apps_.erase(apps_.find(name));
    return {};
  }

  Result<void> stop_heartbeat(Instant now, std::string_view name) override {
    const Result<App*> app = find(name);
    if (!app) return tl::unexpected(app.error());
    set_beating(now, **app, false);
    return {};
  }

  Result<void> start_heartbeat(Instant now, std::string_view name) override {
    const Result<App*> app = find(name);
    if (!app) return tl::unexpected(app.error());
    if (!alive(**app)) return failure(ErrorCode::NotFound, name_, std::string(name) + " has expired");
    set_beating(now, **app, true);
    return {};
  }

  Result<void> expire(Instant now, std::string_view name) override {
    const Result<App*> app = find(name);
    if (!app) return tl::unexpected(app.error());
    set_beating(now, **app, false);
    if (front_.expire(now, (*app)->id) > 0) return {};
    return failure(ErrorCode::NotFound, name_, std::string(name) + " has expired");
  }

  Result<void> set_status(Instant now, std::string_view name, std::string_view status) override {
    const Result<App*> app = find(name);
    if (!app) return tl::unexpected(app.error());
    const std::string path = instance_path((*app)->service_id, (*app)->id) + "/status?value=";
    const Result<HttpResponse> done = tell(now, **app, "PUT", path + std::string(status));
    if (!done) return tl::unexpected(done.error());
    (*app)->instance.status = status;
    return {};
  }

  Result<void> set_properties(Instant now, std::string_view name,
                              const std::map<std::string, std::string>& properties) override {
    const Result<App*> app = find(name);
    if (!app) return tl::unexpected(app.error());
    const std::string path = instance_path((*app)->service_id, (*app)->id) + "/properties";
    const Result<HttpResponse> done = tell(now, **app, "PUT", path, json{{"properties", properties}}.dump());
    if (!done) return tl::unexpected(done.error());
    (*app)->instance.properties = properties;
    return {};
  }

  bool has(std::string_view name) const override {
    const auto app = apps_.find(name);
    return app != apps_.end() && alive(app->second);
  }

  bool runs(std::string_view name) const override {
    const auto app = apps_.find(name);
    return app != apps_.end() && (app->second.beats || alive(app->second));
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> result;
    for (const auto& [name, app] : apps_) {
      if (alive(app)) result.push_back(name);
    }
    return result;
  }

  void for_each(const std::function<void(const RegistryInstance&)>& use) const override {
    front_.model().for_each_instance(
        [&](const mocksc::InstanceView& view) { use(neutral(view.service, view.instance)); });
  }

  RegistryFaultId start_fault(Instant now, const fault::RegistryFault& fault) override {
    return front_.start(now, fault_of(fault));
  }
  void stop_fault(Instant now, RegistryFaultId id) override { front_.stop(now, id); }
  bool healthy() const override { return front_.faults().empty(); }
  void remember_past(Instant now, Duration how_long) override { front_.remember_past(now, how_long); }
  void save(Instant now, const std::string& label) override { front_.save(now, label); }
  Result<void> restore(Instant now, const std::string& label) override { return front_.restore(now, label); }
  void lose_data(Instant now) override { front_.lose_data(now); }
  Result<void> meddle(Instant now, fault::Meddling how,
                      const std::function<bool(const RegistryInstance&)>& is_meant) override {
    std::vector<MeddledCopy> copies;
    front_.model().for_each_instance([&](const mocksc::InstanceView& view) {
      const RegistryInstance copy = neutral(view.service, view.instance);
      if (copy.mark && is_meant(copy)) copies.push_back({view.service, view.instance});
    });
    if (copies.empty()) return failure(ErrorCode::NotFound, name_, "no copy is meant");
    std::set<std::string> gone;  // services that were removed with all their copies
    for (const MeddledCopy& copy : copies) {
      if (!gone.contains(copy.service.service_id)) meddle_with(now, how, copy);
      if (how == fault::Meddling::Service) gone.insert(copy.service.service_id);
    }
    return {};
  }

 private:
  struct MeddledCopy {
    mocksc::Service service;
    mocksc::Instance instance;
  };

  void meddle_with(Instant now, fault::Meddling how, const MeddledCopy& copy) {
    for (const HttpRequest& request : meddling(how, copy.service, copy.instance))
      front_.handle_unharmed(now, 0, request, "console");
  }

  struct App {
    AppInstance instance;
    std::string id;
    std::string service_id;
    std::uint32_t lives = 0;  ///< ids it had, where each life has its own
    bool beats = true;
    bool returns = false;  ///< found itself forgotten, and registers again in a while
  };
  /// The applications of one interval, which beat together.
  struct Group {
    std::set<std::string> names;
    Instant next;
    std::vector<HttpRequest> requests;  ///< rendered anew when empty
  };

  Result<App*> find(std::string_view name) {
    const auto found = apps_.find(name);
    if (found == apps_.end()) return failure(ErrorCode::NotFound, name_, "no instance " + std::string(name));
    return &found->second;
  }

  bool alive(const App& app) const {
    return front_.model().find_instance(kTenant, kTenant, app.service_id, app.id).has_value();
  }

  /// What an application says, past the faults: scripted changes always happen.
  Result<HttpResponse> tell(Instant now, const App& app, std::string method, const std::string& path,
                            std::string body = {}) {
    const HttpRequest request = request_of(std::move(method), path, std::move(body));
    HttpResponse response = front_.handle_unharmed(now, 0, request, "app:" + app.instance.name);
    if (response.status / 100 == 2) return response;
    return failure(ErrorCode::Refused, name_, response.body);
  }

  Result<void> enrol(Instant now, App& app) {
    if (app.lives == 0 || returning_.new_ids) ++app.lives;
    app.id = app.instance.name + (app.lives == 1 ? "" : "-r" + std::to_string(app.lives));
    const Result<HttpResponse> service = tell(now, app, "POST", "/microservices", service_body(app.instance));
    if (!service) return tl::unexpected(service.error());
    const auto answer = syncer::json::Document::parse(service->body);
    const syncer::json::Value* id = answer ? answer->root().find("serviceId") : nullptr;
    app.service_id = id != nullptr ? id->text() : "";
    const Result<HttpResponse> instance =
        tell(now, app, "POST", "/microservices/" + app.service_id + "/instances", instance_body(app.instance, app.id));
    if (!instance) return tl::unexpected(instance.error());
    return {};
  }

  void set_beating(Instant now, App& app, bool beats) {
    if (app.beats == beats) return;
    app.beats = beats;
    const Duration interval = beats_of(app.instance.lease).interval;
    Group& group = groups_[interval];
    if (group.names.empty()) group.next = now + interval;
    group.requests.clear();
    if (beats) {
      group.names.insert(app.instance.name);
    } else {
      group.names.erase(app.instance.name);
    }
    if (group.names.empty()) groups_.erase(interval);
  }

  void render(Group& group) const {
    json batch = json::array();
    const auto flush = [&] {
      const std::string body = json{{"instances", std::exchange(batch, json::array())}}.dump();
      group.requests.push_back(request_of("PUT", "/heartbeats", body));
      // How applications log in is their own matter.
      if (has_accounts_)
        group.requests.back().headers.add("Authorization", "Bearer " + front_.model().token(kAccount, kNeverEnds));
    };
    for (const std::string& name : group.names) {
      const App& app = apps_.find(name)->second;
      batch.push_back({{"serviceId", app.service_id}, {"instanceId", app.id}});
      if (batch.size() == kBatch) flush();
    }
    if (!batch.empty()) flush();
  }

  void beat(Instant now, Duration interval, Group& group) {
    group.next = now + interval;
    if (group.requests.empty()) render(group);
    bool forgotten = false;
    for (const HttpRequest& request : group.requests) {
      const mocksc::Outcome outcome = front_.handle(now, 0, request, "app");
      forgotten = forgotten || names_the_unknown(outcome);
    }
    if (!forgotten) return;
    for (const std::string& name : group.names) {
      if (alive(apps_.find(name)->second)) continue;
      if (returning_.within == Duration::zero())
        come_back(now, name);
      else if (!std::exchange(apps_.find(name)->second.returns, true))
        forgotten_.emplace(now + returns_.between(Duration(1), returning_.within), name);
    }
  }

  /// Registers again, unless it left or died since it was forgotten. Refused (say, for want of quota): it tries again
  /// after its next beat.
  void come_back(Instant now, const std::string& name) {
    const auto found = apps_.find(name);
    if (found == apps_.end()) return;
    found->second.returns = false;
    if (!found->second.beats || alive(found->second)) return;
    static_cast<void>(enrol(now, found->second));
    groups_[beats_of(found->second.instance.lease).interval].requests.clear();  // it has other ids
  }

  std::string name_;
  Returning returning_;
  bool has_accounts_;
  syncer::Random returns_;
  mocksc::FaultyFrontend front_;
  std::map<std::string, App, std::less<>> apps_;
  std::map<Duration, Group> groups_;
  std::set<std::pair<Instant, std::string>> forgotten_;  // who knows it, by the time it comes back
};

Result<void> check_spec(const RegistrySpec& spec) {
  if (const auto release = release_of(spec); !release) {
    return failure(ErrorCode::Invalid, "version", release.error().detail);
  }
  if (spec.min_lease &&
      (*spec.min_lease % std::chrono::seconds(4) != Duration::zero() || *spec.min_lease <= Duration::zero())) {
    return failure(ErrorCode::Invalid, "min_lease", "wants a multiple of 4s: four beats of whole seconds");
  }
  return {};
}

/// Its callers know HTTP as "rest", and encryption as a parameter.
RegistryInstance shown_here(RegistryInstance instance) {
  for (std::string& endpoint : instance.endpoints) {
    if (endpoint.starts_with("http://")) endpoint.replace(0, 4, "rest");
    if (endpoint.starts_with("https://")) endpoint.replace(0, 5, "rest").append("?sslEnabled=true");
  }
  return instance;
}

Result<void> check_operation(std::string_view name) {
  const auto known = mocksc::parse_operation(name);
  return known ? Result<void>() : tl::unexpected(known.error());
}

}  // namespace

RegistryKind service_center_kind() {
  RegistryKind kind;
  kind.name = "servicecenter";
  kind.check = check_spec;
  kind.check_operation = check_operation;
  kind.shows = shown_here;
  kind.has_backend = true;
  kind.make = [](const RegistrySpec& spec, const syncer::Random& random) {
    return std::make_unique<ServiceCenter>(spec, random);
  };
  return kind;
}

mocksc::FaultyFrontend& front_of(Registry& registry) { return dynamic_cast<ServiceCenter&>(registry).front(); }

}  // namespace sim::host
