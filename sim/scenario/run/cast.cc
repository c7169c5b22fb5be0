// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/cast.h"

#include <algorithm>

namespace sim::scenario {
namespace {

template <class List, class Get>
std::optional<std::uint32_t> index_of(const List& list, std::string_view name, Get get) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& item) { return get(item) == name; });
  if (found == list.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - list.begin());
}

}  // namespace

Cast::Cast(const Topology& topology) {
  for (const Registry& known : topology.registries) registries_.push_back(known.name);
  for (const scenario::Region& r : topology.regions) {
    Region& region = regions_.emplace_back();
    region.name = r.name;
    region.registry = registry(r.registry).value_or(0);
    for (const std::string& syncer : r.syncers) {
      region.nodes.push_back(static_cast<NodeIndex>(nodes_.size()));
      nodes_.push_back({syncer, regions_.size() - 1});
    }
  }
  for (const scenario::Region& r : topology.regions) {
    for (const Machine& m : r.machines) {
      for (const std::string& name : m.nodes) {
        if (const auto n = node(name)) machines_[m.name].push_back(*n);
      }
    }
  }
}

std::optional<NodeIndex> Cast::node(std::string_view name) const {
  return index_of(nodes_, name, [](const Node& n) -> std::string_view { return n.name; });
}

std::optional<RegistryIndex> Cast::registry(std::string_view name) const {
  return index_of(registries_, name, [](const std::string& n) -> std::string_view { return n; });
}

std::optional<std::size_t> Cast::region(std::string_view name) const {
  return index_of(regions_, name, [](const Region& r) -> std::string_view { return r.name; });
}

Sites Cast::everybody() const {
  Sites sites;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) sites.push_back(fault::Site::node(n));
  for (std::uint32_t r = 0; r < registries_.size(); ++r) sites.push_back(fault::Site::registry(r));
  return sites;
}

Sites Cast::members(std::size_t region) const {
  Sites sites;
  for (const NodeIndex n : regions_[region].nodes) sites.push_back(fault::Site::node(n));
  sites.push_back(fault::Site::registry(regions_[region].registry));
  return sites;
}

std::vector<NodeIndex> nodes_of(const Sites& sites) {
  std::vector<NodeIndex> nodes;
  for (const fault::Site& s : sites) {
    if (s.kind == fault::Site::Kind::Node) nodes.push_back(s.index);
  }
  return nodes;
}

std::vector<RegistryIndex> registries_of(const Sites& sites) {
  std::vector<RegistryIndex> registries;
  for (const fault::Site& s : sites) {
    if (s.kind == fault::Site::Kind::Registry) registries.push_back(s.index);
  }
  return registries;
}

JoinTarget join_target(std::string_view text) {
  constexpr std::string_view kRpc = "/rpc";
  const bool rpc = text.size() > kRpc.size() && text.substr(text.size() - kRpc.size()) == kRpc;
  return {text.substr(0, text.size() - (rpc ? kRpc.size() : 0)), rpc};
}

}  // namespace sim::scenario
