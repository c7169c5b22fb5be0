// SPDX-License-Identifier: Apache-2.0
#include "sim/check/replica_rules.h"

#include <map>
#include <set>
#include <tuple>

#include "sim/host/world.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"
#include "syncer/registry/record.h"

namespace sim::check {
namespace {

constexpr std::string_view kOneWriterPerEpoch = "one-writer-per-epoch";
constexpr std::string_view kVersionsGrow = "versions-grow";
constexpr std::string_view kReplicaEqualsWriter = "replica-equals-writer";
constexpr std::string_view kNoForgottenRemoval = "no-forgotten-removal";

using syncer::Epoch;
using syncer::EventKind;
using syncer::replication::Version;

Version version_of(const syncer::Event& event) {
  return {{static_cast<std::uint64_t>(event.number("epoch_generation")),
           static_cast<std::uint64_t>(event.number("epoch_term"))},
          static_cast<std::uint64_t>(event.number("seq"))};
}

std::string to_string(const Version& v) { return syncer::to_string(v.epoch) + "/" + std::to_string(v.seq); }

class Replicas : public Rule {
 public:
  std::vector<std::string_view> ids() const override {
    return {kOneWriterPerEpoch, kVersionsGrow, kReplicaEqualsWriter};
  }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change == host::HostChange::Started) forget(node);
  }

  /// A wiped disk forgets its epochs; until its peers told it better, it may use an old one, which they refuse.
  void on_label(std::string_view, const scenario::Event* event) override {
    if (event == nullptr) return;
    const auto wipes = [](const auto& action) {
      if constexpr (requires { action.disk; })
        return action.disk == scenario::DiskFate::Wipe;
      else
        return false;
    };
    if (std::visit(wipes, event->action)) wiped_ = true;
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const std::string region(event.text("region"));
    switch (event.kind) {
      case EventKind::EpochOpened:
        return opened(node, region, version_of(event).epoch);
      case EventKind::LeaderLost:
        return forget(node);  // a node that leads no more drops its replicas
      case EventKind::EntryAppended:
        dirty_writers_.insert(node);
        return;
      case EventKind::EntryApplied:
        return applied(node, region, event);
      case EventKind::ReplicaRebound:
      case EventKind::ReplicaRepaired:
      case EventKind::ReplicaReloaded:
        return bound(node, region, version_of(event), event.number("count"));
      case EventKind::HashMismatch:
        return context_.sink->violated(kReplicaEqualsWriter,
                                       {"node " + context_.node(node) + " holds another set of region " + region +
                                        " than its writer at version " + to_string(version_of(event))});
      default:
        return;
    }
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant) override {
    for (const NodeIndex node : dirty_writers_) remember(node);
    dirty_writers_.clear();
    for (const auto& [node, region] : dirty_replicas_) compare(node, region);
    dirty_replicas_.clear();
  }

 private:
  struct Applied {
    Version last;
    std::set<std::string, std::less<>> keys;  ///< applied at `last`; a repair applies many at one version
  };

  void forget(NodeIndex node) {
    for (auto it = applied_.begin(); it != applied_.end();) {
      it = it->first.first == node ? applied_.erase(it) : std::next(it);
    }
  }

  void opened(NodeIndex node, const std::string& region, Epoch epoch) {
    dirty_writers_.insert(node);
    Epoch& highest = opened_[region];
    if (epoch <= highest && !wiped_) {
      context_.sink->violated(kOneWriterPerEpoch, {"node " + context_.node(node) + " opened epoch " +
                                                       syncer::to_string(epoch) + " of region " + region,
                                                   "epoch " + syncer::to_string(highest) + " was opened before"});
    }
    highest = std::max(highest, epoch);
    // What was written in an epoch that is used again proves nothing any more.
    if (wiped_)
      std::erase_if(history_, [&](const auto& entry) {
        return std::get<0>(entry.first) == region && std::get<2>(entry.first).epoch == epoch;
      });
  }

