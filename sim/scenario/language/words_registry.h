// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace sim::scenario
