// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"
#include "sim/host/network/stream_net.h"

namespace sim::host {

using engine::Handle;
using syncer::Duration;
using syncer::Instant;
using syncer::LinkId;

namespace {
constexpr Duration kFirstSynRetry = std::chrono::seconds(1);
/// Octets that a handshake packet takes on the line.
constexpr std::size_t kControlSize = 64;
}  // namespace

void StreamNet::connect(NodeIndex node, LinkId link, const syncer::Endpoint& to) {
  const Handle handle = connections_.acquire();
  Connection& c = connections_.at(handle);
  c = Connection{};
  c.node = {node, node};
  c.link[0] = link;
  c.syn_timeout = kFirstSynRetry;
  for (Outbound& out : c.out) out.timeout = fabric_.kernel.options.retransmit_first;
  const bool fresh = links(node).emplace(link, LinkEnd{handle, 0}).second;
  SYNCER_ASSERT(fresh);
  fabric_.kernel.after(fabric_.kernel.options.connect_timeout, EventCode::ConnectTimeout, 0, handle);
  const Socket* socket = fabric_.directory.find(to);
  if (socket == nullptr) return;  // a wrong address: nobody answers
  c.node[1] = socket->node;
  c.listener = socket->listener;
  dial(handle);
}

void StreamNet::dial(Handle handle) {
  Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[0] == EndState::Gone || c->state[0] == EndState::Open) return;
  Network& network = fabric_.network;
  fault::Path& path = network.path(site(*c, 0), site(*c, 1));
  if (path.model().connect == fault::ConnectFate::Refuse) return refuse(handle);
  if (path.model().connect == fault::ConnectFate::Accept && !network.drops(site(*c, 0), site(*c, 1))) {
    const Instant now = fabric_.kernel.now();
    const Duration delay = path.segment(now, kControlSize, kFirstSynRetry) + network.slowness(site(*c, 0), site(*c, 1));
    network.transmit(site(*c, 0), site(*c, 1), now + delay, EventCode::SynArrived, 0, handle);
    return;
  }
  fabric_.kernel.after(c->syn_timeout, EventCode::SynRetry, 0, handle);
  c->syn_timeout *= 2;
}

/// A device on the way says no.
void StreamNet::refuse(Handle handle) {
  Connection& c = connections_.at(handle);
  fault::Path& path = fabric_.network.path(site(c, 0), site(c, 1));
  const Instant now = fabric_.kernel.now();
  fabric_.kernel.push(now + path.segment(now, kControlSize, kFirstSynRetry), EventCode::ResetArrived, 0, handle);
}

void StreamNet::syn_arrived(Handle handle) {
  Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[1] == EndState::Gone) return;
  NodeHost& host = *fabric_.nodes[c->node[1]];
  if (!host.running()) return send_reset(handle, 0);
  if (c->state[1] == EndState::Pending) {
    Links& mine = links(c->node[1]);
    c->link[1] = LinkId{next_accepted_[c->node[1]]};
    next_accepted_[c->node[1]] += 2;
    mine.emplace(c->link[1], LinkEnd{handle, 1});
    c->state[1] = EndState::Open;
    post(handle, 1, EventCode::WorkAccepted);
  }
  answer(handle);
}

void StreamNet::answer(Handle handle) {
  Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[0] == EndState::Gone) return;
  Network& network = fabric_.network;
  if (network.drops(site(*c, 1), site(*c, 0))) {
    fabric_.kernel.after(c->syn_timeout, EventCode::SynRetry, 0, handle);
    c->syn_timeout *= 2;
    return;
  }
  const Instant now = fabric_.kernel.now();
  Outbound& out = c->out[1];
  const Duration delay = network.path(site(*c, 1), site(*c, 0)).segment(now, kControlSize, kFirstSynRetry) +
                         network.slowness(site(*c, 1), site(*c, 0));
  out.last_arrival = std::max(out.last_arrival, now + delay);
  c->answered = true;
  network.transmit(site(*c, 1), site(*c, 0), out.last_arrival, EventCode::SynAckArrived, 0, handle);
  pump(handle, 1);
}

void StreamNet::syn_ack_arrived(Handle handle) {
  Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[0] == EndState::Open || c->state[0] == EndState::Gone) return;
  if (c->state[0] == EndState::Pending) {
    c->state[0] = EndState::Open;
    post(handle, 0, EventCode::WorkConnected);
  }
  pump(handle, 0);
}

bool StreamNet::connect_timeout(Handle handle) {
  const Connection* c = connections_.find(handle);
  if (c == nullptr) return false;
  const bool waits = c->state[0] == EndState::Pending || (c->state[0] == EndState::Closing && !c->answered);
  if (waits) give_up(handle, 0, "connect timed out");
  return waits;
}

}  // namespace sim::host
