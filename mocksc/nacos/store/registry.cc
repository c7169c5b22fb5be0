// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/store/registry.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mocksc::nacos {
namespace {

using std::chrono::milliseconds;
using syncer::Duration;
using syncer::Instant;
using syncer::kNever;

constexpr Duration kCheckInterval = std::chrono::seconds(5);

}  // namespace

Registry::Registry(const Registry& other)
    : options_(other.options_),
      services_(other.services_),
      operator_data_(other.operator_data_),
      orders_(other.orders_),
      due_(other.due_),
      sweep_at_(other.sweep_at_),
      created_(other.created_),
      changes_(other.changes_),
      frozen_(other.frozen_) {}

Registry& Registry::operator=(const Registry& other) {
  if (this != &other) *this = Registry(other);
  return *this;
}

const Service* Registry::find(const ServiceName& name) const {
  const auto found = services_.find(name);
  return found == services_.end() ? nullptr : &found->second;
}

Service* Registry::service(const ServiceName& name) {
  ++changes_;
  return mine(name);
}

Service* Registry::mine(const ServiceName& name) {
  const auto found = services_.find(name);
  return found == services_.end() ? nullptr : &found->second;
}

std::vector<ServiceName> Registry::services(const std::string& space, Order order) const {
  std::vector<ServiceName> names;
  for (const auto& [name, service] : services_) {
    if (name.space == space) names.push_back(name);
  }
  const auto table = orders_.find(space);
  if (is_first() || table == orders_.end()) return names;
  const std::string shown_space = space.empty() ? "public" : space;
  const auto place = [&](const ServiceName& name) {
    const auto hash = order == Order::Names ? java_hash(name.full()) : java_hash({shown_space, name.group, name.name});
    return std::pair(table->second.bucket(hash), services_.at(name).age);
  };
  std::sort(names.begin(), names.end(),
            [&](const ServiceName& a, const ServiceName& b) { return place(a) < place(b); });
  return names;
}

std::vector<Instance> Registry::shown(const ServiceName& name) const {
  const Service* service = find(name);
  return service != nullptr && service->shown ? *service->shown : present(name);
}

std::vector<Instance> Registry::present(const ServiceName& name) const {
  std::vector<Instance> all;
  const Service* service = find(name);
  if (service == nullptr) return all;
  for (const auto& [key, instance] : service->instances) all.push_back(effective(name, instance));
  if (options_.connections_first)
    std::stable_partition(all.begin(), all.end(), [](const Instance& i) { return i.holder == Holder::Connection; });
  return all;
}

Instance Registry::effective(const ServiceName& name, Instance instance) const {
  const auto found = operator_data_.find(operator_key(name, instance));
  if (found == operator_data_.end()) return instance;
  instance.enabled = found->second.enabled;
  instance.weight = found->second.weight;
  for (const auto& [key, value] : found->second.metadata) instance.metadata.insert_or_assign(key, value);
  return instance;
}

InstanceKey Registry::key_of(const Instance& instance) const {
  // A 1.x server takes ports below 1 for no port at all, and the cluster for a part of the identity.
  const std::int64_t port = is_first() ? std::max<std::int64_t>(instance.port, 0) : instance.port;
  return {instance.ip, port, instance.holder, is_first() ? instance.cluster : std::string()};
}

syncer::Result<void> Registry::create_service(const ServiceName& name, Service service) {
  if (find(name) != nullptr) return syncer::failure(syncer::ErrorCode::Conflict, name.full(), "already exists");
  ++changes_;
  service.age = ++created_;
  services_.emplace(name, std::move(service));
  std::size_t size = 0;
  for (const auto& [other, unused] : services_) size += other.space == name.space ? 1 : 0;
  orders_[name.space].reserve(size);
  return {};
}

void Registry::erase_service(Instant now, const ServiceName& name, std::string_view client) {
  Service* service = mine(name);
  if (service == nullptr) return;
  ++changes_;
  while (!service->instances.empty()) {
    drop(now, name, *service, InstanceKey(service->instances.begin()->first), ChangeKind::Unregistered, client);
  }
  services_.erase(name);
}

void Registry::hold_view(Instant now, const ServiceName& name, Service& service) {
  if (is_first() || options_.merge == Duration::zero() || service.shown) return;
  service.shown = present(name);
  service.merge_at = now + options_.merge;
  sweep_at_ = std::min(sweep_at_, service.merge_at);
}

void Registry::report(ChangeKind kind, Instant now, const ServiceName& name, const Instance& instance,
                      std::string_view client) const {
  if (listener_) listener_({kind, now, name, instance, client});
}

