// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "sim/fault/registry_fault.h"
#include "sim/scenario/values/topology.h"
#include "sim/scenario/values/type.h"
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
/// The store behind the front-ends is gone, as etcd behind a service center: what is cached is answered.
struct RegistryStoreOutage {
  std::string registry;
  std::optional<Duration> for_;
  bool operator==(const RegistryStoreOutage&) const = default;
};
struct RegistrySlow {
  std::string registry;
  Duration latency{};
  std::optional<Duration> for_;
  bool operator==(const RegistrySlow&) const = default;
};

using fault::CallFailure;

/// One kind of failure in a mix; exactly one of those that are not said to go with another is given.
struct FailKind {
  std::optional<std::uint64_t> status;
  std::optional<Duration> hang;
  bool truncated_body = false;     ///< done, but the answer ends early
  bool bad_body = false;           ///< done, but the answer cannot be parsed
  bool reset_after_apply = false;  ///< done, but the answer is lost
  std::optional<Duration> retry_after;
  std::uint64_t weight = 1;
  CallFailure::Page page = CallFailure::Page::None;  ///< with `status`
  std::string location;                              ///< likewise
  bool other_answer = false;                         ///< done, but the answer is that to another request
  bool doubled_body = false;                         ///< done, but the body comes twice
  bool cut_body = false;                             ///< done, but half of the body comes as if it were all
  std::optional<Ratio> part;                         ///< done, but that share of a batch is said to have failed
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
  std::optional<std::uint64_t> address;  ///< number of the front-end; each for itself when absent
  bool operator==(const RegistryLimit&) const = default;
};

using fault::Meddling;

/// Somebody changes copies in a registry's console.
struct RegistryMeddle {
  std::string registry;
  std::string instance;  ///< whose copies
  Meddling how = Meddling::Status;
  bool operator==(const RegistryMeddle&) const = default;
};

// Instances of a workload are called "<id>/svc-<n>/<m>", n and m from 1; their services "<id>/svc-<n>".
constexpr auto words(Type<InstanceStatus>) {
  return Words<InstanceStatus, 4>{{{"UP", InstanceStatus::Up},
                                   {"DOWN", InstanceStatus::Down},
                                   {"STARTING", InstanceStatus::Starting},
                                   {"OUTOFSERVICE", InstanceStatus::OutOfService}}};
}

constexpr auto words(Type<CallFailure::Page>) {
  return Words<CallFailure::Page, 3>{
      {{"none", CallFailure::Page::None}, {"html", CallFailure::Page::Html}, {"text", CallFailure::Page::Text}}};
}

constexpr auto words(Type<Meddling>) {
  return Words<Meddling, 5>{{{"status", Meddling::Status},
                             {"properties", Meddling::Properties},
                             {"marks", Meddling::Marks},
                             {"delete", Meddling::Delete},
                             {"service", Meddling::Service}}};
}

constexpr auto words(Type<OutageMode>) {
  return Words<OutageMode, 3>{
      {{"refuse", OutageMode::Refuse}, {"hang", OutageMode::Hang}, {"reset", OutageMode::Reset}}};
}

/// The keys that every event about instances has.
template <class T, class V>
void describe_instance(V& v) {
  v.needs("registry", &T::registry, "name of a registry, all, or any");
  v.needs("instance", &T::instance, "name of an instance, or a glob");
}

template <class T, class V>
void describe_fault(V& v) {
  v.needs("registry", &T::registry, "name of a registry, all, or any");
  v.takes("for", &T::for_, "to the end, or settle, when absent");
}

constexpr EventWord word(Type<RegistryRegister>) { return {"registry.register", "an application registers"}; }

template <class V>
void describe(V& v, Type<RegistryRegister>) {
  v.needs("registry", &RegistryRegister::registry, "name of a registry, all, or any");
  v.needs("service", &RegistryRegister::service, "the microservice; created when absent");
  v.needs("instance", &RegistryRegister::instance, "name of the instance, its id in the registry");
  v.takes("endpoints", &RegistryRegister::endpoints, "such as rest://10.0.0.7:8080");
  v.takes("properties", &RegistryRegister::properties, "key -> value");
  v.takes("status", &RegistryRegister::status, "status at the start");
  v.takes("lease", &RegistryRegister::lease, "the registry's ttl when absent");
}

