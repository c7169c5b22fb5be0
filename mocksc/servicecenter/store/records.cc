// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/records.h"

#include "mocksc/servicecenter/json/go_json.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

void write(JsonWriter& out, const HealthCheck& check) {
  out.open_object("healthCheck");
  out.text("mode", check.mode);
  out.number("port", check.port);
  out.number("interval", check.interval);
  out.number("times", check.times);
  out.text("url", check.url);
  out.close_object();
}

void write(JsonWriter& out, const DataCenter& center) {
  out.open_object("dataCenterInfo");
  out.text("name", center.name);
  out.text("region", center.region);
  out.text("availableZone", center.available_zone);
  out.close_object();
}

void write_paths(JsonWriter& out, const std::vector<ServicePath>& paths) {
  if (paths.empty()) return;
  out.open_array("paths");
  for (const ServicePath& path : paths) {
    out.open_object();
    out.text("path", path.path);
    out.map("property", path.property);
    out.close_object();
  }
  out.close_array();
}

void write_providers(JsonWriter& out, const std::vector<ServiceKey>& providers) {
  if (providers.empty()) return;
  out.open_array("providers");
  for (const ServiceKey& key : providers) write(out, key);
  out.close_array();
}

}  // namespace

std::string index_key(std::string_view domain, std::string_view project, const Service& service) {
  std::string key = "/cse-sr/ms/indexes";
  for (const std::string_view part :
       {domain, project, std::string_view(service.environment), std::string_view(service.app_id),
        std::string_view(service.service_name), std::string_view(service.version)}) {
    key += '/';
    key += part;
  }
  return key;
}

std::string derive_service_id(std::string_view domain, std::string_view project, const Service& service) {
  return syncer::sha1_hex(index_key(domain, project, service));
}

void write(JsonWriter& out, const ServiceKey& key) {
  out.open_object();
  out.text("tenant", key.tenant);
  out.text("environment", key.environment);
  out.text("appId", key.app_id);
  out.text("serviceName", key.service_name);
  out.text("alias", key.alias);
  out.text("version", key.version);
  out.close_object();
}

void write(JsonWriter& out, const AccessRule& rule) {
  out.open_object();
  out.text("ruleId", rule.rule_id);
  out.text("ruleType", rule.rule_type);
  out.text("attribute", rule.attribute);
  out.text("pattern", rule.pattern);
  out.text("description", rule.description);
  out.text("timestamp", rule.timestamp);
  out.text("modTimestamp", rule.mod_timestamp);
  out.close_object();
}

void write(JsonWriter& out, const Service& service) {
  out.open_object();
  out.text("serviceId", service.service_id);
  out.text("appId", service.app_id);
  out.text("serviceName", service.service_name);
  out.text("version", service.version);
  out.text("description", service.description);
  out.text("level", service.level);
  out.texts("schemas", service.schemas);
  write_paths(out, service.paths);
  out.text("status", service.status);
  out.map("properties", service.properties);
  out.text("timestamp", service.timestamp);
  write_providers(out, service.providers);
  out.text("alias", service.alias);
  out.map("LBStrategy", service.lb_strategy);
  out.text("modTimestamp", service.mod_timestamp);
  out.text("environment", service.environment);
  out.text("registerBy", service.register_by);
  if (service.framework) {
    out.open_object("framework");
    out.text("name", service.framework->name);
    out.text("version", service.framework->version);
    out.close_object();
  }
  out.close_object();
}

void write(JsonWriter& out, const Instance& instance) {
  out.open_object();
  out.text("instanceId", instance.instance_id);
  out.text("serviceId", instance.service_id);
  out.texts("endpoints", instance.endpoints);
  out.text("hostName", instance.host_name);
  out.text("status", instance.status);
  out.map("properties", instance.properties);
  if (instance.health_check) write(out, *instance.health_check);
  out.text("timestamp", instance.timestamp);
  if (instance.data_center) write(out, *instance.data_center);
  out.text("modTimestamp", instance.mod_timestamp);
  out.text("version", instance.version);
  out.close_object();
}

std::string render(const Service& service) {
  std::string out;
  JsonWriter writer(out);
  write(writer, service);
  return out;
}

std::string render(const Instance& instance) {
  std::string out;
  JsonWriter writer(out);
  write(writer, instance);
  return out;
}

void read(GoReader& in, ServiceKey& out) {
  in.text("tenant", out.tenant);
  in.text("environment", out.environment);
  in.text("appId", out.app_id);
  in.text("serviceName", out.service_name);
  in.text("alias", out.alias);
  in.text("version", out.version);
}

void read(GoReader& in, AccessRule& out) {
  in.text("ruleId", out.rule_id);
  in.text("ruleType", out.rule_type);
  in.text("attribute", out.attribute);
  in.text("pattern", out.pattern);
  in.text("description", out.description);
  in.text("timestamp", out.timestamp);
  in.text("modTimestamp", out.mod_timestamp);
}

void read(GoReader& in, Instance& out) {
  in.text("instanceId", out.instance_id);
  in.text("serviceId", out.service_id);
  in.texts("endpoints", out.endpoints);
  in.text("hostName", out.host_name);
  in.text("status", out.status);
  in.map("properties", out.properties);
  in.object("healthCheck", "HealthCheck", [&](GoReader& check) {
    HealthCheck& to = out.health_check.emplace();
    check.text("mode", to.mode);
    check.number("port", to.port);
    check.number("interval", to.interval);
    check.number("times", to.times);
    check.text("url", to.url);
  });
  in.text("timestamp", out.timestamp);
  in.object("dataCenterInfo", "DataCenterInfo", [&](GoReader& center) {
    DataCenter& to = out.data_center.emplace();
    center.text("name", to.name);
    center.text("region", to.region);
    center.text("availableZone", to.available_zone);
  });
  in.text("modTimestamp", out.mod_timestamp);
  in.text("version", out.version);
}

void read(GoReader& in, Service& out) {
  in.text("serviceId", out.service_id);
  in.text("appId", out.app_id);
  in.text("serviceName", out.service_name);
  in.text("version", out.version);
  in.text("description", out.description);
  in.text("level", out.level);
  in.texts("schemas", out.schemas);
  in.objects("paths", "ServicePath", [&](GoReader& path) {
    ServicePath& to = out.paths.emplace_back();
    path.text("path", to.path);
    path.map("property", to.property);
  });
  in.text("status", out.status);
  in.map("properties", out.properties);
  in.text("timestamp", out.timestamp);
  in.objects("providers", "MicroServiceKey", [&](GoReader& key) { read(key, out.providers.emplace_back()); });
  in.text("alias", out.alias);
  in.map("LBStrategy", out.lb_strategy);
  in.text("modTimestamp", out.mod_timestamp);
  in.text("environment", out.environment);
  in.text("registerBy", out.register_by);
  in.object("framework", "FrameWork", [&](GoReader& framework) {
    Framework& to = out.framework.emplace();
    framework.text("name", to.name);
    framework.text("version", to.version);
  });
}

}  // namespace mocksc
