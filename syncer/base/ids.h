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

/// A small integer identity that does not mix with others. Names live at the edge, ids inside.
template <class Tag>
struct Id {
  std::uint64_t value = 0;
  auto operator<=>(const Id&) const = default;
};

/// One stream connection. Odd values are chosen by the node that dials, even values by the adapter that accepts.
using LinkId = Id<struct LinkTag>;
/// One outstanding request to a port (HTTP call, storage write); chosen by the node, never reused in a process.
using CallId = Id<struct CallTag>;

/// The period in which a region has one and the same writer; strictly growing. `generation` is raised when all disks of
/// a region were lost, `term` with every new leader (in single mode: with every start).
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
