// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/registry.h"

#include <algorithm>
#include <array>

#include "mocksc/servicecenter/json/json_writer.h"
#include "syncer/base/assert.h"
#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

using syncer::Duration;
using syncer::Instant;

constexpr Duration kFrozenRecheck = std::chrono::seconds(1);

FamilyKey name_key(const Service& s) { return {s.environment, s.app_id, s.service_name}; }
FamilyKey alias_key(const Service& s) { return {s.environment, s.app_id, s.alias}; }

void forget(std::map<FamilyKey, Family>& families, const FamilyKey& key, const ServiceRecord& service) {
  const auto family = families.find(key);
  if (family == families.end()) return;
  const auto version = family->second.find(service.data.version);
  if (version != family->second.end() && version->second == &service) family->second.erase(version);
  if (family->second.empty()) families.erase(family);
}

}  // namespace

std::string_view name(ChangeKind kind) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "service_created",  "service_updated", "service_deleted",    "instance_registered", "instance_unregistered",
      "instance_expired", "status_changed",  "properties_changed", "instance_lost",       "instance_restored"};
  return kNames[static_cast<std::size_t>(kind)];
}

Registry::Registry(ModelOptions options, syncer::Random random) : options_(std::move(options)), random_(random) {
  self_register(Instant{});
}

Tenant& Registry::tenant(std::string_view domain, std::string_view project) {
  Tenant& found = tenants_[{std::string(domain), std::string(project)}];
  if (found.domain.empty()) {
    found.domain = domain;
    found.project = project;
  }
  return found;
}

Tenant& Registry::tenant_or_empty(std::string_view domain, std::string_view project) {
  const auto found = tenants_.find({std::string(domain), std::string(project)});
  return found == tenants_.end() ? nobody_ : found->second;
}

ServiceRecord* Registry::find_service(Tenant& tenant, std::string_view service_id) {
  const auto found = tenant.services.find(service_id);
  return found == tenant.services.end() ? nullptr : found->second.get();
}

InstanceRecord* Registry::find_instance(Tenant& tenant, std::string_view service_id, std::string_view instance_id) {
  ServiceRecord* service = find_service(tenant, service_id);
  if (service == nullptr) return nullptr;
  const auto found = service->instances.find(instance_id);
  return found == service->instances.end() ? nullptr : found->second.get();
}

InstanceRecord* Registry::find_alive(Tenant& tenant, std::string_view service_id, std::string_view instance_id) {
  InstanceRecord* found = find_instance(tenant, service_id, instance_id);
  return found != nullptr && found->alive ? found : nullptr;
}

bool Registry::is_shared_name(const Tenant& tenant, std::string_view app_id, std::string_view name) const {
  if (tenant.domain != "default" || tenant.project != "default" || app_id != "default") return false;
  const auto& listed = options_.shared_services;
  return name == "SERVICECENTER" || std::find(listed.begin(), listed.end(), name) != listed.end();
}

bool Registry::is_shared(const Tenant& tenant, const Service& service) const {
  return is_shared_name(tenant, service.app_id, service.service_name) ||
         is_shared_name(tenant, service.app_id, service.alias);
}

std::uint64_t Registry::written() {
  ++writes_;
  ++visible_changes_;
  return ++revision_;
}

void Registry::index(ServiceRecord& service) {
  Tenant& tenant = *service.tenant;
  tenant.names[name_key(service.data)].emplace(service.data.version, &service);
  if (!service.data.alias.empty()) tenant.aliases[alias_key(service.data)].emplace(service.data.version, &service);
  if (!is_shared(tenant, service.data)) ++tenant.service_count;
}

void Registry::unindex(const ServiceRecord& service) {
  Tenant& tenant = *service.tenant;
  forget(tenant.names, name_key(service.data), service);
  if (!service.data.alias.empty()) forget(tenant.aliases, alias_key(service.data), service);
  if (!is_shared(tenant, service.data)) --tenant.service_count;
}

ServiceRecord& Registry::insert(Tenant& tenant, Service service) {
  std::string id = service.service_id;
  auto& slot = tenant.services[std::move(id)];
  SYNCER_ASSERT(slot == nullptr);
  slot = std::make_unique<ServiceRecord>();
  slot->data = std::move(service);
  slot->tenant = &tenant;
  slot->json = render(slot->data);
  index(*slot);
  return *slot;
}

ServiceRecord& Registry::add_service(Tenant& tenant, Service service, Instant now, std::string_view client) {
  ServiceRecord& record = insert(tenant, std::move(service));
  record.revision = written();
  ++service_changes_;
  report(ChangeKind::ServiceCreated, record, nullptr, now, client);
  return record;
}

void Registry::service_changed(ServiceRecord& service, Instant now, std::string_view client) {
  service.json = render(service.data);
  service.revision = written();
  ++service_changes_;
  report(ChangeKind::ServiceUpdated, service, nullptr, now, client);
}

