// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/raft/output.h"
#include "syncer/raft/wal.h"

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

/// Turns Persist outputs into writes. No I/O: the owner executes, in order. A write that failed ends the process:
/// retrying a sync that failed proves nothing.
class Journal {
 public:
  /// Continues files of these versions; `log_size` in octets.
  Journal(LogVersion log_version, std::uint64_t log_size, std::uint64_t metadata_version)
      : log_version_(log_version), log_size_(log_size), metadata_version_(metadata_version) {}

  std::vector<StoreOperation> plan(const Persist& persist);

 private:
  LogVersion log_version_;
  std::uint64_t log_size_;
  std::uint64_t metadata_version_;
};

}  // namespace syncer::raft
