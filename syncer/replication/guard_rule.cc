// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/guard_rule.h"

#include <array>

namespace syncer::replication {
namespace {

constexpr std::array<std::string_view, kGuardRules> kNames = {
    "ordinary", "replaced", "hold-passed", "operator", "unproven", "memory-lost", "mass-expiry", "mass-orphaned"};

}  // namespace

std::string_view name(GuardRule rule) { return kNames[static_cast<std::size_t>(rule)]; }

bool is_trouble(GuardRule rule) { return rule == GuardRule::Unproven || rule == GuardRule::MemoryLost; }

}  // namespace syncer::replication
