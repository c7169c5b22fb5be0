// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/words_expect.h"
#include "sim/scenario/language/words_network.h"
#include "sim/scenario/language/words_process.h"
#include "sim/scenario/language/words_registry.h"
#include "sim/scenario/language/words_topology.h"
#include "sim/scenario/values/events.h"
#include "sim/scenario/values/scenario.h"

namespace sim::scenario {

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
template <class V>
void alternatives(V& v, Type<Action>) {
  v.template alternative<Start>("start", "boots nodes");
  v.template alternative<Stop>("stop", "orderly shutdown");
  v.template alternative<Leave>("leave", "the syncer leaves the pool for good");
  v.template alternative<Crash>("crash", "power cut");
  v.template alternative<Restart>("restart", "starts nodes that are down again");
  v.template alternative<Bounce>("bounce", "crash and restart");
  v.template alternative<Pause>("pause", "freezes the process");
  v.template alternative<Resume>("resume", "ends a pause or suspend");
  v.template alternative<Suspend>("suspend", "the machine sleeps");
  v.template alternative<Slow>("slow", "each event costs processor time");
  v.template alternative<Join>("join", "tells running nodes whom to join");
  v.template alternative<ClusterReplace>("cluster.replace", "the operator gives voters' slots to their new disks");
  v.template alternative<GuardRelease>("guard.release", "the operator lets frozen removals go");
  v.template alternative<ClockDrift>("clock.drift", "the monotonic clock runs fast or slow");
  v.template alternative<ClockJump>("clock.jump", "the wall clock leaps");
  v.template alternative<ClockSkew>("clock.skew", "the wall clock is wrong");
  v.template alternative<ClockStrobe>("clock.strobe", "the wall clock leaps forth and back");
  v.template alternative<CrashAt>("crash_at", "power cut at a certain call");
  v.template alternative<DiskFault>("disk.fault", "writes fail, find no space, or take long");
  v.template alternative<DiskFlip>("disk.flip", "one bit of a stored file flips");
  v.template alternative<Partition>("partition", "cuts the network");
  v.template alternative<Heal>("heal", "ends a fault of the network");
  v.template alternative<LinkChange>("link", "changes the quality of links");
  v.template alternative<Clog>("clog", "nothing arrives, queues grow");
  v.template alternative<Unclog>("unclog", "ends a clog");
  v.template alternative<Swizzle>("swizzle", "clogs one by one, unclogs in another order");
  v.template alternative<Reset>("reset", "TCP reset of open connections");
  v.template alternative<HalfOpen>("half_open", "connections go silent without being closed");
  v.template alternative<FuzzPeer>("fuzz_peer", "a stranger sends nonsense");
  v.template alternative<RegistryRegister>("registry.register", "an application registers");
  v.template alternative<RegistryDeregister>("registry.deregister", "an application deregisters");
  v.template alternative<RegistryStopHeartbeat>("registry.stop_heartbeat", "an application dies silently");
  v.template alternative<RegistryHeartbeat>("registry.heartbeat", "an application beats again");
  v.template alternative<RegistryExpire>("registry.expire", "leases end at once");
  v.template alternative<RegistryStatus>("registry.status", "an application changes its status");
  v.template alternative<RegistryUpdate>("registry.update", "an application changes its content");
  v.template alternative<RegistryOutage>("registry.outage", "the registry is gone");
  v.template alternative<RegistrySlow>("registry.slow", "the registry answers late");
  v.template alternative<RegistryFail>("registry.fail", "a share of requests fails");
  v.template alternative<RegistryListEmpty>("registry.list_empty", "lists come back empty");
  v.template alternative<RegistryListPartial>("registry.list_partial", "lists lack a part");
  v.template alternative<RegistryStaleRead>("registry.stale_read", "answers are old");
  v.template alternative<RegistryDataLoss>("registry.data_loss", "the registry forgets");
  v.template alternative<RegistryRestore>("registry.restore", "a backup is restored");
  v.template alternative<RegistryFailover>("registry.failover", "an address of the registry dies");
  v.template alternative<RegistryLimit>("registry.limit", "requests above a rate are answered 429");
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
