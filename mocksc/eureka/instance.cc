// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/instance.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "mocksc/eureka/xml.h"
#include "syncer/base/quantity.h"

namespace mocksc::eureka {
namespace {

using nlohmann::json;
using syncer::Result;

constexpr std::array<std::string_view, 5> kStatuses = {"UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "UNKNOWN"};
constexpr std::string_view kAmazon = "com.netflix.appinfo.AmazonInfo";
constexpr std::array<std::string_view, 3> kDataCenters = {"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
                                                          "com.netflix.appinfo.MyDataCenterInfo", kAmazon};
constexpr std::array<std::string_view, 3> kDataCenterNames = {"MyOwn", "Netflix", "Amazon"};
constexpr std::array<std::string_view, 8> kKept = {
    "appGroupName",         "homePageUrl", "statusPageUrl",    "healthCheckUrl",
    "secureHealthCheckUrl", "vipAddress",  "secureVipAddress", "asgName"};

/// What stands in XML as the server's JSON says it: attributes with an "@" in front, content as "$".
nlohmann::json to_json(const XmlElement& element) {
  if (element.elements.empty() && element.attributes.empty() && element.name != "metadata") return element.text;
  nlohmann::json out = nlohmann::json::object();
  for (const auto& [name, value] : element.attributes) out["@" + name] = value;
  if (element.elements.empty() && element.name != "metadata") out["$"] = element.text;
  for (const XmlElement& inner : element.elements) out[inner.name] = to_json(inner);
  return out;
}

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

tl::unexpected<syncer::Error> unreadable(const char* member) {
  return syncer::failure(syncer::ErrorCode::Invalid, member, "cannot be parsed");
}

const json* member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// Numbers and flags become texts, as Java's reader makes them.
std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string text(const json& object, const char* name) {
  const json* value = member(object, name);
  return value == nullptr ? std::string() : text_of(*value);
}

std::int64_t number(const json& object, const char* name, std::int64_t otherwise) {
  const json* value = member(object, name);
  if (value == nullptr) return otherwise;
  const std::string digits = text_of(*value);
  const bool negative = digits.starts_with('-');
  const auto read = syncer::parse_number(std::string_view(digits).substr(negative ? 1 : 0), INT64_MAX);
  if (!read) return otherwise;
  return negative ? -static_cast<std::int64_t>(*read) : static_cast<std::int64_t>(*read);
}

bool read_port(const json& object, const char* name, Port& port) {
  const json* value = member(object, name);
  if (value == nullptr) return true;
  if (!value->is_object()) return false;
  port.number = number(*value, "$", 0);
  port.enabled = text(*value, "@enabled") == "true";
  return true;
}

bool read_data_center(const json& object, Instance& out) {
  const json* value = member(object, "dataCenterInfo");
  if (value == nullptr) return true;
  DataCenter center;
  center.type = text(*value, "@class");
  center.name = text(*value, "name");
  if (!contains(kDataCenters, center.type)) return false;
  if (!center.name.empty() && !contains(kDataCenterNames, center.name)) return false;
  if (const json* metadata = member(*value, "metadata"); metadata != nullptr && center.type == kAmazon) {
    for (const auto& [key, content] : metadata->items()) center.metadata[key] = text_of(content);
  }
  out.data_center = std::move(center);
  return true;
}

/// An object within metadata is garbled: its own name says "{", and its members stand beside it.
bool read_metadata(const json& value, std::map<std::string, std::string>& out) {
  for (const auto& [key, content] : value.items()) {
    if (content.is_array()) return false;
    if (content.is_object()) {
      out[key] = "{";
      if (!read_metadata(content, out)) return false;
    } else if (key != "@class") {
      out[key] = text_of(content);
    }
  }
  return true;
}

void read_lease(const json& object, Instance& out) {
  const json* lease = member(object, "leaseInfo");
  if (lease == nullptr) return;
  const std::int64_t interval = number(*lease, "renewalIntervalInSecs", 0);
  const std::int64_t duration = number(*lease, "durationInSecs", 0);
  if (interval > 0) out.renewal_interval = interval;
  if (duration > 0) out.duration = duration;
}

std::string status_of(const json& object, const char* name, const char* otherwise) {
  const json* value = member(object, name);
  if (value == nullptr) return otherwise;
  const std::string word = text_of(*value);
  return is_status(word) ? word : "UNKNOWN";
}

Result<Instance> read(const json& object) {
  Instance out;
  if (!object.is_object() || member(object, "app") == nullptr) return unreadable("app");
  if (const json* id = member(object, "instanceId")) out.instance_id = text_of(*id);
  out.host_name = text(object, "hostName");
  out.app = upper(text(object, "app"));
  out.ip_addr = text(object, "ipAddr");
  out.status = status_of(object, "status", "UP");
  out.overridden = status_of(object, "overriddenstatus", "UNKNOWN");
  if (out.overridden == "UNKNOWN") out.overridden = status_of(object, "overriddenStatus", "UNKNOWN");
  if (!read_port(object, "port", out.port) || !read_port(object, "securePort", out.secure_port))
    return unreadable("port");
  out.country = number(object, "countryId", 1);
  if (!read_data_center(object, out)) return unreadable("dataCenterInfo");
  read_lease(object, out);
  const json* metadata = member(object, "metadata");
  if (metadata != nullptr && (!metadata->is_object() || !read_metadata(*metadata, out.metadata)))
    return unreadable("metadata");
  for (const std::string_view name : kKept) {
    if (const json* value = member(object, name.data())) out.texts[std::string(name)] = text_of(*value);
  }
  if (member(object, "isCoordinatingDiscoveryServer") != nullptr)
    out.coordinating = text(object, "isCoordinatingDiscoveryServer");
  out.dirty = number(object, "lastDirtyTimestamp", 0);
  return out;
}

}  // namespace

std::string Instance::key() const {
  if (instance_id && !instance_id->empty()) return *instance_id;
  if (data_center && data_center->type == kAmazon) {
    const auto id = data_center->metadata.find("instance-id");
    if (id != data_center->metadata.end()) return id->second;
  }
  return host_name;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    const bool latin = i > 0 && static_cast<unsigned char>(out[i - 1]) == 0xC3 && byte >= 0xA0 && byte <= 0xBE;
    if ((byte >= 'a' && byte <= 'z') || (latin && byte != 0xB7)) out[i] = static_cast<char>(byte - 0x20);
  }
  return out;
}

bool is_status(std::string_view word) { return contains(kStatuses, word); }

Result<Instance> parse_json(std::string_view body) {
  const json document = json::parse(body, nullptr, false);
  if (!document.is_object() || member(document, "instance") == nullptr) return unreadable("instance");
  return read(document["instance"]);
}

Result<Instance> parse_xml(std::string_view body) {
  const auto document = read_xml(body);
  if (!document || document->name != "instance") return unreadable("instance");
  return read(to_json(*document));
}

std::string complaint(const Instance& instance, const std::string& app) {
  if (instance.key().empty()) return "Missing instanceId";
  if (instance.host_name.empty()) return "Missing hostname";
  if (instance.ip_addr.empty()) return "Missing ip address";
  if (instance.app.empty()) return "Missing appName";
  if (instance.app != app) return "Mismatched appName, expecting " + app + " but was " + instance.app;
  if (!instance.data_center) return "Missing dataCenterInfo";
  if (instance.data_center->name.empty()) return "Missing dataCenterInfo Name";
  return "";
}

}  // namespace mocksc::eureka
