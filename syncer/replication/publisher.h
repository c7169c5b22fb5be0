// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "syncer/base/indexed_map.h"
#include "syncer/replication/sender.h"
#include "syncer/replication/sizes.h"

namespace syncer::replication {

/// The writing side: the own log and one Sender for each remote region. A push that several readers need is built
/// once and sent to all of them.
class Publisher {
 public:
  Publisher(const Options& options, Instant now) : options_(options), log_(options.limits), next_heartbeat_(now) {}

  /// Other timing and batching from now on; the limits of the log stay.
  void set_options(Instant now, const Options& options) {
    options_ = options;
    next_heartbeat_ = std::min(next_heartbeat_, saturating_add(now, options.heartbeat));
  }
  /// A writing side for one of the readers alone, which goes on where that one is.
  Publisher(const Publisher& all, RegionId reader);

  /// The log is a copy of another region's (see RelayedLog): its set at this place; heartbeats go by beat() alone.
  void adopt(Version at, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out);
  /// Further entries of that log, up to `head`, with their numbers; pushed at once.
  struct Entered {
    std::uint64_t seq;
    Bytes key;
    std::optional<Bytes> payload;  ///< nothing: removed
  };
  void enter(Instant now, std::vector<Entered> entries, std::uint64_t head, Outputs& out);
  /// A heartbeat to all readers, or to those whose place is not known alone.
  void beat(Instant now, bool all, Outputs& out);

  void open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out);
  bool put(Instant now, Bytes key, Bytes payload, Outputs& out);
  void erase(Instant now, ByteView key, Outputs& out);

  /// See OwnLog.
  void keep_digest(const Expand& expand) { log_.keep_digest(expand); }
  bool healthy() const { return healthy_; }
  /// See OwnLog::count_from.
  void count_from(std::uint64_t seq) { log_.count_from(seq); }

  /// A region that tombstones are kept for until it acknowledges them.
  void add_peer(RegionId peer) { senders_.try_emplace(peer); }
  void remove_peer(RegionId peer) { senders_.erase(peer); }
  /// What goes to this reader waits for take_turn() from now on, and a message of several records has no more bytes
  /// than that; nothing: it is sent as it comes, and so is what waits. Only heartbeats and answers never wait.
  void set_pace(RegionId reader, std::optional<std::size_t> turn_bytes, Outputs& out);
  /// take_turn() would send something.
  bool wants_turn(RegionId reader) const;
  /// Sends the next message of what waits for its turn.
  void take_turn(RegionId reader, Outputs& out);
  /// Records that wait for it.
  std::size_t waiting(RegionId reader) const;

  /// There is a link to it, and the next beat() tells it where the log is.
  void await_beat(RegionId peer) { senders_.try_emplace(peer).first.start(); }
  /// There is a link to it; whatever was under way on an earlier one is lost.
  void peer_up(RegionId peer, Outputs& out);
  void peer_down(RegionId peer);

  /// Whether the own registry proves that it works; sent with every heartbeat.
  void set_healthy(bool healthy) { healthy_ = healthy; }

  void receive(Instant now, RegionId from, const ReaderMessage& message, Outputs& out);
  void advance(Instant now, Outputs& out);
  Instant next_deadline() const;

  const OwnLog& log() const { return log_; }
  bool has_readers() const { return !senders_.empty(); }
  /// Entries that the region has not acknowledged yet.
  std::uint64_t unacknowledged(RegionId peer) const;
  /// How far it is with a region; nullptr for one that nothing is published to.
  const Sender* sender(RegionId peer) const;
  /// A region but this one, which has a link to us, proved by hash in this epoch that it holds our set: it took the
  /// epoch, and so knew no later one.
  bool is_epoch_taken_by_others(RegionId but) const;
  /// The region proved by hash that it holds our set of the head it acknowledged last.
  bool proven_equal(RegionId peer) const;
  /// Adds the log and the senders.
  void fill(Sizes& sizes) const;
  void hash(StateHasher& hasher) const;

 private:
  void on(RegionId from, const Ack& ack, Outputs& out);
  void on(RegionId from, const Pull& pull, Outputs& out);
  void on(RegionId from, const BucketsRequest& request, Outputs& out);
  void on(RegionId from, const BucketRequest& request, Outputs& out);
  void on(RegionId from, const SnapshotRequest& request, Outputs& out);
  void on(RegionId from, const ChunkRequest& request, Outputs& out);

  bool is_current(RegionId from, Epoch epoch, Outputs& out);
  void bind(RegionId peer, std::uint64_t seq, Outputs& out);
  void reset(RegionId peer, Outputs& out);
  void send_sums(RegionId peer, Outputs& out);
  void send_chunks(RegionId peer, Outputs& out);
  void note_change(Instant now, std::size_t bytes, Outputs& out);
  void flush(Outputs& out);
  void push_to(RegionId peer, Outputs& out);
  void push_round(const std::vector<RegionId>& peers, Outputs& out);
  bool is_paced(RegionId reader) const { return paces_.contains(reader); }
  std::size_t batch_bytes(RegionId reader) const;
  Heartbeat heartbeat() const;
  void send_heartbeat(std::vector<RegionId> peers, Outputs& out);
  void heartbeat_all(Instant now, Outputs& out);
  void restart_senders();
  void collect(Instant now);

  Options options_;
  OwnLog log_;
  IndexedMap<RegionId, Sender> senders_;
  std::map<RegionId, std::size_t> paces_;  // bytes of a turn
  bool healthy_ = false;
  Instant next_heartbeat_;
  Instant flush_at_ = kNever;
  std::size_t batch_entries_ = 0;
  std::size_t batch_bytes_ = 0;
  std::uint64_t flushed_ = 0;  // head at the last flush: what lies behind it is being batched
};

}  // namespace syncer::replication
