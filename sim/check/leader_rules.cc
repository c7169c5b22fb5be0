// SPDX-License-Identifier: Apache-2.0
// I6: cluster mode has one leader and one writer.
#include <map>
#include <set>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

using syncer::EventKind;
using syncer::cluster::Cluster;

bool wipes(const scenario::Event* event) {
  if (event == nullptr) return false;
  const auto empties = [](const auto& action) {
    if constexpr (requires { action.disk; })
      return action.disk == scenario::Disk::Wipe;
    else
      return false;
  };
  return std::visit(empties, event->action);
}

class Leaders : public Rule {
 public:
  void on_label(std::string_view, const scenario::Event* event) override {
    if (wipes(event)) terms_.clear();  // whoever lost the disk begins at nothing
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind != EventKind::LeaderElected) return;
    const auto term = static_cast<std::uint64_t>(event.number("term"));
    const NodeIndex first = leaders_.try_emplace({std::string(event.text("group")), term}, node).first->second;
    if (first == node) return;
    context_.sink->violated("I6", {"node " + context_.node(node) + " leads region " + cluster_region(node) +
                                       " in term " + std::to_string(term),
                                   "so did node " + context_.node(first)});
  }

  void on_request(NodeIndex node, const syncer::HttpRequest& request) override {
    const Cluster* cluster = cluster_of(node);
    if (cluster == nullptr) return;
    const std::string what = "node " + context_.node(node) + " sent " + request.method + " " + request.target;
    if (!cluster->is_leader()) {
      context_.sink->violated("I6", {what, "it does not lead region " + cluster_region(node)});
    } else if (context_.writes(node, request) && !holds_lease(node, *cluster)) {
      context_.sink->violated(
          "I6", {what, "it leads region " + cluster_region(node) + ", but another leader may be elected by now"});
    }
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant) override {
    const std::vector<NodeIndex>& acted = context_.stage->world.acted();
    if (std::any_of(acted.begin(), acted.end(), [this](NodeIndex n) { return cluster_of(n) != nullptr; })) look();
  }

 private:
  void look() {
    std::map<std::size_t, NodeIndex> writers;
    for (NodeIndex n = 0; n < context_.stage->world.nodes(); ++n) {
      const Cluster* cluster = cluster_of(n);
      if (cluster == nullptr) continue;
      if (cluster->raft_node() != nullptr) watch_term(n, cluster->raft_node()->durable().term);
      if (!holds_lease(n, *cluster)) continue;
      const auto [other, alone] = writers.emplace(context_.stage->cast.nodes()[n].region, n);
      if (alone) continue;
      context_.sink->violated("I6", {"nodes " + context_.node(other->second) + " and " + context_.node(n) +
                                     " may both write the registry of region " + cluster_region(n)});
    }
  }

  const Cluster* cluster_of(NodeIndex n) const {
    const auto* node = context_.stage->world.node(n);
    return node == nullptr ? nullptr : node->cluster();
  }
  std::string cluster_region(NodeIndex n) const { return context_.stage->world.config(n).region; }
  bool holds_lease(NodeIndex n, const Cluster& cluster) const {
    return cluster.may_write(context_.stage->world.local_time(n));
  }

  /// What is on disk never goes back. (In memory it may: a term that was not stored yet promised nothing.)
  void watch_term(NodeIndex n, std::uint64_t term) {
    std::uint64_t& highest = terms_[n];
    if (term < highest) {
      context_.sink->violated("I6", {"node " + context_.node(n) + " begins with term " + std::to_string(term),
                                     "it had stored term " + std::to_string(highest) + " before"});
    }
    highest = std::max(highest, term);
  }

  std::map<std::pair<std::string, std::uint64_t>, NodeIndex> leaders_;  ///< by group (a new one begins at term 1), term
  std::map<NodeIndex, std::uint64_t> terms_;
};

}  // namespace

std::unique_ptr<Rule> make_leader_rule() { return std::make_unique<Leaders>(); }

}  // namespace sim::check
