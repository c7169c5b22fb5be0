// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <map>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/base/quantity.h"
#include "syncer/registry/record.h"

namespace sim::check {
namespace {

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
    if (found == removed_.end() || context_.now() - found->second <= kInFlight + context_.sink->grace("I4")) return;
    context_.sink->violated(
        "I4", {"syncer " + context_.node(*write.writer) + " registered a copy of " + found->first.instance +
                   " from region " + write.after->region,
               "it had applied the removal of that instance " + syncer::to_string(context_.now() - found->second) +
                   " before, and nothing newer"});
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
  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const NodeAndRegion who{node, std::string(event.text("region"))};
    if (event.kind == EventKind::EpochOpened) opened_[who.second] = context_.now();
    if (event.kind == EventKind::HoldExpired) excused_[who] = context_.now();
    if (event.kind == EventKind::GuardReleased && event.text("reason") != "the entries are back")
      excused_[who] = context_.now();
  }

  void on_write(const Write& write) override {
    if (write.change.kind == host::RegistryChangeKind::InstanceRegistered && write.after != nullptr &&
        write.before == nullptr) {
      ++live_[{write.name.registry, write.after->region}];
    }
    if (write.before != nullptr && write.after == nullptr) --live_[{write.name.registry, write.before->region}];
    if (!is_removal(write) || is_replaced(write) || excused({*write.writer, write.before->region})) return;
    check_absence(write);
    check_budget(write);
  }

 private:
  struct Window {
    std::deque<Instant> removals;
  };

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
    if (origin == nullptr || !origin->alive) return;
    if (context_.now() - origin->since <= kJustBack + context_.sink->grace("I5")) return;
    const auto opened = opened_.find(write.before->region);
    if (opened != opened_.end() && context_.now() - opened->second <= kJustOpened) return;
    context_.sink->violated("I5", {"syncer " + context_.node(*write.writer) + " removed the copy of " +
                                       origin->name.instance + " in " + context_.registry(write.name.registry),
                                   "its origin is alive in " + context_.registry(origin->name.registry) + " since " +
                                       syncer::to_string(origin->since.time_since_epoch())});
  }

  void check_budget(const Write& write) {
    const auto& guard = context_.stage->world.config(*write.writer).guard;
    auto& removals = windows_[{*write.writer, write.before->region}].removals;
    // The guard counts when it grants; the registry sees the removal a little later.
    while (!removals.empty() && context_.now() - removals.front() >= guard.window - kInFlight) removals.pop_front();
    removals.push_back(context_.now());
    const std::uint64_t left = live_[{write.name.registry, write.before->region}];
    const std::uint64_t before = left + removals.size();
    const std::uint64_t share = before * guard.share.numerator / guard.share.denominator;
    const std::uint64_t allowed = std::max<std::uint64_t>(guard.minimum, share);
    const std::string count = std::to_string(removals.size()) + " of " + std::to_string(before);
    const std::string fact = "syncer " + context_.node(*write.writer) + " removed " + count + " copies of region " +
                             write.before->region + " within " + syncer::to_string(guard.window);
    if (removals.size() > allowed) context_.sink->violated("R9", {fact, "the guard allows " + std::to_string(allowed)});
    if (left == 0 && before > 1) context_.sink->violated("R9", {fact, "the region is empty now"});
  }

  std::map<NodeAndRegion, Instant> excused_;
  std::map<std::string, Instant> opened_;
  std::map<NodeAndRegion, Window> windows_;
  std::map<std::pair<RegistryIndex, std::string>, std::uint64_t> live_;
};

}  // namespace

std::unique_ptr<Rule> make_resurrection_rule() { return std::make_unique<Resurrection>(); }
std::unique_ptr<Rule> make_removal_rule() { return std::make_unique<Removals>(); }

}  // namespace sim::check
