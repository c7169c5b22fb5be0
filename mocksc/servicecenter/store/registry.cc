// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/registry.h"

#include <algorithm>
#include <array>

#include "mocksc/servicecenter/store/self_registration.h"
#include "syncer/base/assert.h"
#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

using syncer::Duration;
using syncer::Instant;

constexpr Duration kFrozenRecheck = std::chrono::seconds(1);
/// A registration under an id that was removed less than that ago comes at once.
constexpr Duration kAtOnce = std::chrono::seconds(1);
/// How long a spoilt one may refuse heartbeats.
constexpr Duration kShortestDeafness = std::chrono::milliseconds(310);
constexpr Duration kLongDeafness = std::chrono::seconds(3);

FamilyKey name_key(const Service& s) { return {s.environment, s.app_id, s.service_name}; }
FamilyKey alias_key(const Service& s) { return {s.environment, s.app_id, s.alias}; }

void forget(std::map<FamilyKey, Family>& families, const FamilyKey& key, const ServiceRecord& service) {
  const auto family = families.find(key);
  if (family == families.end()) return;
  const auto version = family->second.find(service.data.version);
  if (version != family->second.end() && version->second == &service) family->second.erase(version);
  if (family->second.empty()) families.erase(family);
}

SharedVersion version_of(Instance data, std::uint64_t revision) {
  std::string json = render(data);
  return std::make_shared<const InstanceVersion>(InstanceVersion{std::move(data), revision, std::move(json)});
}

}  // namespace

std::string_view name(ChangeKind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "service_created",       "service_updated",   "service_deleted", "instance_registered",
      "instance_unregistered", "instance_expired",  "status_changed",  "properties_changed",
      "instance_lost",         "instance_restored", "content_restored"};
  return kNames[static_cast<std::size_t>(kind)];
}

Registry::Registry(ModelOptions options, syncer::Random random)
    : options_(std::move(options)),
      random_(random),
      lag_random_(random.stream("lags")),
      cache_(options_.lags, random.stream("cache")) {
  register_self(*this, Instant{});
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
  slot->cached = &cache_.attach({tenant.domain + "/" + tenant.project, slot->data.service_id});
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
    count_instance(service, -1);
    uncache(*instance, now);
    report(ChangeKind::InstanceUnregistered, service, &instance->data(), now, client);
  }
  unindex(service);
  written();
  ++service_changes_;
  report(ChangeKind::ServiceDeleted, service, nullptr, now, client);
  Tenant& tenant = *service.tenant;
  const std::string id = service.data.service_id;
  cache_.detach(*service.cached);
  tenant.dependencies.erase(id);
  tenant.services.erase(id);
  publish();
}

InstanceRecord& Registry::insert(ServiceRecord& service, SharedVersion version) {
  auto& slot = service.instances[version->data.instance_id];
  SYNCER_ASSERT(slot == nullptr);
  slot = std::make_unique<InstanceRecord>();
  slot->service = &service;
  slot->serial = next_serial_++;
  slot->version = std::move(version);
  by_serial_.emplace(slot->serial, slot.get());
  return *slot;
}

bool Registry::spoils_registration(const ServiceRecord& service, std::string_view instance_id, Instant now) {
  const auto removed = service.cached->removed_at(instance_id);
  const bool is_at_once = removed && now < *removed + kAtOnce && options_.release >= Release::V2_0_0;
  return is_at_once && !lossless_ && lag_random_.hits(options_.lags.spoilt_registrations);
}

Duration Registry::draw_deafness() {
  if (lag_random_.hits({1, 6})) return kLongDeafness;
  return lag_random_.between(kShortestDeafness, 2 * kShortestDeafness);
}

InstanceRecord* Registry::add_instance(ServiceRecord& service, Instance instance, Duration ttl, Instant now,
                                       std::string_view client) {
  const bool is_spoilt = spoils_registration(service, instance.instance_id, now);
  if (is_spoilt && lag_random_.hits({1, 2})) return nullptr;
  const std::uint64_t revision = written();
  InstanceRecord& record = insert(service, version_of(std::move(instance), revision));
  service.max_revision = revision;
  service.max_is_stale = false;
  record.ttl = ttl;
  if (is_spoilt) record.deaf_until = now + draw_deafness();
  renew(record, now);
  arm(record);
  count_instance(service, 1);
  cache_.put(*service.cached, record.version, true, now);
  report(ChangeKind::InstanceRegistered, service, &record.data(), now, client);
  publish();
  return &record;
}

const Instance& Registry::before_change(const InstanceRecord& instance) const {
  const InstanceVersion* cached = instance.service->cached->find(instance.data().instance_id);
  return cached != nullptr && !lossless_ ? cached->data : instance.data();
}

