// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/authorization.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::peering {

bool Authorization::allows(std::string_view region) const {
  const auto names_it = [&](const std::string& name) { return name == region || name == kAll; };
  return std::any_of(regions_.begin(), regions_.end(), names_it) || SYNCER_MUTATED("peering.allow_every_region");
}

}  // namespace syncer::peering
