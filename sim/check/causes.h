// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "sim/check/calm.h"

namespace sim::check {

/// Which detours the disturbances of the running stretch explain: a cut between regions explains lost links and
/// suspicions, but no new set of a region that was not lost, and no registry that is down; an outage of a registry
/// explains no lost link. What a start explains, it explains for 25 s; what anything else explains, until it is calm.
/// Reports nothing of its own. Borrows `calm`, which is told everything before.
class Causes : public Rule {
 public:
  explicit Causes(const Calm& calm) : calm_(calm) {}

  std::vector<std::string_view> ids() const override { return {}; }
  void begin(const Context& context) override;
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;
  void on_label(std::string_view label, const scenario::Event* event) override;
  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override;

  bool explain(std::string_view detour) const;

  /// The detours that come about together.
  enum class Family : std::uint8_t {
    Links,     ///< of links between regions, and what is repaired when one is back
    Members,   ///< of the pool
    Registry,  ///< of a node with its registry
    Sets,      ///< a region's whole set is sent again, or its epoch or leader is another
    Disk,
  };
  static constexpr std::size_t kFamilies = 5;

 private:
  void explains(std::initializer_list<Family> families);
  void explains_all() { explained_.fill(true); }

  const Calm& calm_;
  bool clusters_ = false;  // a region has several syncers, whose leader may change
  std::array<bool, kFamilies> explained_{};
  Instant started_until_{};
  Instant next_look_{};
};

}  // namespace sim::check
