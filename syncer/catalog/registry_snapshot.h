// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "syncer/registry/v4_answers.h"

namespace syncer::catalog {

/// A service as this registry addresses it: project and service id.
using ServiceRef = std::pair<std::string, std::string>;

/// An instance as the last reading showed it.
struct SeenInstance {
  registry::SharedInstance document;
  std::uint64_t reading = 0;  ///< number of the last list that named it
  bool missing = false;       ///< a native one that a later reading left out; kept until its absence is confirmed
};

/// A service as the last reading showed it.
struct SeenService {
  registry::ServiceDocument document;
  bool listed = true;
  std::map<std::string, SeenInstance> instances;
  std::size_t natives = 0;
};

/// Something a reading showed to be new, changed or absent.
struct RegistryChange {
  enum class Kind : std::uint8_t {
    ServiceChanged,
    NativeSeen,
    NativeMissing,  ///< not in a list it was in: a hint, not a fact
    CopySeen,
    CopyMissing,
    CanarySeen,
    CanaryMissing,
  };
  Kind kind = Kind::ServiceChanged;
  registry::InstanceRef instance;  ///< its instance id is empty for a service
  registry::ServiceKey service;    ///< only for a service
};

/// What the own registry holds, by its last readings. Only differences leave it, as changes.
class RegistrySnapshot {
 public:
  const SeenService* service(const ServiceRef& ref) const;
  /// The service of that natural key; nothing when it was never listed.
  const ServiceRef* find(const registry::ServiceKey& key) const;
  const SeenInstance* instance(const registry::InstanceRef& ref) const;
  const std::map<ServiceRef, SeenService>& services() const { return services_; }
  std::size_t natives() const { return natives_; }

  /// Notes one element of a service list.
  void put_service(const std::string& project, registry::ServiceDocument document, std::vector<RegistryChange>& out);
  /// Notes all that a complete answer says about one service's instances; with `complete` those not named are missing.
  void put_instances(const ServiceRef& ref, const std::vector<registry::SharedInstance>& instances, bool complete,
                     std::vector<RegistryChange>& out);
  void set_listed(const ServiceRef& ref, bool listed);
  /// Drops an instance whose absence is confirmed.
  void erase_instance(const registry::InstanceRef& ref);
  /// Drops a service that is neither listed nor has instances; false when it stays.
  bool erase_if_gone(const ServiceRef& ref, std::vector<RegistryChange>& out);

 private:
  void put_instance(const ServiceRef& ref, SeenService& service, const registry::SharedInstance& document,
                    std::vector<RegistryChange>& out);
  void miss(const ServiceRef& ref, SeenService& service, const std::string& id, std::vector<RegistryChange>& out);

  std::map<ServiceRef, SeenService> services_;
  std::map<registry::ServiceKey, ServiceRef> by_key_;
  std::size_t natives_ = 0;
  std::uint64_t readings_ = 0;
};

/// A native instance: registered by an application, not by a syncer.
inline bool is_native(const registry::InstanceDocument& document) { return !document.copy && !document.canary; }

}  // namespace syncer::catalog
