// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/govern_calls.h"

#include <algorithm>
#include <set>

#include "mocksc/servicecenter/api/relation_calls.h"
#include "mocksc/servicecenter/json/go_json.h"
#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {
namespace {

/// The parts that `options=` asks for.
struct Parts {
  bool instances = false;
  bool schemas = false;
  bool dependencies = false;
  bool tags = false;
  bool statistics = false;
  bool count_only = false;
};

Parts parts_of(const Call& call) {
  const std::vector<std::string> asked = split_list(call.query.get("options"));
  const auto has = [&](std::string_view word) {
    return std::any_of(asked.begin(), asked.end(), [&](const auto& part) { return part == word || part == "all"; });
  };
  return {has("instances"), has("schemas"),    has("dependencies"),
          has("tags"),      has("statistics"), call.query.get("countOnly") == "1"};
}

bool is_visible(const Call& call, const ServiceRecord& service) {
  return call.query.flag("withShared") || !call.registry.is_shared(call.tenant, service.data);
}

bool is_selected(const Call& call, const ServiceRecord& service) {
  const auto fits = [&](std::string_view field, const std::string& value) {
    const std::string_view wanted = call.query.get(field);
    return wanted.empty() || wanted == value;
  };
  const auto has_pair = [&](const std::string& pair) {
    const auto colon = std::min(pair.find(':'), pair.size());
    const auto found = service.data.properties.find(pair.substr(0, colon));
    return found != service.data.properties.end() && found->second == pair.substr(std::min(colon + 1, pair.size()));
  };
  const std::vector<std::string> pairs = call.query.all("property");
  return is_visible(call, service) && fits("appId", service.data.app_id) &&
         fits("serviceName", service.data.service_name) && fits("env", service.data.environment) &&
         std::all_of(pairs.begin(), pairs.end(), has_pair) && !call.fault.hides(service.data.service_id);
}

void write_instances(JsonWriter& out, const Call& call, const ServiceRecord& service, bool with_properties) {
  const VisibleInstances visible(service, call.read_from());
  if (visible.empty()) return;
  out.open_array("instances");
  visible.for_each([&](const InstanceVersion& instance) {
    if (call.fault.hides(instance.data.instance_id)) return;
    Instance shown = instance.data;
    if (!with_properties) shown.properties.clear();
    out.element_raw(render(shown));
  });
  out.close_array();
}

void write_schemas(JsonWriter& out, const ServiceRecord& service) {
  if (service.schemas.empty()) return;
  out.open_array("schemaInfos");
  for (const auto& [id, schema] : service.schemas) {
    out.open_object();
    out.text("schemaId", id);
    out.text("summary", schema.summary);
    out.text("schema", schema.schema);
    out.close_object();
  }
  out.close_array();
}

void write_statistics(JsonWriter& out, const Call& call) {
  std::set<FamilyKey> services;
  std::set<FamilyKey> online;
  std::set<std::string> apps;
  std::int64_t instances = 0;
  for (const auto& [id, service] : call.tenant.services) {
    if (call.registry.is_shared(call.tenant, service->data)) continue;
    const FamilyKey key{service->data.environment, service->data.app_id, service->data.service_name};
    services.insert(key);
    apps.insert(service->data.app_id);
    const VisibleInstances visible(*service, call.read_from());
    if (!visible.empty()) online.insert(key);
    instances += static_cast<std::int64_t>(visible.size());
  }
  out.open_object("statistics");
  out.open_object("services");
  out.number("count", static_cast<std::int64_t>(services.size()));
  out.number("onlineCount", static_cast<std::int64_t>(online.size()));
  out.close_object();
  out.open_object("instances");
  out.number("count", instances);
  out.number("countByDomain", instances);
  out.close_object();
  out.open_object("apps");
  out.number("count", static_cast<std::int64_t>(apps.size()));
  out.close_object();
  out.close_object();
}

void write_detail(JsonWriter& out, const Call& call, const ServiceRecord& service, const Parts& parts) {
  Service shown = service.data;
  if (!call.before(Release::V1_4_8)) shown.schemas.clear();
  out.open_object();
  out.raw("microService", render(shown));
  if (parts.instances && !parts.count_only) write_instances(out, call, service, call.before(Release::V2_1_0));
  if (parts.schemas) write_schemas(out, service);
  if (parts.dependencies) {
    write_related(out, "providers", call, service, true, false);
    write_related(out, "consumers", call, service, false, false);
  }
  if (parts.tags) out.map("tags", service.tags);
  if (parts.instances && parts.count_only) {
    out.open_object("statics");
    out.open_object("instances");
    out.number("count", static_cast<std::int64_t>(VisibleInstances(service, call.read_from()).size()));
    out.close_object();
    out.close_object();
  }
  out.close_object();
}

}  // namespace

