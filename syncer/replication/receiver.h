// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "syncer/replication/outputs.h"
#include "syncer/replication/replica.h"

namespace syncer::replication {

/// Sums that differ, turned into the question for what differs. Nothing when that would take more pairs than allowed:
/// then a snapshot is cheaper.
std::optional<BucketRequest> ask_for_differences(const Replica& replica, const Buckets& theirs, const Limits& limits);

/// Chunks of a repair or snapshot on their way in. Nothing of it touches the replica before all have come and the
/// result has the writer's hash: absence is believed only then.
class Repair {
 public:
  enum class Step : std::uint8_t { Ignored, More, Complete, TooLarge };

  Repair(Epoch epoch, bool full, Instant now) : epoch_(epoch), full_(full), asked_at_(now) {}

  Epoch epoch() const { return epoch_; }
  bool full() const { return full_; }
  /// No chunk has come yet.
  bool is_fresh() const { return next_ == 0; }
  /// The writer has not answered for this long.
  bool is_overdue(Instant now, Duration retry) const { return saturating_add(asked_at_, retry) <= now; }
  /// The question that continues a stalled transfer, once for each stall; nothing when it must be started anew.
  std::optional<ChunkRequest> resume(Instant now);

  Step accept(Instant now, Chunk chunk, const Limits& limits);
  /// What asks for the next chunks.
  ChunkRequest request() const { return {epoch_, at_seq_, next_}; }
  Version target() const { return {epoch_, at_seq_}; }
  /// What has come so far.
  std::size_t changes() const { return items_.size() + absent_.size(); }
  /// The set that it is about has more entries than that.
  bool has_more_than(std::size_t entries) const { return live_ > entries; }
  /// Applies a complete transfer if it adds up; false, and nothing changed, otherwise.
  bool apply(Replica& replica, RegionId region, Outputs& out);

 private:
  void start_over(const Chunk& first);
  bool fits(const Chunk& chunk, const Limits& limits);
  std::vector<Bytes> keys_to_erase(const Replica& replica) const;
  bool adds_up(const Replica& replica, const std::vector<Bytes>& erased) const;

  Epoch epoch_;
  bool full_;
  Instant asked_at_;
  bool resumed_ = false;
  std::uint64_t at_seq_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t live_ = 0;
  Hash128 set_hash_;
  std::size_t bytes_ = 0;
  std::vector<Chunk::Item> items_;
  std::vector<std::uint64_t> absent_;
};

/// What a message of a writer was worth.
enum class Heard : std::uint8_t {
  Word,      ///< it only says something, which may be true or not
  Progress,  ///< a part of a transfer that was asked for
  Proof,     ///< the replica is what the message says: the writer has the set whose version it names
};

/// The reading side of one remote region: keeps its Replica at the writer's log and asks for what is missing. Has no
/// timer of its own: the writer's heartbeat is the occasion to ask again.
class Receiver {
 public:
  Receiver(RegionId region, const Options& options)
      : region_(region), options_(options), rate_(options.quota.changes_per_second) {}

  /// Other options from now on.
  void set_options(const Options& options) {
    options_ = options;
    rate_.set_rate(options.quota.changes_per_second);
  }
  /// There is a new link from the writer; questions asked on an earlier one will not be answered.
  void restart();
  Heard receive(Instant now, const WriterMessage& message, Outputs& out);
  /// Whatever epoch was known of the region is doubted: the next one counts, lower or not. The records stay until they
  /// are compared with the writer's.
  void forget_epoch();
  /// Epochs below are refused even though nothing of the region is known (yet).
  void raise_floor(Epoch floor) { floor_ = std::max(floor_, floor); }

  const Replica& replica() const { return replica_; }
  /// As in the last heartbeat of the writer.
  bool origin_healthy() const { return origin_healthy_; }
  /// The quota that the region has reached; nothing while it is within all of them.
  std::optional<QuotaKind> over_quota() const { return over_quota_; }
  bool repairing() const { return repair_.has_value(); }
  void hash(StateHasher& hasher) const;

 private:
  Heard on(Instant now, const Heartbeat& heartbeat, Outputs& out);
  Heard on(Instant now, const Push& push, Outputs& out);
  Heard on(Instant now, const Reset& reset, Outputs& out);
  Heard on(Instant now, const Buckets& buckets, Outputs& out);
  Heard on(Instant now, const Chunk& chunk, Outputs& out);

  bool is_stale(Epoch epoch, Outputs& out);
  bool holds_set_of(const Hash128& set_hash, std::uint64_t live) const;
  Heard compare(Instant now, const Heartbeat& heartbeat, Outputs& out);
  Heard follow(Instant now, const Heartbeat& heartbeat, Outputs& out);
  Heard rebind(Version at, Outputs& out);
  void pull(Instant now, Outputs& out);
  std::string_view objection(const Push& push) const;
  std::optional<QuotaKind> exceeded_by(Instant now, const Push& push) const;
  Limits repair_limits() const;
  void set_over_quota(std::optional<QuotaKind> quota, Outputs& out);
  void apply(const Push& push, Outputs& out);
  void mismatch(Instant now, Outputs& out);
  void start_repair(Instant now, Epoch epoch, Outputs& out);
  void start_reload(Instant now, Epoch epoch, Outputs& out);
  void continue_repair(Instant now, Epoch epoch, Outputs& out);
  Heard finish_repair(Instant now, Outputs& out);
  void acknowledge(Outputs& out);
  void acknowledge_again(Outputs& out);
  template <class Question>
  void ask(Question question, Outputs& out) {
    out.push_back(Ask{region_, std::move(question)});
  }

  RegionId region_;
  Options options_;
  Replica replica_;
  Epoch floor_;
  bool origin_healthy_ = false;
  std::optional<Repair> repair_;
  std::optional<std::uint64_t> stalled_at_;  // seq at the last heartbeat that was ahead
  std::optional<std::uint64_t> pulled_from_;
  Instant pulled_at_{};
  ChangeRate rate_;
  std::optional<QuotaKind> over_quota_;
  std::optional<Ack> said_;  // on this link, last
  bool spared_ = false;      // the last acknowledgement would have said the same
};

}  // namespace syncer::replication
