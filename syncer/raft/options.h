// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Settings of one voter; all voters of a group should have the same.
struct Options {
  /// T: silence after which a follower may campaign; the drawn timeout lies in [T, 2T - election_step].
  Duration election_timeout = std::chrono::milliseconds(500);
  Duration heartbeat_interval = std::chrono::milliseconds(50);
  /// Grain of the drawn timeout. Coarse grains make two candidates fire together (a tenth of T doubles the tail).
  Duration election_step = Duration(1);
  /// Ask before raising the term, so that a cut-off voter does not disturb the others (thesis 9.6).
  bool pre_vote = true;
  /// A leader without a quorum steps down, voters ignore candidates while they hear a leader (thesis 6.2, 4.2.3).
  bool check_quorum = true;
  /// Assumed drift of two clocks against each other; shortens the write lease.
  Ratio clock_drift{1, 10};
  /// Append messages in flight to one peer.
  std::size_t max_inflight = 64;
  /// Entries and bytes of data of one append message; one entry is always allowed.
  std::size_t max_message_entries = 256;
  std::size_t max_message_bytes = 1 << 20;
  /// Bytes of data a leader accepts before they are committed.
  std::size_t max_uncommitted_bytes = 16 << 20;
  /// Entries kept behind a snapshot, for followers that are only a little late.
  Index trailing_entries = 128;
};

inline constexpr std::size_t kMaxVoters = 7;

/// The first rule that options or voters break (1 to 7 distinct voters, `self` among them), or nothing.
std::optional<Error> check(const Options& options, VoterId self, const std::vector<VoterId>& voters);

/// How long a quorum's echo lets a leader act outside the log: T (1 - d) / (1 + d), rounded down.
Duration write_lease(const Options& options);

}  // namespace syncer::raft
