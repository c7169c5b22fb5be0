// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/fault/registry_fault.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

// `registry` is a name, "all", or "any" (one, drawn when the event fires). `instance` is a name given by a
// "registry.register" or a workload ("base/svc-1/3"), or a glob over such names.

enum class InstanceStatus : std::uint8_t { Up, Down, Starting, OutOfService };

struct RegistryRegister {
  std::string registry;
  ServiceKey service;
  std::string instance;
  std::vector<std::string> endpoints;
  Pairs properties;
  InstanceStatus status = InstanceStatus::Up;
  std::optional<Duration> lease;  ///< the registry's `ttl` when absent
  bool operator==(const RegistryRegister&) const = default;
};
struct RegistryDeregister {
  std::string registry;
  std::string instance;
  bool operator==(const RegistryDeregister&) const = default;
};
/// The application stops to renew its lease; the registry expires it.
struct RegistryStopHeartbeat {
  std::string registry;
  std::string instance;
  bool operator==(const RegistryStopHeartbeat&) const = default;
};
/// The application renews its lease again.
struct RegistryHeartbeat {
  std::string registry;
  std::string instance;
  bool operator==(const RegistryHeartbeat&) const = default;
};
/// The lease ends at once.
struct RegistryExpire {
  std::string registry;
  std::string instance;
  bool operator==(const RegistryExpire&) const = default;
};
struct RegistryStatus {
  std::string registry;
  std::string instance;
  InstanceStatus status = InstanceStatus::Up;
  bool operator==(const RegistryStatus&) const = default;
};
/// Changes properties, or (as applications do: register again) endpoints.
struct RegistryUpdate {
  std::string registry;
  std::string instance;
  Pairs properties;
  std::vector<std::string> endpoints;
  bool operator==(const RegistryUpdate&) const = default;
};

using fault::OutageMode;

struct RegistryOutage {
  std::string registry;
  OutageMode mode = OutageMode::Refuse;
  std::optional<Duration> for_;
  bool operator==(const RegistryOutage&) const = default;
};
struct RegistrySlow {
  std::string registry;
  Duration latency{};
  std::optional<Duration> for_;
  bool operator==(const RegistrySlow&) const = default;
};

/// One kind of failure in a mix; exactly one of the first five is given.
struct FailKind {
  std::optional<std::uint64_t> status;
  std::optional<Duration> hang;
  bool truncated_body = false;     ///< done, but the answer ends early
  bool bad_body = false;           ///< done, but the answer cannot be parsed
  bool reset_after_apply = false;  ///< done, but the answer is lost
  std::optional<Duration> retry_after;
  std::uint64_t weight = 1;
  bool operator==(const FailKind&) const = default;
};
/// A share of requests fails.
struct RegistryFail {
  std::string registry;
  Ratio rate{1, 1};
  std::vector<FailKind> with;
  std::vector<std::string> ops;  ///< only these calls, as the kind of the registry names them; empty for all
  std::optional<Duration> for_;
  bool operator==(const RegistryFail&) const = default;
};
/// Lists come back empty with a success code.
struct RegistryListEmpty {
  std::string registry;
  std::optional<Duration> for_;
  bool operator==(const RegistryListEmpty&) const = default;
};
/// Lists hold only a share of what is there.
struct RegistryListPartial {
  std::string registry;
  Ratio keep{1, 2};
  std::optional<Duration> for_;
  bool operator==(const RegistryListPartial&) const = default;
};
/// Answers are old by that much.
struct RegistryStaleRead {
  std::string registry;
  Duration by{};
  std::optional<Duration> for_;
  bool operator==(const RegistryStaleRead&) const = default;
};
/// The registry loses everything, or what was written after the label `to`.
struct RegistryDataLoss {
  std::string registry;
  std::string to;
  bool operator==(const RegistryDataLoss&) const = default;
};
/// A backup of the moment `to` is restored.
struct RegistryRestore {
  std::string registry;
  std::string to;
  bool operator==(const RegistryRestore&) const = default;
};
/// One address of the registry dies, the others go on.
struct RegistryFailover {
  std::string registry;
  std::uint64_t address = 0;  ///< number of the front-end
  std::optional<Duration> for_;
  bool operator==(const RegistryFailover&) const = default;
};
/// More requests than this are answered 429.
struct RegistryLimit {
  std::string registry;
  std::uint64_t rps = 0;  ///< 0 refuses everything
  std::optional<Duration> for_;
  bool operator==(const RegistryLimit&) const = default;
};

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
