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
  Shown,        ///< number of copies of all instances of `subject` together in each registry of `in`
  Doubled,      ///< in a registry of `subject` two copies of one service have an endpoint in common
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
  Ready,              ///< node(s) of `subject` run and have no problem
  Problem,            ///< node(s) of `subject` run and have a problem; with `because`, one whose line holds these words
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
  std::optional<std::uint64_t> at_most;   ///< Copies, Shown, QueueDepth, Pending
  std::optional<std::uint64_t> at_least;  ///< Copies, Shown, QueueDepth, Pending
  std::optional<InstanceStatus> status;   ///< Mirrored: every copy has this status
  std::vector<std::string> endpoints;     ///< Mirrored: every copy has exactly these, unless empty
  Pairs properties;                       ///< Mirrored: every copy has at least these
  std::optional<Ratio> more_than;         ///< MirroredRemoved
  std::optional<Duration> in_window;      ///< MirroredRemoved
  std::optional<Duration> stable_for;     ///< Leader
  std::optional<Moment> after;            ///< LeaderChanged
  std::optional<Without> without;         ///< MirroredRemoved
  std::string because;                    ///< Down, Problem: part of the reason
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

constexpr auto words(Type<MemberState>) {
  return Words<MemberState, 5>{{{"alive", MemberState::Alive},
                                {"suspect", MemberState::Suspect},
                                {"dead", MemberState::Dead},
                                {"left", MemberState::Left},
                                {"unknown", MemberState::Unknown}}};
}

constexpr auto words(Type<Without>) { return Words<Without, 1>{{{"origin_removed", Without::OriginRemoved}}}; }

/// What stands behind a predicate's word.
enum class Subject { Instances, Nodes, Registries, Alarm, List, One };

/// Tells every word of a predicate: v.word(text, value, kind of subject, about, [](auto& v) { its other keys }).
template <class V>
void predicate_words(V& v) {
  const auto bounds = [](auto& w) {
    w.takes("at_most", &Predicate::at_most, "upper bound");
    w.takes("at_least", &Predicate::at_least, "lower bound");
  };
  v.word("mirrored", Word::Mirrored, Subject::Instances, "every such instance has its copies", [](auto& w) {
    w.needs("in", &Predicate::in, "registries looked at");
    w.takes("copies", &Predicate::copies, "exactly so many copies, 1 unless given");
    w.takes("status", &Predicate::status, "with this status");
    w.takes("endpoints", &Predicate::endpoints, "with exactly these endpoints");
    w.takes("properties", &Predicate::properties, "with at least these properties");
  });
  v.word("absent", Word::Absent, Subject::Instances, "no such instance is there, native or copy",
         [](auto& w) { w.needs("in", &Predicate::in, "registries looked at"); });
  v.word("copies", Word::Copies, Subject::Instances, "number of copies of each such instance", [bounds](auto& w) {
    w.takes("in", &Predicate::in, "registries looked at");
    bounds(w);
  });
  v.word("shown", Word::Shown, Subject::Instances, "number of copies of all such instances together",
         [bounds](auto& w) {
           w.needs("in", &Predicate::in, "registries looked at");
           bounds(w);
         });
  v.word("doubled", Word::Doubled, Subject::Registries, "two copies of one service have an endpoint in common",
         [](auto&) {});
  v.word("loop_back", Word::LoopBack, Subject::Instances, "a copy was taken for an origin", [](auto&) {});
  v.word("resurrected", Word::Resurrected, Subject::Instances, "a copy exists whose origin was removed", [](auto&) {});
  v.word("mirrored_removed", Word::MirroredRemoved, Subject::Registries, "many copies vanished at once", [](auto& w) {
    w.needs("more_than", &Predicate::more_than, "share of the copies");
    w.needs("in_window", &Predicate::in_window, "within this time");
    w.takes("without", &Predicate::without, "removals that do not count");
  });
  v.word("member_seen", Word::MemberSeen, Subject::Nodes, "members are seen in a state", [](auto& w) {
    w.needs("observer", &Predicate::observer, "nodes that look");
    w.needs("state", &Predicate::state, "state seen");
  });
  v.word("members_agree", Word::MembersAgree, Subject::Nodes, "nodes see the same, true members", [](auto&) {});
  v.word("alarm", Word::Alarm, Subject::Alarm, "an alarm is raised",
         [](auto& w) { w.takes("in", &Predicate::in, "at these nodes; any of all unless given"); });
  v.word("queue_depth", Word::QueueDepth, Subject::Nodes, "entries waiting in each node", bounds);
  v.word("leader", Word::Leader, Subject::Nodes, "each region of these nodes has one leader",
         [](auto& w) { w.takes("stable_for", &Predicate::stable_for, "the same for this long"); });
  v.word("leader_changed", Word::LeaderChanged, Subject::Nodes, "a region of these nodes got a new leader",
         [](auto& w) { w.takes("after", &Predicate::after, "after this; the beginning unless given"); });
  v.word("leaders_per_term", Word::LeadersPerTerm, Subject::Nodes, "leaders a region had in one term", bounds);
  v.word("writes_by_non_leader", Word::WritesByNonLeader, Subject::Nodes, "a syncer wrote that did not lead",
         [](auto&) {});
  v.word("down", Word::Down, Subject::Nodes, "each of these nodes runs no process",
         [](auto& w) { w.takes("because", &Predicate::because, "part of the reason with which it ended by itself"); });
  v.word("conflict", Word::Conflict, Subject::Nodes, "a node reports a registry or name used twice", [](auto&) {});
  v.word("ready", Word::Ready, Subject::Nodes, "each of these nodes runs and names no problem", [](auto&) {});
  v.word("problem", Word::Problem, Subject::Nodes, "each of these nodes names a problem",
         [](auto& w) { w.takes("because", &Predicate::because, "part of what it says"); });
  v.word("pending", Word::Pending, Subject::Nodes, "reasons why each node is not at rest", bounds);
  v.word("all", Word::All, Subject::List, "every one of a list", [](auto&) {});
  v.word("any", Word::Any, Subject::List, "at least one of a list", [](auto&) {});
  v.word("not", Word::Not, Subject::One, "the contrary", [](auto&) {});
  v.later("log", "use \"alarm\" or \"member_seen\"; --trace shows every event of a run");
  v.later("state", "use \"pending\", \"queue_depth\" or \"members_agree\"");
  v.later("full_sync_after", "use \"metric\" of net.bytes_sent");
  v.later("incarnation_refuted", "use \"member_seen\" with the states suspect and alive");
}

