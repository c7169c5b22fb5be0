// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "syncer/replication/own_log.h"
#include "syncer/replication/sizes.h"

namespace syncer::replication {

/// A repair or a snapshot on its way to one reader: a picture of the set at one instant (records are shared, not
/// copied), cut into chunks, sent with a window.
class Transfer {
 public:
  /// Everything.
  static Transfer snapshot(const OwnLog& log, std::size_t chunk_bytes);
  /// What the asker lacks, holds in another version or should not have. Nothing when removals since the asker's sums
  /// were taken are forgotten: it must ask for the sums again.
  static std::optional<Transfer> repair(const OwnLog& log, const BucketRequest& request, std::size_t chunk_bytes);

  std::uint64_t at_seq() const { return at_seq_; }
  std::uint64_t live() const { return live_; }
  const Hash128& set_hash() const { return set_hash_; }
  /// next_chunk() would give one.
  bool has_chunk(std::size_t window_bytes) const {
    return next_ < parts_.size() && unacknowledged_bytes_ < window_bytes;
  }
  /// Records that no chunk has brought yet.
  std::size_t waiting() const { return next_ < parts_.size() ? items_.size() - parts_[next_].first_item : 0; }
  /// The next chunk to send while less than `window_bytes` are unacknowledged.
  std::optional<Chunk> next_chunk(std::size_t window_bytes);
  /// All chunks below `next` arrived; the same number again sends that chunk anew.
  void acknowledge(std::uint32_t next);

 private:
  struct Part {
    std::size_t first_item = 0;
    std::size_t last_item = 0;
    std::size_t first_absent = 0;
    std::size_t last_absent = 0;
    std::size_t bytes = 0;
  };

  Transfer(const OwnLog& log, bool full, std::vector<OwnLog::RecordPtr> items, std::vector<std::uint64_t> absent,
           std::size_t chunk_bytes);
  void cut(std::size_t chunk_bytes);
  Chunk chunk(std::uint32_t index) const;

  Epoch epoch_;
  std::uint64_t at_seq_;
  bool full_;
  std::uint64_t live_;
  Hash128 set_hash_;
  std::vector<OwnLog::RecordPtr> items_;
  std::vector<std::uint64_t> absent_;
  std::vector<Part> parts_;
  std::uint32_t next_ = 0;
  std::uint32_t acknowledged_ = 0;
  std::size_t unacknowledged_bytes_ = 0;
};

/// What the writer knows of one reader, and what is under way to it.
class Sender {
 public:
  /// A link came up, or a new epoch was opened: nothing is known of the reader's place until it says so.
  void restart();
  void stop() {
    up_ = false;
    restart();
  }
  void start() {
    up_ = true;
    restart();
  }
  /// The reader is bound to our epoch at `seq`; what was under way is void.
  void rewind(std::uint64_t seq);
  /// The reader applied all up to `seq`.
  void acknowledge(std::uint64_t seq);
  /// The reader repairs or reloads: no pushes until it says where it is.
  void hold(std::optional<Transfer> transfer);
  /// A push is under way; `live` is the size of the set at its head.
  void sent(const Push& push, std::uint64_t live, std::size_t bytes);
  /// A reader whose place is not known was told where the log is: he binds there if he has this set.
  void told(const Heartbeat& heartbeat);
  /// The heartbeat of the log, for a reader to whom a part of it was not sent yet: he takes what he was not sent for
  /// lost, so it says how far he was brought.
  Heartbeat as_far_as_sent(const Heartbeat& of_log) const;

  bool up() const { return up_; }
  bool bound() const { return bound_; }
  std::uint64_t cursor() const { return cursor_; }
  /// Highest place it ever said to have reached in this epoch, across links.
  std::uint64_t acknowledged() const { return acknowledged_; }
  /// May get the entries after its cursor now.
  bool ready(std::size_t window_bytes) const { return up_ && bound_ && unacknowledged_bytes_ < window_bytes; }
  Transfer* transfer() { return transfer_ ? &*transfer_ : nullptr; }
  const Transfer* transfer() const { return transfer_ ? &*transfer_ : nullptr; }
  /// A new epoch makes former acknowledgements void.
  void forget_acknowledged() {
    acknowledged_ = 0;
    proven_equal_ = took_epoch_ = false;
  }
  /// Adds what is under way.
  void fill(Sizes& sizes) const;
  /// The reader's hash was the writer's at the head last acknowledged.
  bool proven_equal() const { return proven_equal_; }
  /// It was so once in this epoch: the reader took it, and so knew no later one.
  bool took_epoch() const { return took_epoch_; }
  void set_proven_equal(bool equal) {
    proven_equal_ = equal;
    took_epoch_ = took_epoch_ || equal;
  }

 private:
  struct Flight {
    std::uint64_t last;
    std::size_t bytes;
  };
  /// Where the reader comes to hold a set that was the log's.
  struct Whole {
    std::uint64_t seq = 0;
    std::uint64_t live = 0;
    Hash128 set_hash;
  };

  bool up_ = false;
  bool bound_ = false;
  bool proven_equal_ = false;
  bool took_epoch_ = false;
  std::uint64_t cursor_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::deque<Flight> in_flight_;
  std::size_t unacknowledged_bytes_ = 0;
  std::optional<Transfer> transfer_;
  std::optional<Whole> whole_;
};

}  // namespace syncer::replication
