// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "sim/fault/process_fault.h"
#include "sim/scenario/values/type.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

using fault::CallKind;
using fault::DiskFate;

struct Start {
  Selector who;
  Duration spread{};  ///< each node boots at a random time up to this later
  Settings config{};  ///< over those of the node, from now on
  bool operator==(const Start&) const = default;
};
/// Orderly shutdown.
struct Stop {
  Selector who;
  bool operator==(const Stop&) const = default;
};
/// The syncer leaves for good: it says good-bye to the pool, is seen as left, and ends. Only in mode single.
struct Leave {
  Selector who;
  bool operator==(const Leave&) const = default;
};
struct Crash {
  Selector who;
  DiskFate disk = DiskFate::LoseUnsynced;
  bool operator==(const Crash&) const = default;
};
struct Restart {
  Selector who;
  DiskFate disk = DiskFate::Keep;  ///< Keep or Wipe
  Duration delay{};
  Settings config{};   ///< over those of the node, from now on
  bool moved = false;  ///< with other addresses from now on; their settings name the new ones of each other
  bool operator==(const Restart&) const = default;
};
/// The operator gives running nodes other settings: what they take over without a restart.
struct Reconfigure {
  Selector who;
  Settings config{};  ///< over those of the node, from now on
  bool operator==(const Reconfigure&) const = default;
};
/// Crash, and start again after `down`.
struct Bounce {
  Selector who;
  Duration down = std::chrono::seconds(1);
  DiskFate disk = DiskFate::LoseUnsynced;
  bool operator==(const Bounce&) const = default;
};
/// The process is frozen, its monotonic clock goes on, its sockets fill.
struct Pause {
  Selector who;
  std::optional<Duration> for_;  ///< until "resume" when absent
  bool operator==(const Pause&) const = default;
};
struct Resume {
  Selector who;
  bool operator==(const Resume&) const = default;
};
/// The machine sleeps: packets to it are lost and no timer fires; the clocks go on, on waking all of it is overdue.
struct Suspend {
  Selector who;
  Duration for_{};
  bool operator==(const Suspend&) const = default;
};
/// Every event costs the node `factor` times 100 microseconds of processor time.
struct Slow {
  Selector who;
  std::uint64_t factor = 1;
  std::optional<Duration> for_;
  bool operator==(const Slow&) const = default;
};
/// The owner of a relay makes it lie about the regions whose records it passes on.
struct RelayLies {
  Selector who;
  fault::RelayLie how = fault::RelayLie::Alters;
  std::optional<Duration> for_;
  bool operator==(const RelayLies&) const = default;
};
/// The operator tells running nodes whom to join.
struct Join {
  Selector who;
  Selector via;
  bool operator==(const Join&) const = default;
};
/// The operator gives the slots of these voters, whose disks were lost, to their new disks: asks the leader of their
/// region. With `refused` the answer must be no.
struct ClusterReplace {
  Selector who;
  bool refused = false;
  bool operator==(const ClusterReplace&) const = default;
};
/// The operator lets the held removals of a region go ("*" for all): says so to these nodes.
struct GuardRelease {
  Selector who;
  std::string region = "*";
  bool operator==(const GuardRelease&) const = default;
};
/// The operator wants a region forgotten that is away: says so to these nodes. With `refused` the answer must be no.
struct RegionForget {
  Selector who;
  std::string region;
  bool refused = false;
  bool operator==(const RegionForget&) const = default;
};
/// Which way records go.
enum class Flow : std::uint8_t { Export, Import };
/// The operator pauses what these nodes tell a region, or write of it; and takes the pause back after `for_`.
struct FlowPause {
  Selector who;
  Flow flow = Flow::Export;
  std::string region;  ///< all when empty
  std::optional<Duration> for_;
  bool operator==(const FlowPause&) const = default;
};
/// The monotonic clock runs too fast (positive) or too slow.
struct ClockDrift {
  Selector who;
  std::int64_t ppm = 0;
  bool operator==(const ClockDrift&) const = default;
};
/// The wall clock leaps.
struct ClockJump {
  Selector who;
  Shift by;
  bool operator==(const ClockJump&) const = default;
};

/// The wall clock is off by so much from now on.
struct ClockSkew {
  Selector who;
  Shift by;
  std::optional<Duration> for_;
  bool operator==(const ClockSkew&) const = default;
};
/// The wall clock leaps forth and back again and again.
struct ClockStrobe {
  Selector who;
  Shift by;
  Duration gap{};  ///< between two leaps
  Duration for_{};
  bool operator==(const ClockStrobe&) const = default;
};

/// Power cut in the middle of a step: the moment the syncer made its n-th such call from now on. What it wanted to do
/// after that call never happens.
struct CrashAt {
  Selector who;
  CallKind call = CallKind::RegistryWrite;
  std::uint64_t nth = 1;
  DiskFate disk = DiskFate::Tear;
  Duration down = std::chrono::seconds(1);
  bool operator==(const CrashAt&) const = default;
};

