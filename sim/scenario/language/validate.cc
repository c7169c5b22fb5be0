// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/validate.h"

#include <algorithm>
#include <map>
#include <set>

#include "sim/host/registry/kinds.h"
#include "sim/scenario/run/names.h"
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
class UniqueNames {
 public:
  explicit UniqueNames(Reader& reader) : reader_(reader) {}
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

void validate_region(const Draft& draft, const Region& region, const Cursor& at, UniqueNames& unique) {
  if (!is_name(region.name)) draft.reader.refuse_key(at, "\"" + region.name + "\" is not usable as a name");
  const Cursor syncers = at.at("syncers");
  for (std::size_t i = 0; i < region.syncers.size(); ++i) unique.add(region.syncers[i], syncers.element(i));
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

/// The far side is one syncer beside another one, which has a bridge to nobody else.
void validate_bridge(const Draft& draft, const Region& region, const Cursor& at) {
  if (region.bridge_of.empty()) return;
  const Cursor where = at.at("bridge_of");
  const auto near = draft.names.node(region.bridge_of);
  if (!near) return draft.reader.refuse(where, "there is no syncer \"" + region.bridge_of + "\"");
  const std::vector<Region>& all = draft.scenario.topology.regions;
  const Region& home = all[draft.names.nodes()[*near].region];
  const bool fits = home.name != region.name && home.bridge_of.empty() && home.mode == RegionMode::Single &&
                    region.mode == RegionMode::Single;
  if (!fits)
    draft.reader.refuse(where, "a bridge is between two regions of mode \"single\", and begins where none ends");
  const auto ends =
      std::count_if(all.begin(), all.end(), [&](const Region& other) { return other.bridge_of == region.bridge_of; });
  if (ends > 1) draft.reader.refuse(where, "\"" + region.bridge_of + "\" has another bridge already");
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
constexpr std::string_view kGiven[] = {"cluster-name",
                                       "cluster.address",
                                       "cluster.voters",
                                       "gossip.address",
                                       "mode",
                                       "node",
                                       "rpc.address",
                                       "registry.addresses",
                                       "registry.token-file",
                                       "registry.kind",
                                       "registry.password-file"};

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
    if (!draft.names.node(name)) draft.reader.refuse(at, "\"" + name + "\" is no syncer of the topology");
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
    case fault::Shape::Const:
      return want(given(false, false, true, false, false), "\"mean\" alone");
    case fault::Shape::Uniform:
      return want(given(true, true, false, false, false) && range, "\"min\" <= \"max\" alone");
    case fault::Shape::Exp:
      return want(given(true, false, true, false, false) && d.min.value_or(Duration{}) <= *d.mean,
                  "\"mean\", and at most \"min\" <= \"mean\"");
    case fault::Shape::Lognormal:
      return want(given(false, false, false, true, false) && points, "0 < \"p50\" <= \"p99\" alone");
    case fault::Shape::Bimodal:
      return want(given(true, true, false, false, true) && range, "\"min\" <= \"max\" and \"chance\" alone");
    case fault::Shape::Trace:
      return want(false, "measured samples, which a scenario cannot hold");
  }
}

void validate_topology(const Draft& draft) {
  const Topology& topology = draft.scenario.topology;
  const Cursor at = draft.top("topology");
  UniqueNames unique(draft.reader);
  if (topology.regions.empty()) draft.reader.refuse(at, "wants at least one region");
  for (const Region& region : topology.regions) {
    validate_region(draft, region, at.at("regions").at(region.name), unique);
    validate_bridge(draft, region, at.at("regions").at(region.name));
  }
  const Cursor details = at.at("registries");
  for (const Registry& registry : topology.registries) {
    const bool detailed = details.value != at.value && details.value->find(registry.name) != nullptr;
    const Cursor where = detailed ? details.at(registry.name) : at.at("regions");
    unique.add(registry.name, where);
    validate_registry(draft, registry, where);
  }
  for (const Identity& identity : topology.identities) {
    const Cursor where = at.at("identities").at(identity.name);
    if (!draft.names.node(identity.name)) draft.reader.refuse(where, "there is no syncer \"" + identity.name + "\"");
    if (topology.certificates == CertificateRule::Off) {
      draft.reader.refuse(where, "wants a pool with certificates: \"certificates\": \"required\"");
    }
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

namespace {

void add_label(const Draft& draft, std::set<std::string>& labels, const std::string& label, const Cursor& at) {
  if (!is_label(label)) {
    draft.reader.refuse(
        at, "\"" + label + "\" is not usable as a label (letters, digits, \"_\", \"-\", \".\", \"/\"; a letter first)");
  } else if (label == "all" || label == "settle" || label == "end") {
    draft.reader.refuse(at, "\"" + label + "\" is a reserved label");
  } else if (!labels.insert(label).second) {
    draft.reader.refuse(at, "label \"" + label + "\" is taken already");
  }
}

std::set<std::string> collect_labels(const Draft& draft) {
  const Scenario& s = draft.scenario;
  std::set<std::string> labels = {"end", "settle"};
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    add_label(draft, labels, s.events[i].id, draft.item("events", i).at("id"));
  }
  for (std::size_t i = 0; i < s.workloads.size(); ++i) {
    add_label(draft, labels, s.workloads[i].id, draft.item("workloads", i).at("id"));
  }
  for (std::size_t i = 0; i < s.chaos.size(); ++i) {
    add_label(draft, labels, s.chaos[i].id, draft.item("chaos", i).at("id"));
  }
  for (const Chaos& chaos : s.chaos) labels.erase(chaos.id);  // a chaos is many events, none of them its begin
  if (!s.settle) labels.erase("settle");
  return labels;
}

void validate_anchor(const Draft& draft, const Anchor& a, const Cursor& at) {
  const int kinds =
      int{a.at.has_value()} + int{a.after && !a.when} + int{a.every.has_value()} + int{a.when.has_value()};
  if (kinds == 0) return draft.reader.refuse(at, "says not when: wants \"at\", \"after\", \"every\" or \"when\"");
  if (kinds > 1) {
    return draft.reader.refuse(at, "says twice when: wants one of \"at\", \"after\", \"every\" and \"when\"");
  }
  if (a.at && !a.at->absolute()) {
    draft.reader.refuse(at.at("at"), "\"at\" wants a duration; a label goes with \"after\"");
  }
  if (a.after && a.after->absolute()) {
    draft.reader.refuse(at.at("after"), "\"after\" wants a label; a duration goes with \"at\"");
  }
  if (a.every && *a.every <= Duration::zero()) draft.reader.refuse(at.at("every"), "wants a time above zero");
  if (!a.every && (a.from || a.until || a.jitter)) {
    draft.reader.refuse(at, "\"from\", \"until\" and \"jitter\" of an event go with \"every\"");
  }
  if (a.when.has_value() != a.within.has_value()) draft.reader.refuse(at, "\"when\" and \"within\" go together");
}

/// The label that an event hangs on.
const std::string* waits_for(const Event& event) {
  if (event.anchor.after && !event.anchor.after->absolute()) return &event.anchor.after->label;
  if (event.anchor.from && !event.anchor.from->absolute()) return &event.anchor.from->label;
  return nullptr;
}

/// Every event waits for at most one other, so a cycle is found by walking.
void refuse_cycles(const Draft& draft) {
  std::map<std::string, const std::string*> next;
  const auto& events = draft.scenario.events;
  for (const Event& e : events) next[e.id] = waits_for(e);
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string path = events[i].id;
    const std::string* step = waits_for(events[i]);
    for (std::size_t n = 0; step != nullptr && n < events.size(); ++n) {
      path += " -> " + *step;
      if (*step == events[i].id) {
        draft.reader.refuse(draft.item("events", i), "waits for itself: " + path);
        break;
      }
      const auto found = next.find(*step);
      step = found == next.end() ? nullptr : found->second;
    }
  }
}

void refuse_unknown_labels(const Draft& draft, const std::set<std::string>& labels) {
  const std::vector<std::string_view> names(labels.begin(), labels.end());
  for (const MomentUse& use : draft.reader.moments()) {
    if (use.moment.absolute() || labels.count(use.moment.label) != 0) continue;
    draft.reader.refuse(
        use.cursor, "there is no label \"" + use.moment.label + "\"" + syncer::did_you_mean(use.moment.label, names));
  }
}

/// Topology and settings are laid out before any event captures anything.
bool is_before_the_run(const Cursor& at) { return at.path.starts_with("topology") || at.path.starts_with("config"); }

std::set<std::string> captured_names(const Draft& draft) {
  std::set<std::string> names;
  for (const Event& e : draft.scenario.events) {
    if (!e.as.empty()) names.insert(e.as);
  }
  return names;
}

}  // namespace

void validate_labels(const Draft& draft) {
  const std::set<std::string> labels = collect_labels(draft);
  for (std::size_t i = 0; i < draft.scenario.events.size(); ++i) {
    validate_anchor(draft, draft.scenario.events[i].anchor, draft.item("events", i));
  }
  refuse_unknown_labels(draft, labels);
  refuse_cycles(draft);
  const std::set<std::string> captured = captured_names(draft);
  const std::vector<SelectorUse> uses = draft.reader.selectors();
  for (const SelectorUse& use : uses) {
    if (use.selector.text == "core" || use.selector.text == "any") continue;
    if (use.selector.text.find('$') != std::string::npos && is_before_the_run(use.cursor)) {
      draft.reader.refuse(use.cursor, "what an event captures is known only while the run goes on, not here");
      continue;
    }
    const auto checked = check_selector(use.selector, draft.names, captured);
    if (!checked) draft.reader.refuse(use.cursor, checked.error().detail);
  }
}

namespace {

void validate_known(const Draft& draft, const std::string& word, const std::vector<std::string_view>& known,
                    const Cursor& at, std::string_view what) {
  if (known.empty() || std::find(known.begin(), known.end(), word) != known.end()) return;
  draft.reader.refuse(at, "there is no " + std::string(what) + " \"" + word + "\"" + syncer::did_you_mean(word, known));
}

/// The checks of an expectation's form.
class Form {
 public:
  Form(const Draft& draft, Cursor at) : draft_(draft), at_(std::move(at)) {}

