// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "syncer/replication/own_log.h"

namespace syncer::replication {

/// A repair or a snapshot on its way to one reader: a picture of the set at one instant (records are shared, not
/// copied), cut into chunks, sent with a window.
class Transfer {
 public:
  /// Everything.
  static Transfer snapshot(const OwnLog& log, std::size_t chunk_octets);
  /// What the asker lacks, holds in another version or should not have. Nothing when removals since the asker's sums
  /// were taken are forgotten: it must ask for the sums again.
  static std::optional<Transfer> repair(const OwnLog& log, const BucketRequest& request, std::size_t chunk_octets);

  std::uint64_t at_seq() const { return at_seq_; }
  /// The next chunk to send while less than `window_octets` are unacknowledged.
  std::optional<Chunk> next_chunk(std::size_t window_octets);
  /// All chunks below `next` arrived; the same number again sends that chunk anew.
  void acknowledge(std::uint32_t next);

 private:
  struct Part {
    std::size_t first_item;
    std::size_t last_item;
    std::size_t octets;
  };

  Transfer(const OwnLog& log, bool full, std::vector<OwnLog::RecordPtr> items, std::vector<std::uint64_t> absent,
           std::size_t chunk_octets);
  void cut(std::size_t chunk_octets);
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
  std::size_t unacknowledged_octets_ = 0;
};

}  // namespace syncer::replication
