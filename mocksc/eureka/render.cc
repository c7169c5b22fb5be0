// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/render.h"

#include <array>
#include <nlohmann/json.hpp>

#include "mocksc/eureka/xml.h"

namespace mocksc::eureka {
namespace {

using nlohmann::ordered_json;

/// Members that are only there when they were sent: those before and after the addresses.
constexpr std::array<const char*, 7> kTexts = {"appGroupName",    "homePageUrl",          "statusPageUrl",
                                               "healthCheckUrl",  "secureHealthCheckUrl", "vipAddress",
                                               "secureVipAddress"};

ordered_json port_json(const Port& port) { return {{"$", port.number}, {"@enabled", port.enabled ? "true" : "false"}}; }

ordered_json data_center_json(const Instance& instance) {
  const DataCenter& center = *instance.data_center;
  ordered_json out = {{"@class", center.type}, {"name", center.name}};
  if (!center.metadata.empty()) out["metadata"] = center.metadata;
  return out;
}

ordered_json metadata_json(const Instance& instance) {
  if (instance.metadata.empty()) return {{"@class", "java.util.Collections$EmptyMap"}};
  return instance.metadata;
}

ordered_json lease_json(const Instance& instance) {
  return {{"renewalIntervalInSecs", instance.renewal_interval},
          {"durationInSecs", instance.duration},
          {"registrationTimestamp", instance.registered},
          {"lastRenewalTimestamp", instance.renewed},
          {"evictionTimestamp", instance.evicted},
          {"serviceUpTimestamp", instance.service_up}};
}

ordered_json full_json(const Instance& instance) {
  ordered_json out;
  if (instance.instance_id) out["instanceId"] = *instance.instance_id;
  out["hostName"] = instance.host_name;
  out["app"] = instance.app;
  out["ipAddr"] = instance.ip_addr;
  out["status"] = instance.status;
  out["overriddenStatus"] = instance.overridden;
  out["port"] = port_json(instance.port);
  out["securePort"] = port_json(instance.secure_port);
  out["countryId"] = instance.country;
  out["dataCenterInfo"] = data_center_json(instance);
  out["leaseInfo"] = lease_json(instance);
  out["metadata"] = metadata_json(instance);
  for (const char* name : kTexts) {
    if (const auto found = instance.texts.find(name); found != instance.texts.end()) out[name] = found->second;
  }
  out["isCoordinatingDiscoveryServer"] = instance.coordinating;
  out["lastUpdatedTimestamp"] = std::to_string(instance.updated);
  out["lastDirtyTimestamp"] = std::to_string(instance.dirty);
  out["actionType"] = instance.action;
  if (const auto asg = instance.texts.find("asgName"); asg != instance.texts.end()) out["asgName"] = asg->second;
  return out;
}

ordered_json compact_json(const Instance& instance) {
  ordered_json out;
  if (instance.instance_id) out["instanceId"] = *instance.instance_id;
  out["app"] = instance.app;
  out["ipAddr"] = instance.ip_addr;
  for (const char* name : {"vipAddress", "secureVipAddress"}) {
    if (const auto found = instance.texts.find(name); found != instance.texts.end()) out[name] = found->second;
  }
  out["dataCenterInfo"] = data_center_json(instance);
  out["hostName"] = instance.host_name;
  out["status"] = instance.status;
  out["lastUpdatedTimestamp"] = instance.updated;
  out["actionType"] = instance.action;
  if (const auto asg = instance.texts.find("asgName"); asg != instance.texts.end()) out["asgName"] = asg->second;
  out["port"] = port_json(instance.port);
  out["securePort"] = port_json(instance.secure_port);
  return out;
}

ordered_json json_of(const Instance& instance, Format format) {
  return format == Format::Compact ? compact_json(instance) : full_json(instance);
}

ordered_json app_json(const std::string& name, const std::vector<const Instance*>& instances, Format format) {
  ordered_json list = ordered_json::array();
  for (const Instance* instance : instances) list.push_back(json_of(*instance, format));
  return {{"name", name}, {"instance", std::move(list)}};
}

std::string dump(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Writes one element a line.
class Xml {
 public:
  explicit Xml(std::size_t depth) : depth_(depth) {}
  void open(const std::string& name, const std::string& attributes = "") {
    line("<" + name + attributes + ">");
    ++depth_;
  }
  void close(const std::string& name) {
    --depth_;
    line("</" + name + ">");
  }
  void text(const std::string& name, const std::string& value, const std::string& attributes = "") {
    line("<" + name + attributes + ">" + xml_text(value) + "</" + name + ">");
  }
  void number(const std::string& name, std::int64_t value) { text(name, std::to_string(value)); }
  void line(const std::string& content) { out_ += std::string(2 * depth_, ' ') + content + "\n"; }
  /// Without the line break at the end.
  std::string take() {
    out_.pop_back();
    return std::move(out_);
  }

 private:
  std::string out_;
  std::size_t depth_;
};

void write_port(Xml& xml, const std::string& name, const Port& port) {
  xml.text(name, std::to_string(port.number), port.enabled ? R"( enabled="true")" : R"( enabled="false")");
}

void write_map(Xml& xml, const std::map<std::string, std::string>& map) {
  xml.open("metadata");
  for (const auto& [key, value] : map) xml.text(xml_name(key), value);
  xml.close("metadata");
}

void write_lease(Xml& xml, const Instance& instance) {
  xml.open("leaseInfo");
  xml.number("renewalIntervalInSecs", instance.renewal_interval);
  xml.number("durationInSecs", instance.duration);
  xml.number("registrationTimestamp", instance.registered);
  xml.number("lastRenewalTimestamp", instance.renewed);
  xml.number("evictionTimestamp", instance.evicted);
  xml.number("serviceUpTimestamp", instance.service_up);
  xml.close("leaseInfo");
}

void write_instance(Xml& xml, const Instance& instance) {
  xml.open("instance");
  if (instance.instance_id) xml.text("instanceId", *instance.instance_id);
  xml.text("hostName", instance.host_name);
  xml.text("app", instance.app);
  xml.text("ipAddr", instance.ip_addr);
  xml.text("status", instance.status);
  xml.text("overriddenstatus", instance.overridden);
  write_port(xml, "port", instance.port);
  write_port(xml, "securePort", instance.secure_port);
  xml.number("countryId", instance.country);
  xml.open("dataCenterInfo", " class=\"" + instance.data_center->type + "\"");
  xml.text("name", instance.data_center->name);
  if (!instance.data_center->metadata.empty()) write_map(xml, instance.data_center->metadata);
  xml.close("dataCenterInfo");
  write_lease(xml, instance);
  if (instance.metadata.empty())
    xml.line(R"(<metadata class="java.util.Collections$EmptyMap"/>)");
  else
    write_map(xml, instance.metadata);
  for (const char* name : kTexts) {
    if (const auto found = instance.texts.find(name); found != instance.texts.end()) xml.text(name, found->second);
  }
  xml.text("isCoordinatingDiscoveryServer", instance.coordinating);
  xml.number("lastUpdatedTimestamp", instance.updated);
  xml.number("lastDirtyTimestamp", instance.dirty);
  xml.text("actionType", instance.action);
  if (const auto asg = instance.texts.find("asgName"); asg != instance.texts.end()) xml.text("asgName", asg->second);
  xml.close("instance");
}

void write_app(Xml& xml, const std::string& name, const std::vector<const Instance*>& instances) {
  xml.open("application");
  xml.text("name", name);
  for (const Instance* instance : instances) write_instance(xml, *instance);
  xml.close("application");
}

}  // namespace

std::string hash_of(const Listing& listing) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [name, instances] : listing) {
    for (const Instance* instance : instances) ++counts[instance->status];
  }
  std::string hash;
  for (const auto& [status, count] : counts) hash += status + "_" + std::to_string(count) + "_";
  return hash;
}

