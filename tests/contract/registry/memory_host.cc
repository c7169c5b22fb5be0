// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/registry/memory_host.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/memory_registry.h"

namespace sim::host {
namespace {

namespace memory = syncer::registry::memory;
using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::Instant;
using syncer::Result;

std::string text(const syncer::registry::Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

std::optional<CopyMark> mark_in(const memory::Item& item) {
  if (!item.metadata.contains("syncer.region")) return std::nullopt;
  const auto epoch = syncer::parse_epoch(text(item.metadata, "syncer.epoch"));
  return CopyMark{text(item.metadata, "syncer.region"), text(item.metadata, "syncer.instance"),
                  epoch.value_or(syncer::Epoch{})};
}

RegistryInstance shown(const std::string& id, const memory::Item& item) {
  RegistryInstance out;
  out.service = service_text("", item.app, item.name, item.version);
  out.id = id;
  out.endpoints = item.endpoints;
  out.status = item.status;
  out.properties = item.metadata;
  std::erase_if(out.properties, [](const auto& text) { return text.first.starts_with("syncer."); });
  out.mark = mark_in(item);
  out.internal = item.metadata.contains("syncer.canary");
  return out;
}

class MemoryHost : public Registry {
 public:
  HttpReply handle(Instant now, std::uint32_t, const HttpRequest& request, std::string_view client) override {
    if (!faults_.empty()) return {false, {}, failure(ErrorCode::Unreachable, "http", "connection refused")};
    HttpReply reply;
    reply.outcome = apply(now, request, client);
    return reply;
  }
  bool writes(const HttpRequest& request) const override { return request.method != "GET"; }
  std::optional<CopyMark> mark_of(const HttpRequest& request) const override {
    const auto item = memory::decode(request.body);
    return item ? mark_in(*item) : std::nullopt;
  }
  Instant next_deadline() const override { return std::min(registry_.next_deadline(), next_beat_); }
  void advance(Instant now) override;
  void set_listener(RegistryListener listener) override { listener_ = std::move(listener); }

  Result<void> register_instance(Instant now, const AppInstance& app) override {
    App& mine = apps_[app.name];
    mine.item = {app.app, app.service, app.version, app.status, app.endpoints, app.properties};
    enrol(now, app.name, mine);
    return {};
  }
  Result<void> deregister(Instant now, std::string_view name) override {
    return with(name, [&](App& app) {
      apply(now, {"DELETE", "", "/entries/" + app.id, {}, ""}, "app:" + std::string(name));
      apps_.erase(apps_.find(name));
    });
  }
  Result<void> stop_heartbeat(Instant, std::string_view name) override {
    return with(name, [](App& app) { app.beats = false; });
  }
  Result<void> start_heartbeat(Instant, std::string_view name) override {
    return with(name, [](App& app) { app.beats = true; });
  }
  Result<void> expire(Instant now, std::string_view name) override {
    return with(name, [&](App& app) {
      app.beats = false;
      end(now, app.id, RegistryChangeKind::InstanceExpired);
    });
  }
  Result<void> set_status(Instant now, std::string_view name, std::string_view status) override {
    return with(name, [&](App& app) { app.item.status = status, rewrite(now, name, app); });
  }
  Result<void> set_properties(Instant now, std::string_view name,
                              const std::map<std::string, std::string>& properties) override {
    return with(name, [&](App& app) { app.item.metadata = properties, rewrite(now, name, app); });
  }
  bool has(std::string_view name) const override {
    const auto found = apps_.find(name);
    return found != apps_.end() && registry_.items().contains(found->second.id);
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, app] : apps_) {
      if (has(name)) all.push_back(name);
    }
    return all;
  }
  void for_each(const std::function<void(const RegistryInstance&)>& use) const override {
    for (const auto& [id, item] : registry_.items()) use(shown(id, item));
  }

  RegistryFaultId start_fault(Instant, const fault::RegistryFault&) override {
    faults_.insert(++last_fault_);
    return last_fault_;
  }
  void stop_fault(Instant, RegistryFaultId id) override { faults_.erase(id); }
  bool healthy() const override { return faults_.empty(); }
  void remember_past(Instant, syncer::Duration) override {}
  void save(Instant, const std::string&) override {}
  Result<void> restore(Instant, const std::string& label) override {
    return failure(ErrorCode::NotFound, "memory", "nothing was saved as \"" + label + "\"");
  }
  void lose_data(Instant now) override {
    std::vector<std::string> all;
    for (const auto& [id, item] : registry_.items()) all.push_back(id);
    for (const std::string& id : all) end(now, id, RegistryChangeKind::InstanceLost);
  }

