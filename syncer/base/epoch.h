// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

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

/// Reads what to_string wrote; nothing for anything else.
inline std::optional<Epoch> parse_epoch(std::string_view text) {
  Epoch epoch;
  const char* const end = text.data() + text.size();
  const auto generation = std::from_chars(text.data(), end, epoch.generation);
  if (generation.ec != std::errc() || generation.ptr == end || *generation.ptr != '.') return std::nullopt;
  const auto term = std::from_chars(generation.ptr + 1, end, epoch.term);
  if (term.ec != std::errc() || term.ptr != end) return std::nullopt;
  return epoch;
}

}  // namespace syncer
