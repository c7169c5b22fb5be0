// SPDX-License-Identifier: Apache-2.0
#include "sim/check/removal_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/check/passage.h"
#include "sim/check/rule.h"
#include "sim/host/world.h"
#include "syncer/base/quantity.h"
#include "syncer/base/sometimes.h"
#include "syncer/node/node.h"
#include "syncer/registry/record.h"

namespace sim::check {
namespace {

constexpr std::string_view kNoResurrection = "no-resurrection";
constexpr std::string_view kNoFalseRemoval = "no-false-removal";
constexpr std::string_view kNoEpochRegression = "no-epoch-regression";
constexpr std::string_view kLateWritesUndone = "late-writes-undone";

using syncer::EventKind;
using NodeAndRegion = std::pair<NodeIndex, std::string>;

/// A request may be under way for so long after the node that sent it has learned better.
constexpr Duration kInFlight = std::chrono::seconds(12);
/// An origin that came back this recently may still be seen as gone by others.
constexpr Duration kJustBack = std::chrono::seconds(35);
/// A writer that starts into a partial list tells what it sees; within the guard's budget that is believed.
constexpr Duration kJustOpened = std::chrono::seconds(30);
/// So long after a hold expired or a guard was released, what follows from it may still be carried out.
constexpr Duration kAftermath = std::chrono::minutes(3);

std::string text_of(const syncer::registry::ServiceKey& key) {
  return host::service_text(key.environment, key.app, key.name, key.version);
}

bool is_removal(const Write& write) {
  return write.writer && write.before != nullptr && write.after == nullptr &&
         write.change.kind == host::RegistryChangeKind::InstanceUnregistered;
}

class Resurrection : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNoResurrection}; }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind != EventKind::EntryApplied) return;
    const auto key = syncer::registry::decode_key(event.text("key"));
    if (!key || key->kind != syncer::registry::RecordKind::Instance) return;
    Known known{node, std::string(event.text("region")), text_of(key->service), key->id};
    if (event.text("op") == "del")
      removed_[known] = context_.now();
    else
      removed_.erase(known);
  }

  void on_host_change(NodeIndex node, host::HostChange) override {
    for (auto it = removed_.begin(); it != removed_.end();) {
      it = it->first.node == node ? removed_.erase(it) : std::next(it);
    }
  }

  void on_write(const Write& write) override {
    if (!write.writer || write.after == nullptr || !write.after->origin) return;
    if (write.change.kind != host::RegistryChangeKind::InstanceRegistered) return;
    const auto found =
        removed_.find({*write.writer, write.after->region, write.name.service, write.after->origin->instance});
    SYNCER_SOMETIMES(found != removed_.end(), "check.write_crosses_a_removal");
    if (found == removed_.end() || context_.now() - found->second <= kInFlight + context_.sink->grace(kNoResurrection))
      return;
    context_.sink->violated(
        kNoResurrection, {"syncer " + context_.node(*write.writer) + " registered a copy of " + found->first.instance +
                              " from region " + write.after->region,
                          "it had applied the removal of that instance " +
                              syncer::to_string(context_.now() - found->second) + " before, and nothing newer"});
  }

 private:
  struct Known {
    NodeIndex node;
    std::string region;
    std::string service;  ///< host::service_text
    std::string instance;
    auto operator<=>(const Known&) const = default;
  };
  std::map<Known, Instant> removed_;
};

class Removals : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNoFalseRemoval}; }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const NodeAndRegion who{node, std::string(event.text("region"))};
    if (event.kind == EventKind::EpochOpened) opened_[who.second] = context_.now();
    if (event.kind == EventKind::HoldExpired) excused_[who] = context_.now();
    if (event.kind == EventKind::GuardReleased && event.text("reason") != "the entries are back")
      excused_[who] = context_.now();
  }

  void on_label(std::string_view, const scenario::Event* event) override {
    if (event != nullptr && policy_of(*event)) policy_changed_ = context_.now();
  }

  void on_write(const Write& write) override {
    if (!is_removal(write) || is_replaced(write) || excused({*write.writer, write.before->region})) return;
    check_absence(write);
  }

 private:
  /// Another copy of the same origin stands there: the old one made room for it.
  bool is_replaced(const Write& write) const {
    const Origin* origin = write.before->origin ? context_.ledger->origin(*write.before->origin) : nullptr;
    return origin != nullptr && !origin->sights[write.name.registry].copies.empty();
  }

  bool excused(const NodeAndRegion& who) const {
    const auto found = excused_.find(who);
    return found != excused_.end() && context_.now() - found->second <= kAftermath;
  }

  void check_absence(const Write& write) {
    const Origin* origin = write.before->origin ? context_.ledger->origin(*write.before->origin) : nullptr;
    if (origin == nullptr || !origin->alive || is_kept_away(*origin, write.name.registry)) return;
    if (context_.now() - origin->since <= kJustBack + context_.sink->grace(kNoFalseRemoval)) return;
    const auto opened = opened_.find(write.before->region);
    if (opened != opened_.end() && context_.now() - opened->second <= kJustOpened) return;
    context_.sink->violated(
        kNoFalseRemoval, {"syncer " + context_.node(*write.writer) + " removed the copy of " + origin->name.instance +
                              " in " + context_.registry(write.name.registry),
                          "its origin is alive in " + context_.registry(origin->name.registry) + " since " +
                              syncer::to_string(origin->since.time_since_epoch())});
  }

  /// A policy has it removed, or had it a moment ago.
  bool is_kept_away(const Origin& origin, RegistryIndex registry) const {
    return !context_.ledger->is_shown(origin, registry) ||
           (policy_changed_ && context_.now() - *policy_changed_ <= kInFlight);
  }

  std::map<NodeAndRegion, Instant> excused_;
  std::map<std::string, Instant> opened_;
  std::optional<Instant> policy_changed_;
};

}  // namespace

