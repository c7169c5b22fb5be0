// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/documents.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/http_message.h"
#include "syncer/base/mutation.h"
#include "syncer/base/quantity.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/marks.h"

namespace syncer::registry::eureka {
namespace {

constexpr std::string_view kCopyPrefix = "syncer:";
constexpr std::size_t kHashed = 24;
constexpr std::size_t kCheck = 8;
constexpr std::uint64_t kDayInSeconds = 86400;
/// Later ones cannot be told in nanoseconds.
constexpr std::uint64_t kLastMillis = 9'000'000'000'000;
constexpr std::string_view kOwnDataCenter = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";

/// Members that the neutral part has no words for.
constexpr std::array<const char*, 8> kKept = {
    "appGroupName",         "asgName",          "healthCheckUrl", "homePageUrl",
    "secureHealthCheckUrl", "secureVipAddress", "statusPageUrl",  "vipAddress"};

/// Numbers and texts alike: servers of different ages write either.
std::optional<std::string> text(const json::Value& object, ByteView name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (value->is_object() || value->is_list()) return std::nullopt;
  return std::string(value->text());
}

std::string text_or_nothing(const json::Value& object, ByteView name) { return text(object, name).value_or(""); }

std::uint64_t number(const json::Value& object, ByteView name) {
  return parse_number(text_or_nothing(object, name), UINT64_MAX).value_or(0);
}

struct Port {
  std::uint64_t number = 0;
  bool enabled = false;
};

std::optional<Port> port_of(const json::Value& object, ByteView name) {
  const json::Value* value = object.find(name);
  if (value == nullptr) return Port{};
  if (!value->is_object()) return std::nullopt;
  return Port{number(*value, "$"), text_or_nothing(*value, "@enabled") == "true"};
}

std::optional<Metadata> metadata_of(const json::Value& object) {
  const json::Value* value = object.find("metadata");
  Metadata metadata;
  if (value == nullptr || value->is_null()) return metadata;
  if (!value->is_object()) return std::nullopt;
  for (const json::Value& member : *value) {
    if (member.name() != "@class") metadata.insert_or_assign(std::string(member.name()), std::string(member.text()));
  }
  return metadata;
}

/// The id, or what stands for one that is not there.
std::string id_of(const json::Value& object) {
  std::string id = text_or_nothing(object, "instanceId");
  if (!id.empty()) return id;
  const json::Value* center = object.find("dataCenterInfo");
  const json::Value* metadata = center == nullptr ? nullptr : center->find("metadata");
  if (metadata != nullptr) id = text_or_nothing(*metadata, "instance-id");
  return id.empty() ? text_or_nothing(object, "hostName") : id;
}

/// A word that is not known keeps callers away; the word itself is in the native part.
Status status_of(std::string_view word) {
  if (word == "UP") return Status::Up;
  if (word == "STARTING") return Status::Starting;
  return word == "OUT_OF_SERVICE" ? Status::OutOfService : Status::Down;
}

/// Clients write their name in upper case, and as it is spelled into the virtual address.
std::string name_of(const json::Value& object, const std::string& app) {
  std::string address = text_or_nothing(object, "vipAddress");
  return upper_case(address) == upper_case(app) ? address : lower_case(app);
}

std::uint32_t lease_of(const json::Value& object) {
  const json::Value* lease = object.find("leaseInfo");
  const std::uint64_t seconds = lease == nullptr ? 0 : number(*lease, "durationInSecs");
  return static_cast<std::uint32_t>(seconds == 0 ? 90 : std::min(seconds, kDayInSeconds));
}

void add_endpoint(Instance& instance, const char* protocol, const std::string& host, const Port& port) {
  if (!port.enabled || port.number > 65535) return;
  const bool secure = std::string_view(protocol) == "https";
  instance.endpoints.push_back({protocol, host, static_cast<std::uint16_t>(port.number), secure, ""});
}

nlohmann::json port_json(const Port& port) {
  return {{"$", port.number}, {"@enabled", port.enabled ? "true" : "false"}};
}

/// What the neutral part and the key do not say. What one server made stays with it.
Bytes native_part(const json::Value& object, const Instance& neutral, const Port& port, const Port& secure) {
  nlohmann::json out = nlohmann::json::object();
  for (const char* name : kKept) {
    if (std::string value = text_or_nothing(object, name); !value.empty()) out[name] = std::move(value);
  }
  out["ipAddr"] = text_or_nothing(object, "ipAddr");
  out["port"] = port_json(port);
  out["securePort"] = port_json(secure);
  if (const json::Value* lease = object.find("leaseInfo")) {
    out["renewalIntervalInSecs"] = number(*lease, "renewalIntervalInSecs");
    out["durationInSecs"] = neutral.lease;
  }
  if (std::string status = text_or_nothing(object, "status"); status != neutral_word(neutral.status))
    out["status"] = std::move(status);
  const json::Value* center = object.find("dataCenterInfo");
  if (center != nullptr && text_or_nothing(*center, "@class") != kOwnDataCenter) {
    out["dataCenter"] = text_or_nothing(*center, "name");
  }
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Bytes payload_of(const json::Value& object, Metadata metadata, const Port& port, const Port& secure) {
  InstanceRecord record;
  Instance& neutral = record.instance;
  neutral.host_name = text_or_nothing(object, "hostName");
  neutral.status = status_of(text_or_nothing(object, "status"));
  neutral.lease = lease_of(object);
  const std::string host = text_or_nothing(object, "ipAddr");
  add_endpoint(neutral, "http", host, port);
  add_endpoint(neutral, "https", host, secure);
  std::erase_if(metadata, [](const auto& text) { return marks::is_mark(text.first); });
  neutral.metadata = std::move(metadata);
  record.native = {std::string(kNativeKind), native_part(object, neutral, port, secure)};
  return encode_record(record);
}

/// When it was registered, and since when this server knows it: a new registration of what is there keeps the latter.
void read_times(const json::Value& object, Entry& entry) {
  const json::Value* lease = object.find("leaseInfo");
  if (lease == nullptr) return;
  const std::uint64_t registered = number(*lease, "registrationTimestamp");
  const std::uint64_t since = number(*lease, "serviceUpTimestamp");
  entry.registration =
      std::to_string(since > 0 && !SYNCER_MUTATED("eureka.take_a_change_for_a_loss") ? since : registered);
  if (registered > 0 && registered < kLastMillis) entry.registered_at = static_cast<std::int64_t>(registered / 1000);
}

/// What a syncer wrote as the state of its copy, whatever an operator's override makes of it.
std::string status_of_copy(const Metadata& metadata, const std::string& shown, const std::string& overridden) {
  if (overridden.empty() || overridden == "UNKNOWN" || SYNCER_MUTATED("eureka.fight_overrides")) return shown;
  const std::string word = marks::value(metadata, marks::kStatus);
  return word.empty() ? "UP" : word == "STARTING" ? word : "DOWN";
}

ServiceKey key_of_copy(const std::string& name, const Metadata& metadata) {
  const auto or_else = [&](std::string_view mark, std::string otherwise) {
    std::string value = marks::value(metadata, mark);
    return value.empty() ? std::move(otherwise) : value;
  };
  return {"", marks::value(metadata, marks::kEnvironment), or_else(marks::kApp, std::string(kDefaultApp)),
          or_else(marks::kName, name), or_else(marks::kVersion, version_of(metadata))};
}

std::vector<std::string> endpoints_of_copy(const std::string& host, const Port& port, const Port& secure) {
  Instance instance;
  add_endpoint(instance, "http", host, port);
  add_endpoint(instance, "https", host, secure);
  std::vector<std::string> texts;
  for (const ServiceEndpoint& endpoint : instance.endpoints) texts.push_back(to_string(endpoint));
  return texts;
}

std::string check_digits(std::string_view before) {
  return sha256_hex("copy of a syncer " + std::string(before)).substr(0, kCheck);
}

}  // namespace

std::optional<nlohmann::json> read_native_part(ByteView content) {
  const auto document = json::Document::parse(content);
  if (!document || text_or_nothing(document->root(), "ipAddr").empty()) return std::nullopt;
  const json::Value& object = document->root();
  nlohmann::json out = nlohmann::json::object();
  const auto take_text = [&](const char* name) {
    if (std::string value = text_or_nothing(object, name); !value.empty()) out[name] = std::move(value);
  };
  for (const char* name : kKept) take_text(name);
  for (const char* name : {"ipAddr", "status", "dataCenter"}) take_text(name);
  for (const char* name : {"renewalIntervalInSecs", "durationInSecs"}) {
    if (object.find(name) != nullptr) out[name] = number(object, name);
  }
  for (const char* name : {"port", "securePort"}) {
    const auto port = port_of(object, name);
    if (!port) return std::nullopt;
    if (object.find(name) != nullptr) out[name] = port_json(*port);
  }
  return out;
}

ServiceRef ref_of(const ServiceKey& key) {
  std::string text;
  for (const std::string* part : {&key.environment, &key.app, &key.name, &key.version})
    text += percent_encode(*part) + "/";
  return {"", std::move(text)};
}

std::optional<ServiceKey> key_of(const ServiceRef& ref) {
  ServiceKey key;
  std::string_view rest = ref.id;
  for (std::string* part : {&key.environment, &key.app, &key.name, &key.version}) {
    const std::size_t end = rest.find('/');
    if (end == std::string_view::npos) return std::nullopt;
    *part = percent_decode(rest.substr(0, end), false);
    rest.remove_prefix(end + 1);
  }
  return rest.empty() ? std::optional(std::move(key)) : std::nullopt;
}

std::string copy_id_of(const std::string& region, ByteView identity) {
  const std::string before =
      std::string(kCopyPrefix) + percent_encode(region) + ":" + sha256_hex(identity).substr(0, kHashed);
  return before + check_digits(before);
}

bool is_copy_id(std::string_view id) {
  if (!id.starts_with(kCopyPrefix) || id.size() < kCopyPrefix.size() + kHashed + kCheck) return false;
  const std::size_t before = id.size() - kCheck;
  return check_digits(id.substr(0, before)) == id.substr(before);
}

std::string canary_id(const std::string& region, const std::string& node) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const std::string& field : {std::string("canary"), region, node}) writer.string(field);
  return "syncer-" + sha256_hex(bytes).substr(0, kHashed);
}

