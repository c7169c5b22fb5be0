// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/values/values.h"

namespace sim::scenario {

// `service_center` is a name, "all", or "any" (one, drawn when the event fires). `instance` is a name given by a
// "sc.register" or a workload ("base/svc-1/3"), or a glob over such names.

enum class InstanceStatus : std::uint8_t { Up, Down, Starting, OutOfService };

struct ScRegister {
  std::string service_center;
  ServiceKey service;
  std::string instance;
  std::vector<std::string> endpoints;
  Pairs properties;
  InstanceStatus status = InstanceStatus::Up;
  std::optional<Duration> lease;  ///< the registry's `ttl` when absent
  bool operator==(const ScRegister&) const = default;
};
struct ScDeregister {
  std::string service_center;
  std::string instance;
  bool operator==(const ScDeregister&) const = default;
};
/// The application stops to renew its lease; the registry expires it.
struct ScStopHeartbeat {
  std::string service_center;
  std::string instance;
  bool operator==(const ScStopHeartbeat&) const = default;
};
/// The application renews its lease again.
struct ScHeartbeat {
  std::string service_center;
  std::string instance;
  bool operator==(const ScHeartbeat&) const = default;
};
/// The lease ends at once.
struct ScExpire {
  std::string service_center;
  std::string instance;
  bool operator==(const ScExpire&) const = default;
};
struct ScStatus {
  std::string service_center;
  std::string instance;
  InstanceStatus status = InstanceStatus::Up;
  bool operator==(const ScStatus&) const = default;
};
/// Changes properties, or (as applications do: register again) endpoints.
struct ScUpdate {
  std::string service_center;
  std::string instance;
  Pairs properties;
  std::vector<std::string> endpoints;
  bool operator==(const ScUpdate&) const = default;
};

enum class OutageMode : std::uint8_t { Refuse, Hang, Reset };

struct ScOutage {
  std::string service_center;
  OutageMode mode = OutageMode::Refuse;
  std::optional<Duration> for_;
  bool operator==(const ScOutage&) const = default;
};
struct ScSlow {
  std::string service_center;
  Duration latency{};
  std::optional<Duration> for_;
  bool operator==(const ScSlow&) const = default;
};

/// One kind of failure in a mix; exactly one of the first five is given.
struct FailKind {
  std::optional<std::uint64_t> status;
  std::optional<Duration> hang;
  bool truncated_body = false;
  bool bad_json = false;
  bool reset_after_apply = false;  ///< done, but the answer is lost
  std::optional<Duration> retry_after;
  std::uint64_t weight = 1;
  bool operator==(const FailKind&) const = default;
};
/// A share of requests fails.
struct ScFail {
  std::string service_center;
  Ratio rate{1, 1};
  std::vector<FailKind> with;
  std::vector<std::string> ops;  ///< only these calls (register, unregister, heartbeat, list, find, …); empty for all
  std::optional<Duration> for_;
  bool operator==(const ScFail&) const = default;
};
/// Lists come back empty with a success code.
struct ScListEmpty {
  std::string service_center;
  std::optional<Duration> for_;
  bool operator==(const ScListEmpty&) const = default;
};
/// Lists hold only a share of what is there.
struct ScListPartial {
  std::string service_center;
  Ratio keep{1, 2};
  std::optional<Duration> for_;
  bool operator==(const ScListPartial&) const = default;
};
/// Answers are old by that much.
struct ScStaleRead {
  std::string service_center;
  Duration by{};
  std::optional<Duration> for_;
  bool operator==(const ScStaleRead&) const = default;
};
/// The registry loses everything, or what was written after the label `to`.
struct ScDataLoss {
  std::string service_center;
  std::string to;
  bool operator==(const ScDataLoss&) const = default;
};
/// A backup of the moment `to` is restored.
struct ScRestore {
  std::string service_center;
  std::string to;
  bool operator==(const ScRestore&) const = default;
};
/// One address of the registry dies, the others go on.
struct ScFailover {
  std::string service_center;
  std::uint64_t address = 0;  ///< number of the front-end
  std::optional<Duration> for_;
  bool operator==(const ScFailover&) const = default;
};
/// More requests than this are answered 429.
struct ScLimit {
  std::string service_center;
  std::uint64_t rps = 0;  ///< 0 refuses everything
  std::optional<Duration> for_;
  bool operator==(const ScLimit&) const = default;
};

}  // namespace sim::scenario
