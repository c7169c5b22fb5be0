// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault/site.h"
#include "sim/scenario/values/scenario.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"

namespace sim::host {
class World;
}

namespace sim::scenario {

using fault::NodeIndex;
using fault::RegistryIndex;
using fault::Sites;

/// The names of a topology as the indices that the world uses. Nodes are numbered region by region
/// in file order, registries in the order of Topology::registries.
class Names {
 public:
  explicit Names(const Topology& topology);

  struct Node {
    std::string name;
    std::size_t region = 0;
  };
  struct Region {
    std::string name;
    RegistryIndex registry = 0;
    std::vector<NodeIndex> nodes;
  };
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<Region>& regions() const { return regions_; }
  const std::vector<std::string>& registries() const { return registries_; }

  std::optional<NodeIndex> node(std::string_view name) const;
  std::optional<RegistryIndex> registry(std::string_view name) const;
  std::optional<std::size_t> region(std::string_view name) const;
  const std::map<std::string, std::vector<NodeIndex>>& machines() const { return machines_; }
  /// Nodes, then registries.
  Sites everybody() const;
  /// The nodes and the registry of one region.
  Sites members(std::size_t region) const;

 private:
  std::vector<Node> nodes_;
  std::vector<Region> regions_;
  std::vector<std::string> registries_;
  std::map<std::string, std::vector<NodeIndex>> machines_;
};

/// Whom a node joins: the gossip address of a syncer ("e1"), or its RPC address ("e1/rpc").
struct JoinTarget {
  std::string_view node;
  bool rpc = false;
};
JoinTarget join_target(std::string_view text);

/// Results of selectors that were captured by "as".
using Captures = std::map<std::string, Sites>;

/// Tells who leads its region at the moment.
using Leads = std::function<bool(NodeIndex)>;

/// What a selector names right now, in the order of Names::everybody, without repetition. A region stands for its nodes
/// and its registry. `random` serves one(), random(), minority(), majority(): the same stream gives the same answer.
/// Without `leads` everybody leads.
Sites resolve(const Selector& selector, const Names& names, const Captures& captures, syncer::Random random,
              const Leads& leads = {});

/// The registries meant by a name, "all", or "any" (one, drawn).
std::vector<RegistryIndex> registries_named(const Names& names, const std::string& name, syncer::Random random);

/// The nodes among them.
std::vector<NodeIndex> nodes_of(const Sites& sites);
/// The registries among them.
std::vector<RegistryIndex> registries_of(const Sites& sites);

/// Whether a node leads its region now: a running one of mode single does; of those of a cluster the one that holds the
/// highest term as its leader (a deposed one may not know yet).
bool leads(const host::World& world, const Names& names, NodeIndex node);

/// Tells resolve() who leads.
Leads leads_in(const host::World& world, const Names& names);

/// Whether every name of a selector exists; `captured` are the names given by "as" anywhere in the file.
syncer::Result<void> check_selector(const Selector& selector, const Names& names,
                                    const std::set<std::string>& captured);

}  // namespace sim::scenario
