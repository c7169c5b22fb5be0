// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/node/views.h"

namespace syncer::node {

struct Parts;
class ImportGate;

/// What another policy would change of the instances that one region shows of another.
struct RegionEffect {
  policy::Direction direction = policy::Direction::Export;
  std::string region;                   ///< the other one
  std::size_t shown = 0;                ///< now
  std::size_t appearing = 0;            ///< would be shown besides
  std::size_t going = 0;                ///< would not be shown any more
  std::vector<std::string> names = {};  ///< the first few of both: "- shop/cart/1.0.0 instance i-1: RULE"
};

/// The same for all regions and both directions, without those in which nothing would change.
struct PolicyEffect {
  std::vector<RegionEffect> regions;
  /// More than this share would go from one of them.
  bool takes_more_than(Ratio share) const;
};

PolicyEffect effect_of(const Parts& parts, const ImportGate& gate, const SharedPolicy& wanted);
/// For people, a line for each region and one for each name; "own" is this region.
std::string to_text(const PolicyEffect& effect, const std::string& own);

}  // namespace syncer::node