std::unique_ptr<Rule> make_resurrection_rule() { return std::make_unique<Resurrection>(); }
std::unique_ptr<Rule> make_removal_rule() { return std::make_unique<Removals>(); }

namespace {

// Registries cannot be fenced. What a deposed leader writes late is undone by its successor, and no replica goes
// back to an epoch that is over.

using syncer::Epoch;

/// How long a late write may stay, while nothing hinders the successor.
constexpr Duration kUndoneWithin = std::chrono::seconds(5);
constexpr Duration kLookEvery = std::chrono::milliseconds(100);

Epoch epoch_of(const syncer::Event& event) {
  return {static_cast<std::uint64_t>(event.number("epoch_generation")),
          static_cast<std::uint64_t>(event.number("epoch_term"))};
}

class Fencing : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNoEpochRegression, kLateWritesUndone}; }

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
    const auto leadership = leaderships_.find(context_.run->world.config(*write.writer).region);
    if (leadership == leaderships_.end() || !is_late(write, leadership->second)) return;
    const Copy* copy = write.after != nullptr ? write.after : write.before;
    const Origin* origin = copy != nullptr && copy->origin ? context_.ledger->origin(*copy->origin) : nullptr;
    if (origin == nullptr || !origin->known || !was_right(write, *origin)) return;
    if (!origin->sights[write.name.registry].differs) return;
    late_.push_back({origin->name, write.name.registry, *write.writer, leadership->first, origin->stepped,
                     write.change.at, write.change.at + kUndoneWithin});
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    if (late_.empty() || now < next_) return;
    next_ = now + kLookEvery;
    for (auto it = late_.begin(); it != late_.end();) it = is_over(*it, now) ? late_.erase(it) : std::next(it);
  }

 private:
  struct Leadership {
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
    Leadership& leadership = leaderships_[region];
    if (leadership.epoch < epoch) leadership = {epoch, node, context_.now()};
  }

  void applied(NodeIndex node, const std::string& region, Epoch epoch) {
    Epoch& highest = applied_[{node, region}];
    if (epoch < highest) {
      context_.sink->violated(kNoEpochRegression, {"node " + context_.node(node) + " applied what region " + region +
                                                       " wrote in epoch " + syncer::to_string(epoch),
                                                   "it had applied epoch " + syncer::to_string(highest) + " before"});
    }
    highest = std::max(highest, epoch);
  }

  /// A write of somebody whose leadership has ended. (What the same syncer wrote in an earlier leadership cannot be
  /// told apart: the mark of a copy names the epoch of its origin's region.)
  static bool is_late(const Write& write, const Leadership& leadership) { return *write.writer != leadership.writer; }

  bool was_right(const Write& write, const Origin& origin) const {
    if (write.before == nullptr) return !origin.alive;
    return origin.alive && context_.ledger->is_good(*write.before, origin);
  }

  bool is_over(LateWrite& late, Instant now) {
    const Origin* origin = context_.ledger->origin(late.origin);
    if (origin == nullptr || origin->stepped != late.stepped) return true;
    if (!origin->sights[late.registry].differs) return true;
    const Leadership& leadership = leaderships_.at(late.region);
    late.due = std::max(late.due, leadership.since + kUndoneWithin);
    if (is_hindered(late, leadership.writer)) late.due = now + kUndoneWithin;
    if (now <= late.due) return false;
    context_.sink->violated(kLateWritesUndone,
                            {"syncer " + context_.node(late.by) + " wrote to " + context_.registry(late.registry) +
                                 " after its leadership ended, about " + late.origin.instance,
                             "its successor " + context_.node(leadership.writer) + " has not undone that"});
    return true;
  }

  bool is_hindered(const LateWrite& late, NodeIndex writer) const {
    if (frozen_.count(writer) != 0 || is_kept_from(*context_.run, writer, late.registry)) return true;
    const auto& world = context_.run->world;
    if (world.node(writer) == nullptr) return true;  // nobody sees its links
    const auto status = world.node(writer)->status(world.local_time(writer));
    const std::string home = region_of(late.origin.registry);
    return std::none_of(status.regions.begin(), status.regions.end(),
                        [&](const auto& region) { return region.region == home && region.link.link_up; });
  }

  std::string region_of(RegistryIndex registry) const {
    for (const auto& region : context_.run->names.regions()) {
      if (region.registry == registry) return region.name;
    }
    return {};
  }

  std::map<std::string, Leadership> leaderships_;
  std::map<std::pair<NodeIndex, std::string>, Epoch> applied_;
  std::set<NodeIndex> frozen_;
  std::vector<LateWrite> late_;
  Instant next_{};
};

}  // namespace

std::unique_ptr<Rule> make_fencing_rule() { return std::make_unique<Fencing>(); }

}  // namespace sim::check
