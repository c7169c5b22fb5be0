// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/host/probe.h"
#include "sim/scenario/run/cast.h"

namespace sim::cli {

/// Writes what happens, a line each: "time  who  what  fields". Time is the world's, of the event before.
class Trace : public host::Probe {
 public:
  Trace(std::ostream& out, const scenario::Cast& cast) : out_(out), cast_(cast) {}

  void on_node_event(host::NodeIndex node, const syncer::Event& event) override;
  bool wants(syncer::Severity severity) const override { return severity >= syncer::Severity::Debug; }
  void on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) override;
  void on_host_change(host::NodeIndex node, host::HostChange change) override;
  void after_event(syncer::Instant now) override { now_ = now; }
  bool wants_after_event() const override { return true; }

 private:
  std::ostream& line(const std::string& who);

  std::ostream& out_;
  const scenario::Cast& cast_;
  syncer::Instant now_;
};

}  // namespace sim::cli
