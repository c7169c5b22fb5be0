// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"
#include "syncer/registry/record.h"

namespace sim::check {
namespace {

using syncer::Epoch;
using syncer::EventKind;
using syncer::replication::Replica;
using syncer::replication::Version;

Epoch epoch_of(const syncer::Event& event) {
  return {static_cast<std::uint64_t>(event.number("epoch_generation")),
          static_cast<std::uint64_t>(event.number("epoch_term"))};
}

/// Follows the removals of each writer's log. A reader that came past one by entries of the log, not by a repair, must
/// not hold its key any more: else the removal was forgotten before the reader had it, and the reader went on merging.
class Collection : public Rule {
 public:
  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    for (auto& [place, version] : checked_) {
      if (place.first == node) version = {};
    }
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    switch (event.kind) {
      case EventKind::EntryAppended:
        return appended(event);
      case EventKind::EntryApplied:
      case EventKind::HashMismatch:
        dirty_.emplace(node, event.text("region"));
        return;
      case EventKind::ReplicaRebound:
      case EventKind::ReplicaRepaired:
      case EventKind::ReplicaReloaded:
        checked_[{node, std::string(event.text("region"))}] = {epoch_of(event),
                                                               static_cast<std::uint64_t>(event.number("seq"))};
        return;
      default:
        return;
    }
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant) override {
    for (const auto& [node, region] : dirty_) look(node, region);
    dirty_.clear();
  }

 private:
  /// The removals of one epoch of a region that were not taken back.
  struct Removals {
    std::map<std::uint64_t, std::string> by_seq;
    std::map<std::string, std::uint64_t, std::less<>> seq_of;
  };

  void appended(const syncer::Event& event) {
    Removals& removals = removals_[{std::string(event.text("region")), epoch_of(event)}];
    const std::string key(event.text("key"));
    if (const auto before = removals.seq_of.find(key); before != removals.seq_of.end()) {
      removals.by_seq.erase(before->second);
      removals.seq_of.erase(before);
    }
    if (event.text("op") == "put") return;
    const auto seq = static_cast<std::uint64_t>(event.number("seq"));
    removals.by_seq.emplace(seq, key);
    removals.seq_of.emplace(key, seq);
  }

  void look(NodeIndex n, const std::string& region) {
    const auto* node = context_.stage->world.node(n);
    const Replica* replica = node != nullptr ? node->peering().replica(region) : nullptr;
    if (replica == nullptr || !replica->consistent()) return;
    Version& checked = checked_[{n, region}];
    const Version now = replica->version();
    const auto removals = removals_.find({region, now.epoch});
    if (removals != removals_.end() && checked.epoch == now.epoch) {
      const auto& by_seq = removals->second.by_seq;
      for (auto it = by_seq.upper_bound(checked.seq); it != by_seq.end() && it->first <= now.seq; ++it) {
        if (replica->find(it->second) != nullptr) missed(n, region, *it, now);
      }
    }
    checked = now;
  }

  void missed(NodeIndex n, const std::string& region, const std::pair<const std::uint64_t, std::string>& removal,
              const Version& at) {
    context_.sink->violated(
        "R15",
        {"node " + context_.node(n) + " still holds " + syncer::registry::readable_key(removal.second) + " of region " +
             region + " at version " + syncer::to_string(at.epoch) + "/" + std::to_string(at.seq),
         "its removal was entry " + std::to_string(removal.first) + ": the reader merged without it"});
  }

  std::map<std::pair<std::string, Epoch>, Removals> removals_;
  std::map<std::pair<NodeIndex, std::string>, Version> checked_;
  std::set<std::pair<NodeIndex, std::string>> dirty_;
};

}  // namespace

std::unique_ptr<Rule> make_collection_rule() { return std::make_unique<Collection>(); }

}  // namespace sim::check
