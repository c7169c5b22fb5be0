// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "sim/scenario/values/events.h"
#include "sim/scenario/values/expect.h"
#include "sim/scenario/values/network_events.h"
#include "sim/scenario/values/process_events.h"
#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/values/topology.h"
#include "sim/scenario/values/workload.h"

namespace sim::scenario {

/// Settings of some nodes, exactly the keys of the daemon's file. A later block overrides an earlier one.
struct ConfigBlock {
  Place place;
  Selector who;
  Settings settings;
  bool operator==(const ConfigBlock&) const = default;
};

/// A setting of some nodes that a study varies.
struct Axis {
  Place place;
  Selector who{"all"};
  std::string set;              ///< key of the daemon's file
  std::vector<std::string> to;  ///< its values, one a combination
  bool operator==(const Axis&) const = default;
};

/// A random fault that chaos may draw.
enum class Family : std::uint8_t {
  Crash,
  Restart,
  Pause,
  Suspend,
  Slow,
  Partition,
  Clog,
  Swizzle,
  Reset,
  HalfOpen,
  Loss,
  Duplicate,
  Reorder,
  Corrupt,
  ClockDrift,
  ClockJump,
  ClockSkew,
  ClockStrobe,
  RegistryOutage,
  RegistryFail,
  RegistrySlow,
  RegistryListEmpty,
  RegistryListPartial,
  RegistryStaleRead,
  RegistryLimit,
  Hostile,
};

/// What may be broken at the same time, so that a red run is always a fault of the product.
struct Budget {
  std::uint64_t down_per_cluster = 1;
  std::uint64_t regions_cut = 1;
  std::uint64_t registries_out = 1;
  std::uint64_t wiped_disks = 0;
  bool operator==(const Budget&) const = default;
};

/// Random faults between two moments.
struct Chaos {
  Place place;
  std::string id;
  Moment from;
  Moment until{"end", {}};
  bool swarm = false;  ///< each seed uses a random half of the families
  std::vector<Family> families;
  Delay every{fault::Shape::Exp, {}, {}, std::chrono::seconds(4), {}, {}, {}};
  Budget budget;
  bool operator==(const Chaos&) const = default;
};

/// What the settle phase heals.
enum class Healing : std::uint8_t { Core };
/// What becomes of what is outside the core.
enum class OutsideCore : std::uint8_t { AsIs, Down };

/// The end of all faults: at duration - within - quiet, everything of `core` is healed and started; from then on the
/// label "settle" is known. What is outside the core stays as
/// broken as it is, or is taken down.
struct Settle {
  Place place;
  Selector core{"all"};
  Duration within = std::chrono::seconds(60);
  Duration quiet{};  ///< the core stays converged for this long
  Healing heal = Healing::Core;
  OutsideCore outside_core = OutsideCore::AsIs;
  bool operator==(const Settle&) const = default;
};

/// Where the random numbers of the runs start: the first seed, or an explicit list, or drawn from the built commit.
struct Seeds {
  std::vector<std::uint64_t> list = {1};
  bool from_commit = false;
  bool operator==(const Seeds&) const = default;
};

/// How events of the same instant are ordered.
enum class Ties : std::uint8_t { File, Shuffle };

/// A whole scenario file, complete and checked: labels exist, anchors have no cycle, selectors can be read, names are
/// unique. Plain values; parse once, run many times.
struct Scenario {
  std::string file;  ///< as opened; not part of the value
  std::string name;
  std::string about;
  std::vector<std::string> tags;
  Seeds seed;
  std::uint64_t runs = 1;  ///< that many seeds upwards from the first, unless a list is given
  Duration duration{};
  Ties ties = Ties::File;
  Topology topology;
  std::vector<ConfigBlock> config;
  std::vector<Workload> workloads;
  std::vector<Event> events;
  std::vector<Chaos> chaos;
  std::optional<Settle> settle;
  std::vector<Expectation> expect;
  std::vector<Relax> relax;
  std::vector<Axis> matrix;  ///< what the scenario varies by itself: every combination is a run

