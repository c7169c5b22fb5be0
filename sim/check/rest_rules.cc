// SPDX-License-Identifier: Apache-2.0
#include "sim/check/rest_rules.h"

#include <algorithm>
#include <map>

#include "sim/check/copy_rules.h"
#include "sim/host/world.h"
#include "syncer/base/quantity.h"
#include "syncer/catalog/catalog.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace sim::check {
namespace {

constexpr std::string_view kBoundedQueues = "bounded-queues";
constexpr std::string_view kNodesAtRest = "nodes-at-rest";
constexpr std::string_view kNoOrphans = "no-orphans";
constexpr std::string_view kRegionsEqual = "regions-equal";
constexpr std::string_view kCrashSafety = "crash-safety";

/// Looked at once in so much simulated time.
constexpr Duration kLookEvery = std::chrono::milliseconds(500);

/// Records that exist at all: every instance with its service and a few schemas.
std::uint64_t ceiling(const Ledger& ledger) { return 64 + 8 * (ledger.origins().size() + ledger.copies().size()); }

/// A removal is acknowledged and forgotten within this, packet loss and a pause of either side included.
constexpr Duration kForgottenWithin = std::chrono::seconds(15);
constexpr std::uint64_t kFewRemovals = 16;

class Bounds : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kBoundedQueues}; }

  /// What a guard lets go, it lets go together, long after it went.
  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind == syncer::EventKind::GuardReleased) calm_since_[node] = context_.now();
  }
  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    if (now < next_) return;
    next_ = now + kLookEvery;
    const auto& world = context_.run->world;
    for (NodeIndex n = 0; n < world.nodes(); ++n) {
      look_at_removals(n, now);
      if (world.node(n) == nullptr) continue;
      look(n, *world.node(n));
      demand(n, "entries of its own log", world.node(n)->peering().core().log().by_seq().size(),
             ceiling(*context_.ledger));
    }
  }

 private:
  void look(NodeIndex n, const syncer::node::Node& node) {
    const std::uint64_t most = ceiling(*context_.ledger);
    demand(n, "pending registry writes", node.catalog().waiting(), most);
    demand(n, "rejected records", node.catalog().rejected(), most);
    // What all regions together do not exceed, none of them does.
    const auto& core = node.peering().core();
    if (core.highest() <= most && core.replica_records() <= most) return;
    for (const std::string& region : node.peering().regions()) {
      const auto* replica = node.peering().replica(region);
      const std::uint64_t open = node.peering().link(region).unacknowledged;
      const std::uint64_t held = replica != nullptr ? replica->size() : 0;
      if (open > most) demand(n, "entries not acknowledged by " + region, open, most);
      if (held > most) demand(n, "records of " + region, held, most);
    }
  }

  /// While every region takes what this one publishes, removals are forgotten as fast as they are acknowledged: what is
  /// remembered is bounded by the latest ones, not by all there ever were.
  void look_at_removals(NodeIndex n, Instant now) {
    const auto* node = context_.run->world.node(n);
    // So few say nothing: it is looked at each region only where there are more.
    const bool few = node != nullptr && node->peering().core().log().tombstones() <= kFewRemovals;
    const bool calm = node != nullptr && !few && node->peering().publishing() && publishes_to_all(*node);
    Instant& since = calm_since_.try_emplace(n, now).first->second;
    if (!calm) since = now;
    if (now - since < kForgottenWithin) return;
    const std::uint64_t most = kFewRemovals + 2 * recent_removals(n, now - kForgottenWithin);
    const std::uint64_t held = node->peering().core().log().tombstones();
    if (held <= most) return;
    context_.sink->violated(kBoundedQueues,
                            {"node " + context_.node(n) + " remembers " + std::to_string(held) + " removals",
                             "every region takes what it publishes, and within " + syncer::to_string(kForgottenWithin) +
                                 " there were not more than " + std::to_string(most)});
  }

  static bool publishes_to_all(const syncer::node::Node& node) {
    const auto regions = node.peering().regions();
    return std::all_of(regions.begin(), regions.end(),
                       [&](const std::string& region) { return node.peering().link(region).publishing; });
  }

  std::uint64_t recent_removals(NodeIndex n, Instant from) const {
    const auto& names = context_.run->names;
    const RegistryIndex home = names.regions()[names.nodes()[n].region].registry;
    const auto& known = context_.ledger->known();
    return static_cast<std::uint64_t>(std::count_if(known.begin(), known.end(), [&](const Origin* origin) {
      return origin->name.registry == home && !origin->alive && origin->since >= from;
    }));
  }

  void demand(NodeIndex n, std::string_view what, std::uint64_t value, std::uint64_t most) {
    if (value <= most) return;
    context_.sink->violated(kBoundedQueues,
                            {"node " + context_.node(n) + " holds " + std::to_string(value) + " " + std::string(what),
                             "there are not more than " + std::to_string(most) + " records in the whole run"});
  }

  Instant next_{};
  std::map<NodeIndex, Instant> calm_since_;
};

