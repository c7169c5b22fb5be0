// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "sim/check/rule.h"

namespace sim::check {

/// I1 / R8: a syncer never changes or removes what an application registered.
std::unique_ptr<Rule> make_hands_off_rule();
/// I2 / R7: a copy is never taken for an origin.
std::unique_ptr<Rule> make_copy_rule();
/// I3 / R6: one copy of an instance in each foreign registry; two that differ only while one replaces the other.
std::unique_ptr<Rule> make_single_copy_rule();
/// I4 / R4: what a node knows to be removed is not registered by it again.
std::unique_ptr<Rule> make_resurrection_rule();
/// I5: a copy is not removed while its origin lives. R9: never more removals at once than the guard allows.
std::unique_ptr<Rule> make_removal_rule();
/// R1: an epoch has one writer. R2: versions only grow. R3: a replica equals the writer's prefix.
std::unique_ptr<Rule> make_replica_rule();
/// R15: a reader that is behind forgotten removals starts anew; it never goes on without them.
std::unique_ptr<Rule> make_collection_rule();
/// R13: what is written of a region is never of an older epoch than what was written before, also after restarts.
std::unique_ptr<Rule> make_mark_rule();
/// I10 / R11: a datagram that comes twice changes nothing the second time. I12: a damaged one is counted as dropped and
/// changes nothing.
std::unique_ptr<Rule> make_delivery_rule();
/// I6: at most one leader for each region and term; only a leader speaks to the registry, and it writes only while no
/// other can be elected; terms never go back.
std::unique_ptr<Rule> make_leader_rule();
/// The five properties of Raft: election-safety, leader-append-only, log-matching, leader-completeness,
/// state-machine-safety.
std::unique_ptr<Rule> make_raft_rule();
/// R12: a syncer that dies at one of its calls doubles nothing and leaves nothing behind.
std::unique_ptr<Rule> make_crash_rule();
/// R13: no replica goes back to an earlier epoch; what a deposed leader writes late is undone within 5 s.
std::unique_ptr<Rule> make_fencing_rule();
/// I7: incarnations grow, states change only as SWIM allows, nobody is dead without having been suspected.
std::unique_ptr<Rule> make_member_rule();
/// I7-resurrection, -lattice, -metadata, -self, -bounds: every change in every table of members is one that SWIM
/// allows, and no more is kept than there are names.
std::unique_ptr<Rule> make_member_table_rule();
/// I8: every node that is up learns of a crash.
std::unique_ptr<Rule> make_completeness_rule();
/// I11 / R14: queues stay within the number of records there are.
std::unique_ptr<Rule> make_bound_rule();
/// I13, R5, R10: after the settle phase nothing is open, nothing is orphaned, all regions are equal.
std::unique_ptr<Rule> make_rest_rule();

/// Another copy of the same instance in the same registry with the same content; nullptr when there is none.
const Copy* equal_copy(const Ledger& ledger, const Copy& copy);
/// The sites that must have come to rest; nothing when the run has no settle phase or did not get through it.
std::optional<scenario::Sites> settled_core(const scenario::Stage& stage);

/// All of them.
std::vector<std::unique_ptr<Rule>> all_rules();

}  // namespace sim::check
