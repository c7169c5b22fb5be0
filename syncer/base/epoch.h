// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace syncer {

/// One reign of a region's single writer; strictly growing. `generation` is raised when all disks of a region were
/// lost, `term` with every new leader (in single mode: with every start).
struct Epoch {
  std::uint64_t generation = 0;
  std::uint64_t term = 0;
  auto operator<=>(const Epoch&) const = default;
};

/// "generation.term", e.g. "1.42".
inline std::string to_string(Epoch e) { return std::to_string(e.generation) + "." + std::to_string(e.term); }

}  // namespace syncer
