// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/mock_host.h"

#include <algorithm>

#include "sim/host/registry/mock_values.h"

namespace sim::host {

using syncer::Duration;
using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;
using syncer::Result;

MockHost::MockHost(const RegistrySpec& spec, std::unique_ptr<mocksc::Store> store, const syncer::Random& random)
    : name_(spec.name),
      returning_(spec.returning),
      returns_(random.stream("returns")),
      front_(std::move(store), random.stream("faults")) {}

HttpReply MockHost::handle(Instant now, std::uint32_t front_end, const HttpRequest& request, std::string_view client) {
  return reply_of(front_.handle(now, front_end, request, client), request.origin);
}

bool MockHost::writes(const HttpRequest& request) const { return front_.store().traits_of(request).is_write; }

Instant MockHost::next_deadline() const {
  Instant next = front_.next_deadline();
  if (!beats_.empty()) next = std::min(next, beats_.begin()->first);
  return forgotten_.empty() ? next : std::min(next, forgotten_.begin()->first);
}

void MockHost::advance(Instant now) {
  front_.advance(now);
  while (!beats_.empty() && beats_.begin()->first <= now) beat(now, apps_.find(beats_.begin()->second)->second);
  while (!forgotten_.empty() && forgotten_.begin()->first <= now) {
    const std::string name = forgotten_.begin()->second;
    forgotten_.erase(forgotten_.begin());
    come_back(now, name);
  }
}

Result<void> MockHost::register_instance(Instant now, const AppInstance& instance) {
  App app;
  app.instance = instance;
  const auto known = apps_.find(instance.name);
  if (known != apps_.end()) {
    if (is_alive(known->second)) return failure(ErrorCode::Conflict, name_, instance.name + " is registered already");
    set_beating(now, known->second, false);
    app.lives = known->second.lives;
    apps_.erase(known);
  }
  if (Result<void> done = enrol(now, app); !done) return done;
  set_beating(now, apps_.emplace(instance.name, std::move(app)).first->second, true);
  return {};
}

Result<void> MockHost::deregister(Instant now, std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  const bool is_forgotten = (*app)->beats && !is_alive(**app);
  set_beating(now, **app, false);
  const Result<void> done = is_forgotten ? Result<void>() : tell(now, **app, {removal(**app)});
  if (done) apps_.erase(apps_.find(name));
  return done;
}

Result<void> MockHost::stop_heartbeat(Instant now, std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  set_beating(now, **app, false);
  return {};
}

Result<void> MockHost::start_heartbeat(Instant now, std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  if (!is_alive(**app)) return failure(ErrorCode::NotFound, name_, std::string(name) + " has expired");
  set_beating(now, **app, true);
  return {};
}

Result<void> MockHost::expire(Instant now, std::string_view name) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  set_beating(now, **app, false);
  if (front_.expire(now, (*app)->id) > 0) return {};
  return failure(ErrorCode::NotFound, name_, std::string(name) + " has expired");
}

Result<void> MockHost::set_status(Instant now, std::string_view name, std::string_view status) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  (*app)->instance.status = status;
  return tell(now, **app, status_change(**app));
}

Result<void> MockHost::set_properties(Instant now, std::string_view name,
                                      const std::map<std::string, std::string>& properties) {
  const Result<App*> app = find(name);
  if (!app) return tl::unexpected(app.error());
  (*app)->instance.properties = properties;
  return tell(now, **app, registration(**app));
}

bool MockHost::has(std::string_view name) const {
  const auto app = apps_.find(name);
  return app != apps_.end() && is_alive(app->second);
}

bool MockHost::runs(std::string_view name) const {
  const auto app = apps_.find(name);
  return app != apps_.end() && (app->second.beats || is_alive(app->second));
}

std::vector<std::string> MockHost::names() const {
  std::vector<std::string> result;
  for (const auto& [name, app] : apps_) {
    if (is_alive(app)) result.push_back(name);
  }
  return result;
}

RegistryFaultId MockHost::start_fault(Instant now, const fault::RegistryFault& fault) {
  return front_.start(now, fault_of(fault));
}

Result<MockHost::App*> MockHost::find(std::string_view name) {
  const auto found = apps_.find(name);
  if (found == apps_.end()) return failure(ErrorCode::NotFound, name_, "no instance " + std::string(name));
  return &found->second;
}

/// What an application says, past the faults: scripted changes always happen.
Result<void> MockHost::tell(Instant now, const App& app, const Requests& requests) {
  for (const HttpRequest& request : requests) {
    const HttpResponse response = front_.handle_unharmed(now, 0, request, "app:" + app.instance.name);
    if (response.status / 100 != 2) return failure(ErrorCode::Refused, name_, response.body);
  }
  return {};
}

Result<void> MockHost::enrol(Instant now, App& app) {
  if (app.lives == 0 || returning_.new_ids) ++app.lives;
  app.id = id_of(app);
  return tell(now, app, registration(app));
}

void MockHost::set_beating(Instant now, App& app, bool beats) {
  if (app.beats == beats) return;
  app.beats = beats;
  beats_.erase({app.next_beat, app.instance.name});
  if (!beats) return;
  app.next_beat = now + beat_interval(app);
  beats_.emplace(app.next_beat, app.instance.name);
}

void MockHost::beat(Instant now, App& app) {
  beats_.erase({app.next_beat, app.instance.name});
  app.next_beat = now + beat_interval(app);
  beats_.emplace(app.next_beat, app.instance.name);
  const mocksc::Outcome outcome = front_.handle(now, 0, renewal(app), "app");
  if (outcome.kind != mocksc::Outcome::Kind::Answer || !is_forgotten(outcome.response)) return;
  if (returning_.within == Duration::zero()) return come_back(now, app.instance.name);
  if (std::exchange(app.returns, true)) return;
  forgotten_.emplace(now + returns_.between(Duration(1), returning_.within), app.instance.name);
}

/// Registers again, unless it left or died since it was forgotten. Refused: it tries again after its next beat.
void MockHost::come_back(Instant now, const std::string& name) {
  const auto found = apps_.find(name);
  if (found == apps_.end()) return;
  found->second.returns = false;
  if (found->second.beats && !is_alive(found->second)) static_cast<void>(enrol(now, found->second));
}

}  // namespace sim::host
