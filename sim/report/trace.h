// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/host/probe.h"
#include "sim/scenario/run/names.h"

namespace sim::report {

/// One line of a trace: what was seen of whom. Time is the world's.
struct TraceLine {
  syncer::Instant at;
  std::string who;
  std::string what;
};

/// "12.5s  e1  member.joined  member=w1".
std::string to_string(const TraceLine& line);

/// Which lines are wanted; empty members mean all.
struct TraceFilter {
  syncer::Instant from{};
  syncer::Instant until = syncer::kNever;
  std::string who;   ///< a syncer or a registry
  std::string grep;  ///< text that a line holds

  bool wants(const TraceLine& line) const;
  bool operator==(const TraceFilter&) const = default;
};

/// Puts what happens in a world into lines: events of nodes, writes to registries, lives of processes.
class Trace : public host::Probe {
 public:
  using Take = std::function<void(TraceLine&&)>;

  /// The names outlive this.
  Trace(const scenario::Names& names, Take take) : names_(names), take_(std::move(take)) {}

  void on_node_event(host::NodeIndex node, const syncer::Event& event) override;
  bool wants(syncer::Severity severity) const override { return severity >= syncer::Severity::Debug; }
  void on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) override;
  void on_host_change(host::NodeIndex node, host::HostChange change) override;
  void before_event(syncer::Instant now) override { now_ = now; }
  bool wants_before_event() const override { return true; }

 protected:
  void line(const std::string& who, std::string what) { take_({now_, who, std::move(what)}); }
  const scenario::Names& names() const { return names_; }

 private:
  const scenario::Names& names_;
  Take take_;
  syncer::Instant now_;
};

}  // namespace sim::report
