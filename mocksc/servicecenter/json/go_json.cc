// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/json/go_json.h"

#include <algorithm>
#include <utility>

namespace mocksc {
namespace {

using syncer::json::Value;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

GoReader::GoReader(const Value& object, bool& ok) : object_(object.is_object() ? &object : nullptr), ok_(ok) {
  if (object_ == nullptr && !object.is_null()) ok_ = false;
}

const Value* GoReader::member(std::string_view name) const {
  if (object_ == nullptr) return nullptr;
  for (const Value& value : *object_) {
    if (same_name(value.name(), name)) return value.is_null() ? nullptr : &value;
  }
  return nullptr;
}

const Value* GoReader::list(std::string_view name) {
  const Value* value = member(name);
  if (value == nullptr || value->is_list()) return value;
  ok_ = false;
  return nullptr;
}

void GoReader::text(std::string_view name, std::string& out) {
  const Value* value = member(name);
  if (value == nullptr) return;
  if (value->is_text()) {
    out = value->text();
  } else {
    ok_ = false;
  }
}

void GoReader::number(std::string_view name, std::int32_t& out) {
  const Value* value = member(name);
  if (value == nullptr) return;
  const auto number = value->integer();
  if (number && std::in_range<std::int32_t>(*number)) {
    out = static_cast<std::int32_t>(*number);
  } else {
    ok_ = false;
  }
}

void GoReader::boolean(std::string_view name, bool& out) {
  const Value* value = member(name);
  if (value == nullptr) return;
  if (value->is_boolean()) {
    out = value->text() == "true";
  } else {
    ok_ = false;
  }
}

void GoReader::texts(std::string_view name, std::vector<std::string>& out) {
  const Value* values = list(name);
  if (values == nullptr) return;
  for (const Value& value : *values) {
    out.emplace_back(value.is_text() ? value.text() : std::string_view());
    if (!value.is_text() && !value.is_null()) ok_ = false;
  }
}

void GoReader::map(std::string_view name, Properties& out) {
  const Value* object = member(name);
  if (object == nullptr) return;
  if (!object->is_object()) {
    ok_ = false;
    return;
  }
  for (const Value& value : *object) {
    out[std::string(value.name())] = value.is_text() ? value.text() : std::string_view();
    if (!value.is_text() && !value.is_null()) ok_ = false;
  }
}

void read(GoReader& in, Instance& out) {
  in.text("instanceId", out.instance_id);
  in.text("serviceId", out.service_id);
  in.texts("endpoints", out.endpoints);
  in.text("hostName", out.host_name);
  in.text("status", out.status);
  in.map("properties", out.properties);
  in.object("healthCheck", [&](GoReader& check) {
    HealthCheck& to = out.health_check.emplace();
    check.text("mode", to.mode);
    check.number("port", to.port);
    check.number("interval", to.interval);
    check.number("times", to.times);
    check.text("url", to.url);
  });
  in.text("timestamp", out.timestamp);
  in.object("dataCenterInfo", [&](GoReader& center) {
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
  in.objects("paths", [&](GoReader& path) {
    ServicePath& to = out.paths.emplace_back();
    path.text("path", to.path);
    path.map("property", to.property);
  });
  in.text("status", out.status);
  in.map("properties", out.properties);
  in.text("timestamp", out.timestamp);
  in.objects("providers", [&](GoReader& key) {
    ServiceKey& to = out.providers.emplace_back();
    key.text("tenant", to.tenant);
    key.text("environment", to.environment);
    key.text("appId", to.app_id);
    key.text("serviceName", to.service_name);
    key.text("alias", to.alias);
    key.text("version", to.version);
  });
  in.text("alias", out.alias);
  in.map("LBStrategy", out.lb_strategy);
  in.text("modTimestamp", out.mod_timestamp);
  in.text("environment", out.environment);
  in.text("registerBy", out.register_by);
  in.object("framework", [&](GoReader& framework) {
    Framework& to = out.framework.emplace();
    framework.text("name", to.name);
    framework.text("version", to.version);
  });
}

}  // namespace mocksc
