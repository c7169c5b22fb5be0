// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "syncer/replication/outputs.h"
#include "syncer/replication/set_digest.h"
#include "syncer/replication/set_hash.h"

namespace syncer::replication {

/// The log of the own region: the latest entry of each key in the order of seq. Superseded entries are forgotten at
/// once; removals are remembered as tombstones until collect() lets them go. Memory is bounded by keys, not by events.
class OwnLog {
 public:
  /// One key's latest entry. Shared with transfers under way, never changed.
  struct Record {
    Bytes key;
    Bytes payload;
    std::uint64_t payload_hash;
    bool live;
  };
  using RecordPtr = std::shared_ptr<const Record>;

  explicit OwnLog(const Limits& limits) : limits_(limits) {}

  /// From now on there is a digest of what is live.
  void keep_digest(const Expand& expand);
  /// Nothing unless it is kept.
  const std::optional<SetDigest>& digest() const { return digest_; }

  /// Starts a new log that holds exactly this set (keys distinct). `epoch` is higher than the one before.
  void open(Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out);
  /// The same of another region's set, as it is at this place of that region's log; the epoch may be any.
  void adopt(Version at, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out);
  /// The log reaches to here, though its last entry may be older.
  void reach(std::uint64_t head) { head_ = std::max(head_, head); }
  bool is_open() const { return epoch_ != Epoch{}; }
  /// False, with a Dropped output, when it goes over a limit. The same payload again changes nothing.
  bool put(Bytes key, Bytes payload, Outputs& out);
  /// A key that is not live changes nothing.
  void erase(Instant now, ByteView key, Outputs& out);
  /// The next entry's number is above `seq`: several logs of one epoch count together.
  void count_from(std::uint64_t seq) { counted_ = std::max(counted_, seq); }
  /// Forgets tombstones that all peers acknowledged, that are too old, or that are too many.
  void collect(Instant now, std::uint64_t acknowledged, Duration age);

  Epoch epoch() const { return epoch_; }
  std::uint64_t head() const { return head_; }
  std::uint64_t gc() const { return gc_; }
  std::size_t live() const { return live_; }
  std::size_t tombstones() const { return tombstones_.size(); }
  const SetHash& set_hash() const { return set_hash_; }
  /// Latest entries by seq.
  const std::map<std::uint64_t, RecordPtr>& by_seq() const { return by_seq_; }
  /// The changes after `prev`, up to so many entries or bytes (one entry at least).
  Push changes_after(std::uint64_t prev, std::size_t max_entries, std::size_t max_bytes) const;
  /// Payload of a live key, or nullptr.
  const Bytes* find(ByteView key) const;
  /// Where the latest entry of a live key is in the log.
  std::optional<std::uint64_t> seq_of(ByteView key) const;
  /// Live entries in the order of keys.
  std::vector<RecordPtr> snapshot() const;

 private:
  struct Tombstone {
    std::uint64_t seq;
    Instant at;
  };

  bool fits(const Bytes& key, const Bytes& payload) const;
  void append(RecordPtr record, Outputs& out);
  void forget(std::uint64_t seq);
  void begin_anew();

  Limits limits_;
  Epoch epoch_;
  std::uint64_t head_ = 0;
  std::uint64_t gc_ = 0;
  std::uint64_t counted_ = 0;  // the next entry's number is above it
  std::size_t live_ = 0;
  SetHash set_hash_;
  Expand expand_;
  std::optional<SetDigest> digest_;
  std::map<std::uint64_t, RecordPtr> by_seq_;
  std::map<ByteView, std::uint64_t> seq_of_;  // views into the records of by_seq_
  std::deque<Tombstone> tombstones_;          // by seq; some may be superseded
};

}  // namespace syncer::replication
