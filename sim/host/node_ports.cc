// SPDX-License-Identifier: Apache-2.0
#include "sim/host/node_ports.h"

#include <utility>

#include "sim/host/fabric.h"
#include "sim/host/node_host.h"

namespace sim::host {

using syncer::Bytes;
using syncer::ByteView;
using syncer::CallId;
using syncer::Instant;
using syncer::LinkId;

void NodePorts::send(const syncer::Endpoint& to, ByteView packet) { fabric_.datagrams.send(node_, to, packet); }

void NodePorts::connect(LinkId link, const syncer::Endpoint& to) { fabric_.streams.connect(node_, link, to); }

void NodePorts::send(LinkId link, ByteView octets) { fabric_.streams.send(node_, link, octets); }

std::size_t NodePorts::backlog(LinkId link) const { return fabric_.streams.backlog(node_, link); }

void NodePorts::close(LinkId link) { fabric_.streams.close(node_, link); }

void NodePorts::call(CallId id, syncer::HttpRequest request, Instant deadline) {
  fabric_.kernel.probes.request(node_, request);
  fabric_.calls.call(node_, id, std::move(request), fabric_.nodes[node_]->clock().world(deadline));
}

void NodePorts::cancel(CallId id) { fabric_.calls.cancel(node_, id); }

syncer::Result<std::optional<Bytes>> NodePorts::read(std::string_view key) {
  return fabric_.nodes[node_]->disk().read(key);
}

void NodePorts::write(CallId id, std::string_view key, Bytes value) {
  disk_done_at(fabric_.nodes[node_]->disk().write(fabric_.kernel.now(), id, key, std::move(value)));
}

void NodePorts::append(CallId id, std::string_view key, Bytes octets) {
  disk_done_at(fabric_.nodes[node_]->disk().append(fabric_.kernel.now(), id, key, std::move(octets)));
}

void NodePorts::disk_done_at(Instant at) {
  fabric_.kernel.digest.draw(static_cast<std::uint64_t>(syncer::nanos(at)));
  fabric_.kernel.push(at, EventCode::DiskDone, node_, {fabric_.nodes[node_]->incarnation(), 0});
}

bool NodePorts::wants(syncer::Severity severity) const { return fabric_.kernel.probes.wants(severity); }

void NodePorts::on_event(const syncer::Event& event) { fabric_.kernel.probes.node_event(node_, event); }

}  // namespace sim::host
