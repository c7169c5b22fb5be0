// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/raft/disk_format.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Keys of the storage port.
namespace keys {
inline constexpr std::string_view kIdentity = "raft.identity";
inline constexpr std::string_view kLog = "raft.log";
inline constexpr std::string_view kMarks = "raft.marks";
inline constexpr std::string_view kFirstMetadata = "raft.meta.a";
inline constexpr std::string_view kSecondMetadata = "raft.meta.b";
inline constexpr std::string_view kSnapshot = "raft.snapshot";
inline constexpr std::array<std::string_view, 6> kAll = {kIdentity,       kLog,     kMarks, kFirstMetadata,
                                                         kSecondMetadata, kSnapshot};
}  // namespace keys

/// One write. Each is issued only after the one before is durable.
struct StoreOperation {
  std::string_view key;
  Bytes value;
  bool append = false;
};

/// Write this, in this order, each durable before the next; then call RaftNode::on_persisted. One at a time.
struct Persist {
  std::optional<Snapshot> snapshot;
  /// The log file is replaced by `base` and `entries`; otherwise `entries` go to its end.
  bool rewrite = false;
  Position base;
  std::vector<Entry> entries;
  std::optional<HardState> hard_state;
};

/// Turns Persist outputs into writes. No I/O: the owner executes, in order. A write that failed ends the process:
/// retrying a sync that failed proves nothing.
class Journal {
 public:
  /// Continues files of these versions; `log_size` in bytes.
  Journal(LogVersion log_version, std::uint64_t log_size, std::uint64_t metadata_version)
      : log_version_(log_version), log_size_(log_size), metadata_version_(metadata_version) {}

  std::vector<StoreOperation> plan(const Persist& persist);

 private:
  LogVersion log_version_;
  std::uint64_t log_size_;
  std::uint64_t metadata_version_;
};

/// The keys as they were read at start; absent ones are not in the map.
using StoreImage = std::map<std::string_view, Bytes>;

/// A store that may be used.
struct Recovery {
  Stored stored;
  Journal journal{0, 0, 0};
  /// To be done, one after the other, before the voter starts.
  std::vector<StoreOperation> repairs;
  /// Nothing was there. A disk that replaces a lost one looks the same: the owner that starts a voter on it must know
  /// that the group is new, or that this voter id is (votes given earlier are gone).
  bool fresh = false;
};

/// `identity` names group and voter; a store of another identity is refused (ErrorCode::Conflict). Damage is refused
/// with ErrorCode::Corrupt and a text that explains the repair; a write cut short by a power cut never is.
Result<Recovery> recover(const StoreImage& image, ByteView identity);

/// A store for a disk that is given the slot of a lost one. Its voter begins in `term` with its vote there spent, so
/// that it never votes in a term in which the lost one may have.
Recovery take_over(ByteView identity, VoterId self, Term term);

}  // namespace syncer::raft
