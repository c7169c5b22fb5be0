// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/documents.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::registry {
namespace {

constexpr std::uint64_t kDayInSeconds = 86400;

std::string property(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

std::uint64_t number_member(const json::Value& object, const char* name) {
  const auto* value = member(object, name);
  return value != nullptr ? value->natural().value_or(0) : 0;
}

/// What one service center alone knows, and what the key already says, stays at catalog.
Members payload_of(const json::Value& document, std::initializer_list<ByteView> without) {
  Members members = members_of(document, without);
  std::erase_if(members, [](const auto& member) { return member.second == "null"; });
  return members;
}

void read_marks(InstanceDocument& instance) {
  const Properties& p = instance.properties;
  if (p.contains("syncer.region") && !SYNCER_MUTATED("registry.overlook_marks")) {
    instance.copy = CopyMark{property(p, "syncer.region"), property(p, "syncer.instance"), property(p, "syncer.epoch")};
  } else if (p.contains("syncer.canary")) {
    instance.canary = CanaryMark{property(p, "syncer.canary"), property(p, "syncer.node"), property(p, "syncer.run")};
  }
}

}  // namespace

std::optional<ServiceDocument> read_service(const json::Value& document, const std::string& domain,
                                            const std::string& project) {
  const auto id = text_member(document, "serviceId");
  const auto environment = text_member(document, "environment");
  const auto app = text_member(document, "appId");
  const auto name = text_member(document, "serviceName");
  const auto version = text_member(document, "version");
  const auto alias = text_member(document, "alias");
  const auto modified = text_member(document, "modTimestamp");
  auto schemas = texts_member(document, "schemas");
  if (!id || !environment || !app || !name || !version || !alias || !modified || !schemas) return std::nullopt;
  if (id->empty() || name->empty() || !properties_member(document, "properties")) return std::nullopt;
  std::sort(schemas->begin(), schemas->end());
  Members payload = payload_of(document, {"serviceId", "environment", "appId", "serviceName", "version", "timestamp",
                                          "modTimestamp", "schemas"});
  if (!schemas->empty()) payload.emplace("schemas", list_text(*schemas));
  return ServiceDocument{*id,
                         ServiceKey{domain, project, *environment, *app, *name, *version},
                         *alias,
                         *modified,
                         std::move(*schemas),
                         object_text(payload)};
}

std::optional<InstanceDocument> read_instance(const json::Value& document) {
  const auto id = text_member(document, "instanceId");
  const auto service = text_member(document, "serviceId");
  const auto status = text_member(document, "status");
  auto properties = properties_member(document, "properties");
  if (!id || id->empty() || !service || !status || !properties) return std::nullopt;
  if (!texts_member(document, "endpoints") || !text_member(document, "hostName")) return std::nullopt;
  InstanceDocument instance;
  instance.id = *id;
  instance.service_id = *service;
  instance.status = status->empty() ? "UP" : *status;
  instance.properties = std::move(*properties);
  instance.lease = lease_of(document);
  read_marks(instance);
  if (instance.copy || instance.canary) return instance;
  instance.properties.clear();
  instance.payload =
      object_text(payload_of(document, {"instanceId", "serviceId", "version", "timestamp", "modTimestamp"}));
  return instance;
}

std::optional<SchemaDocument> read_schema(const json::Value& document) {
  const auto id = text_member(document, "schemaId");
  const auto summary = text_member(document, "summary");
  const auto content = text_member(document, "schema");
  if (!id || id->empty() || !summary || !content) return std::nullopt;
  Properties payload = {{"schema", *content}};
  if (!summary->empty()) payload.emplace("summary", *summary);
  return SchemaDocument{*id, !content->empty(), properties_text(payload)};
}

Duration lease_of(const json::Value& instance) {
  const auto* check = member(instance, "healthCheck");
  std::uint64_t interval = 30;
  std::uint64_t times = 3;
  if (check != nullptr && text_member(*check, "mode") != "pull") {
    interval = number_member(*check, "interval");
    times = number_member(*check, "times");
    if (interval == 0) interval = 30;
  }
  if (interval > kDayInSeconds || times > kDayInSeconds) return std::chrono::seconds(kDayInSeconds);
  return std::chrono::seconds(std::min(interval * (times + 1), kDayInSeconds));
}

bool is_infrastructure(const ServiceKey& key, const std::string& alias) {
  if (key.app_id == "default" && (key.name == "SERVICECENTER" || alias == "SERVICECENTER")) return true;
  return key.app_id == "syncer" && key.name == "SYNCER";
}

ServiceKey canary_service(const std::string& domain, const std::string& project) {
  return {domain, project, "", "syncer", "SYNCER", "1.0.0"};
}

}  // namespace syncer::registry
