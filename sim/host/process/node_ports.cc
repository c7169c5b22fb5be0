// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/node_ports.h"

#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"

namespace sim::host {

using syncer::Bytes;
using syncer::ByteView;
using syncer::CallId;
using syncer::Instant;
using syncer::LinkId;

NodeHost& NodePorts::host() const { return *fabric_.nodes[node_]; }

void NodePorts::send(const syncer::Endpoint& to, ByteView packet) {
  if (!host().dying()) fabric_.datagrams.send(node_, to, packet);
}

void NodePorts::connect(LinkId link, const syncer::Endpoint& to) {
  if (!host().dying()) fabric_.streams.connect(node_, link, to);
}

void NodePorts::send(LinkId link, ByteView octets) {
  if (!host().dying()) fabric_.streams.send(node_, link, octets);
}

std::size_t NodePorts::backlog(LinkId link) const { return fabric_.streams.backlog(node_, link); }

void NodePorts::close(LinkId link) {
  if (!host().dying()) fabric_.streams.close(node_, link);
}

void NodePorts::call(CallId id, syncer::HttpRequest request, Instant deadline) {
  if (host().dying()) return;
  fabric_.kernel.probes.request(node_, request);
  const bool write = fabric_.calls.writes(request);
  fabric_.calls.call(node_, id, std::move(request), host().clock().world(deadline));
  if (write) host().made(CallKind::RegistryWrite);
}

void NodePorts::cancel(CallId id) {
  if (!host().dying()) fabric_.calls.cancel(node_, id);
}

syncer::Result<std::optional<Bytes>> NodePorts::read(std::string_view key) { return host().disk().read(key); }

void NodePorts::write(CallId id, std::string_view key, Bytes value) {
  if (host().dying()) return;
  disk_done_at(host().disk().write(fabric_.kernel.now(), id, key, std::move(value)));
  host().made(CallKind::DiskWrite);
}

void NodePorts::append(CallId id, std::string_view key, Bytes octets) {
  if (host().dying()) return;
  disk_done_at(host().disk().append(fabric_.kernel.now(), id, key, std::move(octets)));
  host().made(CallKind::DiskWrite);
}

void NodePorts::disk_done_at(Instant at) {
  fabric_.kernel.digest.draw(static_cast<std::uint64_t>(syncer::nanos(at)));
  fabric_.kernel.push(at, EventCode::DiskDone, node_, {host().incarnation(), 0});
}

bool NodePorts::wants(syncer::Severity severity) const { return fabric_.kernel.probes.wants(severity); }

void NodePorts::on_event(const syncer::Event& event) {
  if (!host().dying()) fabric_.kernel.probes.node_event(node_, event);
}

}  // namespace sim::host
