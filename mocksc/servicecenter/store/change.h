// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "mocksc/servicecenter/store/records.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"
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

/// Makes list-like reads show less than there is. The same record is hidden in every answer as long as `salt` stays.
struct ReadFault {
  syncer::Ratio keep{1, 1};
  std::uint64_t salt = 0;

  bool is_none() const { return keep.numerator >= keep.denominator; }
  /// Whether the record with that id is left out.
  bool hides(std::string_view id) const {
    return !is_none() && syncer::hash64(id, salt) % keep.denominator >= keep.numerator;
  }
};

}  // namespace mocksc
