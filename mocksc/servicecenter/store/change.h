// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "mocksc/fault/store.h"
#include "mocksc/servicecenter/store/records.h"
#include "syncer/base/time.h"

namespace mocksc {

/// What a write did. Lease renewals are no change.
enum class ChangeKind : std::uint8_t {
  ServiceCreated,
  ServiceUpdated,
  ServiceDeleted,
  InstanceRegistered,
  InstanceUnregistered,
  InstanceExpired,  ///< the lease ran out, or was ended by a fault
  StatusChanged,
  PropertiesChanged,
  InstanceLost,      ///< gone by data loss or by restoring older data
  InstanceRestored,  ///< back by restoring older data
  ContentRestored,   ///< live before and after, with the content of older data
};

/// Stable name, e.g. "instance_registered".
std::string_view name(ChangeKind kind);

/// One stored instance as it is now. Borrowed: valid until the next write.
struct InstanceView {
  std::string_view domain;
  std::string_view project;
  const Service& service;
  const Instance& instance;
  syncer::Instant lease_deadline;
};

/// One write. `instance` is null for service changes; `client` names who asked, empty when the registry acted itself.
struct RegistryChange {
  ChangeKind kind;
  syncer::Instant at;
  std::string_view domain;
  std::string_view project;
  const Service& service;
  const Instance* instance;
  std::string_view client;
};

using ChangeListener = std::function<void(const RegistryChange&)>;

}  // namespace mocksc
