// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "syncer/base/random.h"

namespace sim::hunt {

/// One region of a generated scenario.
struct Region {
  std::string name;
  std::string registry;
  std::string kind;
  std::vector<std::string> syncers;
  bool is_cluster = false;
  unsigned front_ends = 1;
};

/// Who is there.
struct Cast {
  std::vector<Region> regions;
  unsigned clusters = 0;
  bool sealed = false;
};

/// Faults that random chaos does not draw: what operators, consoles and machines do in one go.
class PlannedEvents {
 public:
  /// Between these, in seconds. The cast outlives this.
  PlannedEvents(const Cast& cast, std::uint64_t from, std::uint64_t until) : cast_(cast), from_(from), until_(until) {}

  /// None to four of them.
  std::vector<nlohmann::ordered_json> draw(syncer::Random random) const;

 private:
  std::vector<nlohmann::ordered_json> one(syncer::Random random, const std::string& id) const;
  std::vector<nlohmann::ordered_json> of_process(syncer::Random random, const Region& region) const;
  std::vector<nlohmann::ordered_json> of_registry(syncer::Random random, const Region& region) const;
  std::vector<nlohmann::ordered_json> of_network(syncer::Random random, const Region& region) const;

  const Cast& cast_;
  std::uint64_t from_;
  std::uint64_t until_;
};

}  // namespace sim::hunt
