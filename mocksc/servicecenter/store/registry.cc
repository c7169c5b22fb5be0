// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/registry.h"

#include <algorithm>
#include <array>

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

/// "rest://10.12.0.1:30100/" runs on host "service_center_10_12_0_1".
std::string host_name(std::string_view endpoint) {
  const auto begin = endpoint.find("://");
  std::string_view rest = begin == std::string_view::npos ? endpoint : endpoint.substr(begin + 3);
  std::string host(rest.substr(0, rest.rfind(':')));
  std::replace_if(
      host.begin(), host.end(), [](char c) { return c == '.' || c == ':' || c == '[' || c == ']'; }, '_');
  return "service_center_" + host;
}

}  // namespace

std::string_view name(ChangeKind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "service_created",       "service_updated",   "service_deleted", "instance_registered",
      "instance_unregistered", "instance_expired",  "status_changed",  "properties_changed",
      "instance_lost",         "instance_restored", "content_restored"};
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

bool Registry::is_own(const ServiceRecord& service) const {
  const Service& s = service.data;
  return s.service_name == "SERVICECENTER" && is_shared(*service.tenant, s) && s.version == name(options_.release) &&
         s.environment == options_.environment;
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
  tenant.dependencies.erase(id);
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

void Registry::self_register(syncer::Instant now) {
  if (options_.frontends.empty()) return;
  Tenant& home = tenant("default", "default");
  Service self;
  self.app_id = "default";
  self.service_name = self.alias = "SERVICECENTER";
  self.version = name(options_.release);
  self.level = "BACK";
  if (options_.release == Release::V1_3_0) {
    self.schemas = {"servicecenter.grpc.api.ServiceCtrl", "servicecenter.grpc.api.ServiceInstanceCtrl"};
  }
  self.status = "UP";
  self.properties["allowCrossApp"] = "true";
  self.environment = options_.environment;
  self.timestamp = self.mod_timestamp = timestamp(now);
  self.service_id = derive_service_id(home.domain, home.project, self);
  ServiceRecord& record = add_service(home, self, now, {});
  for (const std::string& endpoint : options_.frontends) {
    Instance instance;
    instance.instance_id = new_id();
    instance.service_id = self.service_id;
    instance.endpoints = {endpoint};
    instance.host_name = host_name(endpoint);
    instance.status = "UP";
    instance.health_check = HealthCheck{"push", 0, 30, 3, ""};
    instance.timestamp = instance.mod_timestamp = self.timestamp;
    instance.version = self.version;
    add_instance(record, std::move(instance), syncer::Duration::zero(), now, {});
  }
}

SavedRegistry Registry::to_saved() const {
  SavedRegistry out;
  out.revision = revision_;
  for (const auto& [key, tenant] : tenants_) {
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
        saved.instances.push_back({one->data, one->revision, one->deadline, one->ttl, one->alive});
      }
    }
  }
  return out;
}

void Registry::load(SavedService saved, Tenant& home, Leases leases, Instant now) {
  ServiceRecord& service = insert(home, std::move(saved.record));
  service.revision = saved.revision;
  service.tags = std::move(saved.tags);
  service.rules = std::move(saved.rules);
  for (Schema& schema : saved.schemas) service.schemas.emplace(schema.schema_id, schema);
  for (SavedInstance& one : saved.instances) {
    InstanceRecord& instance = insert(service, std::move(one.record));
    instance.revision = one.revision;
    instance.ttl = one.ttl;
    instance.alive = one.alive;
    instance.deadline = one.deadline;
    if (leases == Leases::Renewed && instance.alive) renew(instance, now);
    arm(instance);
    if (instance.alive) count_instance(service, 1);
  }
  service.max_is_stale = true;
}

void Registry::load(SavedRegistry saved, Leases leases, Instant now) {
  for (SavedTenant& from : saved.tenants) {
    Tenant& home = tenant(from.domain, from.project);
    for (auto& [consumer, provider] : from.dependencies) home.dependencies[consumer].insert(std::move(provider));
    for (SavedService& service : from.services) load(std::move(service), home, leases, now);
  }
  revision_ = saved.revision;
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

void Registry::report_missing(ChangeKind kind, Tenants& all, Tenants& others, Instant now) const {
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

void Registry::report_changed(Tenants& old, Instant now) const {
  for (const auto& [key, tenant] : tenants_) {
    const auto before = old.find(key);
    if (before == old.end()) continue;
    for (const auto& [service_id, service] : tenant.services) {
      for (const auto& [id, instance] : service->instances) {
        const InstanceRecord* was = find_alive(before->second, service_id, id);
        if (!instance->alive || was == nullptr || was->json == instance->json) continue;
        report(ChangeKind::ContentRestored, *service, &instance->data, now, {});
      }
    }
  }
}

syncer::Result<void> Registry::restore(std::string_view saved, Leases leases, Instant now) {
  auto data = parse_backup(saved);
  if (!data) return syncer::failure(syncer::ErrorCode::Corrupt, "", "not a saved registry");
  Tenants old = take_all();
  load(std::move(*data), leases, now);
  report_missing(ChangeKind::InstanceLost, old, tenants_, now);
  report_missing(ChangeKind::InstanceRestored, tenants_, old, now);
  report_changed(old, now);
  return {};
}

void Registry::clear(Instant now) {
  Tenants old = take_all();
  self_register(now);
  report_missing(ChangeKind::InstanceLost, old, tenants_, now);
}

void Registry::copy_from(const Registry& other) {
  take_all();
  load(other.to_saved(), Leases::Exact, Instant{});
  random_ = other.random_;
  frozen_ = other.frozen_;
}

}  // namespace mocksc
