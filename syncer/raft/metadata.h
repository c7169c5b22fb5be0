// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Term and vote with the number of the write that brought them. Kept in two copies of the same version, written one
/// after the other; a promise waits for both. (Two slots that alternate lose the newest vote with the newest slot.)
struct Metadata {
  std::uint64_t version = 0;
  HardState state;
  bool operator==(const Metadata&) const = default;
};

Bytes encode_metadata(const Metadata& metadata);

/// What the two copies say, and whether they have to be written again to agree.
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

}  // namespace syncer::raft
