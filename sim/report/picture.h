// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/host/probe.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"

namespace sim::report {

using scenario::Duration;

/// A field of an event as text for people: "key=value", the key of a record in readable form.
std::string field_text(const syncer::Field& field);

/// Records one run and draws it: a lane for each syncer and registry, time from left to right, what the scenario did
/// shaded behind, what was violated in front. One page without any outside reference.
class Picture : public host::Probe {
 public:
  explicit Picture(const scenario::Names& names) : names_(names) {}

  void on_node_event(host::NodeIndex node, const syncer::Event& event) override;
  bool wants(syncer::Severity severity) const override { return severity >= syncer::Severity::Info; }
  void on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) override;
  void on_host_change(host::NodeIndex node, host::HostChange change) override;
  void before_event(syncer::Instant now) override { now_ = now; }
  bool wants_before_event() const override { return true; }

  /// The page.
  std::string html(const scenario::Scenario& scenario, const scenario::RunResult& result) const;

 private:
  /// Something at one instant on one lane; `look` is its CSS class.
  struct Mark {
    std::size_t lane;
    syncer::Instant at;
    std::string look;
    std::string text;
  };
  void mark(std::size_t lane, std::string look, std::string text);
  std::string lanes(const scenario::Scenario& scenario) const;
  std::string lives(Duration end) const;

  const scenario::Names& names_;
  syncer::Instant now_;
  std::vector<Mark> marks_;
};

}  // namespace sim::report