constexpr EventWord word(Type<RegistryDeregister>) { return {"registry.deregister", "an application deregisters"}; }

template <class V>
void describe(V& v, Type<RegistryDeregister>) {
  describe_instance<RegistryDeregister>(v);
}

constexpr EventWord word(Type<RegistryStopHeartbeat>) {
  return {"registry.stop_heartbeat", "an application dies silently"};
}

template <class V>
void describe(V& v, Type<RegistryStopHeartbeat>) {
  describe_instance<RegistryStopHeartbeat>(v);
}

constexpr EventWord word(Type<RegistryHeartbeat>) { return {"registry.heartbeat", "an application beats again"}; }

template <class V>
void describe(V& v, Type<RegistryHeartbeat>) {
  describe_instance<RegistryHeartbeat>(v);
}

constexpr EventWord word(Type<RegistryExpire>) { return {"registry.expire", "leases end at once"}; }

template <class V>
void describe(V& v, Type<RegistryExpire>) {
  describe_instance<RegistryExpire>(v);
}

constexpr EventWord word(Type<RegistryStatus>) { return {"registry.status", "an application changes its status"}; }

template <class V>
void describe(V& v, Type<RegistryStatus>) {
  describe_instance<RegistryStatus>(v);
  v.needs("status", &RegistryStatus::status, "new status");
}

constexpr EventWord word(Type<RegistryUpdate>) { return {"registry.update", "an application changes its content"}; }

template <class V>
void describe(V& v, Type<RegistryUpdate>) {
  describe_instance<RegistryUpdate>(v);
  v.takes("properties", &RegistryUpdate::properties, "replace all properties");
  v.takes("endpoints", &RegistryUpdate::endpoints, "replace all endpoints (registered again)");
  v.later("version", "a service of another version is another service: use \"registry.register\"");
  v.later("service", "\"instance\" takes a glob over the instances of a service");
}

constexpr EventWord word(Type<RegistryOutage>) { return {"registry.outage", "the registry is gone"}; }

template <class V>
void describe(V& v, Type<RegistryOutage>) {
  describe_fault<RegistryOutage>(v);
  v.takes("mode", &RegistryOutage::mode, "how it is gone");
}

constexpr EventWord word(Type<RegistryStoreOutage>) {
  return {"registry.store_outage", "the store behind the registry is gone"};
}

template <class V>
void describe(V& v, Type<RegistryStoreOutage>) {
  describe_fault<RegistryStoreOutage>(v);
}

constexpr EventWord word(Type<RegistrySlow>) { return {"registry.slow", "the registry answers late"}; }

template <class V>
void describe(V& v, Type<RegistrySlow>) {
  describe_fault<RegistrySlow>(v);
  v.needs("latency", &RegistrySlow::latency, "added to each answer");
}

template <class V>
void describe(V& v, Type<FailKind>) {
  v.takes("status", &FailKind::status, "HTTP status");
  v.takes("hang", &FailKind::hang, "no answer for this long");
  v.takes("truncated_body", &FailKind::truncated_body, "the body ends early");
  v.takes("bad_body", &FailKind::bad_body, "the body cannot be parsed");
  v.takes("reset_after_apply", &FailKind::reset_after_apply, "done, but the answer is lost");
  v.takes("retry_after", &FailKind::retry_after, "Retry-After header");
  v.takes("weight", &FailKind::weight, "share among its siblings");
  v.takes("page", &FailKind::page, "what a proxy says with \"status\"");
  v.takes("location", &FailKind::location, "where a proxy sends the caller with \"status\"");
  v.takes("other_answer", &FailKind::other_answer, "done, but answered as another request was");
  v.takes("doubled_body", &FailKind::doubled_body, "done, but the body comes twice");
  v.takes("cut_body", &FailKind::cut_body, "done, but half of the body comes as if it were all");
  v.takes("part", &FailKind::part, "done, but of this share of a batch it is said to have failed");
}

