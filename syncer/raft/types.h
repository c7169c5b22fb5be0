// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/ids.h"

namespace syncer::raft {

/// One voter slot of a region's group; 0 is no voter. A slot that is given to another disk keeps its number: see
/// Raft::forget_peer().
using VoterId = Id<struct VoterTag>;
inline constexpr VoterId kNobody{};

/// Raft's logical clock; at most one leader each.
using Term = std::uint64_t;
/// Place in the log, counted from 1.
using Index = std::uint64_t;

/// An entry's identity. The order (term first) is the "more up to date" of Raft (thesis 3.6.1).
struct Position {
  Term term = 0;
  Index index = 0;
  auto operator<=>(const Position&) const = default;
};

/// One command of the log; empty data is the entry a new leader opens its term with.
struct Entry {
  Term term = 0;
  Index index = 0;
  Bytes data;
  Position at() const { return {term, index}; }
  bool operator==(const Entry&) const = default;
};

/// What a voter must never forget. `commit` only saves work after a restart; it needs no write of its own.
struct HardState {
  Term term = 0;
  VoterId vote;
  Index commit = 0;
  bool operator==(const HardState&) const = default;
};

/// The applied state at one position, as bytes that only the owner understands.
struct Snapshot {
  Position at;
  Bytes state;
  bool operator==(const Snapshot&) const = default;
};

/// What a voter finds on its disk. A new group starts with all of it empty. `base` is where the stored log begins; the
/// snapshot lies at or above it and within the log.
struct Stored {
  HardState hard_state;
  Snapshot snapshot;
  Position base;
  std::vector<Entry> entries;
  bool operator==(const Stored&) const = default;
};

/// What a voter is at the moment.
enum class Role : std::uint8_t { Follower, PreCandidate, Candidate, Leader };

/// The volatile facts people and the node ask for.
struct SoftState {
  Role role = Role::Follower;
  VoterId leader;
  bool operator==(const SoftState&) const = default;
};

}  // namespace syncer::raft
