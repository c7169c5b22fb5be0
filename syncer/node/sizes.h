// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "syncer/catalog/sizes.h"
#include "syncer/cluster/sizes.h"
#include "syncer/gossip/sizes.h"
#include "syncer/peering/sizes.h"

namespace syncer::node {

/// How much a node holds right now, by part.
struct Sizes {
  std::size_t unidentified = 0;  ///< accepted streams of which nothing was read yet
  std::size_t measured = 0;      ///< regions with changes whose age is not known
  gossip::Sizes gossip = {};
  peering::Sizes peering = {};
  catalog::Sizes catalog = {};
  cluster::Sizes cluster = {};  ///< all zero in single mode

  /// Those that a part knows; no other stream is to be open in the process.
  std::size_t streams() const { return unidentified + gossip.streams + peering.links + cluster.links; }
};

}  // namespace syncer::node
