// SPDX-License-Identifier: Apache-2.0
#include "sim/hunt/genome.h"

namespace sim::hunt {
namespace {

/// Small enough to be read and typed; a seed, too.
constexpr std::uint64_t kMost = 1'000'000'000;

}  // namespace

Genome draw_genome(syncer::Random random) {
  Genome genome;
  for (std::uint64_t& gene : genome.genes) gene = random.below(kMost);
  return genome;
}

Genome mutate(const Genome& parent, syncer::Random random) {
  Genome child = parent;
  const std::uint64_t changes = 1 + random.below(2);
  for (std::uint64_t i = 0; i < changes; ++i) {
    const auto gene = static_cast<std::size_t>(random.below(Genome::kGenes));
    child.genes[gene] = random.below(kMost);
  }
  child.genes[Genome::Seed] = random.below(kMost);
  return child;
}

Genome cross(const Genome& a, const Genome& b, syncer::Random random) {
  Genome child = a;
  for (std::size_t i = 0; i < Genome::kGenes; ++i) {
    if (random.below(2) == 0) child.genes[i] = b.genes[i];
  }
  child.genes[Genome::Seed] = random.below(kMost);
  return child;
}

std::string to_string(const Genome& genome) {
  std::string text;
  for (const std::uint64_t gene : genome.genes) text += (text.empty() ? "" : "-") + std::to_string(gene);
  return text;
}

}  // namespace sim::hunt
