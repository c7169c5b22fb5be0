// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/stream_net.h"

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"

namespace sim::host {

using engine::Handle;
using syncer::Duration;
using syncer::LinkId;

StreamNet::Links& StreamNet::links(NodeIndex node) {
  if (node >= links_.size()) {
    links_.resize(node + 1);
    next_accepted_.resize(node + 1, 2);
  }
  return links_[node];
}

const StreamNet::LinkEnd* StreamNet::find(NodeIndex node, LinkId link) const {
  if (node >= links_.size()) return nullptr;
  const auto found = links_[node].find(link);
  return found == links_[node].end() ? nullptr : &found->second;
}

void StreamNet::send(NodeIndex node, LinkId link, syncer::ByteView octets) {
  const LinkEnd* found = find(node, link);
  if (found == nullptr || octets.empty()) return;
  const LinkEnd end = *found;
  Connection& c = connections_.at(end.connection);
  c.out[end.end].unsent.append(octets);
  pump(end.connection, end.end);
}

std::size_t StreamNet::backlog(NodeIndex node, LinkId link) const {
  const LinkEnd* found = find(node, link);
  if (found == nullptr) return 0;
  const Outbound& out = connections_.at(found->connection).out[found->end];
  return out.unsent.size() - out.sent;
}

void StreamNet::close(NodeIndex node, LinkId link) {
  const LinkEnd* found = find(node, link);
  if (found == nullptr) return;
  const LinkEnd end = *found;
  Connection& c = connections_.at(end.connection);
  forget_link(c, end.end);
  c.state[end.end] = EndState::Closing;
  pump(end.connection, end.end);
  release_if_done(end.connection);
}

void StreamNet::process_ended(NodeIndex node, Farewell farewell) {
  for (const auto& [link, end] : Links(links(node))) {
    Connection& c = connections_.at(end.connection);
    forget_link(c, end.end);
    c.state[end.end] = EndState::Gone;
    if (farewell == Farewell::Reset) send_reset(end.connection, 1 - end.end);
    release_if_done(end.connection);
  }
}

void StreamNet::post(Handle handle, End to, EventCode code, const char* reason) {
  const Connection& c = connections_.at(handle);
  const NodeIndex node = c.node[to];
  const Handle word = segments_.acquire();
  Segment& segment = segments_.at(word);
  segment.connection = handle;
  segment.to = to;
  segment.link = c.link[to];
  segment.reason = reason;
  segment.fin = false;
  segment.octets.clear();
  fabric_.kernel.push(fabric_.kernel.now(), code, node, word);
}

bool StreamNet::link_open(Handle word) const {
  const Segment& segment = segments_.at(word);
  const Connection* c = connections_.find(segment.connection);
  return c != nullptr && in_use(c->state[segment.to]);
}

/// The dialler's address with the port that its machine took for this connection.
StreamNet::Accepted StreamNet::accepted(Handle word) const {
  const Connection& c = connections_.at(segments_.at(word).connection);
  syncer::Endpoint from = fabric_.nodes[c.node[0]]->config().gossip_address;
  from.port = static_cast<std::uint16_t>(32768 + c.link[0].value % 28000);
  return {c.listener, from};
}

void StreamNet::closed_told(Handle word) {
  const Segment& segment = segments_.at(word);
  const Handle handle = segment.connection;
  Connection& c = connections_.at(handle);
  forget_link(c, segment.to);
  c.state[segment.to] = EndState::Gone;
  release_if_done(handle);
}

void StreamNet::consumed(Handle word) {
  const Segment& segment = segments_.at(word);
  const Handle handle = segment.connection;
  const End from = 1 - segment.to;
  const std::size_t size = segment.octets.size();
  segments_.release(word);
  Connection* c = connections_.find(handle);
  if (c == nullptr || c->state[from] == EndState::Gone) return;
  if (c->dead || fabric_.network.drops(site(*c, 1 - from), site(*c, from))) {
    c->out[from].unacked += size;
    return arm_retry(handle, from);
  }
  c->out[from].in_flight -= size;
  pump(handle, from);
}

void StreamNet::reset_between(NodeIndex a, NodeIndex b) {
  for (const Handle handle : between(a, b)) {
    for (const End end : {0U, 1U}) {
      const Connection* c = connections_.find(handle);
      if (c != nullptr && c->state[end] != EndState::Gone) give_up(handle, end, "connection reset");
    }
  }
}

void StreamNet::half_open(NodeIndex a, NodeIndex b, Duration duration) {
  for (const Handle handle : between(a, b)) {
    Connection& c = connections_.at(handle);
    c.dead = true;
    c.dead_until = fabric_.kernel.now() + duration;
  }
}

std::vector<Handle> StreamNet::between(NodeIndex a, NodeIndex b) {
  std::vector<Handle> found;
  for (const Handle handle : connections_.live()) {
    const Connection& c = connections_.at(handle);
    const bool match = (c.node[0] == a && c.node[1] == b) || (c.node[0] == b && c.node[1] == a);
    if (match && c.state[0] != EndState::Pending) found.push_back(handle);
  }
  return found;
}

void StreamNet::forget_link(Connection& c, End end) {
  if (in_use(c.state[end])) links(c.node[end]).erase(c.link[end]);
}

/// A connection is kept as long as a process uses an end, or an end still delivers to one that is or may be in use.
void StreamNet::release_if_done(Handle handle) {
  const Connection& c = connections_.at(handle);
  const bool first_done = !in_use(c.state[0]);
  const bool second_done = !in_use(c.state[1]);
  const bool never_accepted = c.state[0] == EndState::Gone && c.state[1] == EndState::Pending;
  if (!(first_done && second_done) && !never_accepted) return;
  connections_.release(handle);
}

}  // namespace sim::host