syncer::Result<void> Registry::put(Instant now, const ServiceName& name, Instance instance, std::string_view client) {
  Service* service = mine(name);
  const bool is_new_service = service == nullptr;
  if (is_new_service) {
    static_cast<void>(create_service(name, {}));
    service = mine(name);
  }
  if (!is_first()) {
    if (service->ephemeral.value_or(instance.is_ephemeral()) != instance.is_ephemeral()) {
      return syncer::failure(syncer::ErrorCode::Conflict, name.full(), "the service is of the other kind");
    }
    service->ephemeral = instance.is_ephemeral();
  }
  if (!is_new_service) hold_view(now, name, *service);
  service->clusters.insert(instance.cluster);
  service->clean_at = kNever;
  ++changes_;
  instance.last_beat = instance.created = now;
  const InstanceKey key = key_of(instance);
  const auto known = service->instances.find(key);
  if (known != service->instances.end()) {
    instance.created = known->second.created;
    if (is_first() && !known->second.id.empty()) instance.id = known->second.id;
  }
  const auto data = operator_data_.find(operator_key(name, instance));
  if (data != operator_data_.end()) data->second.forget = kNever;
  const ChangeKind kind = known == service->instances.end() ? ChangeKind::Registered : ChangeKind::Changed;
  Instance& stored = service->instances.insert_or_assign(key, std::move(instance)).first->second;
  watch(name, key, stored);
  report(kind, now, name, effective(name, stored), client);
  return {};
}

bool Registry::remove(Instant now, const ServiceName& name, const Instance& which, std::string_view client) {
  Service* service = mine(name);
  if (service == nullptr) return false;
  const InstanceKey key = key_of(which);
  if (service->instances.find(key) == service->instances.end()) return false;
  drop(now, name, *service, key, ChangeKind::Unregistered, client);
  return true;
}

void Registry::drop(Instant now, const ServiceName& name, Service& service, const InstanceKey& key, ChangeKind kind,
                    std::string_view client) {
  ++changes_;
  hold_view(now, name, service);
  const Instance gone = std::move(service.instances.extract(key).mapped());
  const auto data = operator_data_.find(operator_key(name, gone));
  const Instance as_seen = effective(name, gone);
  if (data != operator_data_.end()) {
    data->second.forget = now + options_.operator_memory;
    sweep_at_ = std::min(sweep_at_, data->second.forget);
  }
  if (service.instances.empty() && !is_first()) {
    service.clean_at = now + options_.empty_service;
    sweep_at_ = std::min(sweep_at_, service.clean_at);
  }
  report(kind, now, name, as_seen, client);
}

std::optional<std::int64_t> Registry::beat(Instant now, const ServiceName& name, const Instance& which,
                                           std::string_view client) {
  Service* service = mine(name);
  if (service == nullptr) return std::nullopt;
  auto found = service->instances.find(key_of(which));
  // A 1.x server takes beats of persistent instances, too.
  if (found == service->instances.end() && is_first()) {
    Instance stored = which;
    stored.holder = Holder::Store;
    found = service->instances.find(key_of(stored));
  }
  if (found == service->instances.end()) return std::nullopt;
  Instance& instance = found->second;
  instance.last_beat = now;
  if (!instance.healthy) {
    ++changes_;
    hold_view(now, name, *service);
    instance.healthy = true;
    watch(name, found->first, instance);
    report(ChangeKind::Changed, now, name, effective(name, instance), client);
  }
  return beat_times(instance.metadata).interval_ms;
}

void Registry::put_operator_data(Instant now, const ServiceName& name, const Instance& which, OperatorData data,
                                 std::string_view client) {
  Service* service = mine(name);
  if (service == nullptr) return;
  ++changes_;
  hold_view(now, name, *service);
  bool is_there = false;
  for (const auto& [key, instance] : service->instances) {
    is_there = is_there || operator_key(name, instance) == operator_key(name, which);
  }
  data.forget = is_there ? kNever : now + options_.operator_memory;
  sweep_at_ = std::min(sweep_at_, data.forget);
  operator_data_.insert_or_assign(operator_key(name, which), std::move(data));
  for (const auto& [key, instance] : service->instances) {
    if (operator_key(name, instance) == operator_key(name, which))
      report(ChangeKind::Changed, now, name, effective(name, instance), client);
  }
}

std::size_t Registry::expire(Instant now, const ServiceName& name, const std::string& ip, std::int64_t port) {
  Service* service = mine(name);
  if (service == nullptr) return 0;
  std::vector<InstanceKey> ended;
  for (const auto& [key, instance] : service->instances) {
    if (instance.ip == ip && instance.port == port && instance.is_ephemeral()) ended.push_back(key);
  }
  for (const InstanceKey& key : ended) drop(now, name, *service, key, ChangeKind::Expired, {});
  return ended.size();
}

