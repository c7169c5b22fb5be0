// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/partition.h"

#include <algorithm>

namespace sim::fault {
namespace {

bool has(const Sites& sites, Site site) { return std::find(sites.begin(), sites.end(), site) != sites.end(); }

void block(PartitionSpec& spec, Site from, Site to) {
  if (from != to) spec.blocked.emplace_back(from, to);
}

/// The shuffled sites, each blocked towards all that `meets(i, j)` says it cannot meet.
template <class Meets>
PartitionSpec block_unless(const Sites& sites, BlockMode mode, Meets meets) {
  PartitionSpec spec;
  spec.mode = mode;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    for (std::size_t j = 0; j < sites.size(); ++j) {
      if (!meets(i, j)) block(spec, sites[i], sites[j]);
    }
  }
  return spec;
}

}  // namespace

PartitionSpec groups(const std::vector<Sites>& all, BlockMode mode) {
  PartitionSpec spec;
  spec.mode = mode;
  for (const Sites& group : all) {
    for (const Sites& other : all) {
      if (&group == &other) continue;
      for (const Site from : group) {
        for (const Site to : other) block(spec, from, to);
      }
    }
  }
  return spec;
}

PartitionSpec one_way(const Sites& from, const Sites& to, BlockMode mode) {
  PartitionSpec spec;
  spec.mode = mode;
  for (const Site a : from) {
    for (const Site b : to) block(spec, a, b);
  }
  return spec;
}

PartitionSpec around(const Sites& sites, const Sites& all, bool outgoing, bool incoming, BlockMode mode) {
  PartitionSpec spec;
  spec.mode = mode;
  for (const Site site : sites) {
    for (const Site other : all) {
      if (outgoing) block(spec, site, other);
      // The way between two of the sites is already blocked as the outgoing one of the other.
      if (incoming && !(outgoing && has(sites, other))) block(spec, other, site);
    }
  }
  return spec;
}

PartitionSpec shaped(PartitionShape shape, Sites sites, syncer::Random random, BlockMode mode) {
  random.shuffle(sites);
  const std::size_t n = sites.size();
  switch (shape) {
    case PartitionShape::Halves:
      return block_unless(sites, mode, [n](std::size_t i, std::size_t j) { return (i < n / 2) == (j < n / 2); });
    case PartitionShape::IsolateOne:
      return block_unless(sites, mode, [](std::size_t i, std::size_t j) { return i != 0 && j != 0; });
    case PartitionShape::Ring:
      return block_unless(sites, mode,
                          [n](std::size_t i, std::size_t j) { return (i + 1) % n == j || (j + 1) % n == i; });
    case PartitionShape::Bridge:
      break;
  }
  return block_unless(sites, mode,
                      [n](std::size_t i, std::size_t j) { return i == 0 || j == 0 || (i <= n / 2) == (j <= n / 2); });
}

}  // namespace sim::fault
