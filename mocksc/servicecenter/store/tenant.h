// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/store/instance_cache.h"
#include "mocksc/servicecenter/store/instance_version.h"
#include "mocksc/servicecenter/store/records.h"
#include "syncer/base/time.h"

namespace mocksc {

struct ServiceRecord;
struct Tenant;

/// One stored instance with its lease.
struct InstanceRecord {
  SharedVersion version;  ///< as the last write left it
  ServiceRecord* service = nullptr;
  std::uint64_t serial = 0;  ///< creation number, never reused
  syncer::Instant deadline = syncer::kNever;
  syncer::Duration ttl{0};
  syncer::Instant deaf_until{};  ///< heartbeats are refused until then, though the lease lives

  const Instance& data() const { return version->data; }
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
  CachedService* cached = nullptr;         ///< what readers see of them
  mutable std::uint64_t max_revision = 0;  ///< over the instances, unless it is stale
  mutable bool max_is_stale = false;
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

/// All tenants by domain and project.
using Tenants = std::map<std::pair<std::string, std::string>, Tenant>;

}  // namespace mocksc