std::string render_instance(const Instance& instance, Format format) {
  if (format != Format::Xml) return dump({{"instance", json_of(instance, format)}});
  Xml xml(0);
  write_instance(xml, instance);
  return xml.take();
}

std::string render_app(const std::string& name, const std::vector<const Instance*>& instances, Format format) {
  if (format != Format::Xml) return dump({{"application", app_json(name, instances, format)}});
  Xml xml(0);
  write_app(xml, name, instances);
  return xml.take();
}

std::string render_apps(const Listing& listing, const std::string& version, const std::string& hash, Format format) {
  if (format == Format::Xml) {
    Xml xml(0);
    xml.open("applications");
    xml.text("versions__delta", version);
    xml.text("apps__hashcode", hash);
    for (const auto& [name, instances] : listing) write_app(xml, name, instances);
    xml.close("applications");
    return xml.take();
  }
  ordered_json list = ordered_json::array();
  for (const auto& [name, instances] : listing) list.push_back(app_json(name, instances, format));
  ordered_json apps;
  if (format == Format::Compact) apps["application"] = list;
  apps["versions__delta"] = version;
  apps["apps__hashcode"] = hash;
  if (format == Format::Json) apps["application"] = std::move(list);
  return dump({{"applications", std::move(apps)}});
}

}  // namespace mocksc::eureka
