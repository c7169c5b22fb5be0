// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"

namespace syncer::catalog {

/// The region's own registry.
struct RegistryStatus {
  std::string address;
  bool reachable = false;
  std::string problem;  ///< empty when all is well
  Duration read_interval{};  ///< time between two reads of the same thing, stretched by what reading costs
  std::uint64_t exported = 0;
  std::uint64_t copies = 0;
  std::uint64_t pending = 0;   ///< writes waiting
  std::uint64_t rejected = 0;  ///< records the registry refuses; they are tried again
  bool guard_frozen = false;
  std::uint64_t guard_pending = 0;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "address"}, s.address);
    v.field({.key = "reachable",
             .help = "1 while the own registry answers.",
             .phrase = "reachable",
             .unset = "NOT reachable",
             .problem = Problem::WhenUnset},
            s.reachable);
    v.field({.key = "problem", .phrase = "problem: {}", .problem = Problem::WhenSet}, s.problem);
    v.field({.key = "read_interval",
             .help = "Time between two reads of the own registry; it is stretched by what reading costs.",
             .phrase = "read each {}",
             .hide_unset = true},
            s.read_interval);
    v.field({.key = "exported", .help = "Own instances given to other regions.", .phrase = "{} exported"}, s.exported);
    v.field({.key = "copies", .help = "Copies of other regions' instances.", .phrase = "{} copies"}, s.copies);
    v.field({.key = "pending", .help = "Writes that wait.", .phrase = "{} pending"}, s.pending);
    v.field({.key = "rejected",
             .help = "Records the own registry rejects; they are tried again.",
             .phrase = "{} rejected",
             .problem = Problem::WhenSet},
            s.rejected);
    v.field({.key = "guard_frozen",
             .help = "1 while removals of own instances are not passed on.",
             .phrase = "guard: removals frozen",
             .problem = Problem::WhenSet},
            s.guard_frozen);
    v.field({.key = "guard_pending",
             .help = "Removals of own instances that the guard holds.",
             .phrase = "{} held",
             .hide_unset = true},
            s.guard_pending);
  }
};

/// What the own registry has of another region.
struct ImportStatus {
  bool holding = false;  ///< unreachable, copies are kept
  bool guard_frozen = false;
  std::uint64_t guard_pending = 0;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field(
        {.key = "holding", .help = "1 while copies of an unreachable region are kept.", .phrase = "copies are held"},
        s.holding);
    v.field({.key = "guard_frozen",
             .help = "1 while removals of the region are frozen.",
             .phrase = "guard: removals frozen",
             .problem = Problem::WhenSet},
            s.guard_frozen);
    v.field({.key = "guard_pending",
             .help = "Removals of the region that the guard holds.",
             .phrase = "{} held",
             .hide_unset = true},
            s.guard_pending);
  }
};

}  // namespace syncer::catalog
