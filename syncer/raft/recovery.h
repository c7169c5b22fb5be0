// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/raft/journal.h"
#include "syncer/raft/raft.h"

namespace syncer::raft {

/// The keys as they were read at start; absent ones are not in the map.
using StoreImage = std::map<std::string_view, Bytes>;

/// A store that may be used.
struct Recovery {
  Stored stored;
  Journal journal{0, 0, 0};
  /// To be done, one after the other, before the voter starts.
  std::vector<StoreOperation> repairs;
  /// Nothing was there. A disk that replaces a lost one looks the same: whoever starts a voter on it must know that
  /// the group is new, or that this voter id is (votes given earlier are gone).
  bool fresh = false;
};

/// `identity` names group and voter; a store of another identity is refused (ErrorCode::Conflict). Damage is refused
/// with ErrorCode::Corrupt and a text that says how to repair; a write cut short by a power cut never is.
Result<Recovery> recover(const StoreImage& image, ByteView identity);

/// A store for a disk that is given the seat of a lost one. Its voter begins in `term` with its vote there spent, so
/// that it never votes in a term in which the lost one may have.
Recovery take_over(ByteView identity, VoterId self, Term term);

}  // namespace syncer::raft
