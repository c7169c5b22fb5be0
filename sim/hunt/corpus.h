// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/coverage.h"
#include "sim/hunt/genome.h"

namespace sim::hunt {

/// Remembers who reached what, and prefers the relatives of those that reached something rare.
class Corpus {
 public:
  /// Notes what a run reached; true when it is the first to reach a point, or one so often.
  bool add(const Genome& genome, const engine::Reached& reached);
  /// Whom to play next: half of them are new, the others relatives of those that reached the rarest.
  Genome next(syncer::Random random) const;

  std::size_t size() const { return kept_.size(); }
  std::size_t points() const { return runs_.size(); }
  std::uint64_t runs() const { return added_; }

 private:
  /// How many runs reached a point, and who did so with a count of each order of magnitude first.
  struct PointRuns {
    std::uint64_t runs = 0;
    std::map<unsigned, std::size_t> first;
  };

  std::map<std::string, PointRuns> runs_;
  std::vector<Genome> kept_;
  std::uint64_t added_ = 0;
};

}  // namespace sim::hunt
