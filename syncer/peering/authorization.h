// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/mutation.h"

namespace syncer::peering {

/// Which regions take part in the exchange, as the operator says: their records are taken, and ours are given to them.
/// What a region may offer beyond that is bounded by replication::Quota.
class Authorization {
 public:
  /// Stands for every region.
  static constexpr std::string_view kAll = "*";

  explicit Authorization(const std::vector<std::string>& regions) : regions_(regions) {}

  bool allows(std::string_view region) const {
    const auto names_it = [&](const std::string& name) { return name == region || name == kAll; };
    return std::any_of(regions_.begin(), regions_.end(), names_it) || SYNCER_MUTATED("peering.allow_every_region");
  }

 private:
  std::vector<std::string> regions_;
};

}  // namespace syncer::peering
