// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/options.h"

#include <algorithm>

namespace syncer::raft {
namespace {

std::optional<std::string> broken_rule(const Options& o) {
  if (o.heartbeat_interval <= Duration::zero()) return "heartbeat interval must be positive";
  if (o.election_timeout < 2 * o.heartbeat_interval) return "election timeout must be at least two heartbeat intervals";
  if (o.election_step <= Duration::zero() || o.election_step > o.election_timeout) {
    return "election step must be positive and at most the election timeout";
  }
  if (o.clock_drift.denominator == 0 || o.clock_drift.numerator >= o.clock_drift.denominator) {
    return "clock drift must be below 100%";
  }
  if (o.max_inflight == 0 || o.max_message_entries == 0) return "append limits must be at least 1";
  return std::nullopt;
}

std::optional<std::string> broken_rule(VoterId self, std::vector<VoterId> voters) {
  if (voters.empty() || voters.size() > kMaxVoters) return "a group has 1 to 7 voters";
  std::sort(voters.begin(), voters.end());
  if (std::adjacent_find(voters.begin(), voters.end()) != voters.end()) return "a voter is named twice";
  if (voters.front() == kNobody) return "voter id 0 is reserved";
  if (!std::binary_search(voters.begin(), voters.end(), self)) return "this node is not among the voters";
  return std::nullopt;
}

}  // namespace

std::optional<Error> check(const Options& options, VoterId self, const std::vector<VoterId>& voters) {
  std::optional<std::string> broken = broken_rule(options);
  if (!broken) broken = broken_rule(self, voters);
  if (!broken) return std::nullopt;
  return Error{ErrorCode::Invalid, "raft", *broken};
}

Duration write_lease(const Options& options) {
  const auto n = static_cast<__int128>(options.clock_drift.numerator);
  const auto d = static_cast<__int128>(options.clock_drift.denominator);
  return Duration(static_cast<std::int64_t>(options.election_timeout.count() * (d - n) / (d + n)));
}

}  // namespace syncer::raft