void Registry::change_instance(InstanceRecord& instance, Instance data, ChangeKind kind, Instant now,
                               std::string_view client) {
  const std::uint64_t revision = written();
  instance.version = version_of(std::move(data), revision);
  instance.service->max_revision = revision;
  instance.service->max_is_stale = false;
  cache_.put(*instance.service->cached, instance.version, false, now);
  report(kind, *instance.service, &instance.data(), now, client);
  publish();
}

void Registry::renew(InstanceRecord& instance, Instant now) {
  instance.deadline = instance.ttl == Duration::zero() ? syncer::kNever : syncer::saturating_add(now, instance.ttl);
}

void Registry::restart_leases(Instant now) {
  for (const auto& [serial, instance] : by_serial_) renew(*instance, now);
}

void Registry::set_life(InstanceRecord& instance, Duration ttl, Instant now) {
  if (instance.ttl == ttl) return;
  instance.ttl = ttl;
  renew(instance, now);
  arm(instance);
}

void Registry::arm(const InstanceRecord& instance) {
  const Instant end = syncer::saturating_add(instance.deadline, options_.lags.lease);
  if (instance.deadline != syncer::kNever) timers_.push({end, instance.serial});
}

void Registry::uncache(const InstanceRecord& instance, Instant now) {
  cache_.remove(*instance.service->cached, instance.data().instance_id, options_.delete_visibility, now);
}

void Registry::end_lease(InstanceRecord& instance, ChangeKind kind, Instant now, std::string_view client) {
  ServiceRecord& service = *instance.service;
  const SharedVersion last = instance.version;
  written();
  count_instance(service, -1);
  uncache(instance, now);
  if (last->revision == service.max_revision) service.max_is_stale = true;
  by_serial_.erase(instance.serial);
  service.instances.erase(last->data.instance_id);
  report(kind, service, &last->data, now, client);
  publish();
}

/// Tells what became visible.
void Registry::publish() {
  for (const CacheEvent& event : cache_.take_events()) {
    ++visible_changes_;
    if (cache_listener_) cache_listener_(event);
  }
}

void Registry::count_instance(const ServiceRecord& service, int by) {
  if (is_shared(*service.tenant, service.data)) return;
  std::size_t& count = service.tenant->instance_count;
  by > 0 ? ++count : --count;
}

Instant Registry::next_deadline() const {
  return std::min(timers_.empty() ? syncer::kNever : timers_.top().at, cache_.next_deadline());
}

void Registry::advance(Instant now) {
  // What comes first is done first: a lease that ends may be shown within the same step.
  while (next_deadline() <= now) {
    const Instant at = next_deadline();
    fire_leases(at);
    cache_.advance(at);
    publish();
  }
}

void Registry::fire_leases(Instant now) {
  while (!timers_.empty() && timers_.top().at <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    const auto found = by_serial_.find(timer.serial);
    if (found != by_serial_.end()) fire(*found->second, timer.at);
  }
}

void Registry::fire(InstanceRecord& instance, Instant now) {
  if (syncer::saturating_add(instance.deadline, options_.lags.lease) > now) {
    arm(instance);
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

void Registry::load(SavedService saved, Tenant& home, Leases leases, Instant now) {
  ServiceRecord& service = insert(home, std::move(saved.record));
  service.revision = saved.revision;
  service.tags = std::move(saved.tags);
  service.rules = std::move(saved.rules);
  for (Schema& schema : saved.schemas) service.schemas.emplace(schema.schema_id, schema);
  for (SavedInstance& one : saved.instances) {
    InstanceRecord& instance = insert(service, version_of(std::move(one.record), one.revision));
    instance.ttl = one.ttl;
    instance.deadline = one.deadline;
    if (leases == Leases::Renewed) {
      renew(instance, now);
      cache_.show(*service.cached, instance.version);
    }
    arm(instance);
    count_instance(service, 1);
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
  publish();
}

Tenants Registry::take_all() {
  Tenants taken = std::move(tenants_);
  tenants_.clear();
  cache_.clear();
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
        const bool is_there = other != others.end() && find_instance(other->second, service_id, id) != nullptr;
        if (!is_there) report(kind, *service, &instance->data(), now, {});
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
        const InstanceRecord* was = find_instance(before->second, service_id, id);
        if (was == nullptr || was->version->json == instance->version->json) continue;
        report(ChangeKind::ContentRestored, *service, &instance->data(), now, {});
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
  register_self(*this, now);
  report_missing(ChangeKind::InstanceLost, old, tenants_, now);
}

void Registry::copy_from(const Registry& other) {
  take_all();
  cache_ = other.cache_;
  load(to_saved(other.tenants_, other.revision_), Leases::Exact, Instant{});
  random_ = other.random_;
  lag_random_ = other.lag_random_;
  frozen_ = other.frozen_;
}

}  // namespace mocksc