std::optional<SeenInstance> read_instance(const json::Value& object) {
  if (!object.is_object()) return std::nullopt;
  const auto host_name = text(object, "hostName");
  const auto address = text(object, "ipAddr");
  const auto status = text(object, "status");
  const auto app = text(object, "app");
  const auto port = port_of(object, "port");
  const auto secure = port_of(object, "securePort");
  auto metadata = metadata_of(object);
  if (!host_name || !address || !status || !app || !port || !secure || !metadata) return std::nullopt;
  if (host_name->empty() || app->empty() || status->empty()) return std::nullopt;
  SeenInstance seen;
  seen.app = *app;
  seen.status = *status;
  seen.dirty = number(object, "lastDirtyTimestamp");
  seen.deleted = text_or_nothing(object, "actionType") == "DELETED";
  Entry& entry = seen.entry;
  entry.id = id_of(object);
  entry.status = *status;
  entry.lease = std::chrono::seconds(lease_of(object));
  read_times(object, entry);
  const std::string name = name_of(object, *app);
  if (is_copy_id(entry.id)) {
    seen.service = key_of_copy(name, *metadata);
    entry.status = status_of_copy(*metadata, *status, text_or_nothing(object, "overriddenStatus"));
    entry.copy = marks::take_copy_mark(*metadata).value_or(CopyMark{});
    entry.endpoints = endpoints_of_copy(*address, *port, *secure);
    for (const std::string_view mark : {marks::kEnvironment, marks::kApp, marks::kName, marks::kVersion})
      metadata->erase(std::string(mark));  // the service says it
    entry.metadata = std::move(*metadata);
  } else if (upper_case(*app) == kCanaryApp) {
    seen.service = {"", "", "syncer", std::string(kCanaryApp), "1.0.0"};
    entry.canary = marks::canary_mark(*metadata);
    if (entry.canary && canary_id(entry.canary->region, entry.canary->node) != entry.id) entry.canary.reset();
  } else {
    seen.service = {"", "", std::string(kDefaultApp), name, version_of(*metadata)};
    entry.payload = payload_of(object, std::move(*metadata), *port, *secure);
  }
  entry.service = ref_of(seen.service).id;
  return seen;
}

std::string written_status(Status status) {
  if (status == Status::Up) return "UP";
  return status == Status::Starting ? "STARTING" : "DOWN";
}

}  // namespace syncer::registry::eureka