  void operator()(const Eventually& f) const { length(f.within); }
  void operator()(const Keeps& f) const { length(f.within); }
  void operator()(const Converged& f) const {
    length(f.within);
    const bool core = f.what.text == "core";
    if (core && !draft_.scenario.settle) draft_.reader.refuse(at_.at("converged"), "\"core\" wants a \"settle\"");
  }
  void operator()(const Metric& f) const {
    validate_known(draft_, f.metric, draft_.vocabulary.metrics, at_.at("metric"), "metric");
    if (!f.p50 && !f.p99 && !f.max && !f.mean && !f.count) {
      draft_.reader.refuse(at_, "wants at least one bound: p50, p99, max, mean or count");
    }
  }
  void operator()(const Order& f) const {
    if (f.labels.size() < 2) draft_.reader.refuse(at_.at("order"), "wants two labels or more");
    for (std::size_t i = 0; i < f.labels.size(); ++i) {
      const auto& events = draft_.scenario.events;
      const bool known = std::any_of(events.begin(), events.end(), [&](const Event& e) { return e.id == f.labels[i]; });
      if (!known) draft_.reader.refuse(at_.at("order").element(i), "there is no event \"" + f.labels[i] + "\"");
    }
  }
  template <class F>
  void operator()(const F&) const {}

