// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/mutation.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/property/raft/chaos.h"
#include "tests/property/raft/hand_made.h"
#include "tests/property/raft/scenarios.h"
#include "tests/property/raft/storage.h"

namespace syncer::raft::property {
namespace {

using Scenario = std::function<Broken(std::uint64_t seed)>;

/// A deliberate fault, the scenario that must show it, and the properties of which one must be named.
struct Mutation {
  std::string name;
  Scenario scenario;
  std::vector<std::string> caught_by;
  std::uint64_t max_seeds;
};

Scenario chaos(std::size_t voters) {
  return [voters](std::uint64_t seed) { return run_chaos(voters, seed).violation; };
}

Scenario with(std::size_t voters, Broken (*scenario)(std::size_t, std::uint64_t)) {
  return [voters, scenario](std::uint64_t seed) { return scenario(voters, seed); };
}

std::vector<Mutation> mutations() {
  return {
      {"raft.vote_without_log_check", chaos(3), {"Leader Completeness"}, 50},
      {"raft.compare_index_before_term", chaos(5), {"Leader Completeness"}, 600},
      {"raft.commit_older_term", chaos(3), {"A4"}, 50},
      {"raft.forget_vote_at_restart", chaos(5), {"A2", "Election Safety"}, 600},
      {"raft.forget_term_at_restart", chaos(3), {"A1"}, 20},
      {"raft.send_before_sync", chaos(3), {"A3"}, 20},
      {"raft.count_vote_twice", chaos(5), {"Election Safety", "Leader Completeness"}, 1500},
      {"raft.skip_previous_check", chaos(5), {"Log Matching"}, 300},
      {"raft.truncate_always", chaos(3), {"A3", "A5", "A6"}, 50},
      {"raft.heartbeat_own_commit", chaos(3), {"State Machine Safety"}, 200},
      {"raft.withdraw_own_entry", chaos(3), {"Leader Append-Only"}, 50},
      {"raft.majority_off_by_one", chaos(3), {"A5", "Election Safety"}, 20},
      {"raft.snapshot_keeps_log", chaos(5), {"Log Matching"}, 600},
      {"raft.single_metadata_copy", chaos(3), {"V2"}, 20},
      {"raft.pre_candidate_raises_term", with(3, cut_off_node_disturbs), {"L3"}, 20},
      {"raft.never_step_down", with(3, deaf_leader_stays), {"L5"}, 20},
      {"raft.restarted_voter_votes", with(3, restart_during_cut_gives_two_writers), {"S1"}, 100},
      {"raft.lease_survives_transfer", with(3, cut_during_transfer_gives_two_writers), {"S1"}, 100},
      {"raft.lease_before_opening", chaos(3), {"S2"}, 20},
      {"raft.compact_without_snapshot", chaos(3), {"A7 order: the log"}, 50},
      {"raft.commit_to_own_end", append_proves_too_much, {"commit went beyond"}, 1},
      {"raft.acknowledge_own_end", append_proves_too_much, {"acknowledged more"}, 1},
      {"raft.snapshot_discards_longer_log", snapshot_discards_a_tail, {"a snapshot discarded"}, 1},
      {"raft.recovery_truncates_anywhere", flipped_bit_is_taken, {"V3"}, 100},
  };
}

class ElectionMutation : public testing::TestWithParam<Mutation> {
 protected:
  void TearDown() override { mutation::active = {}; }
};

TEST_P(ElectionMutation, IsCaughtByTheRightProperty) {
  const Mutation& mutant = GetParam();
  mutation::active = mutant.name;
  for (std::uint64_t seed = 1; seed <= mutant.max_seeds; ++seed) {
    const Broken broken = mutant.scenario(seed);
    if (!broken) continue;
    bool expected = false;
    for (const std::string& property : mutant.caught_by) expected = expected || broken->rfind(property, 0) == 0;
    if (!expected) continue;
    RecordProperty("seeds_needed", static_cast<int>(seed));
    return;
  }
  FAIL() << mutant.name << " was not caught within " << mutant.max_seeds << " seeds";
}

std::ostream& operator<<(std::ostream& out, const Mutation& mutant) { return out << mutant.name; }

std::string name_of(const testing::TestParamInfo<Mutation>& info) {
  return info.param.name.substr(info.param.name.find('.') + 1);
}

INSTANTIATE_TEST_SUITE_P(Fault, ElectionMutation, testing::ValuesIn(mutations()), name_of);

}  // namespace
}  // namespace syncer::raft::property
