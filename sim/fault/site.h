// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace sim::fault {

/// Position of a node in its world, in the order of World::add_node.
using NodeIndex = std::uint32_t;
/// Position of a registry in its world, in the order of World::add_registry.
using RegistryIndex = std::uint32_t;

/// One place that packets leave and reach: a node's machine or a registry.
struct Site {
  enum class Kind : std::uint8_t { Node, Registry };
  Kind kind = Kind::Node;
  std::uint32_t index = 0;

  static constexpr Site node(NodeIndex i) { return {Kind::Node, i}; }
  static constexpr Site registry(RegistryIndex i) { return {Kind::Registry, i}; }
  auto operator<=>(const Site&) const = default;
};

using Sites = std::vector<Site>;

}  // namespace sim::fault
