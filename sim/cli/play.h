// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "sim/host/probe.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/run/run.h"

namespace sim::cli {

/// The words that the checkers define.
scenario::Vocabulary vocabulary();

/// Plays one seed with all checks.
scenario::RunResult play(const scenario::Scenario& scenario, std::uint64_t seed,
                         const scenario::RunOptions& options = {});

/// Plays the seed of a run again, without checks, and compares every event: the digest must not depend on who watches.
/// A sentence about the first difference, or nothing.
std::optional<std::string> compare(const scenario::Scenario& scenario, const scenario::RunResult& run);

/// The seeds of a scenario: those asked for, or its own.
std::vector<std::uint64_t> seeds_of(const scenario::Scenario& scenario,
                                    const std::optional<std::pair<std::uint64_t, std::uint64_t>>& asked);

/// Writes what happens, a line each: "time  who  what  fields". Time is the world's.
class Trace : public host::Probe {
 public:
  Trace(std::ostream& out, const scenario::Names& names) : out_(out), names_(names) {}

  void on_node_event(host::NodeIndex node, const syncer::Event& event) override;
  bool wants(syncer::Severity severity) const override { return severity >= syncer::Severity::Debug; }
  void on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) override;
  void on_host_change(host::NodeIndex node, host::HostChange change) override;
  void before_event(syncer::Instant now) override { now_ = now; }
  bool wants_before_event() const override { return true; }

 private:
  std::ostream& line(const std::string& who);

  std::ostream& out_;
  const scenario::Names& names_;
  syncer::Instant now_;
};

}  // namespace sim::cli
