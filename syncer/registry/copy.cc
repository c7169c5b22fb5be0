// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/copy.h"

#include <nlohmann/json.hpp>

#include "syncer/base/hash.h"

namespace syncer::registry {
namespace {

constexpr std::size_t kIdLength = 32;

std::string short_sha256(const Bytes& octets) { return sha256_hex(octets).substr(0, kIdLength); }

/// Everything but what can be changed in place.
std::string id_of(const std::string& region, const std::string& instance, nlohmann::json document) {
  document.erase("status");
  document.erase("properties");
  Bytes octets;
  ByteWriter writer(octets);
  for (const std::string& field : {region, instance}) writer.string(field);
  const auto endpoints = texts_member(document, "endpoints").value_or(std::vector<std::string>());
  writer.varint(endpoints.size());
  for (const std::string& endpoint : endpoints) writer.string(endpoint);
  document.erase("endpoints");
  writer.string(canonical_text(document));
  return short_sha256(octets);
}

nlohmann::json with_epoch(const Properties& properties, const std::string& epoch) {
  nlohmann::json object = properties;
  object["syncer.epoch"] = epoch;
  return object;
}

nlohmann::json canary_properties(const CanaryMark& mark) {
  return {{"syncer.canary", mark.region}, {"syncer.node", mark.node}, {"syncer.run", mark.run}};
}

Result<nlohmann::json> parse_payload(ByteView payload, const char* what) {
  auto document = parse_json(payload);
  if (!document || !document->is_object()) return failure(ErrorCode::Invalid, what, "payload is not a JSON object");
  return std::move(*document);
}

Result<Bytes> limited(Bytes body, std::size_t limit, const char* what) {
  if (body.size() <= limit) return body;
  return failure(ErrorCode::TooLarge, what,
                 std::to_string(body.size()) + " octets, the service center takes " + std::to_string(limit));
}

}  // namespace

std::string copy_id(const std::string& region, const std::string& instance, ByteView payload) {
  return id_of(region, instance, parse_json(payload).value_or(nlohmann::json::object()));
}

Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload) {
  auto document = parse_payload(payload, "instance");
  if (!document) return tl::make_unexpected(document.error());
  const auto status = text_member(*document, "status");
  auto properties = properties_member(*document, "properties");
  if (!status || !properties || !texts_member(*document, "endpoints") || !text_member(*document, "hostName")) {
    return failure(ErrorCode::Invalid, "instance", "a member of the payload has the wrong type");
  }
  CopyPlan plan;
  plan.status = status->empty() ? "UP" : *status;
  plan.lease = lease_of(*document);
  plan.properties = std::move(*properties);
  for (const char* mark : {"syncer.epoch", "syncer.canary", "syncer.node", "syncer.run"}) plan.properties.erase(mark);
  plan.properties["syncer.region"] = region;
  plan.properties["syncer.instance"] = instance;
  plan.id = id_of(region, instance, std::move(*document));
  return plan;
}

Result<Bytes> registration_body(const CopyPlan& plan, ByteView payload, const std::string& epoch) {
  auto document = parse_payload(payload, "instance");
  if (!document) return tl::make_unexpected(document.error());
  (*document)["instanceId"] = plan.id;
  (*document)["status"] = plan.status;
  (*document)["properties"] = with_epoch(plan.properties, epoch);
  nlohmann::json body;
  body["instance"] = std::move(*document);
  return limited(canonical_text(body), kMaxRegistration, "registration");
}

Result<Bytes> properties_body(const CopyPlan& plan, const std::string& epoch) {
  const nlohmann::json body = {{"properties", with_epoch(plan.properties, epoch)}};
  return limited(canonical_text(body), kMaxProperties, "properties");
}

bool same_properties(const Properties& planned, const Properties& registered, bool extras_allowed) {
  for (const auto& [name, value] : planned) {
    const auto found = registered.find(name);
    if (found == registered.end() || found->second != value) return false;
  }
  return extras_allowed || registered.size() == planned.size() + registered.count("syncer.epoch");
}

Result<Bytes> service_body(const ServiceKey& key, ByteView payload) {
  auto document = parse_payload(payload, "service");
  if (!document) return tl::make_unexpected(document.error());
  (*document)["environment"] = key.environment;
  (*document)["appId"] = key.app_id;
  (*document)["serviceName"] = key.name;
  (*document)["version"] = key.version;
  document->erase("serviceId");
  nlohmann::json body;
  body["service"] = std::move(*document);
  return canonical_text(body);
}

Result<Bytes> service_properties_body(ByteView payload) {
  auto document = parse_payload(payload, "service");
  if (!document) return tl::make_unexpected(document.error());
  const auto properties = properties_member(*document, "properties");
  if (!properties) return failure(ErrorCode::Invalid, "service", "properties are not texts");
  const nlohmann::json body = {{"properties", nlohmann::json(*properties)}};
  return limited(canonical_text(body), kMaxProperties, "service properties");
}

bool same_service_properties(ByteView a, ByteView b) {
  const auto left = parse_json(a);
  const auto right = parse_json(b);
  if (!left || !right) return false;
  return properties_member(*left, "properties") == properties_member(*right, "properties");
}

std::string canary_id(const std::string& region, const std::string& node) {
  Bytes octets;
  ByteWriter writer(octets);
  for (const std::string& field : {std::string("canary"), region, node}) writer.string(field);
  return short_sha256(octets);
}

Bytes canary_body(const std::string& id, const CanaryMark& mark) {
  // A short lease, so that a dead syncer's canary does not keep its successor waiting.
  nlohmann::json body;
  body["instance"] = {{"instanceId", id},
                      {"hostName", "syncer"},
                      {"status", "UP"},
                      {"properties", canary_properties(mark)},
                      {"healthCheck", {{"mode", "push"}, {"interval", 5}, {"times", 3}}}};
  return canonical_text(body);
}

Bytes canary_properties_body(const CanaryMark& mark) {
  nlohmann::json body;
  body["properties"] = canary_properties(mark);
  return canonical_text(body);
}

}  // namespace syncer::registry
