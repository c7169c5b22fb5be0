// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/type.h"
#include "sim/scenario/language/words_topology.h"
#include "sim/scenario/values/registry_events.h"

namespace sim::scenario {

constexpr auto words(Type<InstanceStatus>) {
  return Words<InstanceStatus, 4>{{{"UP", InstanceStatus::Up},
                                   {"DOWN", InstanceStatus::Down},
                                   {"STARTING", InstanceStatus::Starting},
                                   {"OUTOFSERVICE", InstanceStatus::OutOfService}}};
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

template <class V>
void describe(V& v, Type<RegistryDeregister>) {
  describe_instance<RegistryDeregister>(v);
}

template <class V>
void describe(V& v, Type<RegistryStopHeartbeat>) {
  describe_instance<RegistryStopHeartbeat>(v);
}

template <class V>
void describe(V& v, Type<RegistryHeartbeat>) {
  describe_instance<RegistryHeartbeat>(v);
}

template <class V>
void describe(V& v, Type<RegistryExpire>) {
  describe_instance<RegistryExpire>(v);
}

template <class V>
void describe(V& v, Type<RegistryStatus>) {
  describe_instance<RegistryStatus>(v);
  v.needs("status", &RegistryStatus::status, "new status");
}

template <class V>
void describe(V& v, Type<RegistryUpdate>) {
  describe_instance<RegistryUpdate>(v);
  v.takes("properties", &RegistryUpdate::properties, "replace all properties");
  v.takes("endpoints", &RegistryUpdate::endpoints, "replace all endpoints (registered again)");
  v.later("version", "a service of another version is another service: use \"registry.register\"");
  v.later("service", "\"instance\" takes a glob over the instances of a service");
}

template <class V>
void describe(V& v, Type<RegistryOutage>) {
  describe_fault<RegistryOutage>(v);
  v.takes("mode", &RegistryOutage::mode, "how it is gone");
}

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
}

template <class V>
void describe(V& v, Type<RegistryFail>) {
  describe_fault<RegistryFail>(v);
  v.takes("rate", &RegistryFail::rate, "share of requests");
  v.needs("with", &RegistryFail::with, "mix of failures");
  v.takes("ops", &RegistryFail::ops, "only these calls");
}

template <class V>
void describe(V& v, Type<RegistryListEmpty>) {
  describe_fault<RegistryListEmpty>(v);
}

template <class V>
void describe(V& v, Type<RegistryListPartial>) {
  describe_fault<RegistryListPartial>(v);
  v.takes("keep", &RegistryListPartial::keep, "share of entries that are listed");
}

template <class V>
void describe(V& v, Type<RegistryStaleRead>) {
  describe_fault<RegistryStaleRead>(v);
  v.needs("by", &RegistryStaleRead::by, "age of what is answered");
}

template <class V>
void describe(V& v, Type<RegistryDataLoss>) {
  v.needs("registry", &RegistryDataLoss::registry, "name of a registry, all, or any");
  v.takes("to", &RegistryDataLoss::to, "label of the moment whose content is left; everything is lost when absent");
}

template <class V>
void describe(V& v, Type<RegistryRestore>) {
  v.needs("registry", &RegistryRestore::registry, "name of a registry, all, or any");
  v.needs("to", &RegistryRestore::to, "label of the moment of the backup");
}

template <class V>
void describe(V& v, Type<RegistryFailover>) {
  describe_fault<RegistryFailover>(v);
  v.needs("address", &RegistryFailover::address, "number of the address that dies, from 0");
  v.later("to", "name the \"address\" that dies: syncers choose the next one themselves");
}

template <class V>
void describe(V& v, Type<RegistryLimit>) {
  describe_fault<RegistryLimit>(v);
  v.needs("rps", &RegistryLimit::rps, "requests per second; 0 for none at all");
}

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
void describe(V& v, Type<Herd>) {
  v.takes("at", &Herd::at, "when they fall silent");
  v.takes("instances", &Herd::instances, "glob over the names of instances");
  v.needs("down", &Herd::down, "time without a heartbeat");
  v.takes("within", &Herd::within, "time over which they come back");
}

/// Tells every word of "kind".
template <class V>
void alternatives(V& v, Type<decltype(Workload::kind)>) {
  v.template alternative<Steady>("steady", "a fixed population");
  v.template alternative<Churn>("churn", "applications come and go around a population");
  v.template alternative<BurstLoad>("burst", "many registrations within a short time");
  v.template alternative<RollingDeploy>("rolling_deploy", "a service's instances are replaced by a new version");
  v.template alternative<Flap>("flap", "one instance comes and goes");
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
