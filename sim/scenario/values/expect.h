// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

/// The words of the domain that can be true or false at an instant.
enum class Word : std::uint8_t {
  Mirrored,     ///< `subject` instance(s) have `copies` (1 unless given) copies in `in`, each with the given content
  Absent,       ///< `subject` instance(s) are not in `in`, neither as copy nor as origin
  Copies,       ///< number of copies of each instance of `subject` in each registry of `in` (or everywhere)
  LoopBack,     ///< a copy was taken for an origin: it is mirrored on, or back into its home registry
  Resurrected,  ///< a copy exists of an instance whose origin was removed (longer ago than the expectation's grace)
  MirroredRemoved,  ///< more than `more_than` of the copies in `subject` vanished within `in_window`
  MemberSeen,       ///< node(s) `observer` see node(s) `subject` in `state`
  MembersAgree,     ///< nodes of `subject` see the same members in the same states, and these are the truth
  Alarm,       ///< the alarm `subject` (guard, hold, conflict, rejected …) is raised at `in` (any node unless given)
  QueueDepth,  ///< entries waiting in the nodes of `subject`, bounded by at_most / at_least
  Leader,      ///< each region of `subject` has one leader, the same for at least `stable_for`
  LeaderChanged,      ///< a region of `subject` got a leader after `after`
  LeadersPerTerm,     ///< number of nodes that led the same region of `subject` in the same term, at_most / at_least
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

/// A predicate over the state of the run. `word` decides which fields count; the others keep their default.
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

/// The predicate is true at some time in [after, after + within].
struct Eventually {
  Predicate predicate;
  Moment after;  ///< start of the run unless given
  Duration within{};
  bool operator==(const Eventually&) const = default;
};

/// The predicate is true at every event in [from, until], but for stretches of at most `grace`.
struct Always {
  Predicate predicate;
  Moment from;
  Moment until{"end", {}};
  Duration grace{};
  bool operator==(const Always&) const = default;
};

/// The predicate is false at every event in [from, until], but for stretches of at most `grace`.
struct Never {
  Predicate predicate;
  Moment from;
  Moment until{"end", {}};
  Duration grace{};
  bool operator==(const Never&) const = default;
};

/// `keeps` stays true from `after` on until `until` becomes true, which it must `within` the time given.
struct Keeps {
  Predicate keeps;
  Predicate until;
  Moment after;
  Duration within{};
  bool operator==(const Keeps&) const = default;
};

/// Every live origin instance is visible exactly once in every other region of `what`, nothing removed is; reached in
/// [after, after + within]. The timings of single instances (registered or removed at or after `after`) are recorded.
struct Converged {
  Selector what;  ///< regions or nodes; "all"; "core" of the settle phase
  Moment after;
  Duration within{};
  bool operator==(const Converged&) const = default;
};

enum class Compare : std::uint8_t { Less, LessEqual, Equal, GreaterEqual, Greater };

/// What a metric's number counts.
enum class Unit : std::uint8_t { Count, Nanoseconds, Bytes };

/// "<= 20s", "== 0", "<= 4KiB".
struct Bound {
  Compare compare = Compare::LessEqual;
  std::int64_t value = 0;
  Unit unit = Unit::Count;
  bool operator==(const Bound&) const = default;
};

std::string to_string(const Bound& bound);
/// Whether `value` keeps the bound.
bool holds(const Bound& bound, std::int64_t value);

/// A metric that a metric is divided by.
enum class Per : std::uint8_t { Run, Node, NodeSecond };

/// Bounds on a measured quantity of the whole run.
struct Metric {
  std::string metric;  ///< e.g. "convergence.visible_after", "net.bytes_sent"
  Per per = Per::Run;
  std::optional<Bound> p50;
  std::optional<Bound> p99;
  std::optional<Bound> max;
  std::optional<Bound> mean;
  std::optional<Bound> count;
  bool operator==(const Metric&) const = default;
};

/// The labels come true in this order.
struct Order {
  std::vector<std::string> labels;
  bool operator==(const Order&) const = default;
};

/// One demand on a run. Never influences it.
struct Expectation {
  Place place;
  std::string id;
  std::variant<Eventually, Always, Never, Keeps, Converged, Metric, Order> form;
  std::string note;
  bool operator==(const Expectation&) const = default;
};

/// Switches an always-on invariant off, or gives it a grace.
struct Relax {
  Place place;
  std::string invariant;          ///< e.g. "single-copy"
  std::optional<Duration> grace;  ///< off altogether when absent
  std::string reason;
  bool operator==(const Relax&) const = default;
};

}  // namespace sim::scenario
