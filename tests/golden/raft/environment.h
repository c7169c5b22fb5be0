// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/raft/raft.h"
#include "tests/golden/raft/script.h"

namespace syncer::raft::golden {

/// Several voters, one queue for their messages and a stable store each: what the interaction scripts play in.
/// Time is virtual: a tick advances one node's own clock by a heartbeat interval and calls it once.
class Environment {
 public:
  /// Executes a directive and gives the text it prints ("ok" when nothing).
  std::string run(const Directive& directive);

 private:
  struct Node {
    Raft voter;
    bool knows_voters;
    Instant clock{};
    Position base;               // of the stable store
    std::vector<Entry> entries;  // of the stable store
  };

  std::string dispatch(const Directive& d);
  void add_nodes(const Directive& d);
  std::string propose(const Directive& d);
  std::string deliver(const Directive& d);
  std::string process_ready(const Directive& d);
  std::string stabilize(const Directive& d);
  std::string compact(const Directive& d);
  std::string send_snapshot(const Directive& d);
  std::string raft_state() const;
  std::string raft_log(const Node& node) const;

  std::string handle_ready(Node& node);
  std::string deliver_to(VoterId id, bool dropped, const std::optional<std::string>& type, bool& handled);
  static void store(Node& node, const Ready& ready);
  static void tick(Node& node, int times);
  Node& node(const std::string& id);
  bool has_mail(VoterId id) const;

  std::map<VoterId, Node> nodes_;
  std::vector<VoterId> voters_;
  std::deque<Message> queue_;
  bool quiet_ = false;
};

}  // namespace syncer::raft::golden