void Registry::remove_service(ServiceRecord& service, Instant now, std::string_view client) {
  for (auto& [id, instance] : service.instances) {
    by_serial_.erase(instance->serial);
    if (!instance->alive) continue;
    instance->alive = false;
    count_instance(service, -1);
    report(ChangeKind::InstanceUnregistered, service, &instance->data, now, client);
  }
  unindex(service);
  written();
  ++service_changes_;
  report(ChangeKind::ServiceDeleted, service, nullptr, now, client);
  Tenant& tenant = *service.tenant;
  const std::string id = service.data.service_id;
  for (auto it = tenant.dependencies.begin(); it != tenant.dependencies.end();) {
    it = it->first == id || it->second == id ? tenant.dependencies.erase(it) : std::next(it);
  }
  tenant.services.erase(id);
}

InstanceRecord& Registry::insert(ServiceRecord& service, Instance instance) {
  auto& slot = service.instances[instance.instance_id];
  if (slot != nullptr) by_serial_.erase(slot->serial);
  slot = std::make_unique<InstanceRecord>();
  slot->data = std::move(instance);
  slot->service = &service;
  slot->serial = next_serial_++;
  slot->json = render(slot->data);
  by_serial_.emplace(slot->serial, slot.get());
  return *slot;
}

InstanceRecord& Registry::add_instance(ServiceRecord& service, Instance instance, Duration ttl, Instant now,
                                       std::string_view client) {
  InstanceRecord& record = insert(service, std::move(instance));
  record.revision = service.max_revision = written();
  service.max_is_stale = false;
  record.ttl = ttl;
  renew(record, now);
  arm(record);
  count_instance(service, 1);
  report(ChangeKind::InstanceRegistered, service, &record.data, now, client);
  return record;
}

void Registry::instance_changed(InstanceRecord& instance, ChangeKind kind, Instant now, std::string_view client) {
  instance.json = render(instance.data);
  instance.revision = instance.service->max_revision = written();
  instance.service->max_is_stale = false;
  report(kind, *instance.service, &instance.data, now, client);
}

void Registry::renew(InstanceRecord& instance, Instant now) {
  instance.deadline = instance.ttl == Duration::zero() ? syncer::kNever : syncer::saturating_add(now, instance.ttl);
}

void Registry::arm(const InstanceRecord& instance) {
  if (instance.deadline != syncer::kNever) timers_.push({instance.deadline, instance.serial});
}

void Registry::end_lease(InstanceRecord& instance, ChangeKind kind, Instant now, std::string_view client) {
  SYNCER_ASSERT(instance.alive);
  instance.alive = false;
  instance.deadline = syncer::saturating_add(now, options_.delete_visibility);
  ++writes_;
  ++revision_;
  count_instance(*instance.service, -1);
  report(kind, *instance.service, &instance.data, now, client);
  if (options_.delete_visibility == Duration::zero()) {
    erase(instance);
  } else {
    arm(instance);
  }
}

void Registry::erase(InstanceRecord& instance) {
  ServiceRecord& service = *instance.service;
  if (instance.revision == service.max_revision) service.max_is_stale = true;
  ++visible_changes_;
  by_serial_.erase(instance.serial);
  const std::string id = instance.data.instance_id;
  service.instances.erase(id);
}

void Registry::count_instance(const ServiceRecord& service, int by) {
  if (is_shared(*service.tenant, service.data)) return;
  std::size_t& count = service.tenant->instance_count;
  by > 0 ? ++count : --count;
}

std::uint64_t Registry::max_revision(ServiceRecord& service) {
  if (service.max_is_stale) {
    service.max_revision = 0;
    for (const auto& [id, instance] : service.instances) {
      service.max_revision = std::max(service.max_revision, instance->revision);
    }
    service.max_is_stale = false;
  }
  return service.max_revision;
}

Instant Registry::next_deadline() const { return timers_.empty() ? syncer::kNever : timers_.top().at; }

void Registry::advance(Instant now) {
  while (!timers_.empty() && timers_.top().at <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    const auto found = by_serial_.find(timer.serial);
    if (found != by_serial_.end()) fire(*found->second, timer.at);
  }
}

void Registry::fire(InstanceRecord& instance, Instant now) {
  if (instance.deadline > now) {
    arm(instance);
  } else if (!instance.alive) {
    erase(instance);
  } else if (frozen_) {
    timers_.push({now + kFrozenRecheck, instance.serial});
  } else {
    end_lease(instance, ChangeKind::InstanceExpired, now, {});
  }
}

std::string Registry::new_id() {
  std::uint64_t high = random_.next();
  std::uint64_t low = random_.next();
  const std::uint64_t version = options_.release == Release::V1_3_0 ? 1 : 4;
  high = (high & ~0xf000ULL) | (version << 12U);
  low = (low & ~(3ULL << 62U)) | (2ULL << 62U);
  return syncer::to_string(syncer::Hash128{high, low});
}

std::string Registry::timestamp(Instant now) const {
  return std::to_string((options_.wall_at_zero + syncer::nanos(now)) / 1'000'000'000);
}

void Registry::report(ChangeKind kind, const ServiceRecord& service, const Instance* instance, Instant now,
                      std::string_view client) const {
  if (!listener_) return;
  listener_({kind, now, service.tenant->domain, service.tenant->project, service.data, instance, client});
}

}  // namespace mocksc
