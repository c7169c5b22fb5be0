// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "sim/scenario/run/checks.h"
#include "sim/scenario/run/workload_player.h"

namespace sim::scenario {

std::optional<syncer::Instant> Timeline::at(const Moment& moment) const {
  if (moment.absolute()) return syncer::Instant(moment.offset);
  const auto found = labels_.find(moment.label);
  if (found == labels_.end()) return std::nullopt;
  return found->second + moment.offset;
}

const Moment& begin_of(const Workload& workload) {
  return std::visit(
      [](const auto& load) -> const Moment& {
        if constexpr (requires { load.at; }) {
          return load.at;
        } else {
          return load.from;
        }
      },
      workload.kind);
}

const Moment* end_of(const Workload& workload) {
  return std::visit(
      [](const auto& load) -> const Moment* {
        if constexpr (requires { load.until; }) {
          return &load.until;
        } else {
          return nullptr;
        }
      },
      workload.kind);
}

}  // namespace sim::scenario
