// SPDX-License-Identifier: Apache-2.0
// R13: registries cannot be fenced. What a deposed leader writes late is undone by its successor, and no replica goes
// back to an epoch that is over.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "sim/check/hindrance.h"
#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

using syncer::Epoch;
using syncer::EventKind;

/// How long a late write may stay, while nothing hinders the successor.
constexpr Duration kUndoneWithin = std::chrono::seconds(5);
constexpr Duration kLookEvery = std::chrono::milliseconds(100);

Epoch epoch_of(const syncer::Event& event) {
  return {static_cast<std::uint64_t>(event.number("epoch_generation")),
          static_cast<std::uint64_t>(event.number("epoch_term"))};
}

class Fencing : public Rule {
 public:
  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change == host::HostChange::Started) forget(node);
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    switch (event.kind) {
      case EventKind::EpochOpened:
        return opened(node, std::string(event.text("region")), epoch_of(event));
      case EventKind::LeaderLost:
        return forget(node);
      case EventKind::EntryApplied:
      case EventKind::ReplicaRebound:
      case EventKind::ReplicaRepaired:
      case EventKind::ReplicaReloaded:
        return applied(node, std::string(event.text("region")), epoch_of(event));
      case EventKind::GuardTripped:
        frozen_.insert(node);
        return;
      case EventKind::GuardReleased:
        frozen_.erase(node);
        return;
      default:
        return;
    }
  }

  void on_write(const Write& write) override {
    if (!write.writer) return;
    const auto reign = reigns_.find(context_.stage->world.config(*write.writer).region);
    if (reign == reigns_.end() || !is_late(write, reign->second)) return;
    const Copy* copy = write.after != nullptr ? write.after : write.before;
    const Origin* origin = copy != nullptr && copy->origin ? context_.ledger->origin(*copy->origin) : nullptr;
    if (origin == nullptr || !origin->known || !was_right(write, *origin)) return;
    if (!origin->sights[write.name.registry].differs) return;
    late_.push_back({origin->name, write.name.registry, *write.writer, reign->first, origin->stepped, write.change.at,
                     write.change.at + kUndoneWithin});
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    if (late_.empty() || now < next_) return;
    next_ = now + kLookEvery;
    for (auto it = late_.begin(); it != late_.end();) it = is_over(*it, now) ? late_.erase(it) : std::next(it);
  }

 private:
  struct Reign {
    Epoch epoch;
    NodeIndex writer = 0;
    Instant since;
  };
  struct LateWrite {
    InstanceName origin;
    RegistryIndex registry;
    NodeIndex by;
    std::string region;
    Instant stepped;  ///< last change of the origin: a later one makes this case an ordinary one
    Instant at;
    Instant due;
  };

  void forget(NodeIndex node) {
    frozen_.erase(node);
    for (auto it = applied_.begin(); it != applied_.end();) {
      it = it->first.first == node ? applied_.erase(it) : std::next(it);
    }
  }

  void opened(NodeIndex node, const std::string& region, Epoch epoch) {
    Reign& reign = reigns_[region];
    if (reign.epoch < epoch) reign = {epoch, node, context_.now()};
  }

  void applied(NodeIndex node, const std::string& region, Epoch epoch) {
    Epoch& highest = applied_[{node, region}];
    if (epoch < highest) {
      context_.sink->violated("R13", {"node " + context_.node(node) + " applied what region " + region +
                                          " wrote in epoch " + syncer::to_string(epoch),
                                      "it had applied epoch " + syncer::to_string(highest) + " before"});
    }
    highest = std::max(highest, epoch);
  }

  /// A write of somebody whose reign is over. (What the same syncer wrote in an earlier reign cannot be told apart: the
  /// mark of a copy names the epoch of its origin's region.)
  static bool is_late(const Write& write, const Reign& reign) { return *write.writer != reign.writer; }

  static bool was_right(const Write& write, const Origin& origin) {
    if (write.before == nullptr) return !origin.alive;
    return origin.alive && write.before->content.matches(origin.content);
  }

  bool is_over(LateWrite& late, Instant now) {
    const Origin* origin = context_.ledger->origin(late.origin);
    if (origin == nullptr || origin->stepped != late.stepped) return true;
    if (!origin->sights[late.registry].differs) return true;
    const Reign& reign = reigns_.at(late.region);
    late.due = std::max(late.due, reign.since + kUndoneWithin);
    if (is_hindered(late, reign.writer)) late.due = now + kUndoneWithin;
    if (now <= late.due) return false;
    context_.sink->violated("R13",
                            {"syncer " + context_.node(late.by) + " wrote to " + context_.registry(late.registry) +
                                 " after its reign, about " + late.origin.instance,
                             "its successor " + context_.node(reign.writer) + " has not undone that"});
    return true;
  }

  bool is_hindered(const LateWrite& late, NodeIndex writer) const {
    if (frozen_.count(writer) != 0 || is_kept_from(*context_.stage, writer, late.registry)) return true;
    const auto& world = context_.stage->world;
    const auto status = world.node(writer)->status(world.local_time(writer));
    const std::string home = region_of(late.origin.registry);
    return std::none_of(status.regions.begin(), status.regions.end(),
                        [&](const auto& region) { return region.region == home && region.link.link_up; });
  }

  std::string region_of(RegistryIndex registry) const {
    for (const auto& region : context_.stage->cast.regions()) {
      if (region.registry == registry) return region.name;
    }
    return {};
  }

  std::map<std::string, Reign> reigns_;
  std::map<std::pair<NodeIndex, std::string>, Epoch> applied_;
  std::set<NodeIndex> frozen_;
  std::vector<LateWrite> late_;
  Instant next_{};
};

}  // namespace

std::unique_ptr<Rule> make_fencing_rule() { return std::make_unique<Fencing>(); }

}  // namespace sim::check
