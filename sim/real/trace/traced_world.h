// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/host/outside.h"
#include "sim/host/registry/registry.h"
#include "sim/host/world.h"
#include "sim/real/trace/trace_reader.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/values/scenario.h"

namespace sim::real {

/// What traces tell of a deployment before anything is played: who was there, and from when to when.
struct TracedDeployment {
  scenario::Scenario scenario;  ///< its topology, and as long as the traces are; nothing is done or demanded in it
  std::int64_t begin = 0;       ///< wall clock, nanoseconds since 1970
  std::uint64_t events = 0;
};

/// Reads the traces once. An error when they contradict each other: one name in two regions.
syncer::Result<TracedDeployment> survey(const std::vector<std::string>& paths);

/// What of a judgement needs more than traces: the invariants that are switched off, all but those told by events
/// alone.
std::vector<scenario::Relax> unobservable(const std::vector<std::string_view>& invariants);

/// The outside of a world in which nothing happens but what traces tell. What a syncer said that it found or wrote in a
/// registry is taken for what happened there; contents are not told, so a copy counts as good whatever it holds.
class TracedWorld final : public host::Outside {
 public:
  TracedWorld(const scenario::Scenario& scenario, std::int64_t begin, MergedTraces traces)
      : names_(scenario.topology), begin_(begin), traces_(std::move(traces)) {}

  void begin(host::World& world) override;
  bool wait(syncer::Instant until) override;
  void reset_streams(fault::Site, fault::Site) override {}
  void half_open(fault::Site, fault::Site, syncer::Duration) override {}

  /// Why the traces could not be read to their end; empty when they were.
  const std::string& failure() const { return failure_; }

 private:
  using Key = std::pair<std::string, std::string>;  ///< region, id of the instance there
  struct Copy {
    std::string service;
    std::string region;
    std::string instance;
  };

  void advance();
  void play(host::World& world, const TraceEntry& entry);
  void start(host::World& world, const TracedStart& start);
  void take(host::World& world, const TracedEvent& event);
  void take_origin(host::World& world, fault::NodeIndex node, const TracedEvent& event, bool is_there);
  void take_copy(host::World& world, fault::NodeIndex node, const TracedEvent& event);
  void tell(host::World& world, fault::RegistryIndex registry, const host::RegistryInstance& instance,
            host::RegistryChangeKind kind, const std::string& client) const;
  fault::RegistryIndex home_of(fault::NodeIndex node) const;

  scenario::Names names_;
  std::int64_t begin_;
  host::World* world_ = nullptr;
  MergedTraces traces_;
  std::optional<TimedEntry> next_;
  std::string failure_;
  std::vector<std::unique_ptr<host::Hardware>> machines_;
  std::map<fault::NodeIndex, host::Appearance> shown_;
  std::set<fault::NodeIndex> stopping_;
  std::map<Key, std::string> services_;  ///< of instances that were published
  std::map<std::pair<fault::RegistryIndex, std::string>, Copy> copies_;
};

}  // namespace sim::real
