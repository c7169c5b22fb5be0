// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

/// The words of the domain that can be true or false at an instant.
enum class Word : std::uint8_t {
  Mirrored,         ///< `subject` instance(s) have `copies` (1 unless told) copies in `in`, each with the given content
  Absent,           ///< `subject` instance(s) are not in `in`, neither as copy nor as origin
  Copies,           ///< number of copies of each instance of `subject` in each registry of `in` (or everywhere)
  LoopBack,         ///< a copy was taken for an origin: it is mirrored on, or back into its home registry
  Resurrected,      ///< a copy exists of an instance whose origin was removed (longer ago than the expectation's grace)
  MirroredRemoved,  ///< more than `more_than` of the copies in `subject` vanished within `in_window`
  MemberSeen,       ///< node(s) `observer` see node(s) `subject` in `state`
  MembersAgree,     ///< nodes of `subject` see the same members in the same states, and these are the truth
  Alarm,           ///< the alarm `subject` (guard, hold, conflict, parked …) is raised at `in` (any node unless told)
  QueueDepth,      ///< entries waiting in the nodes of `subject`, bounded by at_most / at_least
  Leader,          ///< each region of `subject` has one leader, the same for at least `stable_for`
  LeaderChanged,   ///< a region of `subject` got a leader after `after`
  LeadersPerTerm,  ///< number of nodes that led the same region of `subject` in the same term, at_most / at_least
  WritesByNonLeader,  ///< a syncer that did not lead its region sent a write to a registry
  Down,               ///< node(s) of `subject` run no process; with `because`, it ended by itself and said this
  Conflict,           ///< node(s) of `subject` report that another region uses their registry or their name
  Pending,            ///< work still open at the nodes of `subject`, bounded by at_most / at_least
  All,                ///< every one of `parts`
  Any,                ///< at least one of `parts`
  Not,                ///< not the only one of `parts`
};

/// How a member is seen by another.
enum class MemberState : std::uint8_t { Alive, Suspect, Dead, Left, Unknown };

/// Which removals of copies MirroredRemoved does not count.
enum class Without : std::uint8_t { OriginRemoved };

/// A predicate over the state of the run. Which fields count is told by `word`; the others keep their default.
struct Predicate {
  Place place;
  Word word = Word::All;
  Selector subject;   ///< what stands behind the word: instances, nodes, registries; "any" for all there are
  Selector in;        ///< registry or registries looked at; for Alarm the nodes
  Selector observer;  ///< MemberSeen: who looks
  std::optional<MemberState> state;       ///< MemberSeen
  std::optional<std::uint64_t> copies;    ///< Mirrored: exactly so many
  std::optional<std::uint64_t> at_most;   ///< Copies, QueueDepth, Pending
  std::optional<std::uint64_t> at_least;  ///< Copies, QueueDepth, Pending
  std::optional<InstanceStatus> status;   ///< Mirrored: every copy has this status
  std::vector<std::string> endpoints;     ///< Mirrored: every copy has exactly these, unless empty
  Pairs properties;                       ///< Mirrored: every copy has at least these
  std::optional<Ratio> more_than;         ///< MirroredRemoved
  std::optional<Duration> in_window;      ///< MirroredRemoved
  std::optional<Duration> stable_for;     ///< Leader
  std::optional<Moment> after;            ///< LeaderChanged
  std::optional<Without> without;         ///< MirroredRemoved
  std::string because;                    ///< Down: part of the reason that the process gave
  std::vector<Predicate> parts;           ///< All, Any, Not
  bool operator==(const Predicate&) const = default;
};

}  // namespace sim::scenario
