// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/quorum.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::raft {

Majority::Majority(std::vector<VoterId> voters) : voters_(std::move(voters)) {
  std::sort(voters_.begin(), voters_.end());
  voters_.erase(std::unique(voters_.begin(), voters_.end()), voters_.end());
}

std::size_t Majority::size() const {
  if (SYNCER_MUTATED("election.majority_off_by_one")) return std::max<std::size_t>(voters_.size() / 2, 1);
  return voters_.size() / 2 + 1;
}

VoteResult Majority::count(const std::map<VoterId, bool>& votes) const {
  std::size_t yes = 0;
  std::size_t unknown = 0;
  for (const VoterId voter : voters_) {
    const auto vote = votes.find(voter);
    if (vote == votes.end()) {
      ++unknown;
    } else if (vote->second) {
      ++yes;
    }
  }
  if (voters_.empty() || yes >= size()) return VoteResult::Won;
  return yes + unknown >= size() ? VoteResult::Pending : VoteResult::Lost;
}

template <class T>
T Majority::reached(const std::map<VoterId, T>& values, T none, T all) const {
  if (voters_.empty()) return all;
  std::vector<T> sorted;
  for (const VoterId voter : voters_) {
    const auto value = values.find(voter);
    sorted.push_back(value == values.end() ? none : value->second);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() - size()];
}

template Index Majority::reached(const std::map<VoterId, Index>&, Index, Index) const;
template Instant Majority::reached(const std::map<VoterId, Instant>&, Instant, Instant) const;

}  // namespace syncer::raft
