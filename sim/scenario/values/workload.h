// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/scenario/values/type.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

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
/// The instances of one service are replaced by a new version, `batch` at a time, `pause` between. A former one leaves
/// the moment its successor comes, or `overlap` later.
struct RollingDeploy {
  Moment at;
  std::string service;  ///< "<workload>/svc-<n>"
  std::uint64_t batch = 1;
  Duration pause{};
  Duration overlap{};
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

/// `count` more instances of a service come and go together, each time under new names.
struct Autoscale {
  Moment from;
  Moment until{"end", {}};
  std::string service;  ///< "<workload>/svc-<n>"
  std::uint64_t count = 1;
  Duration up{};
  Duration down{};
  bool operator==(const Autoscale&) const = default;
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
  std::variant<Steady, Churn, BurstLoad, RollingDeploy, Flap, Autoscale, Herd> kind;
  bool operator==(const Workload&) const = default;
};

template <class V>
void describe(V& v, Type<Steady>) {
  v.takes("at", &Steady::at, "when all of it registers");
  v.takes("services", &Steady::services, "number of services");
  v.takes("instances_per_service", &Steady::instances_per_service, "number of instances of each");
}

template <class V>
void describe(V& v, Type<Churn>) {
  v.takes("from", &Churn::from, "begin");
  v.takes("until", &Churn::until, "end");
  v.takes("population", &Churn::population, "instances at the begin, and the target");
  v.takes("services", &Churn::services, "number of services");
  v.takes("register", &Churn::register_, "rate of registrations, paused above 3/2 of the population");
  v.takes("deregister", &Churn::deregister, "rate of removals, paused below 1/2 of the population");
  v.takes("stop_heartbeat", &Churn::stop_heartbeat, "rate of silent deaths, paused below 1/2 of the population");
}

template <class V>
void describe(V& v, Type<BurstLoad>) {
  v.takes("at", &BurstLoad::at, "begin");
  v.needs("count", &BurstLoad::count, "number of instances");
  v.takes("within", &BurstLoad::within, "time over which they register");
  v.takes("services", &BurstLoad::services, "number of services");
}

template <class V>
void describe(V& v, Type<RollingDeploy>) {
  v.takes("at", &RollingDeploy::at, "begin");
  v.needs("service", &RollingDeploy::service, "service of another workload, such as base/svc-1");
  v.takes("batch", &RollingDeploy::batch, "instances replaced at once");
  v.takes("pause", &RollingDeploy::pause, "time between two batches");
  v.takes("overlap", &RollingDeploy::overlap, "time for which old and new run side by side");
  v.takes("version", &RollingDeploy::version, "version of the new instances");
}

template <class V>
void describe(V& v, Type<Flap>) {
  v.takes("from", &Flap::from, "begin");
  v.takes("until", &Flap::until, "end");
  v.needs("up", &Flap::up, "time registered");
  v.needs("down", &Flap::down, "time not registered");
}

template <class V>
void describe(V& v, Type<Autoscale>) {
  v.takes("from", &Autoscale::from, "begin");
  v.takes("until", &Autoscale::until, "end");
  v.needs("service", &Autoscale::service, "service of another workload, such as base/svc-1");
  v.takes("count", &Autoscale::count, "number of instances that come and go");
  v.needs("up", &Autoscale::up, "time registered");
  v.needs("down", &Autoscale::down, "time not registered");
}

template <class V>
void describe(V& v, Type<Herd>) {
  v.takes("at", &Herd::at, "when they fall silent");
  v.takes("instances", &Herd::instances, "glob over the names of instances");
  v.needs("down", &Herd::down, "time without a heartbeat");
  v.takes("within", &Herd::within, "time over which they come back");
}

template <class V>
void alternatives(V& v, Type<decltype(Workload::kind)>) {
  v.template alternative<Steady>("steady", "a fixed population");
  v.template alternative<Churn>("churn", "applications come and go around a population");
  v.template alternative<BurstLoad>("burst", "many registrations within a short time");
  v.template alternative<RollingDeploy>("rolling_deploy", "a service's instances are replaced by a new version");
  v.template alternative<Flap>("flap", "one instance comes and goes");
  v.template alternative<Autoscale>("autoscale", "instances of a service come and go together");
  v.template alternative<Herd>("herd", "many applications fall silent and come back together");
  v.later("rename", "use \"rolling_deploy\": another version is another service id");
  v.later("replay", "use \"churn\" with the rates of what was recorded");
}

template <class V>
void describe(V& v, Type<Workload>) {
  v.needs("id", &Workload::id, "prefix of its instances' names, and a label");
  v.choice("kind", &Workload::kind, "what it does");
  v.needs("registry", &Workload::registry, "name of a registry, all, or any");
}

}  // namespace sim::scenario
