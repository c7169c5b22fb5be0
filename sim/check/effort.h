// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/check/rule.h"

namespace sim::check {

/// What a run's detours cost: links lost and dialled again, suspicions, repairs, leases lost, copies written again, ...
/// A system that heals itself reaches its goal in spite of a fault of its own; only the detours show it.
///
/// calm-is-quiet: none happens in a stretch without faults, which begins 30 s after the last fault ended, node started
/// or member left. What applications do, at any rate, is no fault.
class Effort : public Rule {
 public:
  /// Without `judges` it only counts.
  explicit Effort(bool judges) : judges_(judges) {}

  /// "link.down", "copy.rewritten", ...: a scenario's metric "effort.link.down" is the number of one.
  static std::vector<std::string_view> detours();

  std::vector<std::string_view> ids() const override;
  void begin(const Context& context) override;
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_write(const Write& write) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;
  void on_label(std::string_view label, const scenario::Event* event) override;

  /// How many of one detour, by all nodes.
  std::uint64_t count(std::string_view detour) const;
  /// All of them, by detour, node and cause.
  std::vector<scenario::Cost> costs() const;

 private:
  using Key = std::tuple<std::string_view, NodeIndex, std::string>;

  void book(NodeIndex node, std::string_view detour, std::string_view cause);
  bool is_calm() const;
  Instant disturbed_at() const;
  bool all_run() const;

  const bool judges_;
  std::map<Key, std::uint64_t> counts_;
  std::map<NodeIndex, bool> down_;  // who ran once, and whether it does not now
  Instant disturbed_at_{};          // by what is not among the faults that last
  bool never_calm_ = false;         // the network itself is bad
  bool strangers_ = false;          // somebody invents members
};

}  // namespace sim::check
