// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"

namespace syncer::catalog {

/// What a removal guard holds, by rule, and why.
struct GuardStatus {
  std::uint64_t held = 0;
  std::uint64_t unproven = 0;
  std::uint64_t memory_lost = 0;
  std::uint64_t mass_expiry = 0;
  std::uint64_t mass_orphaned = 0;
  std::uint64_t changes = 0;
  std::string reason;  ///< rule and evidence; empty while nothing is held

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "guard_held",
             .help = "Removals that the guard holds.",
             .phrase = "{} removals held",
             .hide_unset = true},
            s.held);
    v.field({.key = "guard_unproven", .help = "Those held because the registry does not prove healthy."}, s.unproven);
    v.field({.key = "guard_memory_lost", .help = "Those held because the registry forgot, or went back in time."},
            s.memory_lost);
    v.field({.key = "guard_mass_expiry", .help = "Those held because so much of the region expired at once."},
            s.mass_expiry);
    v.field({.key = "guard_mass_orphaned", .help = "Those held because a new epoch lacks so much of the region."},
            s.mass_orphaned);
    v.field({.key = "guard_changes", .help = "Changes of endpoints that the guard holds."}, s.changes);
    v.field({.key = "guard", .phrase = "guard: {}", .problem = Problem::WhenSet}, s.reason);
  }
};

/// The region's own registry.
struct RegistryStatus {
  std::string kind;
  std::string address;
  bool reachable = false;
  std::string shared;                ///< who else writes it; empty when nobody does
  std::string problem;               ///< why it cannot be read; empty when it can, or was not asked yet
  std::vector<std::string> failing;  ///< what cannot be written to it, and why; the first few
  std::vector<std::string> forged;   ///< entries that say they are a syncer's and are not; the first few
  std::vector<std::string> unfit;    ///< own instances that no other registry could hold, and why; the first few
  std::vector<std::string> cut;      ///< copies that lack something of their origin, and what; the first few
  Duration read_interval{};          ///< time between two reads of the same thing, stretched by what reading costs
  std::vector<std::string> excluded_services;
  std::uint64_t exported = 0;
  std::uint64_t copies = 0;
  std::uint64_t pending = 0;          ///< writes waiting
  std::uint64_t rejected = 0;         ///< records the registry refuses; they are tried again
  std::uint64_t unsigned_copies = 0;  ///< entries with the id of a copy whose marks nobody of the pool signed
  GuardStatus guard;                  ///< over own instances

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "address"}, s.address);
    v.field({.key = "kind"}, s.kind);
    v.field({.key = "shared", .phrase = "{}", .problem = Problem::WhenSet, .cause = "registry_shared"}, s.shared);
    v.field({.key = "problem", .phrase = "{}", .problem = Problem::WhenSet, .cause = "registry_unreadable"}, s.problem);
    v.field({.key = "failing", .phrase = "{}", .problem = Problem::WhenSet, .cause = "record_not_written"}, s.failing);
    v.field({.key = "forged", .phrase = "{}", .problem = Problem::WhenSet, .cause = "mark_forged"}, s.forged);
    v.field({.key = "unfit", .phrase = "{}", .problem = Problem::WhenSet, .cause = "instance_too_large"}, s.unfit);
    v.field({.key = "reachable",
             .help = "1 while the own registry answers.",
             .phrase = "reachable",
             .unset = "NOT reachable"},
            s.reachable);
    v.field({.key = "read_interval",
             .help = "Time between two reads of the own registry; it is stretched by what reading costs.",
             .phrase = "read each {}",
             .hide_unset = true},
            s.read_interval);
    v.field({.key = "excluded_services", .phrase = "not mirrored: {}"}, s.excluded_services);
    v.field({.key = "exported", .help = "Own instances given to other regions.", .phrase = "{} exported"}, s.exported);
    v.field({.key = "copies", .help = "Copies of other regions' instances.", .phrase = "{} copies"}, s.copies);
    v.field({.key = "pending", .help = "Writes that wait.", .phrase = "{} pending"}, s.pending);
    v.field({.key = "rejected",
             .help = "Records the own registry rejects; they are tried again.",
             .phrase = "{} rejected",
             .hide_unset = true},
            s.rejected);
    v.field({.key = "cut", .phrase = "not shown in full: {}"}, s.cut);
    v.field({.key = "unsigned_copies",
             .help = "Entries with the id of a copy whose marks nobody of the pool signed; they are left alone.",
             .phrase = "{} copies not signed by this pool",
             .hide_unset = true},
            s.unsigned_copies);
    GuardStatus::describe(s.guard, v);
  }
};

/// What the own registry has of another region.
struct ImportStatus {
  bool holding = false;  ///< unreachable, copies are kept
  std::string paused;    ///< that an operator paused or drains it; empty when not
  GuardStatus guard;     ///< over the region's removals and changes

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field(
        {.key = "holding", .help = "1 while copies of an unreachable region are kept.", .phrase = "copies are held"},
        s.holding);
    v.field({.key = "paused", .phrase = "{}", .problem = Problem::WhenSet, .cause = "import_paused"}, s.paused);
    GuardStatus::describe(s.guard, v);
  }
};

}  // namespace syncer::catalog
