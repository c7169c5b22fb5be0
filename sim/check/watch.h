// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/check/rule.h"

namespace sim::check {

/// What predicates need beside the ledger: alarms that are raised now, copies removed a while ago, and a count of all
/// changes that a predicate could see.
class Watch : public Rule {
 public:
  /// One copy that a syncer removed without putting another in its place.
  struct Removed {
    Instant at;
    RegistryIndex registry;
    bool origin_gone;
  };

  /// It reports nothing of its own.
  std::vector<std::string_view> ids() const override { return {}; }
  void on_write(const Write& write) override;
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_request(NodeIndex node, const syncer::HttpRequest& request) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;

  /// Names of alarms raised at a node now: guard, hold, conflict, rejected, registry, epoch, quota, forged.
  bool raised(NodeIndex node, const std::string& alarm) const;
  const std::deque<Removed>& removed() const { return removed_; }
  /// Who began to lead, and when.
  struct Election {
    Instant at;
    NodeIndex node;
    std::string group;
    std::uint64_t term;
  };
  const std::vector<Election>& elections() const { return elections_; }
  /// Writes sent to a registry by a syncer of a cluster that did not lead it.
  std::uint64_t stray_writes() const { return stray_writes_; }
  /// Members that a node that could be reached all the time was declared dead by.
  std::uint64_t false_deaths() const { return false_deaths_; }
  /// Packets and streams of the gossip that were dropped, by any node.
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t version() const { return version_; }

 private:
  using Alarm = std::pair<NodeIndex, std::string>;
  void raise(NodeIndex node, const std::string& alarm, const std::string& about);
  void clear(NodeIndex node, const std::string& alarm, const std::string& about);

  std::map<Alarm, std::set<std::string>> alarms_;
  std::deque<Removed> removed_;
  std::vector<Election> elections_;
  std::uint64_t stray_writes_ = 0;
  std::uint64_t false_deaths_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace sim::check
