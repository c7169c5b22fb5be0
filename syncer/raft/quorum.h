// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "syncer/base/time.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Outcome of counting votes.
enum class VoteResult : std::uint8_t { Pending, Won, Lost };

/// Arithmetic over a fixed set of voters. The empty set agrees to everything, as an absent second half of a joint
/// quorum does.
class Majority {
 public:
  /// Duplicates are ignored.
  explicit Majority(std::vector<VoterId> voters);

  /// Ascending.
  const std::vector<VoterId>& voters() const { return voters_; }
  /// Voters needed to agree.
  std::size_t size() const;

  /// Voters without an entry in `votes` have not answered.
  VoteResult count(const std::map<VoterId, bool>& votes) const;

  /// Largest value that a majority has reached; absent voters count as `none`, the empty set as `all`.
  template <class T>
  T reached(const std::map<VoterId, T>& values, T none, T all) const;

 private:
  std::vector<VoterId> voters_;
};

extern template Index Majority::reached(const std::map<VoterId, Index>&, Index, Index) const;
extern template Instant Majority::reached(const std::map<VoterId, Instant>&, Instant, Instant) const;

}  // namespace syncer::raft
