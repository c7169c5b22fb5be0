// SPDX-License-Identifier: Apache-2.0
#include "sim/report/trace.h"

#include "sim/host/registry/registry.h"
#include "sim/report/event_text.h"
#include "syncer/base/quantity.h"

namespace sim::report {
namespace {

std::string_view name_of(host::HostChange change) {
  switch (change) {
    case host::HostChange::Started:
      return "started";
    case host::HostChange::Stopped:
      return "stopped";
    case host::HostChange::Crashed:
      return "crashed";
    case host::HostChange::Exited:
      return "exited by itself";
    case host::HostChange::Paused:
      return "paused";
    case host::HostChange::Resumed:
      return "resumed";
  }
  return "?";
}

}  // namespace

std::string to_string(const TraceLine& line) {
  return syncer::to_string(line.at.time_since_epoch()) + "  " + line.who + "  " + line.what;
}

bool TraceFilter::wants(const TraceLine& line) const {
  if (line.at < from || line.at > until || (!who.empty() && line.who != who)) return false;
  return grep.empty() || to_string(line).find(grep) != std::string::npos;
}

void Trace::on_node_event(host::NodeIndex node, const syncer::Event& event) {
  std::string text(syncer::name(event.kind));
  for (const syncer::Field& field : event.fields) text += "  " + field_text(field);
  line(names_.nodes()[node].name, std::move(text));
}

void Trace::on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) {
  std::string text(change.what);
  if (change.instance != nullptr) text += "  instance=" + change.instance->id;
  if (!change.client.empty()) text += "  by=" + std::string(change.client);
  line(names_.registries()[registry], std::move(text));
}

void Trace::on_host_change(host::NodeIndex node, host::HostChange change) {
  line(names_.nodes()[node].name, "process " + std::string(name_of(change)));
}

}  // namespace sim::report
