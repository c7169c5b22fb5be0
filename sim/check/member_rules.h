// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/check/rule.h"
#include "sim/scenario/values/events.h"
#include "syncer/gossip/gossip.h"

namespace sim::check {

/// How much one node may keep about members. Everything is kept by name, so the number of names ever used bounds it.
class MemberBounds {
 public:
  explicit MemberBounds(std::size_t syncers = 0) : names_(syncers) {}
  /// A fuzz peer brings names of its own.
  void on_event(const scenario::Event* event);
  /// What is kept beyond its bound, in words.
  std::optional<std::string> exceeded(const syncer::gossip::Gossip& gossip) const;

 private:
  std::size_t names_;
};

/// member-states: incarnations grow, states change only as SWIM allows, nobody is dead without having been suspected.
std::unique_ptr<Rule> make_member_rule();
/// member-resurrection, -lattice, -metadata, -self, -bounds: every change in every table of members is one that SWIM
/// allows, and no more is kept than there are names.
std::unique_ptr<Rule> make_member_table_rule();
/// crashes-noticed: every node that is up learns of a crash.
std::unique_ptr<Rule> make_completeness_rule();

}  // namespace sim::check
