// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sim/scenario/values/values.h"

namespace sim::scenario {

// Instances of a workload are called "<id>/svc-<n>/<m>", n and m from 1; their services "<id>/svc-<n>".

/// A fixed population, registered at `at`.
struct Steady {
  Moment at;
  std::uint64_t services = 1;
  std::uint64_t instances_per_service = 1;
  bool operator==(const Steady&) const = default;
};
/// Applications come and go around a target population.
struct Churn {
  Moment from;
  Moment until{"end", {}};
  std::uint64_t population = 0;
  std::uint64_t services = 10;
  std::optional<Rate> register_;
  std::optional<Rate> deregister;
  std::optional<Rate> stop_heartbeat;
  bool operator==(const Churn&) const = default;
};
/// `count` registrations within `within`.
struct BurstLoad {
  Moment at;
  std::uint64_t count = 0;
  Duration within{};
  std::uint64_t services = 1;
  bool operator==(const BurstLoad&) const = default;
};
/// The instances of one service are replaced by a new version, `batch` at a time, `pause` between.
struct RollingDeploy {
  Moment at;
  std::string service;  ///< "<workload>/svc-<n>"
  std::uint64_t batch = 1;
  Duration pause{};
  std::string version = "2.0.0";
  bool operator==(const RollingDeploy&) const = default;
};
/// The one instance "<id>/svc-1/1" registers and deregisters again and again.
struct Flap {
  Moment from;
  Moment until{"end", {}};
  Duration up{};
  Duration down{};
  bool operator==(const Flap&) const = default;
};

/// All applications whose names match fall silent at once, as in an outage of their hosts, and come back together: who
/// lost its lease meanwhile registers again.
struct Herd {
  Moment at;
  std::string instances = "*";
  Duration down{};
  Duration within{};  ///< over which they come back
  bool operator==(const Herd&) const = default;
};

/// Applications that live in registries.
struct Workload {
  Place place;
  std::string id;
  std::string registry;  ///< a name, "all" (each has its own), or "any" (one drawn per registration)
  std::variant<Steady, Churn, BurstLoad, RollingDeploy, Flap, Herd> kind;
  bool operator==(const Workload&) const = default;
};

}  // namespace sim::scenario
