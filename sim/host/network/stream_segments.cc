// SPDX-License-Identifier: Apache-2.0
// How the octets of a stream travel: segments, their loss and repetition, resets.
#include <algorithm>
#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/network/stream_net.h"
#include "sim/host/process/node_host.h"

namespace sim::host {

using engine::Handle;
using syncer::Duration;
using syncer::Instant;

namespace {

constexpr std::size_t kMaxSegment = 64 * 1024;
constexpr Duration kMaxTimeout = std::chrono::seconds(60);
/// Octets of headers that a segment takes on the line.
constexpr std::size_t kControlSize = 64;

}  // namespace

/// Whether octets of that end get through now; otherwise sees to it that they are tried again.
bool StreamNet::may_send(Handle handle, End from) {
  Connection& c = connections_.at(handle);
  if (c.dead && fabric_.kernel.now() >= c.dead_until) {
    send_reset(handle, from);
    return false;
  }
  if (!c.dead && !fabric_.network.drops(site(c, from), site(c, 1 - from))) return true;
  arm_retry(handle, from);
  return false;
}

void StreamNet::pump(Handle handle, End from) {
  Connection& c = connections_.at(handle);
  Outbound& out = c.out[from];
  const bool ready = from == 1 ? c.answered : (c.answered && c.state[0] != EndState::Pending);
  if (!ready || out.fin_sent || c.state[from] == EndState::Gone) return;
  const std::uint64_t window = fabric_.kernel.options.stream_window;
  while (out.sent < out.unsent.size() && out.in_flight < window) {
    if (!may_send(handle, from)) return;
    const std::size_t room = static_cast<std::size_t>(window - out.in_flight);
    launch(handle, from, std::min({out.unsent.size() - out.sent, room, kMaxSegment}), false);
  }
  if (out.sent < out.unsent.size()) return;
  out.unsent.clear();
  out.sent = 0;
  if (c.state[from] == EndState::Closing && may_send(handle, from)) launch(handle, from, 0, true);
}

void StreamNet::launch(Handle handle, End from, std::size_t size, bool fin) {
  Connection& c = connections_.at(handle);
  Outbound& out = c.out[from];
  const Handle packet = segments_.acquire();
  Segment& segment = segments_.at(packet);
  segment.connection = handle;
  segment.to = 1 - from;
  segment.link = c.link[1 - from];
  segment.reason = fin ? "closed by peer" : nullptr;
  segment.fin = fin;
  segment.octets.assign(out.unsent, out.sent, size);
  out.sent += size;
  out.in_flight += size;
  out.fin_sent = fin;
  out.timeout = fabric_.kernel.options.retransmit_first;
  const Instant now = fabric_.kernel.now();
  Network& network = fabric_.network;
  const Duration delay = network.path(site(c, from), site(c, 1 - from)).segment(now, size + kControlSize, out.timeout) +
                         network.slowness(site(c, from), site(c, 1 - from));
  out.last_arrival = std::max(out.last_arrival, now + delay);
  const Probes& probes = fabric_.kernel.probes;
  if (probes.wants_messages()) {
    probes.message({Channel::Stream, MessageFate::Sent, site(c, from), site(c, 1 - from), segment.octets});
  }
  network.transmit(site(c, from), site(c, 1 - from), out.last_arrival, EventCode::SegmentArrived, 1 - from, packet);
}

void StreamNet::segment_arrived(Handle packet) {
  const Segment& segment = segments_.at(packet);
  const Handle handle = segment.connection;
  Connection* c = connections_.find(handle);
  const bool passes = c != nullptr && !c->dead && in_use(c->state[segment.to]);
  if (passes) {
    const Probes& probes = fabric_.kernel.probes;
    const End from = 1 - segment.to;
    if (probes.wants_messages()) {
      probes.message({Channel::Stream, MessageFate::Delivered, site(*c, from), site(*c, segment.to), segment.octets});
    }
    const EventCode code = segment.fin ? EventCode::WorkClosed : EventCode::WorkData;
    // Behind what this instant already holds for the process: it learns of the connection before of its octets.
    fabric_.kernel.push(fabric_.kernel.now(), code, c->node[segment.to], packet);
    return;
  }
  const End to = segment.to;
  segments_.release(packet);
  // Nobody is there any more: the machine says so. A closing end reads no more, but its own octets still go out.
  if (c != nullptr && !c->dead && c->state[to] == EndState::Gone) send_reset(handle, 1 - to);
}

void StreamNet::reset_arrived(Handle handle, End end) {
  const Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[end] == EndState::Gone) return;
  give_up(handle, end, c->state[end] == EndState::Pending ? "connection refused" : "connection reset");
}

void StreamNet::retry(Handle handle, End from) {
  Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[from] == EndState::Gone) return;
  Outbound& out = c->out[from];
  out.retrying = false;
  const bool deaf = c->dead || fabric_.network.drops(site(*c, 1 - from), site(*c, from));
  const bool stuck = deaf || fabric_.network.drops(site(*c, from), site(*c, 1 - from));
  if (stuck && fabric_.kernel.now() - out.stuck_since >= fabric_.kernel.options.retransmit_limit) {
    return give_up(handle, from, "connection timed out");
  }
  if (!deaf) out.in_flight -= std::exchange(out.unacked, 0);
  if (!stuck) out.timeout = fabric_.kernel.options.retransmit_first;
  pump(handle, from);
  if (out.unacked > 0) arm_retry(handle, from);
}

void StreamNet::arm_retry(Handle handle, End from) {
  Outbound& out = connections_.at(handle).out[from];
  if (out.retrying) return;
  const Instant now = fabric_.kernel.now();
  if (out.timeout == fabric_.kernel.options.retransmit_first) out.stuck_since = now;
  out.retrying = true;
  fabric_.kernel.push(now + out.timeout, EventCode::StreamRetry, from, handle);
  out.timeout = std::min(out.timeout * 2, kMaxTimeout);
}

void StreamNet::give_up(Handle handle, End end, const char* reason) {
  Connection& c = connections_.at(handle);
  const bool tell = in_use(c.state[end]);
  if (tell) {
    post(handle, end, EventCode::WorkClosed, reason);
  } else {
    c.state[end] = EndState::Gone;
    release_if_done(handle);
  }
}

void StreamNet::send_reset(Handle handle, End to) {
  Connection& c = connections_.at(handle);
  const Site from = site(c, 1 - to);
  const Site target = site(c, to);
  if (fabric_.network.drops(from, target)) return;
  const Instant now = fabric_.kernel.now();
  const Duration delay =
      fabric_.network.path(from, target).segment(now, kControlSize, fabric_.kernel.options.retransmit_first);
  Outbound& out = c.out[1 - to];
  out.last_arrival = std::max(out.last_arrival, now + delay + fabric_.network.slowness(from, target));
  fabric_.network.transmit(from, target, out.last_arrival, EventCode::ResetArrived, to, handle);
}

}  // namespace sim::host
