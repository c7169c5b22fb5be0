// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/names.h"

#include <algorithm>

#include "sim/host/process/appearance.h"
#include "sim/scenario/language/selector_syntax.h"
#include "syncer/base/nearest.h"

namespace sim::scenario {
namespace {

template <class List, class Get>
std::optional<std::uint32_t> index_of(const List& list, std::string_view name, Get get) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& item) { return get(item) == name; });
  if (found == list.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - list.begin());
}

}  // namespace

Names::Names(const Topology& topology) {
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

std::optional<NodeIndex> Names::node(std::string_view name) const {
  return index_of(nodes_, name, [](const Node& n) -> std::string_view { return n.name; });
}

std::optional<RegistryIndex> Names::registry(std::string_view name) const {
  return index_of(registries_, name, [](const std::string& n) -> std::string_view { return n; });
}

std::optional<std::size_t> Names::region(std::string_view name) const {
  return index_of(regions_, name, [](const Region& r) -> std::string_view { return r.name; });
}

Sites Names::everybody() const {
  Sites sites;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) sites.push_back(fault::Site::node(n));
  for (std::uint32_t r = 0; r < registries_.size(); ++r) sites.push_back(fault::Site::registry(r));
  return sites;
}

Sites Names::members(std::size_t region) const {
  Sites sites;
  for (const NodeIndex n : regions_[region].nodes) sites.push_back(fault::Site::node(n));
  sites.push_back(fault::Site::registry(regions_[region].registry));
  return sites;
}