Answer govern_services(Call& call) {
  const std::string_view count_only = call.query.get("countOnly");
  if (!count_only.empty() && count_only != "0" && count_only != "1") {
    return refuse(kInvalidParams, "parameter countOnly must be 1 or 0");
  }
  const Parts parts = parts_of(call);
  const bool only_statistics = call.query.get("options") == "statistics";
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  bool any = false;
  for (const auto& [id, service] : call.tenant.services) {
    if (only_statistics || !is_selected(call, *service)) continue;
    if (!any) writer.open_array("allServicesDetail");
    any = true;
    write_detail(writer, call, *service, parts);
  }
  if (any) writer.close_array();
  if (parts.statistics) write_statistics(writer, call);
  writer.close_object();
  return out;
}

Answer govern_service(Call& call) {
  const auto found = require_service(call, call.route.id);
  if (!found) return tl::unexpected(found.error());
  const ServiceRecord& service = **found;
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.open_object("service");
  writer.raw("microService", service.json);
  write_instances(writer, call, service, true);
  write_schemas(writer, service);
  write_related(writer, "providers", call, service, true, true);
  write_related(writer, "consumers", call, service, false, true);
  writer.map("tags", service.tags);
  std::vector<std::string> versions;
  const Service& s = service.data;
  for (const auto& [version, other] : call.tenant.names.at({s.environment, s.app_id, s.service_name})) {
    versions.push_back(version);
  }
  writer.texts("microServiceVersions", versions);
  writer.close_object();
  writer.close_object();
  return out;
}

Answer govern_apps(Call& call) {
  const auto failure =
      Check("GetAppsRequest").text("Environment", call.query.get("env"), rules::kEnvironment).failure();
  if (failure) return tl::unexpected(*failure);
  std::set<std::string> apps;
  for (const auto& [id, service] : call.tenant.services) {
    if (service->data.environment == call.query.get("env") && is_visible(call, *service))
      apps.insert(service->data.app_id);
  }
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.texts("appIds", {apps.begin(), apps.end()});
  writer.close_object();
  return out;
}

Answer govern_statistics(Call& call) {
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  write_statistics(writer, call);
  writer.close_object();
  return out;
}

/// The graph of the dashboard: services as nodes, dependencies as lines; null where there is none.
Answer govern_relations(Call& call) {
  std::string nodes;
  std::string lines;
  JsonWriter node(nodes);
  JsonWriter line(lines);
  for (const auto& [id, service] : call.tenant.services) {
    if (!is_visible(call, *service)) continue;
    node.open_object();
    node.text("id", id);
    node.text("name", service->data.service_name);
    node.text("appId", service->data.app_id);
    node.text("version", service->data.version);
    node.close_object();
    for (const auto& [other_id, other] : call.tenant.services) {
      if (other_id == id || !depends_on(call.tenant, id, *other)) continue;
      line.open_object();
      line.text("from", id);
      line.text("to", other_id);
      line.close_object();
    }
  }
  const auto list = [](const std::string& items) { return items.empty() ? std::string("null") : "[" + items + "]"; };
  return R"({"nodes":)" + list(nodes) + R"(,"lines":)" + list(lines) + R"(,"circles":null})";
}

}  // namespace mocksc
