// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/checks.h"

namespace sim::scenario {

std::optional<syncer::Instant> Timeline::at(const Moment& moment) const {
  if (moment.absolute()) return syncer::Instant(moment.offset);
  const auto found = labels_.find(moment.label);
  if (found == labels_.end()) return std::nullopt;
  return found->second + moment.offset;
}

}  // namespace sim::scenario
