// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/backup.h"

#include <nlohmann/json.hpp>

#include "mocksc/servicecenter/json/go_json.h"
#include "syncer/json/document.h"

namespace mocksc {
namespace {

using nlohmann::json;

void write(JsonWriter& out, const SavedInstance& instance) {
  out.open_object();
  out.raw("record", render(instance.record));
  out.number("revision", static_cast<std::int64_t>(instance.revision));
  out.number_always("deadline", syncer::nanos(instance.deadline));
  out.number("ttl", instance.ttl.count());
  out.close_object();
}

void write(JsonWriter& out, const Schema& schema) {
  out.open_object();
  out.text("schemaId", schema.schema_id);
  out.text("summary", schema.summary);
  out.text("schema", schema.schema);
  out.close_object();
}

void write(JsonWriter& out, const SavedDependency& dependency);
void write(JsonWriter& out, const SavedService& service);
void write(JsonWriter& out, const SavedTenant& tenant);

template <class T>
void write_list(JsonWriter& out, std::string_view name, const std::vector<T>& list) {
  out.open_array(name);
  for (const T& one : list) write(out, one);
  out.close_array();
}

void write(JsonWriter& out, const SavedService& service) {
  out.open_object();
  out.raw("record", render(service.record));
  out.number("revision", static_cast<std::int64_t>(service.revision));
  out.map("tags", service.tags);
  write_list(out, "schemas", service.schemas);
  write_list(out, "rules", service.rules);
  write_list(out, "instances", service.instances);
  out.close_object();
}

void write(JsonWriter& out, const SavedDependency& dependency) {
  out.open_object();
  out.text_always("consumer", dependency.first);
  out.open_array("provider");
  write(out, dependency.second);
  out.close_array();
  out.close_object();
}

void write(JsonWriter& out, const SavedTenant& tenant) {
  out.open_object();
  out.text_always("domain", tenant.domain);
  out.text_always("project", tenant.project);
  write_list(out, "dependencies", tenant.dependencies);
  write_list(out, "services", tenant.services);
  out.close_object();
}

/// A record is read as a request that brings it would be.
template <class T>
T decode(const json& value) {
  const std::string text = value.dump();
  const auto document = syncer::json::Document::parse(text);
  T out;
  if (!document) return out;
  std::string error;
  GoReader in(document->root(), "discovery.Record", error);
  read(in, out);
  return out;
}

SavedInstance read_instance(const json& in) {
  SavedInstance out;
  out.record = decode<Instance>(in.at("record"));
  out.revision = in.value("revision", std::uint64_t{0});
  out.deadline = syncer::instant(in.at("deadline"));
  out.ttl = syncer::Duration(in.value("ttl", std::int64_t{0}));
  return out;
}

SavedService read_service(const json& in) {
  SavedService out;
  out.record = decode<Service>(in.at("record"));
  out.revision = in.value("revision", std::uint64_t{0});
  out.tags = in.value("tags", Properties{});
  for (const json& schema : in.at("schemas")) {
    out.schemas.push_back({schema.at("schemaId"), schema.value("summary", ""), schema.value("schema", "")});
  }
  for (const json& rule : in.at("rules")) out.rules.push_back(decode<AccessRule>(rule));
  for (const json& instance : in.at("instances")) out.instances.push_back(read_instance(instance));
  return out;
}

SavedTenant read_tenant(const json& in) {
  SavedTenant out;
  out.domain = in.at("domain");
  out.project = in.at("project");
  for (const json& one : in.at("dependencies")) {
    out.dependencies.emplace_back(one.at("consumer"), decode<ServiceKey>(one.at("provider").at(0)));
  }
  for (const json& service : in.at("services")) out.services.push_back(read_service(service));
  return out;
}

}  // namespace

SavedRegistry to_saved(const Tenants& tenants, std::uint64_t revision) {
  SavedRegistry out;
  out.revision = revision;
  for (const auto& [key, tenant] : tenants) {
    SavedTenant& to = out.tenants.emplace_back();
    to.domain = tenant.domain;
    to.project = tenant.project;
    for (const auto& [consumer, providers] : tenant.dependencies) {
      for (const ServiceKey& provider : providers) to.dependencies.emplace_back(consumer, provider);
    }
    for (const auto& [id, service] : tenant.services) {
      SavedService& saved = to.services.emplace_back();
      saved.record = service->data;
      saved.revision = service->revision;
      saved.tags = service->tags;
      saved.rules = service->rules;
      for (const auto& [schema_id, schema] : service->schemas) saved.schemas.push_back(schema);
      for (const auto& [instance_id, one] : service->instances) {
        saved.instances.push_back({one->data(), one->version->revision, one->deadline, one->ttl});
      }
    }
  }
  return out;
}

std::string to_text(const SavedRegistry& saved) {
  std::string text;
  JsonWriter out(text);
  out.open_object();
  out.number("revision", static_cast<std::int64_t>(saved.revision));
  write_list(out, "tenants", saved.tenants);
  out.close_object();
  return text;
}

std::optional<SavedRegistry> parse_backup(std::string_view text) try {
  const json document = json::parse(text);
  SavedRegistry out;
  out.revision = document.value("revision", std::uint64_t{0});
  for (const json& tenant : document.at("tenants")) out.tenants.push_back(read_tenant(tenant));
  return out;
} catch (const json::exception&) {
  return std::nullopt;
}

}  // namespace mocksc