  bool operator==(const Scenario& other) const {
    const auto value = [](const Scenario& s) {
      return std::tie(s.name, s.about, s.tags, s.seed, s.runs, s.duration, s.ties, s.topology, s.config, s.workloads,
                      s.events, s.chaos, s.settle, s.expect, s.relax, s.matrix);
    };
    return value(*this) == value(other);
  }
};

template <class V>
void describe(V& v, Type<Anchor>) {
  v.takes("at", &Anchor::at, "point in the run");
  v.takes("after", &Anchor::after, "label, or label + duration");
  v.takes("every", &Anchor::every, "again and again, this far apart");
  v.takes("when", &Anchor::when, "as soon as this is true");
  v.takes("within", &Anchor::within, "when must come true within this time");
}

/// The keys that belong to the anchor only beside "every": a partition has a "from" of its own.
template <class V>
void describe_repetition(V& v) {
  v.takes("from", &Anchor::from, "first time of every");
  v.takes("until", &Anchor::until, "end of every");
  v.takes("jitter", &Anchor::jitter, "each time of every is late by up to this");
}

/// Tells every word of "do" with the struct of its arguments.
template <class V, class... Events>
void alternatives_of(V& v, std::variant<Events...>*) {
  (v.template alternative<Events>(word(Type<Events>{}).text, word(Type<Events>{}).about), ...);
}

template <class V>
void alternatives(V& v, Type<Action>) {
  alternatives_of(v, static_cast<Action*>(nullptr));
  v.later("set_config", "a running syncer reloads nothing: use \"restart\" with \"config\"");
  v.later("upgrade", "all nodes run this build: use \"restart\" with \"config\" for other settings");
  v.later("step_down", "\"stop\" and \"restart\" of leader(X) hand the leadership over");
  v.later("dns", "nodes dial addresses: use \"join\" for other ones, \"partition\" for none");
  for (const std::string_view word : {"deliver", "drop_pending", "advance", "show"}) {
    v.later(word, "steps by hand are for tests in C++ (sim/host/world.h); here use \"clog\" and \"link\"");
  }
  for (const std::string_view word : {"registry.watch_break", "registry.watch_lose", "registry.watch_duplicate",
                                      "registry.watch_reorder", "registry.watch_delay"}) {
    v.later(word,
            "syncers poll their registry: use \"registry.stale_read\", \"registry.list_partial\" or \"registry.fail\"");
  }
}

template <class V>
void describe(V& v, Type<Event>) {
  v.takes("id", &Event::id, "a label for other places");
  v.anchor(&Event::anchor);
  v.choice("do", &Event::action, "what happens");
  v.takes("as", &Event::as, "name of the selector's result: $NAME later");
  v.takes("note", &Event::note, "a remark");
}

constexpr auto words(Type<Ties>) { return Words<Ties, 2>{{{"file", Ties::File}, {"shuffle", Ties::Shuffle}}}; }

constexpr auto words(Type<Family>) {
  return Words<Family, 26>{{{"crash", Family::Crash},
                            {"restart", Family::Restart},
                            {"pause", Family::Pause},
                            {"suspend", Family::Suspend},
                            {"slow", Family::Slow},
                            {"partition", Family::Partition},
                            {"clog", Family::Clog},
                            {"swizzle", Family::Swizzle},
                            {"reset", Family::Reset},
                            {"half_open", Family::HalfOpen},
                            {"loss", Family::Loss},
                            {"duplicate", Family::Duplicate},
                            {"reorder", Family::Reorder},
                            {"corrupt", Family::Corrupt},
                            {"clock.drift", Family::ClockDrift},
                            {"clock.jump", Family::ClockJump},
                            {"clock.skew", Family::ClockSkew},
                            {"clock.strobe", Family::ClockStrobe},
                            {"registry.outage", Family::RegistryOutage},
                            {"registry.fail", Family::RegistryFail},
                            {"registry.slow", Family::RegistrySlow},
                            {"registry.list_empty", Family::RegistryListEmpty},
                            {"registry.list_partial", Family::RegistryListPartial},
                            {"registry.stale_read", Family::RegistryStaleRead},
                            {"registry.limit", Family::RegistryLimit},
                            {"hostile", Family::Hostile}}};
}

constexpr auto words(Type<Healing>) { return Words<Healing, 1>{{{"core", Healing::Core}}}; }

constexpr auto words(Type<OutsideCore>) {
  return Words<OutsideCore, 2>{{{"as_is", OutsideCore::AsIs}, {"down", OutsideCore::Down}}};
}

template <class V>
void describe(V& v, Type<Budget>) {
  v.takes("down_per_cluster", &Budget::down_per_cluster, "nodes of a region that are down at once");
  v.takes("regions_cut", &Budget::regions_cut, "regions with a cut link at once");
  v.takes("registries_out", &Budget::registries_out, "registries with a fault at once");
  v.takes("wiped_disks", &Budget::wiped_disks, "disks wiped in the whole run");
}

template <class V>
void describe(V& v, Type<Chaos>) {
  v.takes("id", &Chaos::id, "prefix of the ids of its faults");
  v.takes("from", &Chaos::from, "begin");
  v.takes("until", &Chaos::until, "end");
  v.takes("swarm", &Chaos::swarm, "each seed uses a random half of the families");
  v.needs("families", &Chaos::families, "kinds of faults");
  v.takes("every", &Chaos::every, "time between two faults");
  v.takes("budget", &Chaos::budget, "what may be broken at the same time");
}

template <class V>
void describe(V& v, Type<Settle>) {
  v.takes("core", &Settle::core, "what is healed and must converge");
  v.takes("within", &Settle::within, "time to converge");
  v.takes("quiet", &Settle::quiet, "time to stay so");
  v.takes("heal", &Settle::heal, "what is healed");
  v.takes("outside_core", &Settle::outside_core, "what becomes of the rest");
}

template <class V>
void describe(V& v, Type<Axis>) {
  v.takes("who", &Axis::who, "whose setting");
  v.needs("set", &Axis::set, "a key of the daemon's file");
  v.needs("to", &Axis::to, "its values");
}

template <class V>
void describe(V& v, Type<Scenario>) {
  v.needs("name", &Scenario::name, "its name in reports, the file's name without .json");
  v.takes("about", &Scenario::about, "what it shows, for people");
  v.takes("tags", &Scenario::tags, "for choosing scenarios");
  v.takes("seed", &Scenario::seed, "first seed, a list of seeds, or \"commit\"");
  v.takes("runs", &Scenario::runs, "how many seeds");
  v.needs("duration", &Scenario::duration, "simulated time");
  v.takes("ties", &Scenario::ties, "order of events of the same instant");
  v.needs("topology", &Scenario::topology, "regions, registries, links");
  v.takes("config", &Scenario::config, "selector -> settings, the keys of the daemon's file");
  v.takes("workloads", &Scenario::workloads, "applications that come and go");
  v.takes("events", &Scenario::events, "what happens");
  v.takes("chaos", &Scenario::chaos, "random faults");
  v.takes("settle", &Scenario::settle, "the end of all faults");
  v.takes("expect", &Scenario::expect, "demands on the run");
  v.takes("relax", &Scenario::relax, "always-on invariants that do not hold here, and why");
  v.takes("matrix", &Scenario::matrix, "settings that vary: every combination of their values is played");
  v.later("rules", "use \"events\" with \"when\"");
  v.later("report", "syncsim run --trace FILE writes every event of a run");
  v.later("golden", "syncsim run --trace FILE writes what a golden text is compared with");
  v.later("fingerprint", "the digest of each run is printed; --check-determinism compares two");
  v.later("exact", "syncsim materialize FILE --seed N writes chaos as events");
  v.later("verdicts", "use \"link\" with \"loss\", \"duplicate\" or \"corrupt\"");
  v.later("network", "use \"clog\" to keep messages back");
  v.later("generate", "use \"workloads\" and \"chaos\"");
}

}  // namespace sim::scenario
