// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/documents.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "syncer/base/mutation.h"

namespace syncer::registry {
namespace {

constexpr std::uint64_t kDayInSeconds = 86400;

std::string property(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

std::uint64_t number_member(const nlohmann::json& object, const char* name) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}

/// What one service center alone knows, and what the key already says, stays at home.
Bytes payload_without(nlohmann::json document, std::initializer_list<const char*> names) {
  for (const char* name : names) document.erase(name);
  for (auto it = document.begin(); it != document.end();) it = it->is_null() ? document.erase(it) : std::next(it);
  return canonical_text(document);
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

std::optional<ServiceDocument> read_service(const nlohmann::json& document, const std::string& domain,
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
  nlohmann::json canonical = document;
  if (schemas->empty())
    canonical.erase("schemas");
  else
    canonical["schemas"] = *schemas;
  Bytes payload = payload_without(std::move(canonical), {"serviceId", "environment", "appId", "serviceName", "version",
                                                         "timestamp", "modTimestamp"});
  return ServiceDocument{*id,
                         ServiceKey{domain, project, *environment, *app, *name, *version},
                         *alias,
                         *modified,
                         std::move(*schemas),
                         std::move(payload)};
}

std::optional<InstanceDocument> read_instance(const nlohmann::json& document) {
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
  instance.payload = payload_without(document, {"instanceId", "serviceId", "version", "timestamp", "modTimestamp"});
  return instance;
}

std::optional<SchemaDocument> read_schema(const nlohmann::json& document) {
  const auto id = text_member(document, "schemaId");
  const auto summary = text_member(document, "summary");
  const auto content = text_member(document, "schema");
  if (!id || id->empty() || !summary || !content) return std::nullopt;
  nlohmann::json payload = {{"schema", *content}};
  if (!summary->empty()) payload["summary"] = *summary;
  return SchemaDocument{*id, !content->empty(), canonical_text(payload)};
}

Duration lease_of(const nlohmann::json& instance) {
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
