// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/stream_net.h"

#include <algorithm>
#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"

namespace sim::host {

using engine::Handle;
using syncer::Duration;
using syncer::Instant;
using syncer::LinkId;

namespace {
constexpr Duration kFirstSynRetry = std::chrono::seconds(1);
/// Bytes that a handshake packet takes on the line.
constexpr std::size_t kControlSize = 64;
}  // namespace

void StreamNet::connect(NodeIndex node, LinkId link, const syncer::Endpoint& to, syncer::Channel channel) {
  const Handle handle = connections_.acquire();
  Connection& c = connections_.at(handle);
  c = Connection{};
  c.node = {node, node};
  c.link[0] = link;
  c.channel = channel;
  c.syn_timeout = kFirstSynRetry;
  for (Outbound& out : c.out) out.timeout = fabric_.kernel.options.retransmit_first;
  const bool fresh = links(node).try_emplace(link, LinkEnd{handle, 0}).second;
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
    if (!shake_hands(*c)) return send_reset(handle, 0);
    Links& mine = links(c->node[1]);
    c->link[1] = LinkId{next_accepted_[c->node[1]]};
    next_accepted_[c->node[1]] += 2;
    mine.try_emplace(c->link[1], LinkEnd{handle, 1});
    c->state[1] = EndState::Open;
    post(handle, 1, EventCode::WorkAccepted);
  }
  answer(handle);
}

/// What TLS does before a process hears of a link: false when it ends there. Gossip has none, and who has no
/// certificate dials without. A dialler that has one insists on it, unless it takes part in a move.
bool StreamNet::shake_hands(Connection& c) const {
  using syncer::CertificateRule;
  if (c.channel == syncer::Channel::Gossip) return true;
  const NodeHost& dialler = *fabric_.nodes[c.node[0]];
  const std::optional<Certificate>& own = dialler.certificate();
  const std::optional<Certificate>& other = fabric_.nodes[c.node[1]]->certificate();
  if (!own) return true;
  if (!other) return dialler.config().certificates == CertificateRule::Optional;
  const bool of_cluster = c.listener == syncer::Listener::Cluster;
  c.secure = own->believed && other->believed && of_cluster == (c.channel == syncer::Channel::Raft);
  return c.secure;
}

syncer::PeerIdentity StreamNet::identity_of(const Connection& c, End end) const {
  return c.secure ? fabric_.nodes[c.node[end]]->certificate()->identity : syncer::PeerIdentity{};
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

StreamNet::Links& StreamNet::links(NodeIndex node) {
  if (node >= links_.size()) {
    links_.resize(node + 1);
    next_accepted_.resize(node + 1, 2);
  }
  return links_[node];
}

const StreamNet::LinkEnd* StreamNet::find(NodeIndex node, LinkId link) const {
  return node < links_.size() ? links_[node].find(link) : nullptr;
}

void StreamNet::send(NodeIndex node, LinkId link, syncer::ByteView bytes) {
  const LinkEnd* found = find(node, link);
  if (found == nullptr || bytes.empty()) return;
  const LinkEnd end = *found;
  Connection& c = connections_.at(end.connection);
  c.out[end.end].unsent.append(bytes);
  fabric_.kernel.probes.stream_sent(node, c.node[1 - end.end], c.channel, bytes.size());
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
  std::vector<LinkEnd> ends;
  for (const auto& [link, end] : links(node)) ends.push_back(end);
  for (const LinkEnd& end : ends) {
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
  segment.bytes.clear();
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
  return {c.listener, from, identity_of(c, 0)};
}

syncer::PeerIdentity StreamNet::identity_of_acceptor(Handle word) const {
  return identity_of(connections_.at(segments_.at(word).connection), 1);
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
  const std::size_t size = segment.bytes.size();
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

namespace {

// How the bytes of a stream travel: segments, their loss and repetition, resets.

constexpr std::size_t kMaxSegment = 64 * 1024;
constexpr Duration kMaxTimeout = std::chrono::seconds(60);

}  // namespace

/// Whether bytes of that end get through now; otherwise sees to it that they are tried again.
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
  segment.bytes.assign(out.unsent, out.sent, size);
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
    probes.message({Channel::Stream, MessageFate::Sent, site(c, from), site(c, 1 - from), segment.bytes});
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
      probes.message({Channel::Stream, MessageFate::Delivered, site(*c, from), site(*c, segment.to), segment.bytes});
    }
    const EventCode code = segment.fin ? EventCode::WorkClosed : EventCode::WorkData;
    // Behind what this instant already holds for the process: it learns of the connection before of its bytes.
    fabric_.kernel.push(fabric_.kernel.now(), code, c->node[segment.to], packet);
    return;
  }
  const End to = segment.to;
  segments_.release(packet);
  // Nobody is there any more: the machine says so. A closing end reads no more, but its own bytes still go out.
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
