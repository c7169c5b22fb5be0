// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/trace.h"

#include <ostream>

#include "sim/host/registry/registry.h"
#include "syncer/base/quantity.h"
#include "syncer/registry/record.h"

namespace sim::cli {
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

std::ostream& Trace::line(const std::string& who) {
  return out_ << syncer::to_string(now_.time_since_epoch()) << "  " << who << "  ";
}

void Trace::on_node_event(host::NodeIndex node, const syncer::Event& event) {
  line(cast_.nodes()[node].name) << syncer::name(event.kind);
  for (const syncer::Field& f : event.fields) {
    out_ << "  " << f.key << "=";
    if (f.key == "key") {
      out_ << (syncer::registry::decode_key(f.text) ? syncer::registry::readable_key(f.text) : std::string(f.text));
    } else if (f.is_number) {
      out_ << f.number;
    } else {
      out_ << f.text;
    }
  }
  out_ << "\n";
}

void Trace::on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) {
  line(cast_.registries()[registry]) << change.what;
  if (change.instance != nullptr) out_ << "  instance=" << change.instance->id;
  if (!change.client.empty()) out_ << "  by=" << change.client;
  out_ << "\n";
}

void Trace::on_host_change(host::NodeIndex node, host::HostChange change) {
  line(cast_.nodes()[node].name) << "process " << name_of(change) << "\n";
}

}  // namespace sim::cli
