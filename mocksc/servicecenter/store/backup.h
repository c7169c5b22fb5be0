// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/store/records.h"
#include "mocksc/servicecenter/store/tenant.h"
#include "syncer/base/time.h"

namespace mocksc {

/// The stored data of a service center apart from the store: what a backup of etcd holds.
struct SavedInstance {
  Instance record;
  std::uint64_t revision = 0;
  syncer::Instant deadline = syncer::kNever;
  syncer::Duration ttl{0};
};

struct SavedService {
  Service record;
  std::uint64_t revision = 0;
  Properties tags;
  std::vector<Schema> schemas;
  std::vector<AccessRule> rules;
  std::vector<SavedInstance> instances;
};

/// A consumer's id with a provider that it depends on.
using SavedDependency = std::pair<std::string, ServiceKey>;

struct SavedTenant {
  std::string domain;
  std::string project;
  std::vector<SavedDependency> dependencies;
  std::vector<SavedService> services;
};

struct SavedRegistry {
  std::uint64_t revision = 0;
  std::vector<SavedTenant> tenants;
};

SavedRegistry to_saved(const Tenants& tenants, std::uint64_t revision);
/// All of it as JSON text.
std::string to_text(const SavedRegistry& saved);
/// What to_text() wrote; nothing when the text is no backup.
std::optional<SavedRegistry> parse_backup(std::string_view text);

}  // namespace mocksc
