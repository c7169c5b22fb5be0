// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
#include "mocksc/servicecenter/store/options.h"
#include "mocksc/servicecenter/store/records.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace mocksc {

struct ServiceRecord;
struct Tenant;

/// One stored instance with its lease and its rendered JSON.
struct InstanceRecord {
  Instance data;
  ServiceRecord* service = nullptr;
  std::uint64_t serial = 0;    ///< creation number, never reused
  std::uint64_t revision = 0;  ///< write counter of the last change
  syncer::Instant deadline = syncer::kNever;
  syncer::Duration ttl{0};
  bool alive = true;  ///< false: the lease is gone, readers still see the record
  std::string json;
};

/// The revision text that was last computed, since the hash costs more than all the rest of an unchanged find.
struct RevisionMemo {
  std::uint64_t max_revision = 0;
  std::size_t count = 0;
  std::string text;
};

/// One stored service with what hangs below it.
struct ServiceRecord {
  Service data;
  Tenant* tenant = nullptr;
  std::uint64_t revision = 0;
  std::string json;
  Properties tags;
  std::map<std::string, Schema, std::less<>> schemas;
  std::vector<AccessRule> rules;  ///< in order of arrival; up to 2.0
  std::map<std::string, std::unique_ptr<InstanceRecord>, std::less<>> instances;
  std::uint64_t max_revision = 0;  ///< over the instances; see Registry::max_revision
  bool max_is_stale = false;
  RevisionMemo memo;
};

/// Environment, app and service name (or alias): what a find looks for. All versions are in one family.
using FamilyKey = std::tuple<std::string, std::string, std::string>;

/// Services of one family by version.
using Family = std::map<std::string, ServiceRecord*, std::less<>>;

/// One domain/project: nothing outside sees into it, except shared services.
struct Tenant {
  std::string domain;
  std::string project;
  std::map<std::string, std::unique_ptr<ServiceRecord>, std::less<>> services;
  std::map<FamilyKey, Family> names;
  std::map<FamilyKey, Family> aliases;
  /// What each consumer depends on, by its id: keys that it looked for, or that were set; service name "*" is all.
  std::map<std::string, std::set<ServiceKey>, std::less<>> dependencies;
  std::size_t instance_count = 0;  ///< shared services not counted
  std::size_t service_count = 0;   ///< likewise
};

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
  const std::map<std::pair<std::string, std::string>, Tenant>& tenants() const { return tenants_; }
  static ServiceRecord* find_service(Tenant& tenant, std::string_view service_id);
  /// Also finds a removed instance that readers still see.
  static InstanceRecord* find_instance(Tenant& tenant, std::string_view service_id, std::string_view instance_id);
  /// Only an instance whose lease lives.
  static InstanceRecord* find_alive(Tenant& tenant, std::string_view service_id, std::string_view instance_id);
  bool is_shared(const Tenant& tenant, const Service& service) const;
  /// The service under which the service center registered itself.
  bool is_own(const ServiceRecord& service) const;
  /// Whether a service of that app and name (or alias) would be shared.
  bool is_shared_name(const Tenant& tenant, std::string_view app_id, std::string_view name) const;

  ServiceRecord& add_service(Tenant& tenant, Service service, syncer::Instant now, std::string_view client);
  /// To be called after `service.data`, its tags or schemas were changed.
  void service_changed(ServiceRecord& service, syncer::Instant now, std::string_view client);
  void remove_service(ServiceRecord& service, syncer::Instant now, std::string_view client);
  /// Registers under a free (or removed, still visible) id; zero `ttl` never expires.
  InstanceRecord& add_instance(ServiceRecord& service, Instance instance, syncer::Duration ttl, syncer::Instant now,
                               std::string_view client);
  /// To be called after `instance.data` was changed.
  void instance_changed(InstanceRecord& instance, ChangeKind kind, syncer::Instant now, std::string_view client);
  static void renew(InstanceRecord& instance, syncer::Instant now);
  /// Ends the lease; readers go on seeing the instance for the delete visibility.
  void end_lease(InstanceRecord& instance, ChangeKind kind, syncer::Instant now, std::string_view client);
  /// Drops everything and registers the service center anew, as after the loss of its disks.
  void clear(syncer::Instant now);

  syncer::Instant next_deadline() const;
  void advance(syncer::Instant now);
  /// While frozen no lease runs out; afterwards those that are overdue do within a second.
  void freeze_leases(bool frozen) { frozen_ = frozen; }

  /// Greatest revision among a service's instances, 0 when there is none.
  static std::uint64_t max_revision(ServiceRecord& service);
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
  std::string save() const { return to_text(to_saved()); }
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
  void self_register(syncer::Instant now);
  void index(ServiceRecord& service);
  void unindex(const ServiceRecord& service);
  ServiceRecord& insert(Tenant& tenant, Service service);
  InstanceRecord& insert(ServiceRecord& service, Instance instance);
  void arm(const InstanceRecord& instance);
  void fire(InstanceRecord& instance, syncer::Instant now);
  void erase(InstanceRecord& instance);
  void count_instance(const ServiceRecord& service, int by);
  std::uint64_t written();
  void report(ChangeKind kind, const ServiceRecord& service, const Instance* instance, syncer::Instant now,
              std::string_view client) const;
  using Tenants = std::map<std::pair<std::string, std::string>, Tenant>;
  Tenants take_all();
  /// Reports each live instance of `all` that is not live in `others`.
  void report_missing(ChangeKind kind, Tenants& all, Tenants& others, syncer::Instant now) const;
  /// Reports each live instance that was live in `old` too, with other content.
  void report_changed(Tenants& old, syncer::Instant now) const;
  void load(SavedRegistry saved, Leases leases, syncer::Instant now);
  void load(SavedService saved, Tenant& home, Leases leases, syncer::Instant now);
  SavedRegistry to_saved() const;

  ModelOptions options_;
  syncer::Random random_;
  ChangeListener listener_;
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
};

}  // namespace mocksc