 private:
  void length(Duration within) const {
    if (within <= Duration::zero()) draft_.reader.refuse(at_.at("within"), "wants a time above zero");
  }

  const Draft& draft_;
  Cursor at_;
};

void validate_expectations(const Draft& draft) {
  std::set<std::string> ids;
  const auto& all = draft.scenario.expect;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Cursor at = draft.item("expect", i);
    if (!ids.insert(all[i].id).second) draft.reader.refuse(at.at("id"), "\"" + all[i].id + "\" is taken already");
    std::visit(Form(draft, at), all[i].form);
  }
}

void validate_times(const Draft& draft) {
  const Scenario& s = draft.scenario;
  if (s.duration <= Duration::zero()) draft.reader.refuse(draft.top("duration"), "wants a time above zero");
  if (s.runs == 0 || s.runs > 1'000'000) draft.reader.refuse(draft.top("runs"), "wants 1 to 1000000");
  if (s.seed.list.empty()) draft.reader.refuse(draft.top("seed"), "wants at least one seed");
  if (s.seed.list.size() > 1 && s.runs > 1) {
    draft.reader.refuse(draft.top("runs"), "a list of seeds is its own number of runs");
  }
  if (s.settle && s.settle->within + s.settle->quiet >= s.duration) {
    draft.reader.refuse(draft.top("settle"), "\"within\" and \"quiet\" leave nothing of the duration before them");
  }
}

void validate_chaos(const Draft& draft, const Chaos& c, const Cursor& at) {
  if (c.families.empty()) draft.reader.refuse(at.at("families"), "wants at least one kind of fault");
  validate_delay(draft, c.every, at.at("every"));
}

}  // namespace

void validate_rest(const Draft& draft) {
  const Scenario& s = draft.scenario;
  validate_times(draft);
  validate_expectations(draft);
  for (std::size_t i = 0; i < s.chaos.size(); ++i) validate_chaos(draft, s.chaos[i], draft.item("chaos", i));
  for (std::size_t i = 0; i < s.matrix.size(); ++i) {
    const Cursor to = draft.item("matrix", i).at("to");
    if (s.matrix[i].to.empty()) draft.reader.refuse(to, "wants at least one value");
    for (std::size_t k = 0; k < s.matrix[i].to.size(); ++k) {
      validate_setting(draft, {s.matrix[i].set, s.matrix[i].to[k]}, to.element(k));
    }
  }
  for (std::size_t i = 0; i < s.relax.size(); ++i) {
    const Cursor at = draft.item("relax", i).at("invariant");
    validate_known(draft, s.relax[i].invariant, draft.vocabulary.invariants, at, "invariant");
  }
}

}  // namespace sim::scenario
