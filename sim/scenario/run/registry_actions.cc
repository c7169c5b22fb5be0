// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/registry_actions.h"

namespace sim::scenario {
namespace {

using host::World;
using Kind = fault::RegistryFault::Kind;

/// Runs a step at every registry that an event means.
template <class Step>
void at_each(const ActionContext& context, const std::string& name, Step step) {
  for (const RegistryIndex r : registries_named(context.run.names, name, context.random.stream("service_center")))
    step(r);
}

/// Starts a fault of what nodes see of the registries, until its time is over or everything settles.
void start_fault(const ActionContext& context, const std::string& name, const fault::RegistryFault& fault,
                 std::optional<Duration> lasting) {
  at_each(context, name, [&](RegistryIndex r) {
    const host::RegistryFaultId id = context.world().registry(r).start_fault(context.world().now(), fault);
    const auto stop = [r, id](World& w) { w.registry(r).stop_fault(w.now(), id); };
    context.run.faults.begin(context.event.id, Faults::Kind::Registry, {fault::Site::registry(r)}, stop, lasting);
  });
}

void restore(const ActionContext& context, RegistryIndex r, const std::string& label) {
  const auto done = context.world().registry(r).restore(context.world().now(), label);
  if (!done) context.run.problems.push_back(context.event.id + " had no effect: " + to_string(done.error()));
}

fault::RegistryFault fault_of(fault::RegistryFault::Kind kind) {
  fault::RegistryFault fault;
  fault.kind = kind;
  return fault;
}

fault::CallFailure failure_of(const FailKind& kind) {
  fault::CallFailure failure;
  failure.weight = static_cast<std::uint32_t>(kind.weight);
  failure.retry_after = kind.retry_after;
  if (kind.status) failure.status = static_cast<int>(*kind.status);
  if (kind.hang) {
    failure.kind = fault::CallFailure::Kind::Hang;
    failure.hang = *kind.hang;
  }
  if (kind.truncated_body) failure.kind = fault::CallFailure::Kind::TruncatedBody;
  if (kind.bad_body) failure.kind = fault::CallFailure::Kind::BadBody;
  if (kind.reset_after_apply) failure.kind = fault::CallFailure::Kind::ResetAfterApply;
  if (kind.other_answer) failure.kind = fault::CallFailure::Kind::OtherAnswer;
  if (kind.doubled_body) failure.kind = fault::CallFailure::Kind::DoubledBody;
  if (kind.cut_body) failure.kind = fault::CallFailure::Kind::CutBody;
  if (kind.part) {
    failure.kind = fault::CallFailure::Kind::PartRefused;
    failure.part = *kind.part;
  }
  failure.page = kind.page;
  failure.location = kind.location;
  return failure;
}

}  // namespace

void RegistryActions::operator()(const RegistryRegister& a) const {
  const Registration who{a.service, a.instance, a.endpoints, a.properties, a.status, a.lease};
  at_each(*this, a.registry, [&](RegistryIndex r) { run.applications.enter(r, who); });
}

void RegistryActions::operator()(const RegistryDeregister& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { run.applications.leave(r, a.instance); });
}

void RegistryActions::operator()(const RegistryStopHeartbeat& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { run.applications.stop_heartbeat(r, a.instance); });
}

void RegistryActions::operator()(const RegistryHeartbeat& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { run.applications.heartbeat(r, a.instance); });
}

void RegistryActions::operator()(const RegistryExpire& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { run.applications.expire(r, a.instance); });
}

void RegistryActions::operator()(const RegistryStatus& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { run.applications.set_status(r, a.instance, a.status); });
}

void RegistryActions::operator()(const RegistryUpdate& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) {
    if (!a.endpoints.empty()) run.applications.set_endpoints(r, a.instance, a.endpoints);
    if (!a.properties.empty()) run.applications.set_properties(r, a.instance, a.properties);
  });
}

void RegistryActions::operator()(const RegistryOutage& a) const {
  fault::RegistryFault fault = fault_of(Kind::Outage);
  fault.mode = a.mode;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryStoreOutage& a) const {
  start_fault(*this, a.registry, fault_of(Kind::StoreOutage), a.for_);
}

void RegistryActions::operator()(const RegistrySlow& a) const {
  fault::RegistryFault fault = fault_of(Kind::Slow);
  fault.latency = a.latency;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryFail& a) const {
  fault::RegistryFault fault = fault_of(Kind::Fail);
  fault.rate = a.rate;
  for (const FailKind& kind : a.with) fault.failures.push_back(failure_of(kind));
  fault.operations = a.ops;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryListEmpty& a) const {
  start_fault(*this, a.registry, fault_of(Kind::ListEmpty), a.for_);
}

void RegistryActions::operator()(const RegistryListPartial& a) const {
  fault::RegistryFault fault = fault_of(Kind::ListPartial);
  fault.keep = a.keep;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryStaleRead& a) const {
  fault::RegistryFault fault = fault_of(Kind::StaleRead);
  fault.by = a.by;
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryDataLoss& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) {
    if (a.to.empty()) return world().registry(r).lose_data(world().now());
    restore(*this, r, a.to);
  });
}

void RegistryActions::operator()(const RegistryRestore& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) { restore(*this, r, a.to); });
}

void RegistryActions::operator()(const RegistryFailover& a) const {
  fault::RegistryFault fault = fault_of(Kind::Outage);
  fault.front_end = static_cast<std::uint32_t>(a.address);
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryLimit& a) const {
  fault::RegistryFault fault = fault_of(Kind::Limit);
  fault.rps = a.rps;
  if (a.address) fault.front_end = static_cast<std::uint32_t>(*a.address);
  start_fault(*this, a.registry, fault, a.for_);
}

void RegistryActions::operator()(const RegistryMeddle& a) const {
  at_each(*this, a.registry, [&](RegistryIndex r) {
    const auto meant = [&](const host::RegistryInstance& copy) {
      return instance_matches(a.instance, copy.mark->instance);
    };
    const auto done = world().registry(r).meddle(world().now(), a.how, meant);
    if (!done) run.problems.push_back(event.id + " had no effect: " + to_string(done.error()));
  });
}

}  // namespace sim::scenario
