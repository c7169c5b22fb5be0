// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
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
  /// Keys and payloads that the replica holds after a complete transfer, in bytes, at most.
  std::size_t bytes_after(const Replica& replica);
  /// What digest_after() is to be; nothing unless it was said since the transfer began.
  void want_digest(Bytes digest) { wanted_digest_ = std::move(digest); }
  const std::optional<Bytes>& wanted_digest() const { return wanted_digest_; }
  /// SetDigest of what a complete transfer makes of the replica, which keeps one; nothing when a key comes twice.
  std::optional<Bytes> digest_after(const Replica& replica, const Expand& expand);
  /// Applies a complete transfer if it adds up; false, and nothing changed, otherwise.
  bool apply(Replica& replica, RegionId region, Outputs& out);

 private:
  void start_over(const Chunk& first);
  bool fits(const Chunk& chunk, const Limits& limits);
  void sort();
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
  std::optional<Bytes> wanted_digest_;
};

}  // namespace syncer::replication
