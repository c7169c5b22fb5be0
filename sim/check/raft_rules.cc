// SPDX-License-Identifier: Apache-2.0
// The five properties of Raft, for the syncers of every region in cluster mode.
#include <map>
#include <memory>
#include <vector>

#include "sim/check/raft_group.h"
#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

using syncer::cluster::Cluster;

class RaftProperties : public Rule {
 public:
  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    if (watched_.size() <= node) watched_.resize(node + 1);
    ++watched_[node].process;
    watched_[node].group = nullptr;
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant) override {
    for (const NodeIndex n : context_.stage->world.acted()) {
      const auto* node = context_.stage->world.node(n);
      const Cluster* cluster = node == nullptr ? nullptr : node->cluster();
      const syncer::raft::RaftNode* raft = cluster == nullptr ? nullptr : cluster->raft_node();
      if (raft == nullptr) continue;
      Watched& watched = watched_[n];
      if (watched.group == nullptr) watched.group = &group_of(n, *cluster);
      watched.group->look(n, watched.process, raft->raft());
    }
  }

 private:
  struct Watched {
    std::uint32_t process = 0;
    RaftGroup* group = nullptr;
  };

  /// A group that is founded anew, on other disks, begins at term 1 and owes the former one nothing.
  RaftGroup& group_of(NodeIndex n, const Cluster& cluster) {
    const std::string name =
        syncer::cluster::group_name(context_.stage->world.config(n).region, cluster.voters().group);
    const auto found = groups_.find(name);
    if (found != groups_.end()) return found->second;
    return groups_
        .try_emplace(
            name, [this](NodeIndex node) { return context_.node(node); },
            [this](std::string_view id, std::vector<std::string> facts) {
              context_.sink->violated(id, std::move(facts));
            })
        .first->second;
  }

  std::vector<Watched> watched_;
  std::map<std::string, RaftGroup> groups_;
};

}  // namespace

std::unique_ptr<Rule> make_raft_rule() { return std::make_unique<RaftProperties>(); }

}  // namespace sim::check
