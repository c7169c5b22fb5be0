// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/check/budgets.h"
#include "sim/check/calm.h"
#include "sim/check/causes.h"
#include "sim/check/rule.h"

namespace sim::check {

/// What a run's detours cost, and the work that all is done with: links lost and dialled again, suspicions, repairs,
/// leases lost, copies written again, ... A system that heals itself reaches its goal in spite of a fault of its own;
/// only the detours show it.
///
/// calm-is-quiet: no detour happens, and nothing is written to a disk, in a stretch without faults (see Calm), from its
/// 30th second on. What a guard does a cluster writes down within that time, in a few writes of each node.
/// detours-fit-faults: none happens that no fault of the running stretch explains (see Causes), and none that is dear
/// more often than its faults explain (see Budgets).
class Effort : public Rule {
 public:
  /// Without `judges` it only counts. Borrows the others, which are told everything before.
  Effort(const Calm& calm, const Causes& causes, Budgets& budgets, bool judges)
      : calm_(calm), causes_(causes), budgets_(budgets), judges_(judges) {}

  /// "link.down", "copy.rewritten", ...: a scenario's metric "effort.link.down" is the number of one. With the work
  /// that is no detour, but what all is done with: "request", "request.bytes", "stream.dialled", "disk.write".
  static std::vector<std::string_view> names();

  std::vector<std::string_view> ids() const override;
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_write(const Write& write) override;
  void on_request(NodeIndex node, const syncer::HttpRequest& request) override;
  void on_work(NodeIndex node, host::Work work) override;

  /// How many of one detour, by all nodes.
  std::uint64_t count(std::string_view detour) const;
  /// All of them, by detour, node and cause.
  std::vector<scenario::Cost> costs() const;

 private:
  using Key = std::tuple<std::string_view, NodeIndex, std::string>;
  using Counts = std::map<Key, std::uint64_t, std::less<>>;
  /// Of one operation, by one node.
  struct Requests {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };

  void book(NodeIndex node, std::string_view detour, std::string_view cause);
  /// Everything that was counted.
  Counts all() const;
  static void add(Counts& counts, NodeIndex node, std::string_view what, std::string_view cause, std::uint64_t count);

  void judge(NodeIndex node, std::string_view detour, std::string_view cause);
  void judge_number(NodeIndex node, const syncer::Event& event);
  bool notes_guard(NodeIndex node);
  bool notes_members() const;

  const Calm& calm_;
  const Causes& causes_;
  Budgets& budgets_;
  const bool judges_;
  Counts counts_;  ///< without the requests, which are most of all there is
  std::vector<std::map<std::string, Requests, std::less<>>> requests_;  ///< by node and operation
  std::optional<Instant> guarded_at_;
  std::map<NodeIndex, std::size_t> notes_;  ///< writes since then
};

}  // namespace sim::check