 private:
  struct App {
    memory::Item item;
    std::string id;
    bool beats = true;
  };

  template <class Use>
  Result<void> with(std::string_view name, Use use) {
    const auto found = apps_.find(name);
    if (found == apps_.end()) return failure(ErrorCode::NotFound, "memory", "no application " + std::string(name));
    use(found->second);
    return {};
  }
  syncer::HttpResponse apply(Instant now, const HttpRequest& request, std::string_view client);
  void report(Instant now, RegistryChangeKind kind, const std::string& id, const memory::Item& item,
              std::string_view client);
  void end(Instant now, const std::string& id, RegistryChangeKind kind);
  void enrol(Instant now, const std::string& name, App& app) {
    app.id = apply(now, {"POST", "", "/entries", {}, memory::encode(app.item)}, "app:" + name).body;
  }
  void rewrite(Instant now, std::string_view name, App& app) {
    apply(now, {"PATCH", "", "/entries/" + app.id, {}, memory::encode(app.item)}, "app:" + std::string(name));
  }

  memory::Registry registry_;
  RegistryListener listener_;
  std::map<std::string, App, std::less<>> apps_;
  std::set<RegistryFaultId> faults_;
  RegistryFaultId last_fault_ = 0;
  Instant next_beat_{};
};

void MemoryHost::report(Instant now, RegistryChangeKind kind, const std::string& id, const memory::Item& item,
                        std::string_view client) {
  if (!listener_) return;
  const RegistryInstance instance = shown(id, item);
  listener_({kind, now, "entry", &instance, client});
}

syncer::HttpResponse MemoryHost::apply(Instant now, const HttpRequest& request, std::string_view client) {
  const std::map<std::string, memory::Item> before = registry_.items();
  syncer::HttpResponse response = registry_.handle(now, request);
  if (request.method == "GET") return response;
  const auto& after = registry_.items();
  for (const auto& [id, item] : before) {
    if (!after.contains(id)) report(now, RegistryChangeKind::InstanceUnregistered, id, item, client);
  }
  for (const auto& [id, item] : after) {
    const auto old = before.find(id);
    if (old == before.end())
      report(now, RegistryChangeKind::InstanceRegistered, id, item, client);
    else if (old->second != item)
      report(now, RegistryChangeKind::InstanceChanged, id, item, client);
  }
  return response;
}

void MemoryHost::end(Instant now, const std::string& id, RegistryChangeKind kind) {
  const auto found = registry_.items().find(id);
  if (found == registry_.items().end()) return;
  const memory::Item item = found->second;
  registry_.drop(id);
  report(now, kind, id, item, "");
}

void MemoryHost::advance(Instant now) {
  const std::map<std::string, memory::Item> before = registry_.items();
  registry_.advance(now);
  for (const auto& [id, item] : before) {
    if (!registry_.items().contains(id)) report(now, RegistryChangeKind::InstanceExpired, id, item, "");
  }
  if (now < next_beat_) return;
  next_beat_ = now + memory::Registry::kLease / 3;
  if (!faults_.empty()) return;
  for (auto& [name, app] : apps_) {
    if (!app.beats) continue;
    const int status = apply(now, {"PUT", "", "/entries/" + app.id + "/lease", {}, ""}, "app:" + name).status;
    if (status == 404) enrol(now, name, app);
  }
}

}  // namespace

RegistryKind memory_kind() {
  RegistryKind kind;
  kind.name = "memory";
  kind.check = [](const RegistrySpec&) { return Result<void>(); };
  kind.check_operation = [](std::string_view name) -> Result<void> {
    return failure(ErrorCode::Invalid, "operations", "\"" + std::string(name) + "\" is no call of this kind");
  };
  kind.shows = [](RegistryInstance instance) { return instance; };
  kind.make = [](const RegistrySpec&, const syncer::Random&) { return std::make_unique<MemoryHost>(); };
  return kind;
}

}  // namespace sim::host
