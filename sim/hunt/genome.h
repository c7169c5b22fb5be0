// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "syncer/base/random.h"

namespace sim::hunt {

/// What a generated scenario follows from: a number for each of its sections, so that two can differ in one of them.
struct Genome {
  enum Gene : std::uint8_t { Topology, Settings, Workloads, Faults, Script, Seed };
  static constexpr std::size_t kGenes = 6;

  std::array<std::uint64_t, kGenes> genes{};

  bool operator==(const Genome&) const = default;
  auto operator<=>(const Genome&) const = default;
};

/// A new one.
Genome draw_genome(syncer::Random random);
/// A relative: one or two sections are drawn anew, the seed always.
Genome mutate(const Genome& parent, syncer::Random random);
/// Each section of one of the two; a seed of its own.
Genome cross(const Genome& a, const Genome& b, syncer::Random random);

/// "17-4-…": the genes, as names of files and lines of logs have them.
std::string to_string(const Genome& genome);

}  // namespace sim::hunt