constexpr auto words(Type<Per>) {
  return Words<Per, 3>{{{"run", Per::Run}, {"node", Per::Node}, {"node second", Per::NodeSecond}}};
}

template <class V>
void describe(V& v, Type<Eventually>) {
  v.needs("eventually", &Eventually::predicate, "true at some time");
  v.takes("after", &Eventually::after, "from then on");
  v.needs("within", &Eventually::within, "at the latest so much later");
}

template <class V>
void describe(V& v, Type<Always>) {
  v.needs("always", &Always::predicate, "true all the time");
  v.takes("from", &Always::from, "begin of the window");
  v.takes("until", &Always::until, "end of the window");
  v.takes("grace", &Always::grace, "may be false for at most this long in one stretch");
}

template <class V>
void describe(V& v, Type<Never>) {
  v.needs("never", &Never::predicate, "false all the time");
  v.takes("from", &Never::from, "begin of the window");
  v.takes("until", &Never::until, "end of the window");
  v.takes("grace", &Never::grace, "may be true for at most this long in one stretch");
}

template <class V>
void describe(V& v, Type<Keeps>) {
  v.needs("keeps", &Keeps::keeps, "true until the other comes");
  v.needs("until", &Keeps::until, "the other, which must come");
  v.takes("after", &Keeps::after, "from then on");
  v.needs("within", &Keeps::within, "at the latest so much later");
}

template <class V>
void describe(V& v, Type<Converged>) {
  v.needs("converged", &Converged::what, "regions that must show the same instances, or all, or core");
  v.takes("after", &Converged::after, "from then on");
  v.needs("within", &Converged::within, "at the latest so much later");
}

template <class V>
void describe(V& v, Type<Metric>) {
  v.needs("metric", &Metric::metric, "name of a measured quantity");
  v.takes("per", &Metric::per, "what it is divided by");
  v.takes("p50", &Metric::p50, "bound on the median");
  v.takes("p99", &Metric::p99, "bound on the 99th percentile");
  v.takes("max", &Metric::max, "bound on the maximum");
  v.takes("mean", &Metric::mean, "bound on the mean");
  v.takes("count", &Metric::count, "bound on the count");
  v.later("where", "the metric counts the whole run");
}

template <class V>
void describe(V& v, Type<Order>) {
  v.needs("order", &Order::labels, "labels in the order they come true");
}

/// Tells every form of an expectation, by the key that makes it.
template <class V>
void alternatives(V& v, Type<decltype(Expectation::form)>) {
  v.template alternative<Eventually>("eventually", "true at some time in a window");
  v.template alternative<Always>("always", "true at every event of a window");
  v.template alternative<Never>("never", "false at every event of a window");
  v.template alternative<Keeps>("keeps", "true until another comes");
  v.template alternative<Converged>("converged", "all live instances everywhere, once");
  v.template alternative<Metric>("metric", "bounds on a measured quantity");
  v.template alternative<Order>("order", "labels in order");
  v.later("sometimes", "use \"eventually\" in a scenario that makes it happen");
  v.later("reachable", "use \"eventually\" with a predicate that shows it");
  v.later("unreachable", "use \"never\" with a predicate that shows it");
  v.later("watermark", "use \"metric\" with \"max\", or \"always\" with \"queue_depth\"");
  v.later("message", "use \"metric\" of net.messages_sent or net.bytes_sent");
}

template <class V>
void describe(V& v, Type<Expectation>) {
  v.needs("id", &Expectation::id, "its name in reports");
  v.choice("", &Expectation::form, "what is demanded");
  v.takes("note", &Expectation::note, "a remark");
}

template <class V>
void describe(V& v, Type<Relax>) {
  v.needs("invariant", &Relax::invariant, "name of an always-on invariant");
  v.takes("grace", &Relax::grace, "may be broken for this long; switched off when absent");
  v.needs("reason", &Relax::reason, "why");
}

}  // namespace sim::scenario
