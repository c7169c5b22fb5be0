// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/watches.h"

#include <utility>

#include "mocksc/servicecenter/api/relation_calls.h"
#include "mocksc/servicecenter/json/go_json.h"

namespace mocksc {
namespace {

/// With so many events waiting the real one throws all of them away.
constexpr std::size_t kMaxEvents = 5000;

std::string_view action_of(CacheEvent::Kind kind) {
  switch (kind) {
    case CacheEvent::Kind::Create:
      return "CREATE";
    case CacheEvent::Kind::Update:
      return "UPDATE";
    case CacheEvent::Kind::Delete:
      break;
  }
  return "DELETE";
}

std::string event_text(const CacheEvent& event, const Service& provider) {
  std::string key;
  JsonWriter key_writer(key);
  write(key_writer, ServiceKey{event.service.first, provider.environment, provider.app_id, provider.service_name,
                               provider.alias, provider.version});
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("action", action_of(event.kind));
  writer.raw("key", key);
  writer.raw("instance", event.version->json);
  writer.close_object();
  return out;
}

}  // namespace

WatchId Watches::open(std::string tenant, std::string service_id) {
  watches_[next_] = {std::move(tenant), std::move(service_id), {}};
  return next_++;
}

std::vector<std::string> Watches::take(WatchId id) {
  const auto watch = watches_.find(id);
  return watch == watches_.end() ? std::vector<std::string>() : std::exchange(watch->second.events, {});
}

void Watches::on_event(Registry& registry, const CacheEvent& event) {
  if (watches_.empty()) return;
  const std::string& tenant_name = event.service.first;
  const auto slash = tenant_name.rfind('/');
  Tenant& tenant = registry.tenant_or_empty(tenant_name.substr(0, slash), tenant_name.substr(slash + 1));
  const ServiceRecord* provider = Registry::find_service(tenant, event.service.second);
  if (provider == nullptr) return;
  std::string text;
  for (auto& [id, watch] : watches_) {
    if (watch.tenant != tenant_name || !depends_on(tenant, watch.service_id, *provider)) continue;
    if (text.empty()) text = event_text(event, provider->data);
    if (watch.events.size() >= kMaxEvents) watch.events.clear();
    watch.events.push_back(text);
  }
}

}  // namespace mocksc
