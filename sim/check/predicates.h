// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/check/statuses.h"
#include "sim/check/watch.h"
#include "sim/scenario/run/checks.h"

namespace sim::check {

/// Says whether a predicate is true of the world as it is now.
class Predicates {
 public:
  Predicates(const scenario::CheckContext& run, const Ledger& ledger, const Watch& watch)
      : run_(run), ledger_(ledger), watch_(watch), statuses_(run) {}

  bool holds(const scenario::Predicate& predicate) const;
  /// What holds() found out of nodes may be out of date from now on. Call it when anything may have happened.
  void look_anew() { statuses_.forget(); }

 private:
  /// The instances that a selector means among those known so far.
  struct Matches {
    std::size_t looked_at = 0;
    std::vector<const Origin*> origins;
    const Origin* last_lacking = nullptr;
  };

  using Predicate = scenario::Predicate;
  bool mirrored(const Predicate& p) const;
  bool mirrored(const Predicate& p, const Origin& origin, const std::vector<RegistryIndex>& places) const;
  bool absent(const Predicate& p) const;
  bool copies(const Predicate& p) const;
  bool shown(const Predicate& p) const;
  bool doubled(const Predicate& p) const;
  bool mirrored_removed(const Predicate& p) const;
  bool member_seen(const Predicate& p) const;
  bool members_agree(const Predicate& p) const;
  bool alarm(const Predicate& p) const;
  bool queue_depth(const Predicate& p) const;
  bool leader(const Predicate& p) const;
  bool leader_changed(const Predicate& p) const;
  bool leaders_per_term(const Predicate& p) const;
  bool down(const scenario::Predicate& p) const;
  bool conflict(const Predicate& p) const;
  bool ready(const Predicate& p) const;
  bool problem(const Predicate& p) const;
  bool pending(const Predicate& p) const;

  Matches& matches(const scenario::Selector& subject) const;
  const std::vector<const Origin*>& origins(const scenario::Selector& s) const { return matches(s).origins; }
  std::vector<RegistryIndex> registries(const scenario::Selector& selector) const;
  std::vector<NodeIndex> nodes(const scenario::Selector& selector) const;
  bool as_demanded(const Predicate& p, const Copy& copy) const;
  scenario::MemberState state_of(NodeIndex observer, NodeIndex subject) const;

  const scenario::CheckContext& run_;
  const Ledger& ledger_;
  const Watch& watch_;
  mutable Statuses statuses_;
  using Term = std::pair<std::string, std::uint64_t>;    ///< of a group
  mutable std::map<Term, std::set<NodeIndex>> leaders_;  // of the elections counted so far, which are never fewer
  mutable std::size_t counted_elections_ = 0;
  mutable std::map<std::string, Matches> matches_;  // by selector; instances are only ever added
};

}  // namespace sim::check
