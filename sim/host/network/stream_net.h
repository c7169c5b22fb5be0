// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "sim/engine/event_queue.h"
#include "sim/host/kernel.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/indexed_map.h"
#include "syncer/ports/network.h"

namespace sim::host {

struct Fabric;

/// Which end of a connection: 0 dialled, 1 accepted.
using End = std::uint32_t;

/// How one end of a connection stands.
enum class EndState : std::uint8_t {
  Pending,  ///< handshake under way
  Open,     ///< the process uses it
  Closing,  ///< the process closed it; what it had sent is still being delivered
  Gone,
};

/// A link of the process still stands for this end.
inline bool in_use(EndState state) { return state == EndState::Pending || state == EndState::Open; }

/// What one end has sent, and what became of it.
struct Outbound {
  syncer::Bytes unsent;  ///< not yet in the network, from `sent` on
  std::size_t sent = 0;
  std::uint64_t in_flight = 0;  ///< under way, or not read by the receiver yet
  std::uint64_t unacked = 0;    ///< part of in_flight: read, but the word of it could not come back
  syncer::Instant last_arrival{};
  syncer::Instant stuck_since{};
  syncer::Duration timeout{};  ///< next retransmission
  bool retrying = false;
  bool fin_sent = false;
};

/// One connection between two nodes.
struct Connection {
  std::array<NodeIndex, 2> node{};
  std::array<syncer::LinkId, 2> link{};
  std::array<EndState, 2> state{};
  std::array<Outbound, 2> out;
  syncer::Listener listener{};
  syncer::Channel channel{};
  bool secure = false;                          ///< both ends have shown their certificates
  syncer::Instant dead_until = syncer::kNever;  ///< half-open: nothing passes before, a reset after
  bool dead = false;
  bool answered = false;  ///< the acceptor's word has been sent
  syncer::Duration syn_timeout{};
};

/// Bytes or a word on their way to one end.
struct Segment {
  engine::Handle connection;
  End to = 0;
  syncer::LinkId link;
  const char* reason = nullptr;
  bool fin = false;
  syncer::Bytes bytes;
};

/// TCP as processes see it: in order, loss shows as delay, a frozen reader pushes back, a cut is silence, a lost
/// connection is answered by a reset.
class StreamNet {
 public:
  explicit StreamNet(Fabric& fabric) : fabric_(fabric) {}

  // The process's side.
  void connect(NodeIndex node, syncer::LinkId link, const syncer::Endpoint& to, syncer::Channel channel);
  void send(NodeIndex node, syncer::LinkId link, syncer::ByteView bytes);
  std::size_t backlog(NodeIndex node, syncer::LinkId link) const;
  void close(NodeIndex node, syncer::LinkId link);
  /// Links that stand for the process, opened by it or to it.
  std::size_t open(NodeIndex node) const { return node < links_.size() ? links_[node].size() : 0; }
  void process_ended(NodeIndex node, Farewell farewell);

  // Events.
  void syn_arrived(engine::Handle connection);
  void syn_ack_arrived(engine::Handle connection);
  void syn_retry(engine::Handle connection) { dial(connection); }
  /// False when the connection had come about, or was gone.
  bool connect_timeout(engine::Handle connection);
  void segment_arrived(engine::Handle segment);
  void reset_arrived(engine::Handle connection, End end);
  void retry(engine::Handle connection, End end);

  // Work that a process takes up: true when the link still stands. `consumed` gives the segment back.
  bool link_open(engine::Handle segment) const;
  struct Accepted {
    syncer::Listener listener;
    syncer::Endpoint from;
    syncer::PeerIdentity identity;
  };
  Accepted accepted(engine::Handle segment) const;
  syncer::PeerIdentity identity_of_acceptor(engine::Handle segment) const;
  const Segment& segment(engine::Handle handle) { return segments_.at(handle); }
  void closed_told(engine::Handle segment);
  void consumed(engine::Handle segment);
  void release_segment(engine::Handle segment) { segments_.release(segment); }

  // Faults.
  void reset_between(NodeIndex a, NodeIndex b);
  void half_open(NodeIndex a, NodeIndex b, syncer::Duration duration);

 private:
  struct LinkEnd {
    engine::Handle connection;
    End end;
  };
  using Links = syncer::IndexedMap<syncer::LinkId, LinkEnd>;

  Links& links(NodeIndex node);
  const LinkEnd* find(NodeIndex node, syncer::LinkId link) const;
  Site site(const Connection& c, End end) const { return Site::node(c.node[end]); }
  void dial(engine::Handle handle);
  void refuse(engine::Handle handle);
  bool shake_hands(Connection& c) const;
  syncer::PeerIdentity identity_of(const Connection& c, End end) const;
  void answer(engine::Handle handle);
  void pump(engine::Handle handle, End from);
  bool may_send(engine::Handle handle, End from);
  void launch(engine::Handle handle, End from, std::size_t size, bool fin);
  void arm_retry(engine::Handle handle, End from);
  void give_up(engine::Handle handle, End end, const char* reason);
  void send_reset(engine::Handle handle, End to);
  void post(engine::Handle handle, End to, EventCode code, const char* reason = nullptr);
  void forget_link(Connection& c, End end);
  void release_if_done(engine::Handle handle);
  std::vector<engine::Handle> between(NodeIndex a, NodeIndex b);

  Fabric& fabric_;
  engine::Slab<Connection> connections_;
  engine::Slab<Segment> segments_;
  std::vector<Links> links_;
  std::vector<std::uint64_t> next_accepted_;
};

}  // namespace sim::host
