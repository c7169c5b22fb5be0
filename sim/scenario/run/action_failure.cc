// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/action_context.h"

namespace sim::scenario {
namespace {

using host::World;

host::DiskFault illness(const DiskFault& a) {
  host::DiskFault fault;
  fault.fail = a.mode == DiskIllness::Fail;
  fault.full = a.mode == DiskIllness::Full;
  if (a.mode == DiskIllness::Slow) fault.slow = static_cast<std::uint32_t>(a.factor);
  return fault;
}

}  // namespace

void FailureActions::operator()(const CrashAt& a) const {
  const host::CallKind call = a.call == CallKind::DiskWrite ? host::CallKind::DiskWrite : host::CallKind::RegistryWrite;
  for (const NodeIndex n : nodes(a.who)) world().doom(n, {call, a.nth, fate(a.disk), a.down});
}

void FailureActions::operator()(const DiskFault& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().disk_fault(n, illness(a));
    const auto well = [n](World& w) { w.disk_fault(n, {}); };
    scene.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, well, a.for_);
  }
}

void FailureActions::operator()(const DiskFlip& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    if (world().flip_bit(n, a.file)) continue;
    scene.problems.push_back("event \"" + event.id + "\": the disk of " + std::string(world().node_name(n)) +
                             " holds no file \"" + a.file + "\"");
  }
}

}  // namespace sim::scenario
