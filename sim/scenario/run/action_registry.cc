// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "sim/scenario/run/action_context.h"

namespace sim::scenario {
namespace {

using host::World;

/// Runs a step at every registry that an event means.
template <class Step>
void at_each(const ActionContext& context, const std::string& name, Step step) {
  for (const RegistryIndex r : registries_named(context.scene.cast, name, context.random.stream("service_center")))
    step(r);
}

/// Starts a fault of what nodes see of the registries, until its time is over or everything settles.
void start_fault(const ActionContext& context, const std::string& name, const mocksc::Fault& fault,
                 std::optional<Duration> lasting) {
  at_each(context, name, [&](RegistryIndex r) {
    const mocksc::FaultId id = context.world().registry(r).front().start(context.world().now(), fault);
    const auto stop = [r, id](World& w) { w.registry(r).front().stop(w.now(), id); };
    context.scene.faults.begin(context.event.id, Faults::Kind::Registry, {fault::Site::registry(r)}, stop, lasting);
  });
}

void restore(const ActionContext& context, RegistryIndex r, const std::string& label) {
  const auto done = context.world().registry(r).front().restore(context.world().now(), label);
  if (!done) context.scene.problems.push_back(context.event.id + " had no effect: " + to_string(done.error()));
}

mocksc::Fault fault_of(mocksc::FaultKind kind) {
  mocksc::Fault fault;
  fault.kind = kind;
  return fault;
}

mocksc::Failure failure_of(const FailKind& kind) {
  mocksc::Failure failure;
  failure.weight = static_cast<std::uint32_t>(kind.weight);
  failure.retry_after = kind.retry_after;
  if (kind.status) failure.status = static_cast<int>(*kind.status);
  if (kind.hang) {
    failure.kind = mocksc::Failure::Kind::Hang;
    failure.hang = *kind.hang;
  }
  if (kind.truncated_body) failure.kind = mocksc::Failure::Kind::TruncatedBody;
  if (kind.bad_json) failure.kind = mocksc::Failure::Kind::BadJson;
  if (kind.reset_after_apply) failure.kind = mocksc::Failure::Kind::ResetAfterApply;
  return failure;
}

mocksc::OutageMode mode_of(OutageMode mode) {
  switch (mode) {
    case OutageMode::Refuse:
      return mocksc::OutageMode::Refuse;
    case OutageMode::Hang:
      return mocksc::OutageMode::Hang;
    case OutageMode::Reset:
      return mocksc::OutageMode::Reset;
  }
  return mocksc::OutageMode::Refuse;
}

}  // namespace

void RegistryActions::operator()(const RegistryRegister& a) const {
  const Registration who{a.service, a.instance, a.endpoints, a.properties, a.status, a.lease};
  at_each(*this, a.registry, [&](RegistryIndex r) { scene.applications.enter(r, who); });
}

void RegistryActions::operator()(const RegistryDeregister& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { scene.applications.leave(r, a.instance); });
}

void RegistryActions::operator()(const RegistryStopHeartbeat& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { scene.applications.stop_heartbeat(r, a.instance); });
}

void RegistryActions::operator()(const RegistryHeartbeat& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { scene.applications.heartbeat(r, a.instance); });
}

void RegistryActions::operator()(const RegistryExpire& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { scene.applications.expire(r, a.instance); });
}

void RegistryActions::operator()(const RegistryStatus& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { scene.applications.set_status(r, a.instance, a.status); });
}

void RegistryActions::operator()(const RegistryUpdate& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) {
    if (!a.endpoints.empty()) scene.applications.set_endpoints(r, a.instance, a.endpoints);
    if (!a.properties.empty()) scene.applications.set_properties(r, a.instance, a.properties);
  });
}

void RegistryActions::operator()(const RegistryOutage& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::Outage);
  fault.mode = mode_of(a.mode);
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistrySlow& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::Slow);
  fault.latency_min = a.latency;
  fault.latency_max = a.latency;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryFail& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::Fail);
  fault.rate = a.rate;
  for (const FailKind& kind : a.with) fault.failures.push_back(failure_of(kind));
  for (const std::string& op : a.ops) {
    if (const auto known = mocksc::parse_operation(op)) fault.operations.insert(*known);
  }
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryListEmpty& a) const {
  start_fault(*this, a.registry, fault_of(mocksc::FaultKind::ListEmpty), a.for_);
}

void RegistryActions::operator()(const RegistryListPartial& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::ListPartial);
  fault.keep = a.keep;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryStaleRead& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::StaleRead);
  fault.by = a.by;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryDataLoss& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) {
    mocksc::FaultyFrontend& front = world().registry(r).front();
    if (a.to.empty()) return front.lose_data(world().now());
    restore(*this, r, a.to);
  });
}

void RegistryActions::operator()(const RegistryRestore& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { restore(*this, r, a.to); });
}

void RegistryActions::operator()(const RegistryFailover& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::Outage);
  fault.frontend = static_cast<std::size_t>(a.address);
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryLimit& a) const {
  mocksc::Fault fault = fault_of(mocksc::FaultKind::Limit);
  fault.rps = a.rps;
  start_fault(*this, a.registry, fault, a.for_);
}

}  // namespace sim::scenario