constexpr EventWord word(Type<RegistryFail>) { return {"registry.fail", "a share of requests fails"}; }

template <class V>
void describe(V& v, Type<RegistryFail>) {
  describe_fault<RegistryFail>(v);
  v.takes("rate", &RegistryFail::rate, "share of requests");
  v.needs("with", &RegistryFail::with, "mix of failures");
  v.takes("ops", &RegistryFail::ops, "only these calls");
}

constexpr EventWord word(Type<RegistryListEmpty>) { return {"registry.list_empty", "lists come back empty"}; }

template <class V>
void describe(V& v, Type<RegistryListEmpty>) {
  describe_fault<RegistryListEmpty>(v);
}

constexpr EventWord word(Type<RegistryListPartial>) { return {"registry.list_partial", "lists lack a part"}; }

template <class V>
void describe(V& v, Type<RegistryListPartial>) {
  describe_fault<RegistryListPartial>(v);
  v.takes("keep", &RegistryListPartial::keep, "share of entries that are listed");
}

constexpr EventWord word(Type<RegistryStaleRead>) { return {"registry.stale_read", "answers are old"}; }

template <class V>
void describe(V& v, Type<RegistryStaleRead>) {
  describe_fault<RegistryStaleRead>(v);
  v.needs("by", &RegistryStaleRead::by, "age of what is answered");
}

constexpr EventWord word(Type<RegistryDataLoss>) { return {"registry.data_loss", "the registry forgets"}; }

template <class V>
void describe(V& v, Type<RegistryDataLoss>) {
  v.needs("registry", &RegistryDataLoss::registry, "name of a registry, all, or any");
  v.takes("to", &RegistryDataLoss::to, "label of the moment whose content is left; everything is lost when absent");
}

constexpr EventWord word(Type<RegistryRestore>) { return {"registry.restore", "a backup is restored"}; }

template <class V>
void describe(V& v, Type<RegistryRestore>) {
  v.needs("registry", &RegistryRestore::registry, "name of a registry, all, or any");
  v.needs("to", &RegistryRestore::to, "label of the moment of the backup");
}

constexpr EventWord word(Type<RegistryFailover>) { return {"registry.failover", "an address of the registry dies"}; }

template <class V>
void describe(V& v, Type<RegistryFailover>) {
  describe_fault<RegistryFailover>(v);
  v.needs("address", &RegistryFailover::address, "number of the address that dies, from 0");
  v.later("to", "name the \"address\" that dies: syncers choose the next one themselves");
}

constexpr EventWord word(Type<RegistryLimit>) { return {"registry.limit", "requests above a rate are answered 429"}; }

template <class V>
void describe(V& v, Type<RegistryLimit>) {
  describe_fault<RegistryLimit>(v);
  v.needs("rps", &RegistryLimit::rps, "requests per second; 0 for none at all");
  v.takes("address", &RegistryLimit::address,
          "number of the address that is throttled, from 0; each for itself when absent");
}

constexpr EventWord word(Type<RegistryMeddle>) {
  return {"registry.meddle", "somebody changes copies in the registry's console"};
}

template <class V>
void describe(V& v, Type<RegistryMeddle>) {
  v.needs("registry", &RegistryMeddle::registry, "name of a registry, all, or any");
  v.needs("instance", &RegistryMeddle::instance, "whose copies: name of an instance, or a glob");
  v.needs("how", &RegistryMeddle::how, "what he does to them");
}

/// Tells every word of "kind".
/// Every event of this page, in the order of the documentation.
using RegistryEvents = std::tuple<RegistryRegister, RegistryDeregister, RegistryStopHeartbeat, RegistryHeartbeat,
                                  RegistryExpire, RegistryStatus, RegistryUpdate, RegistryOutage, RegistryStoreOutage,
                                  RegistrySlow, RegistryFail, RegistryListEmpty, RegistryListPartial, RegistryStaleRead,
                                  RegistryDataLoss, RegistryRestore, RegistryFailover, RegistryLimit, RegistryMeddle>;

}  // namespace sim::scenario
