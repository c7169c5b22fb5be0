// SPDX-License-Identifier: Apache-2.0
#include "sim/why/journey.h"

#include <algorithm>

#include "sim/report/summary.h"
#include "sim/scenario/values/topology.h"

namespace sim::why {
namespace {

using OriginStep = check::Origin::Step;

bool is_asked(const check::InstanceName& name, OriginStep is, std::optional<OriginStep> step,
              const std::string& instance) {
  return (instance.empty() || name.instance == instance) && (!step || *step == is);
}

std::optional<Journey> never_arrived(const Recorder& run, std::optional<OriginStep> step, const std::string& instance) {
  std::optional<Journey> worst;
  for (const auto& [name, origin] : run.ledger().origins()) {
    if (!origin.known || !is_asked(name, origin.step, step, instance)) continue;
    for (RegistryIndex target = 0; target < origin.sights.size(); ++target) {
      const check::Sight& sight = origin.sights[target];
      if (!sight.differs || target == name.registry || (worst && worst->from <= sight.since)) continue;
      worst = Journey{name, target, origin.step, sight.since, run.end(), false};
    }
  }
  return worst;
}

std::vector<NodeIndex> nodes_of(const scenario::Names& names, RegistryIndex registry) {
  std::vector<NodeIndex> nodes;
  for (const auto& region : names.regions()) {
    if (region.registry == registry) nodes.insert(nodes.end(), region.nodes.begin(), region.nodes.end());
  }
  return nodes;
}

bool contains(const std::vector<NodeIndex>& nodes, NodeIndex node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

/// Follows the steps of a journey; each hop ends with the first step of its kinds at its nodes.
class Walk {
 public:
  Walk(const scenario::Names& names, const Recorder& run, const Journey& journey)
      : names_(names),
        run_(run),
        journey_(journey),
        steps_(run.steps(journey.origin.registry, journey.origin.instance)),
        home_{nodes_of(names, journey.origin.registry), {journey.origin.registry}, false},
        target_{nodes_of(names, journey.target), {journey.target}, false},
        at_(journey.from) {}

  std::vector<Hop> hops() {
    const bool gone = journey_.step == OriginStep::Removed;
    const std::string home = names_.registries()[journey_.origin.registry];
    walk({gone ? Step::Kind::Missed : Step::Kind::Read}, home_,
         gone ? " makes sure that it is gone from " + home : " reads it from " + home);
    walk({Step::Kind::Published}, home_, " publishes it");
    walk({Step::Kind::Heard}, both(), " hears of it", target_.nodes);
    arrive(gone);
    return std::move(hops_);
  }

 private:
  /// On the way between them no registry is in the way.
  Place both() const {
    Place all = home_;
    all.nodes.insert(all.nodes.end(), target_.nodes.begin(), target_.nodes.end());
    all.registries.clear();
    all.between = true;
    all.ends = {journey_.origin.registry, journey_.target};
    return all;
  }

  void walk(std::vector<Step::Kind> kinds, const Place& place, const std::string& what) {
    walk(std::move(kinds), place, what, place.nodes);
  }

  void walk(std::vector<Step::Kind> kinds, const Place& place, const std::string& what,
            const std::vector<NodeIndex>& by) {
    const auto fits = [&](const Step& step) {
      return step.at >= at_ && step.at <= journey_.to && contains(by, step.node) &&
             std::find(kinds.begin(), kinds.end(), step.kind) != kinds.end();
    };
    const auto found = std::find_if(steps_.begin(), steps_.end(), fits);
    // It went another way: a repair, a snapshot, or not at all.
    if (found == steps_.end()) return add(pending_, place);
    end_hop(found->at, names_.nodes()[found->node].name + what, place);
  }

  void arrive(bool gone) {
    const std::string& target = names_.registries()[journey_.target];
    std::string what = target + (gone ? " shows it no longer" : " shows it");
    if (!journey_.arrived) what = target + (gone ? " shows it still" : " does not show it as it is") + ", at the end";
    end_hop(journey_.to, std::move(what), target_);
  }

  static void add(Place& to, const Place& more) {
    to.nodes.insert(to.nodes.end(), more.nodes.begin(), more.nodes.end());
    to.registries.insert(to.registries.end(), more.registries.begin(), more.registries.end());
    to.between = to.between || more.between;
    to.ends.insert(to.ends.end(), more.ends.begin(), more.ends.end());
  }

  void end_hop(Instant at, std::string what, Place place) {
    add(place, pending_);
    pending_ = {};
    hops_.push_back({at_, at - at_, std::move(what), run_.hindrances().shares(at_, at, place)});
    at_ = at;
  }

  const scenario::Names& names_;
  const Recorder& run_;
  const Journey& journey_;
  const std::vector<Step>& steps_;
  const Place home_;
  const Place target_;
  Place pending_;  // of steps that were skipped since the last hop
  Instant at_;
  std::vector<Hop> hops_;
};

}  // namespace

std::optional<Journey> worst_journey(const Recorder& run, std::optional<OriginStep> step, const std::string& instance) {
  if (auto worst = never_arrived(run, step, instance)) return worst;
  std::optional<Journey> worst;
  for (const check::Timing& timing : run.ledger().timings()) {
    if (!is_asked(timing.origin, timing.step, step, instance)) continue;
    if (worst && worst->to - worst->from >= timing.took) continue;
    worst = Journey{timing.origin, timing.target, timing.step, timing.from, timing.from + timing.took, true};
  }
  return worst;
}

std::string in_words(const scenario::Names& names, const Journey& journey) {
  static constexpr std::string_view kSteps[] = {"registered", "changed", "removed"};
  const std::string took = report::brief(journey.to - journey.from);
  const bool gone = journey.step == OriginStep::Removed;
  std::string text = scenario::instance_name(journey.origin.instance) + ", " +
                     std::string(kSteps[static_cast<std::size_t>(journey.step)]) + " in " +
                     names.registries()[journey.origin.registry] + " at " +
                     syncer::to_string(journey.from.time_since_epoch()) + ", ";
  const std::string& target = names.registries()[journey.target];
  if (journey.arrived) return text + (gone ? "left " : "was shown by ") + target + " after " + took;
  return text + (gone ? "was still shown by " : "was not shown as it is by ") + target + " " + took +
         " later, at the end";
}

std::vector<Hop> hops_of(const scenario::Names& names, const Recorder& run, const Journey& journey) {
  return Walk(names, run, journey).hops();
}

}  // namespace sim::why
