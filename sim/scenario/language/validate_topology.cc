// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "sim/host/registry/kinds.h"
#include "sim/scenario/language/validate.h"
#include "syncer/base/nearest.h"
#include "syncer/node/node_config.h"

namespace sim::scenario {
namespace {

constexpr std::string_view kTaken[] = {"all", "any", "any-region", "core", "each", "none"};

bool is_name(const std::string& name) {
  const bool taken = std::find(std::begin(kTaken), std::end(kTaken), name) != std::end(kTaken);
  return is_label(name) && !taken && name.find('/') == std::string::npos;
}

/// Names that share one space; a repeated or unusable one is refused where it stands.
class Names {
 public:
  explicit Names(Reader& reader) : reader_(reader) {}
  void add(const std::string& name, const Cursor& at) {
    if (!is_name(name)) {
      reader_.refuse(at, "\"" + name + "\" is not usable as a name (letters, digits, \"_\", \"-\", \".\"; " +
                             "a letter first; no word of the language)");
    } else if (!names_.insert(name).second) {
      reader_.refuse(at, "\"" + name + "\" is the name of something else already");
    }
  }

 private:
  Reader& reader_;
  std::set<std::string> names_;
};

void validate_machines(const Draft& draft, const Region& region, const Cursor& at) {
  for (const Machine& machine : region.machines) {
    for (const std::string& node : machine.nodes) {
      const bool own = std::find(region.syncers.begin(), region.syncers.end(), node) != region.syncers.end();
      if (!own) draft.reader.refuse(at.at("machines").at(machine.name), "\"" + node + "\" is no syncer of this region");
    }
  }
}

void validate_region(const Draft& draft, const Region& region, const Cursor& at, Names& names) {
  if (!is_name(region.name)) draft.reader.refuse_key(at, "\"" + region.name + "\" is not usable as a name");
  const Cursor syncers = at.at("syncers");
  for (std::size_t i = 0; i < region.syncers.size(); ++i) names.add(region.syncers[i], syncers.element(i));
  if (region.mode == RegionMode::Cluster) {
    const bool fits = region.syncers.size() % 2 == 1 && region.syncers.size() <= 7;
    if (!fits) draft.reader.refuse(syncers, "a region of mode \"cluster\" has 1, 3, 5 or 7 syncers");
  } else if (region.syncers.size() != 1) {
    draft.reader.refuse(syncers, "a region of mode \"single\" has exactly one syncer");
  }
  if (region.clock.drift <= -1'000'000) {
    draft.reader.refuse(at.at("clock").at("drift"), "wants more than -1000000: a clock that stands still is no drift");
  }
  validate_machines(draft, region, at);
}

void validate_registry(const Draft& draft, const Registry& registry, const Cursor& at) {
  if (const host::RegistryKind* kind = host::find_registry_kind(registry.kind)) {
    const auto fits = kind->check(registry_spec(registry));
    if (!fits) draft.reader.refuse(at.at(fits.error().where), fits.error().detail);
  } else {
    draft.reader.refuse(at.at("kind"), "there is no kind of registry \"" + registry.kind + "\"" +
                                           syncer::did_you_mean(registry.kind, host::registry_kinds()));
  }
  const bool whole =
      registry.ttl % std::chrono::seconds(1) == Duration::zero() && registry.ttl >= std::chrono::seconds(1);
  if (!whole) draft.reader.refuse(at.at("ttl"), "a lease lasts whole seconds, at least one");
  if (registry.front_ends < 1 || registry.front_ends > 16)
    draft.reader.refuse(at.at("front_ends"), "wants 1 to 16 addresses");
}

void validate_link(const Draft& draft, const LinkRule& link, const Cursor& at) {
  const bool pair = !link.from.empty() && !link.to.empty();
  const bool any = !link.from.empty() || !link.to.empty() || link.both;
  if (link.within.empty() ? !pair : any) draft.reader.refuse(at, "wants either \"from\" and \"to\", or \"within\"");
  if (link.quality.latency) validate_delay(draft, *link.quality.latency, at.at("latency"));
}

/// Keys that the topology decides.
constexpr std::string_view kGiven[] = {
    "cluster-name", "cluster.address", "cluster.voters",     "gossip.address",     "mode",
    "node",         "rpc.address",     "registry.addresses", "registry.token-file"};

void validate_setting(const Draft& draft, const Pair& setting, const Cursor& at) {
  if (std::find(std::begin(kGiven), std::end(kGiven), setting.key) != std::end(kGiven)) {
    return draft.reader.refuse_key(at, "\"" + setting.key + "\" is decided by the topology");
  }
  syncer::node::NodeConfig scratch;
  const bool join = setting.key == "join";  // names of nodes here, their addresses in the daemon's file
  const auto applied = syncer::node::apply_setting(scratch, setting.key, join ? "" : setting.value);
  if (!applied) return draft.reader.refuse(at, to_string(applied.error()));
  std::string_view rest = join ? setting.value : std::string_view();
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string name(join_target(rest.substr(0, comma)).node);
    if (!draft.cast.node(name)) draft.reader.refuse(at, "\"" + name + "\" is no syncer of the topology");
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
}

}  // namespace

Cursor Draft::top(std::string_view key) const {
  for (const Cursor& layer : layers) {
    if (const Value* v = layer.value->find(key)) return layer.member(*v);
  }
  return layers.front();
}

Cursor Draft::item(std::string_view key, std::size_t i) const { return top(key).element(i); }

void validate_delay(const Draft& draft, const Delay& d, const Cursor& at) {
  const bool range = d.min && d.max && *d.min <= *d.max;
  const bool points = d.p50 && d.p99 && *d.p50 > Duration{} && *d.p50 <= *d.p99;
  const auto given = [&](bool min, bool max, bool mean, bool percentiles, bool chance) {
    return d.min.has_value() <= min && d.max.has_value() <= max && d.mean.has_value() == mean &&
           d.p50.has_value() == percentiles && d.p99.has_value() == percentiles && d.chance.has_value() == chance;
  };
  const auto want = [&](bool fits, const char* parameters) {
    if (!fits) draft.reader.refuse(at, "this distribution wants " + std::string(parameters));
  };
  switch (d.dist) {
    case Dist::Const:
      return want(given(false, false, true, false, false), "\"mean\" alone");
    case Dist::Uniform:
      return want(given(true, true, false, false, false) && range, "\"min\" <= \"max\" alone");
    case Dist::Exp:
      return want(given(true, false, true, false, false) && d.min.value_or(Duration{}) <= *d.mean,
                  "\"mean\", and at most \"min\" <= \"mean\"");
    case Dist::Lognormal:
      return want(given(false, false, false, true, false) && points, "0 < \"p50\" <= \"p99\" alone");
    case Dist::Bimodal:
      return want(given(true, true, false, false, true) && range, "\"min\" <= \"max\" and \"chance\" alone");
  }
}

void validate_topology(const Draft& draft) {
  const Topology& topology = draft.scenario.topology;
  const Cursor at = draft.top("topology");
  Names names(draft.reader);
  if (topology.regions.empty()) draft.reader.refuse(at, "wants at least one region");
  for (const Region& region : topology.regions) {
    validate_region(draft, region, at.at("regions").at(region.name), names);
  }
  const Cursor details = at.at("registries");
  for (const Registry& registry : topology.registries) {
    const bool detailed = details.value != at.value && details.value->find(registry.name) != nullptr;
    const Cursor where = detailed ? details.at(registry.name) : at.at("regions");
    names.add(registry.name, where);
    validate_registry(draft, registry, where);
  }
  for (std::size_t i = 0; i < topology.links.size(); ++i) {
    validate_link(draft, topology.links[i], at.at("links").element(i));
  }
}

void validate_config(const Draft& draft) {
  for (const ConfigBlock& block : draft.scenario.config) {
    const Cursor at = draft.top("config").at(block.who.text);
    validate_settings(draft, block.settings, at);
  }
}

void validate_settings(const Draft& draft, const Settings& settings, const Cursor& at) {
  for (const Pair& setting : settings.pairs) validate_setting(draft, setting, at.at(setting.key));
}

}  // namespace sim::scenario
