// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/language/words_topology.h"

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
  v.needs("service_center", &T::service_center, "name of a registry, all, or any");
  v.needs("instance", &T::instance, "name of an instance, or a glob");
}

template <class T, class V>
void describe_fault(V& v) {
  v.needs("service_center", &T::service_center, "name of a registry, all, or any");
  v.takes("for", &T::for_, "to the end, or settle, when absent");
}

template <class V>
void describe(V& v, Type<ScRegister>) {
  v.needs("service_center", &ScRegister::service_center, "name of a registry, all, or any");
  v.needs("service", &ScRegister::service, "the microservice; created when absent");
  v.needs("instance", &ScRegister::instance, "name of the instance, its id in the registry");
  v.takes("endpoints", &ScRegister::endpoints, "such as rest://10.0.0.7:8080");
  v.takes("properties", &ScRegister::properties, "key -> value");
  v.takes("status", &ScRegister::status, "status at the start");
  v.takes("lease", &ScRegister::lease, "the registry's ttl when absent");
}

template <class V>
void describe(V& v, Type<ScDeregister>) {
  describe_instance<ScDeregister>(v);
}

template <class V>
void describe(V& v, Type<ScStopHeartbeat>) {
  describe_instance<ScStopHeartbeat>(v);
}

template <class V>
void describe(V& v, Type<ScHeartbeat>) {
  describe_instance<ScHeartbeat>(v);
}

template <class V>
void describe(V& v, Type<ScExpire>) {
  describe_instance<ScExpire>(v);
}

template <class V>
void describe(V& v, Type<ScStatus>) {
  describe_instance<ScStatus>(v);
  v.needs("status", &ScStatus::status, "new status");
}

template <class V>
void describe(V& v, Type<ScUpdate>) {
  describe_instance<ScUpdate>(v);
  v.takes("properties", &ScUpdate::properties, "replace all properties");
  v.takes("endpoints", &ScUpdate::endpoints, "replace all endpoints (registered again)");
  v.later("version", "a service of another version is another service: use \"sc.register\"");
  v.later("service", "\"instance\" takes a glob over the instances of a service");
}

template <class V>
void describe(V& v, Type<ScOutage>) {
  describe_fault<ScOutage>(v);
  v.takes("mode", &ScOutage::mode, "how it is gone");
}

template <class V>
void describe(V& v, Type<ScSlow>) {
  describe_fault<ScSlow>(v);
  v.needs("latency", &ScSlow::latency, "added to each answer");
}

template <class V>
void describe(V& v, Type<FailKind>) {
  v.takes("status", &FailKind::status, "HTTP status");
  v.takes("hang", &FailKind::hang, "no answer for this long");
  v.takes("truncated_body", &FailKind::truncated_body, "the body ends early");
  v.takes("bad_json", &FailKind::bad_json, "the body is no JSON");
  v.takes("reset_after_apply", &FailKind::reset_after_apply, "done, but the answer is lost");
  v.takes("retry_after", &FailKind::retry_after, "Retry-After header");
  v.takes("weight", &FailKind::weight, "share among its siblings");
}

template <class V>
void describe(V& v, Type<ScFail>) {
  describe_fault<ScFail>(v);
  v.takes("rate", &ScFail::rate, "share of requests");
  v.needs("with", &ScFail::with, "mix of failures");
  v.takes("ops", &ScFail::ops, "only these calls");
}

template <class V>
void describe(V& v, Type<ScListEmpty>) {
  describe_fault<ScListEmpty>(v);
}

template <class V>
void describe(V& v, Type<ScListPartial>) {
  describe_fault<ScListPartial>(v);
  v.takes("keep", &ScListPartial::keep, "share of entries that are listed");
}

template <class V>
void describe(V& v, Type<ScStaleRead>) {
  describe_fault<ScStaleRead>(v);
  v.needs("by", &ScStaleRead::by, "age of what is answered");
}

template <class V>
void describe(V& v, Type<ScDataLoss>) {
  v.needs("service_center", &ScDataLoss::service_center, "name of a registry, all, or any");
  v.takes("to", &ScDataLoss::to, "label of the moment whose content is left; everything is lost when absent");
}

template <class V>
void describe(V& v, Type<ScRestore>) {
  v.needs("service_center", &ScRestore::service_center, "name of a registry, all, or any");
  v.needs("to", &ScRestore::to, "label of the moment of the backup");
}

template <class V>
void describe(V& v, Type<ScFailover>) {
  describe_fault<ScFailover>(v);
  v.needs("address", &ScFailover::address, "number of the address that dies, from 0");
  v.later("to", "name the \"address\" that dies: syncers choose the next one themselves");
}

template <class V>
void describe(V& v, Type<ScLimit>) {
  describe_fault<ScLimit>(v);
  v.needs("rps", &ScLimit::rps, "requests per second; 0 for none at all");
}

}  // namespace sim::scenario
