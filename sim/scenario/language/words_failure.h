// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/values/failure_events.h"
#include "sim/scenario/language/words_process.h"

namespace sim::scenario {

constexpr auto words(Type<CallKind>) {
  return Words<CallKind, 2>{{{"registry_write", CallKind::RegistryWrite}, {"disk_write", CallKind::DiskWrite}}};
}

constexpr auto words(Type<DiskIllness>) {
  return Words<DiskIllness, 3>{{{"fail", DiskIllness::Fail}, {"full", DiskIllness::Full}, {"slow", DiskIllness::Slow}}};
}

template <class V>
void describe(V& v, Type<CrashAt>) {
  v.needs("who", &CrashAt::who, "nodes");
  v.needs("call", &CrashAt::call, "kind of call at which it dies");
  v.takes("nth", &CrashAt::nth, "how many of them from now on, the last one included");
  v.takes("disk", &CrashAt::disk, "what the disk keeps");
  v.takes("down", &CrashAt::down, "time until the start");
}

template <class V>
void describe(V& v, Type<DiskFault>) {
  v.needs("who", &DiskFault::who, "nodes");
  v.needs("mode", &DiskFault::mode, "how it is sick");
  v.takes("factor", &DiskFault::factor, "slow: writes take so many times longer");
  v.takes("for", &DiskFault::for_, "to the end when absent");
}

template <class V>
void describe(V& v, Type<DiskFlip>) {
  v.needs("who", &DiskFlip::who, "nodes");
  v.needs("file", &DiskFlip::file, "a stored file, such as raft.log");
}

}  // namespace sim::scenario
