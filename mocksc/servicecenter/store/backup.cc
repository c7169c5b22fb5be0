// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "mocksc/servicecenter/json/go_json.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/registry.h"
#include "syncer/json/document.h"

namespace mocksc {
namespace {

using nlohmann::json;

void write(JsonWriter& out, const InstanceRecord& instance) {
  out.open_object();
  out.raw("record", instance.json);
  out.number("revision", static_cast<std::int64_t>(instance.revision));
  out.number_always("deadline", syncer::nanos(instance.deadline));
  out.number("ttl", instance.ttl.count());
  out.boolean("alive", instance.alive);
  out.close_object();
}

void write(JsonWriter& out, const ServiceRecord& service) {
  out.open_object();
  out.raw("record", service.json);
  out.number("revision", static_cast<std::int64_t>(service.revision));
  out.map("tags", service.tags);
  out.open_array("schemas");
  for (const auto& [id, schema] : service.schemas) {
    out.open_object();
    out.text("schemaId", id);
    out.text("summary", schema.summary);
    out.text("schema", schema.schema);
    out.close_object();
  }
  out.close_array();
  out.open_array("instances");
  for (const auto& [id, instance] : service.instances) write(out, *instance);
  out.close_array();
  out.close_object();
}

void write(JsonWriter& out, const Tenant& tenant) {
  out.open_object();
  out.text("domain", tenant.domain);
  out.text("project", tenant.project);
  out.open_array("dependencies");
  for (const auto& [consumer, provider] : tenant.dependencies) {
    out.element_text(consumer);
    out.element_text(provider);
  }
  out.close_array();
  out.open_array("services");
  for (const auto& [id, service] : tenant.services) write(out, *service);
  out.close_array();
  out.close_object();
}

/// A record is read as a request that brings it would be.
template <class T>
T decode(const json& value) {
  const std::string text = value.dump();
  const auto document = syncer::json::Document::parse(text);
  T out;
  bool ok = document.has_value();
  if (!ok) return out;
  GoReader in(document->root(), ok);
  read(in, out);
  return out;
}

void read_schemas(const json& list, ServiceRecord& service) {
  for (const json& item : list) {
    const std::string id = item.at("schemaId");
    service.schemas[id] = Schema{id, item.value("summary", ""), item.value("schema", "")};
  }
}

}  // namespace

std::string Registry::save() const {
  std::string text;
  JsonWriter out(text);
  out.open_object();
  out.number("revision", static_cast<std::int64_t>(revision_));
  out.open_array("tenants");
  for (const auto& [key, tenant] : tenants_) write(out, tenant);
  out.close_array();
  out.close_object();
  return text;
}

bool Registry::load(std::string_view saved, Leases leases, syncer::Instant now) try {
  const json document = json::parse(saved);
  for (const json& tenant_json : document.at("tenants")) {
    Tenant& home = tenant(tenant_json.at("domain").get<std::string>(), tenant_json.at("project").get<std::string>());
    const json& pairs = tenant_json.at("dependencies");
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) home.dependencies.emplace(pairs[i], pairs[i + 1]);
    for (const json& item : tenant_json.at("services")) {
      ServiceRecord& service = insert(home, decode<Service>(item.at("record")));
      service.revision = item.value("revision", std::uint64_t{0});
      service.tags = item.value("tags", Properties{});
      read_schemas(item.at("schemas"), service);
      for (const json& instance_json : item.at("instances")) {
        InstanceRecord& instance = insert(service, decode<Instance>(instance_json.at("record")));
        instance.revision = instance_json.value("revision", std::uint64_t{0});
        instance.ttl = syncer::Duration(instance_json.value("ttl", std::int64_t{0}));
        instance.alive = instance_json.at("alive");
        instance.deadline = syncer::instant(instance_json.at("deadline"));
        if (leases == Leases::Renewed && instance.alive) renew(instance, now);
        arm(instance);
        if (instance.alive) count_instance(service, 1);
      }
      service.max_is_stale = true;
    }
  }
  revision_ = document.value("revision", std::uint64_t{0});
  return true;
} catch (const json::exception&) {
  return false;
}

Registry::Tenants Registry::take_all() {
  Tenants taken = std::move(tenants_);
  tenants_.clear();
  by_serial_.clear();
  timers_ = {};
  revision_ = 0;
  ++writes_;
  ++visible_changes_;
  ++service_changes_;
  return taken;
}

void Registry::report_missing(ChangeKind kind, Tenants& all, Tenants& others, syncer::Instant now) const {
  for (const auto& [key, tenant] : all) {
    const auto other = others.find(key);
    for (const auto& [service_id, service] : tenant.services) {
      for (const auto& [id, instance] : service->instances) {
        const bool is_there = other != others.end() && find_alive(other->second, service_id, id) != nullptr;
        if (instance->alive && !is_there) report(kind, *service, &instance->data, now, {});
      }
    }
  }
}

syncer::Result<void> Registry::restore(std::string_view saved, Leases leases, syncer::Instant now) {
  const std::string before = save();
  Tenants old = take_all();
  if (!load(saved, leases, now)) {
    take_all();
    load(before, Leases::Exact, now);
    return syncer::failure(syncer::ErrorCode::Corrupt, "", "not a saved registry");
  }
  report_missing(ChangeKind::InstanceLost, old, tenants_, now);
  report_missing(ChangeKind::InstanceRestored, tenants_, old, now);
  return {};
}

void Registry::clear(syncer::Instant now) {
  Tenants old = take_all();
  self_register(now);
  report_missing(ChangeKind::InstanceLost, old, tenants_, now);
}

void Registry::copy_from(const Registry& other) {
  take_all();
  load(other.save(), Leases::Exact, syncer::Instant{});
  random_ = other.random_;
  frozen_ = other.frozen_;
}

}  // namespace mocksc
