// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "mocksc/servicecenter/store/backup.h"
#include "mocksc/servicecenter/store/change.h"
#include "mocksc/servicecenter/store/instance_cache.h"
#include "mocksc/servicecenter/store/options.h"
#include "mocksc/servicecenter/store/records.h"
#include "mocksc/servicecenter/store/tenant.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace mocksc {

/// The stored state of one service center (what etcd holds in the real one): services, instances, leases and the global
/// write counter. Knows no HTTP.
class Registry {
 public:
  Registry(ModelOptions options, syncer::Random random);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  const ModelOptions& options() const { return options_; }
  void set_listener(ChangeListener listener) { listener_ = std::move(listener); }

  /// The tenant, created when it was never used.
  Tenant& tenant(std::string_view domain, std::string_view project);
  /// The tenant, or an empty one that must not be written to.
  Tenant& tenant_or_empty(std::string_view domain, std::string_view project);
  const Tenants& tenants() const { return tenants_; }
  static ServiceRecord* find_service(Tenant& tenant, std::string_view service_id);
  /// What is stored, whatever readers see.
  static InstanceRecord* find_instance(Tenant& tenant, std::string_view service_id, std::string_view instance_id);
  bool is_shared(const Tenant& tenant, const Service& service) const;
  /// The service under which the service center registered itself.
  bool is_own(const ServiceRecord& service) const;
  /// Whether a service of that app and name (or alias) would be shared.
  bool is_shared_name(const Tenant& tenant, std::string_view app_id, std::string_view name) const;

  ServiceRecord& add_service(Tenant& tenant, Service service, syncer::Instant now, std::string_view client);
  /// To be called after `service.data`, its tags or schemas were changed.
  void service_changed(ServiceRecord& service, syncer::Instant now, std::string_view client);
  void remove_service(ServiceRecord& service, syncer::Instant now, std::string_view client);
  /// Registers under a free id; zero `ttl` never expires. Nullptr when that got lost (see Lags::spoilt_registrations).
  InstanceRecord* add_instance(ServiceRecord& service, Instance instance, syncer::Duration ttl, syncer::Instant now,
                               std::string_view client);
  /// What a change starts from: the cached content, which may be older than the stored one.
  const Instance& before_change(const InstanceRecord& instance) const;
  void change_instance(InstanceRecord& instance, Instance data, ChangeKind kind, syncer::Instant now,
                       std::string_view client);
  static void renew(InstanceRecord& instance, syncer::Instant now);
  /// Gives the lease another life, from now on; zero never ends.
  void set_life(InstanceRecord& instance, syncer::Duration ttl, syncer::Instant now);
  /// Removes the instance; readers go on seeing it for a while. The record is gone.
  void end_lease(InstanceRecord& instance, ChangeKind kind, syncer::Instant now, std::string_view client);
  /// Drops everything and registers the service center anew, as after the loss of its disks.
  void clear(syncer::Instant now);

  syncer::Instant next_deadline() const;
  void advance(syncer::Instant now);
  /// While frozen no lease runs out; afterwards those that are overdue do within a second.
  void freeze_leases(bool frozen) { frozen_ = frozen; }
  /// Every lease begins anew.
  void restart_leases(syncer::Instant now);
  /// While lossless every write takes effect as it is answered: no update is lost, and no registration.
  void set_lossless(bool lossless) { lossless_ = lossless; }

  /// Called for everything that becomes visible, also when it goes back to a write of the moment.
  void set_cache_listener(std::function<void(const CacheEvent&)> listener) { cache_listener_ = std::move(listener); }
  /// Changes with every change that a reader can see; lease renewals do not change it.
  std::uint64_t visible_changes() const { return visible_changes_; }
  /// Likewise, for changes of services alone.
  std::uint64_t service_changes() const { return service_changes_; }
  /// Writes since the start, never set back.
  std::uint64_t writes() const { return writes_; }
  std::uint64_t revision() const { return revision_; }
  std::string new_id();
  /// Decimal seconds since 1970.
  std::string timestamp(syncer::Instant now) const;

  /// All stored data as text, leases with their deadlines.
  std::string save() const { return to_text(to_saved(tenants_, revision_)); }
  enum class Leases { Exact, Renewed };
  /// Replaces everything by what save() wrote. Renewed leases start anew, as etcd does after a restore.
  syncer::Result<void> restore(std::string_view saved, Leases leases, syncer::Instant now);
  /// Becomes a copy that goes on exactly as `other` would; reports nothing.
  void copy_from(const Registry& other);

 private:
  struct Timer {
    syncer::Instant at;
    std::uint64_t serial;
    bool operator>(const Timer& other) const { return std::tie(at, serial) > std::tie(other.at, other.serial); }
  };
  void index(ServiceRecord& service);
  void unindex(const ServiceRecord& service);
  ServiceRecord& insert(Tenant& tenant, Service service);
  InstanceRecord& insert(ServiceRecord& service, SharedVersion version);
  void arm(const InstanceRecord& instance);
  void fire(InstanceRecord& instance, syncer::Instant now);
  void fire_leases(syncer::Instant now);
  bool spoils_registration(const ServiceRecord& service, std::string_view instance_id, syncer::Instant now);
  syncer::Duration draw_deafness();
  void uncache(const InstanceRecord& instance, syncer::Instant now);
  void publish();
  void count_instance(const ServiceRecord& service, int by);
  std::uint64_t written();
  void report(ChangeKind kind, const ServiceRecord& service, const Instance* instance, syncer::Instant now,
              std::string_view client) const;
  Tenants take_all();
  /// Reports each live instance of `all` that is not live in `others`.
  void report_missing(ChangeKind kind, Tenants& all, Tenants& others, syncer::Instant now) const;
  /// Reports each live instance that was live in `old` too, with other content.
  void report_changed(Tenants& old, syncer::Instant now) const;
  void load(SavedRegistry saved, Leases leases, syncer::Instant now);
  void load(SavedService saved, Tenant& home, Leases leases, syncer::Instant now);

  ModelOptions options_;
  syncer::Random random_;
  syncer::Random lag_random_;
  InstanceCache cache_;
  ChangeListener listener_;
  std::function<void(const CacheEvent&)> cache_listener_;
  Tenants tenants_;
  Tenant nobody_;
  std::map<std::uint64_t, InstanceRecord*> by_serial_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t next_serial_ = 1;
  std::uint64_t revision_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t visible_changes_ = 0;
  std::uint64_t service_changes_ = 0;
  bool frozen_ = false;
  bool lossless_ = false;
};

}  // namespace mocksc
