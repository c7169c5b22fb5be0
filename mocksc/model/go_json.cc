// SPDX-License-Identifier: Apache-2.0
#include "mocksc/model/go_json.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace mocksc {
namespace {

using nlohmann::json;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

GoReader::GoReader(const json& object, bool& ok) : object_(object.is_object() ? &object : nullptr), ok_(ok) {
  if (object_ == nullptr && !object.is_null()) ok_ = false;
}

const json* GoReader::member(std::string_view name) const {
  if (object_ == nullptr) return nullptr;
  for (auto it = object_->begin(); it != object_->end(); ++it) {
    if (same_name(it.key(), name)) return it->is_null() ? nullptr : &*it;
  }
  return nullptr;
}

std::size_t GoReader::list_size(const json& list) {
  if (list.is_array()) return list.size();
  ok_ = false;
  return 0;
}

const json& GoReader::list_item(const json& list, std::size_t index) { return list[index]; }

void GoReader::text(std::string_view name, std::string& out) {
  const json* value = member(name);
  if (value == nullptr) return;
  if (value->is_string()) {
    out = value->get_ref<const std::string&>();
  } else {
    ok_ = false;
  }
}

void GoReader::number(std::string_view name, std::int32_t& out) {
  const json* value = member(name);
  if (value == nullptr) return;
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  const bool fits = value->is_number_unsigned() ? value->get<std::uint64_t>() <= static_cast<std::uint64_t>(kMax)
                                                : value->is_number_integer() && value->get<std::int64_t>() >= -kMax - 1;
  if (fits) {
    out = static_cast<std::int32_t>(value->get<std::int64_t>());
  } else {
    ok_ = false;
  }
}

void GoReader::boolean(std::string_view name, bool& out) {
  const json* value = member(name);
  if (value == nullptr) return;
  if (value->is_boolean()) {
    out = value->get<bool>();
  } else {
    ok_ = false;
  }
}

void GoReader::texts(std::string_view name, std::vector<std::string>& out) {
  const json* list = member(name);
  for (std::size_t i = 0; list != nullptr && i < list_size(*list); ++i) {
    const json& value = (*list)[i];
    out.push_back(value.is_string() ? value.get_ref<const std::string&>() : std::string());
    if (!value.is_string() && !value.is_null()) ok_ = false;
  }
}

void GoReader::map(std::string_view name, Properties& out) {
  const json* object = member(name);
  if (object == nullptr) return;
  if (!object->is_object()) ok_ = false;
  for (auto it = object->begin(); object->is_object() && it != object->end(); ++it) {
    out[it.key()] = it->is_string() ? it->get_ref<const std::string&>() : std::string();
    if (!it->is_string() && !it->is_null()) ok_ = false;
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
