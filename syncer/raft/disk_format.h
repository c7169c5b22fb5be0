// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// The refusal of a store that lost something it had promised: what was found, and what an operator can do about it.
tl::unexpected<Error> damaged(std::string where, std::string what);

/// Term and vote with the number of the write that brought them. Kept in two copies of the same version, written one
/// after the other; a promise waits for both. (Two slots that alternate lose the newest vote with the newest slot.)
struct Metadata {
  std::uint64_t version = 0;
  HardState state;
  bool operator==(const Metadata&) const = default;
};

Bytes encode_metadata(const Metadata& metadata);

/// What the two copies hold, and whether they have to be written again to agree.
struct RecoveredMetadata {
  Metadata metadata;
  bool repair = false;
};

/// One good copy is enough: no reply ever relied on a version of which only one copy was written. Fails with
/// ErrorCode::Corrupt and a text for the operator when none is left or the two contradict each other; a term or a
/// vote is never guessed and never taken from another node.
Result<RecoveredMetadata> recover_metadata(const std::optional<Bytes>& first, const std::optional<Bytes>& second);

/// A snapshot file; replaced as a whole.
Bytes encode_snapshot(const Snapshot& snapshot);
Result<Snapshot> decode_snapshot(ByteView file);

// The log on disk: two append-only files, so that a torn write and a damaged record never look the same (Alagappan et
// al., FAST 2018, 3.3).
//
//   log    header, then records: length, CRC-32C, term, index, data
//   marks  a fixed-size mark behind each synced batch: end of the batch in the log file, term and index of its last
//   record
//
// Order of writes: records, sync, mark, sync, and only then an acknowledgement may leave. A bad record without a mark
// was cut off while it was written and was never acknowledged; a bad record in front of a mark is damage. A log file is
// replaced as a whole (new file, rename) when entries are withdrawn or dropped: its records ascend without a gap, and
// anything else in it is damage too.

/// Tells one log file from those before it: marks of another version do not concern this one.
using LogVersion = std::uint64_t;

/// A complete log file: everything in it is durable together.
Bytes encode_log(LogVersion version, Position base, const std::vector<Entry>& entries);
/// Records for the end of a log file.
Bytes encode_records(const std::vector<Entry>& entries);
/// The mark that states: the log file of `version` is durable up to byte `end`, its last record is `last`.
Bytes encode_mark(LogVersion version, std::uint64_t end, Position last);

/// What a log file and its marks hold.
struct RecoveredLog {
  LogVersion version = 0;
  Position base;
  std::vector<Entry> entries;
  /// Records behind the last mark had to be dropped: they were never acknowledged. Replace the file before appending.
  bool torn = false;
  /// Bytes of the log file that are in use.
  std::uint64_t end = 0;
};

/// Fails with ErrorCode::Corrupt and a text for the operator when anything but a write cut short explains the content.
Result<RecoveredLog> recover_log(ByteView log, ByteView marks);

}  // namespace syncer::raft
