// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace syncer::cluster {

/// How much the part holds right now, for those who watch that what is taken is given back.
struct Sizes {
  std::size_t links = 0;
  std::size_t buffered_bytes = 0;  ///< of unfinished frames
  std::size_t peers = 0;           ///< that are dialled
  std::size_t writes = 0;          ///< to the disk that are not done
  std::size_t log_entries = 0;     ///< since the last snapshot
  std::size_t uncommitted_bytes = 0;
  std::size_t guards = 0;  ///< notes of them in the log
};

}  // namespace syncer::cluster
