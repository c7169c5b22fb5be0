// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/type.h"
#include "sim/scenario/values/process_events.h"

namespace sim::scenario {

constexpr auto words(Type<DiskFate>) {
  return Words<DiskFate, 4>{{{"keep", DiskFate::Keep},
                             {"lose_unsynced", DiskFate::LoseUnsynced},
                             {"tear", DiskFate::Tear},
                             {"wipe", DiskFate::Wipe}}};
}

template <class V>
void describe(V& v, Type<Start>) {
  v.needs("who", &Start::who, "nodes");
  v.takes("spread", &Start::spread, "each boots at a random time up to this later");
  v.takes("config", &Start::config, "settings from now on, over those of the node");
}

template <class V>
void describe(V& v, Type<Stop>) {
  v.needs("who", &Stop::who, "nodes");
}

template <class V>
void describe(V& v, Type<Leave>) {
  v.needs("who", &Leave::who, "nodes of mode single");
}

template <class V>
void describe(V& v, Type<Crash>) {
  v.needs("who", &Crash::who, "nodes");
  v.takes("disk", &Crash::disk, "what the disk keeps");
}

template <class V>
void describe(V& v, Type<Restart>) {
  v.needs("who", &Restart::who, "nodes");
  v.takes("disk", &Restart::disk, "keep or wipe");
  v.takes("delay", &Restart::delay, "so much later");
  v.takes("config", &Restart::config, "settings from now on, over those of the node");
  v.takes("moved", &Restart::moved, "with new addresses, which the settings of those that move along name");
}

template <class V>
void describe(V& v, Type<Bounce>) {
  v.needs("who", &Bounce::who, "nodes");
  v.takes("down", &Bounce::down, "time until the start");
  v.takes("disk", &Bounce::disk, "what the disk keeps");
}

template <class V>
void describe(V& v, Type<Pause>) {
  v.needs("who", &Pause::who, "nodes");
  v.takes("for", &Pause::for_, "until resume when absent");
}

template <class V>
void describe(V& v, Type<Resume>) {
  v.needs("who", &Resume::who, "nodes");
}

template <class V>
void describe(V& v, Type<Suspend>) {
  v.needs("who", &Suspend::who, "nodes");
  v.needs("for", &Suspend::for_, "time the machine sleeps");
}

template <class V>
void describe(V& v, Type<Slow>) {
  v.needs("who", &Slow::who, "nodes");
  v.needs("factor", &Slow::factor, "each event costs so many times 100 microseconds");
  v.takes("for", &Slow::for_, "to the end when absent");
}

template <class V>
void describe(V& v, Type<Join>) {
  v.needs("who", &Join::who, "nodes it is about");
  v.needs("via", &Join::via, "nodes to join");
}

template <class V>
void describe(V& v, Type<ClusterReplace>) {
  v.needs("who", &ClusterReplace::who, "voters whose disk was lost");
  v.takes("refused", &ClusterReplace::refused, "the leader must say no");
}

template <class V>
void describe(V& v, Type<GuardRelease>) {
  v.needs("who", &GuardRelease::who, "nodes it is about");
  v.takes("region", &GuardRelease::region, "whose removals may go; * for all");
}

template <class V>
void describe(V& v, Type<ClockDrift>) {
  v.needs("who", &ClockDrift::who, "nodes");
  v.needs("ppm", &ClockDrift::ppm, "parts per million, negative for slow");
}

template <class V>
void describe(V& v, Type<ClockJump>) {
  v.needs("who", &ClockJump::who, "nodes");
  v.needs("by", &ClockJump::by, "signed duration");
}

template <class V>
void describe(V& v, Type<ClockSkew>) {
  v.needs("who", &ClockSkew::who, "nodes");
  v.needs("by", &ClockSkew::by, "signed duration; replaces what was skewed before");
  v.takes("for", &ClockSkew::for_, "to the end, or settle, when absent");
}

template <class V>
void describe(V& v, Type<ClockStrobe>) {
  v.needs("who", &ClockStrobe::who, "nodes");
  v.needs("by", &ClockStrobe::by, "signed duration, forth and back");
  v.needs("gap", &ClockStrobe::gap, "time between two leaps");
  v.needs("for", &ClockStrobe::for_, "time until the clock is right again");
}

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

constexpr auto words(Type<FuzzKind>) {
  return Words<FuzzKind, 3>{
      {{"noise", FuzzKind::Noise}, {"nonsense", FuzzKind::Nonsense}, {"sealed", FuzzKind::Sealed}}};
}

template <class V>
void describe(V& v, Type<FuzzPeer>) {
  v.needs("who", &FuzzPeer::who, "nodes that it sends to");
  v.takes("what", &FuzzPeer::what, "random bytes, messages without sense, or the same with the pool's key");
  v.takes("rate", &FuzzPeer::rate, "packets and streams");
  v.takes("strangers", &FuzzPeer::strangers, "names of members that are not there");
  v.takes("impersonate", &FuzzPeer::impersonate, "speaks in the name of real members, too");
  v.takes("for", &FuzzPeer::for_, "until settle when absent");
}

}  // namespace sim::scenario
