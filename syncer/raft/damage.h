// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "syncer/base/result.h"

namespace syncer::raft {

/// The refusal of a store that lost something it had promised: what was found, and what an operator can do about it.
inline tl::unexpected<Error> damaged(std::string where, std::string what) {
  what +=
      "; this voter may have forgotten a vote or an entry, so it must not run. Restore the whole data folder from an ";
  what += "intact copy, or remove this voter and admit it again under a new id while all others are up";
  return failure(ErrorCode::Corrupt, std::move(where), std::move(what));
}

}  // namespace syncer::raft
