// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "syncer/replication/repair.h"

namespace syncer::replication {

/// The reading side of one remote region: keeps its Replica at the writer's log and asks for what is missing. Has no
/// timer of its own: the writer's heartbeat is the occasion to ask again.
class Receiver {
 public:
  Receiver(RegionId region, const Options& options) : region_(region), options_(options) {}

  /// There is a new link from the writer; questions asked on an earlier one will not be answered.
  void restart();
  void receive(Instant now, const WriterMessage& message, Outputs& out);
  /// Epochs below are refused even though nothing of the region is known (yet).
  void raise_floor(Epoch floor) { floor_ = std::max(floor_, floor); }

  const Replica& replica() const { return replica_; }
  /// The writer said so in its last heartbeat.
  bool origin_sane() const { return origin_sane_; }
  bool repairing() const { return repair_.has_value(); }
  void hash(StateHasher& hasher) const;

 private:
  void on(Instant now, const Heartbeat& heartbeat, Outputs& out);
  void on(Instant now, const Push& push, Outputs& out);
  void on(Instant now, const Reset& reset, Outputs& out);
  void on(Instant now, const Buckets& buckets, Outputs& out);
  void on(Instant now, const Chunk& chunk, Outputs& out);

  bool is_stale(Epoch epoch, Outputs& out);
  bool holds_set_of(const Hash128& set_hash, std::uint64_t live) const;
  void follow(Instant now, const Heartbeat& heartbeat, Outputs& out);
  void rebind(Version at, Outputs& out);
  void pull(Instant now, Outputs& out);
  std::string_view objection(const Push& push) const;
  void apply(const Push& push, Outputs& out);
  void mismatch(Instant now, Outputs& out);
  void start_repair(Instant now, Epoch epoch, Outputs& out);
  void start_reload(Instant now, Epoch epoch, Outputs& out);
  void continue_repair(Instant now, Epoch epoch, Outputs& out);
  void finish_repair(Instant now, Outputs& out);
  void acknowledge(Outputs& out) { ask(Ack{replica_.epoch(), replica_.seq(), replica_.set_hash()}, out); }
  template <class Question>
  void ask(Question question, Outputs& out) {
    out.push_back(Ask{region_, std::move(question)});
  }

  RegionId region_;
  Options options_;
  Replica replica_;
  Epoch floor_;
  bool origin_sane_ = false;
  std::optional<Repair> repair_;
  std::optional<std::uint64_t> stalled_at_;  // seq at the last heartbeat that was ahead
  std::optional<std::uint64_t> pulled_from_;
  Instant pulled_at_{};
};

}  // namespace syncer::replication
