// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/words_events.h"
#include "sim/scenario/language/words_expect.h"
#include "sim/scenario/language/words_workload.h"
#include "sim/scenario/values/scenario.h"

namespace sim::scenario {

constexpr auto words(Type<Ties>) { return Words<Ties, 2>{{{"file", Ties::File}, {"shuffle", Ties::Shuffle}}}; }

constexpr auto words(Type<Family>) {
  return Words<Family, 25>{{{"crash", Family::Crash},
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
                            {"registry.limit", Family::RegistryLimit}}};
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
  v.later("rules", "use \"events\" with \"when\"");
  v.later("report", "syncsim run --trace FILE writes every event of a run");
  v.later("golden", "syncsim run --trace FILE writes what a golden text is compared with");
  v.later("fingerprint", "the digest of each run is printed; --check-determinism compares two");
  v.later("matrix", "use a file for each value, with \"include\" for what they share");
  v.later("exact", "syncsim materialize FILE --seed N writes chaos as events");
  v.later("verdicts", "use \"link\" with \"loss\", \"duplicate\" or \"corrupt\"");
  v.later("network", "use \"clog\" to keep messages back");
  v.later("generate", "use \"workloads\" and \"chaos\"");
}

}  // namespace sim::scenario