std::vector<RegistryIndex> registries_named(const Names& names, const std::string& name, syncer::Random random) {
  if (const auto one = names.registry(name)) return {*one};
  std::vector<RegistryIndex> all;
  for (RegistryIndex r = 0; r < names.registries().size(); ++r) all.push_back(r);
  if (name == "any") return {all[static_cast<std::size_t>(random.below(all.size()))]};
  return all;
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

bool leads(const host::World& world, const Names& names, NodeIndex node) {
  const std::uint64_t own = host::led_term(world, node);
  const auto& region = names.regions()[names.nodes()[node].region].nodes;
  return own > 0 &&
         std::all_of(region.begin(), region.end(), [&](NodeIndex n) { return host::led_term(world, n) <= own; });
}

Leads leads_in(const host::World& world, const Names& names) {
  return [&world, &names](NodeIndex n) { return leads(world, names, n); };
}

namespace {

using fault::Site;
using syncer::Random;

Sites sorted(Sites sites) {
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  return sites;
}

Sites without(const Sites& sites, const Sites& others) {
  Sites left;
  std::set_difference(sites.begin(), sites.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

Sites as_nodes(const std::vector<NodeIndex>& nodes) {
  Sites sites;
  for (const NodeIndex n : nodes) sites.push_back(Site::node(n));
  return sorted(std::move(sites));
}

/// `count` random ones of them, in order.
Sites pick(Sites sites, std::size_t count, Random& random) {
  random.shuffle(sites);
  sites.resize(std::min(count, sites.size()));
  return sorted(std::move(sites));
}

class Resolver {
 public:
  Resolver(const Names& names, const Captures& captures, Random random, const Leads& leads)
      : names_(names), captures_(captures), random_(random), leads_(leads) {}

  Sites resolve(const SelectorTree& tree) {
    switch (tree.kind) {
      case SelectorTree::Kind::Name:
        return named(tree.word);
      case SelectorTree::Kind::Call:
        return called(tree);
      default:
        break;
    }
    Sites left = resolve(tree.parts[0]);
    const Sites right = resolve(tree.parts[1]);
    if (tree.kind == SelectorTree::Kind::Minus) return without(left, right);
    left.insert(left.end(), right.begin(), right.end());
    return sorted(std::move(left));
  }

 private:
  Sites named(const std::string& word) const {
    if (word == "all" || word == "any-region" || word == "each cluster") return names_.everybody();
    if (word.front() == '$') {
      const auto found = captures_.find(word.substr(1));
      return found == captures_.end() ? Sites{} : found->second;
    }
    const std::size_t colon = word.find(':');
    return colon == std::string::npos ? by_pattern(word) : in_group(word.substr(0, colon), word.substr(colon + 1));
  }

  Sites in_group(std::string_view kind, const std::string& pattern) const {
    Sites found;
    for (std::size_t r = 0; r < names_.regions().size() && kind != "machine"; ++r) {
      if (!matches_glob(pattern, names_.regions()[r].name)) continue;
      const Sites members = names_.members(r);
      found.insert(found.end(), members.begin(), members.end());
    }
    for (const auto& [name, nodes] : names_.machines()) {
      if (kind != "machine" || !matches_glob(pattern, name)) continue;
      const Sites members = as_nodes(nodes);
      found.insert(found.end(), members.begin(), members.end());
    }
    return sorted(std::move(found));
  }

  Sites by_pattern(const std::string& pattern) const {
    Sites found;
    for (std::uint32_t n = 0; n < names_.nodes().size(); ++n) {
      if (matches_glob(pattern, names_.nodes()[n].name)) found.push_back(Site::node(n));
    }
    for (std::uint32_t r = 0; r < names_.registries().size(); ++r) {
      if (matches_glob(pattern, names_.registries()[r])) found.push_back(Site::registry(r));
    }
    return found;
  }

  Sites called(const SelectorTree& tree) {
    const Sites inner = resolve(tree.parts[0]);
    if (tree.word == "not") return without(names_.everybody(), inner);
    Sites nodes = as_nodes(nodes_of(inner));
    if (tree.word == "leader") return by_lead(nodes, true);
    if (tree.word == "followers") return by_lead(nodes, false);
    if (tree.word == "one") return pick(std::move(nodes), 1, random_);
    if (tree.word == "random") return pick(std::move(nodes), tree.count, random_);
    if (tree.parts[0].word == "each cluster") return per_region(tree.word);
    return pick(nodes, share(tree.word, nodes.size()), random_);
  }

  Sites by_lead(const Sites& nodes, bool leading) const {
    Sites found;
    for (const Site& site : nodes) {
      if ((!leads_ || leads_(site.index)) == leading) found.push_back(site);
    }
    return found;
  }

  Sites per_region(const std::string& word) {
    Sites found;
    for (const Names::Region& region : names_.regions()) {
      const Sites some = pick(as_nodes(region.nodes), share(word, region.nodes.size()), random_);
      found.insert(found.end(), some.begin(), some.end());
    }
    return sorted(std::move(found));
  }

  static std::size_t share(std::string_view word, std::size_t size) {
    if (size == 0) return 0;
    return word == "majority" ? size / 2 + 1 : (size - 1) / 2;
  }

  const Names& names_;
  const Captures& captures_;
  Random random_;
  const Leads& leads_;
};

/// `part` is what of the word was looked for among the known ones.
syncer::Result<void> unknown(const std::string& word, const std::string& part,
                             const std::vector<std::string_view>& known) {
  return syncer::failure(syncer::ErrorCode::NotFound, "",
                         "nothing is called \"" + word + "\"" + syncer::did_you_mean(part, known));
}

std::vector<std::string_view> group_names(const Names& names, std::string_view kind) {
  std::vector<std::string_view> known;
  if (kind == "machine") {
    for (const auto& [name, nodes] : names.machines()) known.push_back(name);
  } else {
    for (const Names::Region& r : names.regions()) known.push_back(r.name);
  }
  return known;
}

syncer::Result<void> check_pattern(const std::string& word, const std::string& pattern,
                                   const std::vector<std::string_view>& known) {
  const bool some = std::any_of(known.begin(), known.end(), [&](auto name) { return matches_glob(pattern, name); });
  return some ? syncer::Result<void>() : unknown(word, pattern, known);
}

syncer::Result<void> check_name(const std::string& word, const Names& names, const std::set<std::string>& captured) {
  if (word == "all" || word == "any-region" || word == "each cluster") return {};
  if (word.front() == '$') {
    const std::vector<std::string_view> known(captured.begin(), captured.end());
    return captured.count(word.substr(1)) != 0 ? syncer::Result<void>() : unknown(word, word.substr(1), known);
  }
  const std::size_t colon = word.find(':');
  const std::string kind = colon == std::string::npos ? "" : word.substr(0, colon);
  if (kind == "region" || kind == "cluster" || kind == "machine") {
    return check_pattern(word, word.substr(colon + 1), group_names(names, kind));
  }
  std::vector<std::string_view> known = {"all", "any-region", "region:", "machine:"};
  for (const Names::Node& n : names.nodes()) known.push_back(n.name);
  known.insert(known.end(), names.registries().begin(), names.registries().end());
  return check_pattern(word, word, known);
}

syncer::Result<void> check_tree(const SelectorTree& tree, const Names& names, const std::set<std::string>& captured) {
  if (tree.kind == SelectorTree::Kind::Name) return check_name(tree.word, names, captured);
  for (const SelectorTree& part : tree.parts) {
    if (auto checked = check_tree(part, names, captured); !checked) return checked;
  }
  return {};
}

}  // namespace

Sites resolve(const Selector& selector, const Names& names, const Captures& captures, Random random,
              const Leads& leads) {
  const auto tree = parse_selector(selector.text);
  return tree ? Resolver(names, captures, random, leads).resolve(*tree) : Sites{};
}

syncer::Result<void> check_selector(const Selector& selector, const Names& names,
                                    const std::set<std::string>& captured) {
  const auto tree = parse_selector(selector.text);
  if (!tree) return tl::unexpected<syncer::Error>(tree.error());
  return check_tree(*tree, names, captured);
}

}  // namespace sim::scenario
