// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "syncer/replication/sizes.h"

namespace syncer::peering {

/// How much the part holds right now, for those who watch that what is taken is given back.
struct Sizes {
  std::size_t links = 0;
  std::size_t unattached_links = 0;   ///< of these, those that serve no region (yet)
  std::size_t buffered_bytes = 0;     ///< of unfinished frames
  std::size_t certificate_bytes = 0;  ///< that came with attestations, of all links
  std::size_t challenges = 0;         ///< newcomers that wait for a writer's proof
  std::size_t conflicts = 0;          ///< region names that are known to be used twice
  std::size_t regions = 0;
  std::size_t region_ids = 0;  ///< that are in use
  replication::Sizes log = {};
};

}  // namespace syncer::peering