/// How a disk is sick.
enum class DiskIllness : std::uint8_t { Fail, Full, Slow };

struct DiskFault {
  Selector who;
  DiskIllness mode = DiskIllness::Fail;
  std::uint64_t factor = 100;  ///< of Slow
  std::optional<Duration> for_;
  bool operator==(const DiskFault&) const = default;
};

/// One bit of a stored file flips.
struct DiskFlip {
  Selector who;
  std::string file;
  bool operator==(const DiskFlip&) const = default;
};

constexpr auto words(Type<DiskFate>) {
  return Words<DiskFate, 4>{{{"keep", DiskFate::Keep},
                             {"lose_unsynced", DiskFate::LoseUnsynced},
                             {"tear", DiskFate::Tear},
                             {"wipe", DiskFate::Wipe}}};
}

constexpr EventWord word(Type<Start>) { return {"start", "boots nodes"}; }

template <class V>
void describe(V& v, Type<Start>) {
  v.needs("who", &Start::who, "nodes");
  v.takes("spread", &Start::spread, "each boots at a random time up to this later");
  v.takes("config", &Start::config, "settings from now on, over those of the node");
}

constexpr EventWord word(Type<Stop>) { return {"stop", "orderly shutdown"}; }

template <class V>
void describe(V& v, Type<Stop>) {
  v.needs("who", &Stop::who, "nodes");
}

constexpr EventWord word(Type<Leave>) { return {"leave", "the syncer leaves the pool for good"}; }

template <class V>
void describe(V& v, Type<Leave>) {
  v.needs("who", &Leave::who, "nodes of mode single");
}

constexpr EventWord word(Type<Crash>) { return {"crash", "power cut"}; }

template <class V>
void describe(V& v, Type<Crash>) {
  v.needs("who", &Crash::who, "nodes");
  v.takes("disk", &Crash::disk, "what the disk keeps");
}

constexpr EventWord word(Type<Restart>) { return {"restart", "starts nodes that are down again"}; }

template <class V>
void describe(V& v, Type<Restart>) {
  v.needs("who", &Restart::who, "nodes");
  v.takes("disk", &Restart::disk, "keep or wipe");
  v.takes("delay", &Restart::delay, "so much later");
  v.takes("config", &Restart::config, "settings from now on, over those of the node");
  v.takes("moved", &Restart::moved, "with new addresses, which the settings of those that move along name");
}

constexpr EventWord word(Type<Reconfigure>) {
  return {"reconfigure", "gives nodes that run other settings, as the daemon's reload does"};
}

template <class V>
void describe(V& v, Type<Reconfigure>) {
  v.needs("who", &Reconfigure::who, "nodes");
  v.needs("config", &Reconfigure::config, "live settings, over those of the node");
}

constexpr EventWord word(Type<Bounce>) { return {"bounce", "crash and restart"}; }

template <class V>
void describe(V& v, Type<Bounce>) {
  v.needs("who", &Bounce::who, "nodes");
  v.takes("down", &Bounce::down, "time until the start");
  v.takes("disk", &Bounce::disk, "what the disk keeps");
}

constexpr EventWord word(Type<Pause>) { return {"pause", "freezes the process"}; }

template <class V>
void describe(V& v, Type<Pause>) {
  v.needs("who", &Pause::who, "nodes");
  v.takes("for", &Pause::for_, "until resume when absent");
}

constexpr EventWord word(Type<Resume>) { return {"resume", "ends a pause or suspend"}; }

template <class V>
void describe(V& v, Type<Resume>) {
  v.needs("who", &Resume::who, "nodes");
}

constexpr EventWord word(Type<Suspend>) { return {"suspend", "the machine sleeps"}; }

template <class V>
void describe(V& v, Type<Suspend>) {
  v.needs("who", &Suspend::who, "nodes");
  v.needs("for", &Suspend::for_, "time the machine sleeps");
}

constexpr EventWord word(Type<Slow>) { return {"slow", "each event costs processor time"}; }

template <class V>
void describe(V& v, Type<Slow>) {
  v.needs("who", &Slow::who, "nodes");
  v.needs("factor", &Slow::factor, "each event costs so many times 100 microseconds");
  v.takes("for", &Slow::for_, "to the end when absent");
}

constexpr auto words(Type<fault::RelayLie>) {
  using fault::RelayLie;
  return Words<RelayLie, 5>{{{"alters", RelayLie::Alters},
                             {"invents", RelayLie::Invents},
                             {"keeps_the_dead", RelayLie::KeepsTheDead},
                             {"repeats", RelayLie::Repeats},
                             {"never_ends", RelayLie::NeverEnds}}};
}

constexpr EventWord word(Type<RelayLies>) { return {"relay_lies", "a relay lies about other regions"}; }

template <class V>
void describe(V& v, Type<RelayLies>) {
  v.needs("who", &RelayLies::who, "relays");
  v.needs("how", &RelayLies::how, "what they make of what they pass on");
  v.takes("for", &RelayLies::for_, "to the end when absent");
}