void Registry::restart(Instant now) {
  ++changes_;
  due_.clear();
  for (auto& [name, service] : services_) {
    std::vector<InstanceKey> gone;
    for (const auto& [key, instance] : service.instances) {
      if (instance.is_ephemeral()) gone.push_back(key);
    }
    for (const InstanceKey& key : gone) drop(now, name, service, key, ChangeKind::Lost, {});
    service.shown.reset();
    service.merge_at = kNever;
  }
  // A service lives on with its persistent instances or definition; one with operator's data keeps its name.
  std::erase_if(services_, [&](const auto& entry) {
    if (!entry.second.instances.empty() || entry.second.ephemeral == false) return false;
    return std::none_of(operator_data_.begin(), operator_data_.end(),
                        [&](const auto& data) { return std::get<0>(data.first) == entry.first; });
  });
}

void Registry::restore(Instant now, const Registry& saved) {
  for (const auto& [name, service] : services_) {
    const Service* kept = saved.find(name);
    for (const auto& [key, instance] : service.instances) {
      if (kept == nullptr || kept->instances.find(key) == kept->instances.end())
        report(ChangeKind::Lost, now, name, effective(name, instance), {});
    }
  }
  for (const auto& [name, service] : saved.services_) {
    const Service* had = find(name);
    for (const auto& [key, instance] : service.instances) {
      const bool was_there = had != nullptr && had->instances.find(key) != had->instances.end();
      report(was_there ? ChangeKind::Changed : ChangeKind::Restored, now, name, saved.effective(name, instance), {});
    }
  }
  replace_data(now, saved);
}

void Registry::replace_data(Instant now, const Registry& saved) {
  Registry next(saved);
  next.due_.clear();
  next.listener_ = std::move(listener_);
  next.frozen_ = frozen_;
  next.changes_ = std::max(changes_, saved.changes_) + 1;
  for (auto& [name, service] : next.services_) {
    service.shown.reset();
    service.merge_at = kNever;
    for (auto& [key, instance] : service.instances) {
      instance.last_beat = instance.created = now;
      next.watch(name, key, instance);
    }
  }
  *this = std::move(next);
}

void Registry::watch(const ServiceName& name, const InstanceKey& key, Instance& instance) {
  if (instance.holder != Holder::Beats) return;
  const BeatTimes times = beat_times(instance.metadata);
  const std::int64_t next = instance.healthy ? std::min(times.timeout_ms, times.delete_ms) : times.delete_ms;
  instance.check_at = first_check_after(instance, next);
  due_.insert({instance.check_at, name, key});
}

Instant Registry::first_check_after(const Instance& instance, std::int64_t limit_ms) const {
  const Instant over = instance.last_beat + milliseconds(limit_ms);
  const Instant first = instance.created + options_.check_lag;
  if (over < first) return first;
  const auto steps = (over - first) / kCheckInterval + 1;
  return first + steps * kCheckInterval;
}

void Registry::check(Instant now, const Due& due) {
  Service* service = mine(due.service);
  if (service == nullptr) return;
  const auto found = service->instances.find(due.instance);
  if (found == service->instances.end()) return;
  Instance& instance = found->second;
  if (instance.check_at != now) return;  // it was registered anew meanwhile
  const BeatTimes times = beat_times(instance.metadata);
  const Duration silent = now - instance.last_beat;
  if (!frozen_ && silent > milliseconds(times.delete_ms)) {
    return drop(now, due.service, *service, due.instance, ChangeKind::Expired, {});
  }
  if (!frozen_ && instance.healthy && silent > milliseconds(times.timeout_ms)) {
    ++changes_;
    hold_view(now, due.service, *service);
    instance.healthy = false;
    report(ChangeKind::Changed, now, due.service, effective(due.service, instance), {});
  }
  if (frozen_ && silent > milliseconds(std::min(times.timeout_ms, times.delete_ms))) {
    instance.check_at = now + std::chrono::seconds(1);
    due_.insert({instance.check_at, due.service, due.instance});
    return;
  }
  watch(due.service, due.instance, instance);
}

Instant Registry::next_deadline() const { return due_.empty() ? sweep_at_ : std::min(sweep_at_, due_.begin()->at); }

void Registry::advance(Instant now) {
  while (next_deadline() <= now) {
    const Instant at = next_deadline();
    if (sweep_at_ <= at) {
      sweep(at);
      continue;
    }
    const Due due = *due_.begin();
    due_.erase(due_.begin());
    check(at, due);
  }
}

/// Lets views be merged, and services and operator's data go whose time is over.
void Registry::sweep(Instant now) {
  ++changes_;
  sweep_at_ = kNever;
  for (auto& [name, service] : services_) {
    if (service.merge_at <= now) {
      service.shown.reset();
      service.merge_at = kNever;
    }
  }
  std::erase_if(services_, [now](const auto& entry) { return entry.second.clean_at <= now; });
  std::erase_if(operator_data_, [now](const auto& entry) { return entry.second.forget <= now; });
  for (const auto& [name, service] : services_) sweep_at_ = std::min({sweep_at_, service.merge_at, service.clean_at});
  for (const auto& [key, data] : operator_data_) sweep_at_ = std::min(sweep_at_, data.forget);
}

}  // namespace mocksc::nacos
