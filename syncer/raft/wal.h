// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/raft/types.h"

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
namespace syncer::raft {

/// Tells one log file from those before it: marks of another version say nothing about this one.
using LogVersion = std::uint64_t;

/// A complete log file: everything in it is durable together.
Bytes encode_log(LogVersion version, Position base, const std::vector<Entry>& entries);
/// Records for the end of a log file.
Bytes encode_records(const std::vector<Entry>& entries);
/// The mark that says: the log file of `version` is durable up to octet `end`, its last record is `last`.
Bytes encode_mark(LogVersion version, std::uint64_t end, Position last);

/// What a log file and its marks hold.
struct RecoveredLog {
  LogVersion version = 0;
  Position base;
  std::vector<Entry> entries;
  /// Records behind the last mark had to be dropped: nobody was ever told of them. Replace the file before appending.
  bool torn = false;
  /// Octets of the log file that are in use.
  std::uint64_t end = 0;
};

/// Fails with ErrorCode::Corrupt and a text for the operator when anything but a write cut short explains the content.
Result<RecoveredLog> recover_log(ByteView log, ByteView marks);

}  // namespace syncer::raft