class Rest : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNodesAtRest, kNoOrphans, kRegionsEqual}; }

  void finish() override {
    const auto core = settled_core(*context_.run);
    if (!core) return;
    check_registries(*core);
    check_orphans(*core);
    for (const NodeIndex n : scenario::nodes_of(*core)) check_node(n, *core);
  }

 private:
  void check_registries(const scenario::Sites& core) {
    std::vector<bool> among(context_.run->world.registries(), false);
    for (const RegistryIndex r : scenario::registries_of(core)) among[r] = true;
    if (context_.ledger->differing(among) == 0) return;
    std::vector<std::string> facts = context_.ledger->explain(3);
    facts.insert(facts.begin(),
                 std::to_string(context_.ledger->differing(among)) + " instances differ after the settle phase");
    context_.sink->violated(kRegionsEqual, std::move(facts));
  }

  /// A copy outlives its origin for the hold window, if the origin's region is away; one of the core is not away.
  void check_orphans(const scenario::Sites& core) {
    const std::vector<RegistryIndex> registries = scenario::registries_of(core);
    const auto inside = [&](RegistryIndex r) {
      return std::find(registries.begin(), registries.end(), r) != registries.end();
    };
    for (const auto& [name, copy] : context_.ledger->copies()) {
      if (!inside(name.registry) || !copy.origin || !inside(copy.origin->registry)) continue;
      if (context_.ledger->origin(*copy.origin)->alive) continue;
      return context_.sink->violated(
          kNoOrphans, {"registry " + context_.registry(name.registry) + " holds " + name.instance + " of region " +
                           copy.region + " after the settle phase",
                       "its origin " + copy.origin->instance + " is gone, and its region is not away"});
    }
  }

  /// The reasons why a node is not at rest, but for those that are about a region with nobody in the core.
  std::vector<std::string> unrest(NodeIndex n, const scenario::Sites& core) const {
    const auto& names = context_.run->names;
    const auto& world = context_.run->world;
    const auto status = world.node(n)->status(world.local_time(n));
    auto reasons = syncer::node::problem_lines_of(status);
    reasons.insert(reasons.end(), status.pending.begin(), status.pending.end());
    // A voter that must not run, or is not one any more, is missing for good.
    std::erase_if(reasons, [](const std::string& reason) { return reason.starts_with("voter "); });
    const auto inside = scenario::nodes_of(core);
    for (std::size_t r = 0; r < names.regions().size(); ++r) {
      const auto of_it = [&](NodeIndex m) { return names.nodes()[m].region == r; };
      const bool away = std::none_of(inside.begin(), inside.end(), of_it);
      const std::string about = "region " + names.regions()[r].name + ": ";
      if (away) std::erase_if(reasons, [&](const std::string& reason) { return reason.starts_with(about); });
    }
    return reasons;
  }

  void check_node(NodeIndex n, const scenario::Sites& core) {
    const auto* node = context_.run->world.node(n);
    if (node == nullptr && context_.run->world.alive(n)) return;  // another process, whose inside nobody sees
    if (node == nullptr) {
      context_.sink->violated(kNodesAtRest, {"node " + context_.node(n) + " is down after the settle phase"});
      return;
    }
    auto reasons = unrest(n, core);
    if (reasons.empty()) return;
    reasons.resize(std::min<std::size_t>(reasons.size(), 4));
    reasons.insert(reasons.begin(), "node " + context_.node(n) + " is not at rest after the settle phase");
    context_.sink->violated(kNodesAtRest, std::move(reasons));
  }
};

}  // namespace

std::optional<scenario::Sites> settled_core(const scenario::CheckContext& run) {
  const auto& settle = run.scenario.settle;
  if (!settle) return std::nullopt;
  const auto begun = run.timeline.at({"settle", {}});
  if (!begun || run.world.now() < *begun + settle->within) return std::nullopt;
  return scenario::resolve(settle->core, run.names, run.captures, syncer::Random(run.seed));
}

std::unique_ptr<Rule> make_bound_rule() { return std::make_unique<Bounds>(); }
std::unique_ptr<Rule> make_rest_rule() { return std::make_unique<Rest>(); }

namespace {

// A syncer may die at any call it makes. Nothing is doubled, lost or left behind by it, and nobody has to help.

class CrashSafety : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kCrashSafety}; }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Crashed) return;
    std::uint64_t& deaths = deaths_[node];
    const std::uint64_t now = context_.run->world.doomed_deaths(node);
    if (now == deaths) return;
    deaths = now;
    last_ = "syncer " + context_.node(node) + " died at one of its calls";
  }

  void on_write(const Write& write) override {
    const bool registered = write.change.kind == host::RegistryChangeKind::InstanceRegistered && write.after != nullptr;
    if (last_.empty() || !registered || !write.writer) return;
    const Copy* other = equal_copy(*context_.ledger, *write.after);
    if (other == nullptr) return;
    context_.sink->violated(
        kCrashSafety,
        {last_, "then " + context_.node(*write.writer) + " registered " + write.name.instance + " in " +
                    context_.registry(write.name.registry) + ", where its equal " + other->name.instance + " is"});
  }

  void finish() override {
    const auto core = settled_core(*context_.run);
    if (last_.empty() || !core) return;
    std::vector<bool> among(context_.run->world.registries(), false);
    for (const RegistryIndex r : scenario::registries_of(*core)) among[r] = true;
    if (context_.ledger->differing(among) == 0) return;
    std::vector<std::string> facts = context_.ledger->explain(3);
    facts.insert(facts.begin(), last_ + ", and after the settle phase regions differ");
    context_.sink->violated(kCrashSafety, std::move(facts));
  }

 private:
  std::map<NodeIndex, std::uint64_t> deaths_;
  std::string last_;  ///< the latest such death, in words
};

}  // namespace

std::unique_ptr<Rule> make_crash_rule() { return std::make_unique<CrashSafety>(); }

}  // namespace sim::check