constexpr EventWord word(Type<Join>) { return {"join", "tells running nodes whom to join"}; }

template <class V>
void describe(V& v, Type<Join>) {
  v.needs("who", &Join::who, "nodes it is about");
  v.needs("via", &Join::via, "nodes to join");
}

constexpr EventWord word(Type<ClusterReplace>) {
  return {"cluster.replace", "the operator gives voters' slots to their new disks"};
}

template <class V>
void describe(V& v, Type<ClusterReplace>) {
  v.needs("who", &ClusterReplace::who, "voters whose disk was lost");
  v.takes("refused", &ClusterReplace::refused, "the leader must say no");
}

constexpr EventWord word(Type<GuardRelease>) { return {"guard.release", "the operator lets held removals go"}; }

template <class V>
void describe(V& v, Type<GuardRelease>) {
  v.needs("who", &GuardRelease::who, "nodes it is about");
  v.takes("region", &GuardRelease::region, "whose removals may go; * for all");
}

constexpr EventWord word(Type<RegionForget>) {
  return {"region.forget", "the operator wants a region forgotten that is away"};
}

template <class V>
void describe(V& v, Type<RegionForget>) {
  v.needs("who", &RegionForget::who, "nodes it is about");
  v.needs("region", &RegionForget::region, "which one");
  v.takes("refused", &RegionForget::refused, "the node must say no");
}

constexpr auto words(Type<Flow>) { return Words<Flow, 2>{{{"export", Flow::Export}, {"import", Flow::Import}}}; }

constexpr EventWord word(Type<FlowPause>) {
  return {"flow.pause", "the operator pauses the export to a region, or the import of it"};
}

template <class V>
void describe(V& v, Type<FlowPause>) {
  v.needs("who", &FlowPause::who, "nodes it is about");
  v.needs("flow", &FlowPause::flow, "which way");
  v.takes("region", &FlowPause::region, "the other region; all when absent");
  v.takes("for", &FlowPause::for_, "until it is resumed; to the end, or settle, when absent");
}

constexpr EventWord word(Type<ClockDrift>) { return {"clock.drift", "the monotonic clock runs fast or slow"}; }

template <class V>
void describe(V& v, Type<ClockDrift>) {
  v.needs("who", &ClockDrift::who, "nodes");
  v.needs("ppm", &ClockDrift::ppm, "parts per million, negative for slow");
}

constexpr EventWord word(Type<ClockJump>) { return {"clock.jump", "the wall clock leaps"}; }

template <class V>
void describe(V& v, Type<ClockJump>) {
  v.needs("who", &ClockJump::who, "nodes");
  v.needs("by", &ClockJump::by, "signed duration");
}

constexpr EventWord word(Type<ClockSkew>) { return {"clock.skew", "the wall clock is wrong"}; }

template <class V>
void describe(V& v, Type<ClockSkew>) {
  v.needs("who", &ClockSkew::who, "nodes");
  v.needs("by", &ClockSkew::by, "signed duration; replaces what was skewed before");
  v.takes("for", &ClockSkew::for_, "to the end, or settle, when absent");
}

constexpr EventWord word(Type<ClockStrobe>) { return {"clock.strobe", "the wall clock leaps forth and back"}; }

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

constexpr EventWord word(Type<CrashAt>) { return {"crash_at", "power cut at a certain call"}; }

template <class V>
void describe(V& v, Type<CrashAt>) {
  v.needs("who", &CrashAt::who, "nodes");
  v.needs("call", &CrashAt::call, "kind of call at which it dies");
  v.takes("nth", &CrashAt::nth, "how many of them from now on, the last one included");
  v.takes("disk", &CrashAt::disk, "what the disk keeps");
  v.takes("down", &CrashAt::down, "time until the start");
}

constexpr EventWord word(Type<DiskFault>) { return {"disk.fault", "writes fail, find no space, or take long"}; }

template <class V>
void describe(V& v, Type<DiskFault>) {
  v.needs("who", &DiskFault::who, "nodes");
  v.needs("mode", &DiskFault::mode, "how it is sick");
  v.takes("factor", &DiskFault::factor, "slow: writes take so many times longer");
  v.takes("for", &DiskFault::for_, "to the end when absent");
}

constexpr EventWord word(Type<DiskFlip>) { return {"disk.flip", "one bit of a stored file flips"}; }

template <class V>
void describe(V& v, Type<DiskFlip>) {
  v.needs("who", &DiskFlip::who, "nodes");
  v.needs("file", &DiskFlip::file, "a stored file, such as raft.log");
}

/// Every event of this page, in the order of the documentation.
using ProcessEvents = std::tuple<Start, Stop, Leave, Crash, Restart, Reconfigure, Bounce, Pause, Resume, Suspend, Slow,
                                 RelayLies, Join, ClusterReplace, GuardRelease, RegionForget, FlowPause, ClockDrift,
                                 ClockJump, ClockSkew, ClockStrobe, CrashAt, DiskFault, DiskFlip>;

}  // namespace sim::scenario