  /// A repair brings what a replica lacks at a version that it does not hold yet, or else it had lost something.
  void bound(NodeIndex node, const std::string& region, Version version, std::int64_t changes) {
    dirty_replicas_.insert({node, region});
    Applied& known = applied_[{node, region}];
    if (version < known.last || (version == known.last && known.keys.empty() && changes > 0)) {
      context_.sink->violated(kVersionsGrow, {"node " + context_.node(node) + " went to version " + to_string(version) +
                                                  " of region " + region,
                                              "it had applied " + to_string(known.last) + " before"});
    }
    if (known.last != version) known.keys.clear();
    known.last = version;
  }

  void applied(NodeIndex node, const std::string& region, const syncer::Event& event) {
    dirty_replicas_.insert({node, region});
    const Version version = version_of(event);
    const std::string_view key = event.text("key");
    Applied& known = applied_[{node, region}];
    if (version < known.last) {
      context_.sink->violated(kVersionsGrow, {"node " + context_.node(node) + " applied version " + to_string(version) +
                                                  " of region " + region,
                                              "it had applied " + to_string(known.last) + " before"});
    } else if (version == known.last && known.keys.count(key) != 0) {
      context_.sink->violated(kVersionsGrow,
                              {"node " + context_.node(node) + " applied " + syncer::registry::readable_key(key) +
                               " at version " + to_string(version) + " of region " + region + " twice"});
    }
    if (known.last != version) known.keys.clear();
    known.last = version;
    known.keys.emplace(key);
  }

  void remember(NodeIndex n) {
    const auto* node = context_.run->world.node(n);
    if (node == nullptr) return;
    const auto& peering = node->peering();
    remember(node->config().region, "", peering.core().log());
    for (const std::string& reader : peering.regions()) {
      if (peering.projection(reader) != nullptr) remember(node->config().region, reader, *peering.log_for(reader));
    }
  }

  void remember(const std::string& region, const std::string& reader, const syncer::replication::OwnLog& log) {
    history_[{region, reader, {log.epoch(), log.head()}}] = log.set_hash().total();
  }

  void compare(NodeIndex n, const std::string& region) {
    const auto* node = context_.run->world.node(n);
    const auto* replica = node != nullptr ? node->peering().replica(region) : nullptr;
    if (replica == nullptr || !replica->consistent()) return;
    // Who has a view of his own is shown what only he is shown.
    auto found = history_.find({region, node->config().region, replica->version()});
    if (found == history_.end()) found = history_.find({region, "", replica->version()});
    if (found == history_.end() || found->second == replica->set_hash()) return;
    context_.sink->violated(kReplicaEqualsWriter,
                            {"node " + context_.node(n) + " holds another set of region " + region +
                                 " than its writer had at version " + to_string(replica->version()),
                             std::to_string(replica->size()) + " records are there"});
  }

  std::map<std::string, Epoch> opened_;
  std::map<std::pair<NodeIndex, std::string>, Applied> applied_;
  std::map<std::tuple<std::string, std::string, Version>, syncer::Hash128> history_;  ///< region, reader with a view
  std::set<NodeIndex> dirty_writers_;
  std::set<std::pair<NodeIndex, std::string>> dirty_replicas_;
  bool wiped_ = false;
};

}  // namespace

std::unique_ptr<Rule> make_replica_rule() { return std::make_unique<Replicas>(); }

namespace {

using syncer::replication::Replica;

Epoch epoch_of(const syncer::Event& event) {
  return {static_cast<std::uint64_t>(event.number("epoch_generation")),
          static_cast<std::uint64_t>(event.number("epoch_term"))};
}

/// Follows the removals of each writer's log. A reader that came past one by entries of the log, not by a repair, must
/// not hold its key any more: else the removal was forgotten before the reader had it, and the reader went on merging.
class Collection : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNoForgottenRemoval}; }

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
    const auto* node = context_.run->world.node(n);
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
        kNoForgottenRemoval,
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
