// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "sim/check/calm.h"

namespace sim::check {

/// How often the disturbances of the running stretch explain what is dear: a link dialled anew, a region's whole set
/// loaded anew, a question for what is missing of it, a suspicion, an election. Each disturbance allows so many, by its
/// kind, and not one more to any pair: one cut is one redial of a node and a region in each direction, and no set. What
/// was allowed is void when it has been calm for a while. Reports nothing of its own. Borrows `calm`, which is told
/// everything before.
class Budgets : public Rule {
 public:
  /// What has a number, and between whom: a node and a region (each way), a node and a member, or a region alone.
  enum class Item : std::uint8_t { Redials, Sets, Questions, Suspicions, Elections };
  static constexpr std::size_t kItems = 5;
  using Allowance = std::array<unsigned, kItems>;

  /// One too many.
  struct Overdraft {
    std::string of;  ///< whose account
    std::uint64_t count;
    std::uint64_t allowed;
  };

  explicit Budgets(const Calm& calm) : calm_(calm) {}

  std::vector<std::string_view> ids() const override { return {}; }
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;
  void on_label(std::string_view label, const scenario::Event* event) override;
  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override;

  /// Books a detour. An overdraft when it is one more than the stretch explains; nothing for detours without a number.
  std::optional<Overdraft> spend(NodeIndex node, const syncer::Event& event);

 private:
  void allow(const Allowance& allowance);

  const Calm& calm_;
  std::array<std::uint64_t, kItems> allowed_{};
  std::map<std::string, std::uint64_t> spent_;  ///< by item and pair
  Instant next_look_{};
};

}  // namespace sim::check
