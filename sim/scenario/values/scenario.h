// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "sim/scenario/values/events.h"
#include "sim/scenario/values/expect.h"
#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/values/topology.h"

namespace sim::scenario {

/// Settings of some nodes, exactly the keys of the daemon's file. A later block overrides an earlier one.
struct ConfigBlock {
  Place place;
  Selector who;
  Settings settings;
  bool operator==(const ConfigBlock&) const = default;
};

/// A random fault that chaos may draw.
enum class Family : std::uint8_t {
  Crash,
  Restart,
  Pause,
  Suspend,
  Slow,
  Partition,
  Clog,
  Swizzle,
  Reset,
  HalfOpen,
  Loss,
  Duplicate,
  Reorder,
  Corrupt,
  ClockDrift,
  ClockJump,
  ClockSkew,
  ClockStrobe,
  RegistryOutage,
  RegistryFail,
  RegistrySlow,
  RegistryListEmpty,
  RegistryListPartial,
  RegistryStaleRead,
  RegistryLimit,
};

/// What may be broken at the same time, so that a red run is always a fault of the product.
struct Budget {
  std::uint64_t down_per_cluster = 1;
  std::uint64_t regions_cut = 1;
  std::uint64_t registries_out = 1;
  std::uint64_t wiped_disks = 0;
  bool operator==(const Budget&) const = default;
};

/// Random faults between two moments.
struct Chaos {
  Place place;
  std::string id;
  Moment from;
  Moment until{"end", {}};
  bool swarm = false;  ///< each seed uses a random half of the families
  std::vector<Family> families;
  Delay every{fault::Shape::Exp, {}, {}, std::chrono::seconds(4), {}, {}, {}};
  Budget budget;
  bool operator==(const Chaos&) const = default;
};

/// What the settle phase heals.
enum class Healing : std::uint8_t { Core };
/// What becomes of what is outside the core.
enum class OutsideCore : std::uint8_t { AsIs, Down };

/// The end of all faults: at duration - within - quiet, everything of `core` is healed and started; from then on the
/// label "settle" is known. What is outside the core stays as
/// broken as it is, or is taken down.
struct Settle {
  Place place;
  Selector core{"all"};
  Duration within = std::chrono::seconds(60);
  Duration quiet{};  ///< the core stays converged for this long
  Healing heal = Healing::Core;
  OutsideCore outside_core = OutsideCore::AsIs;
  bool operator==(const Settle&) const = default;
};

/// Where the random numbers of the runs start: the first seed, or an explicit list, or drawn from the built commit.
struct Seeds {
  std::vector<std::uint64_t> list = {1};
  bool from_commit = false;
  bool operator==(const Seeds&) const = default;
};

/// How events of the same instant are ordered.
enum class Ties : std::uint8_t { File, Shuffle };

/// A whole scenario file, complete and checked: labels exist, anchors have no cycle, selectors can be read, names are
/// unique. Plain values; parse once, run many times.
struct Scenario {
  std::string file;  ///< as opened; not part of the value
  std::string name;
  std::string about;
  std::vector<std::string> tags;
  Seeds seed;
  std::uint64_t runs = 1;  ///< that many seeds upwards from the first, unless a list is given
  Duration duration{};
  Ties ties = Ties::File;
  Topology topology;
  std::vector<ConfigBlock> config;
  std::vector<Workload> workloads;
  std::vector<Event> events;
  std::vector<Chaos> chaos;
  std::optional<Settle> settle;
  std::vector<Expectation> expect;
  std::vector<Relax> relax;

  bool operator==(const Scenario& other) const {
    const auto value = [](const Scenario& s) {
      return std::tie(s.name, s.about, s.tags, s.seed, s.runs, s.duration, s.ties, s.topology, s.config, s.workloads,
                      s.events, s.chaos, s.settle, s.expect, s.relax);
    };
    return value(*this) == value(other);
  }
};

}  // namespace sim::scenario
