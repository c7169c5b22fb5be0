// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/values/predicate.h"
#include "sim/scenario/language/words_registry.h"

namespace sim::scenario {

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
    w.takes("copies", &Predicate::copies, "exactly so many copies, 1 unless told");
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
         [](auto& w) { w.takes("in", &Predicate::in, "at these nodes; any of all unless told"); });
  v.word("queue_depth", Word::QueueDepth, Subject::Nodes, "entries waiting in each node", bounds);
  v.word("leader", Word::Leader, Subject::Nodes, "each region of these nodes has one leader",
         [](auto& w) { w.takes("stable_for", &Predicate::stable_for, "the same for this long"); });
  v.word("leader_changed", Word::LeaderChanged, Subject::Nodes, "a region of these nodes got a new leader",
         [](auto& w) { w.takes("after", &Predicate::after, "after this; the beginning unless told"); });
  v.word("leaders_per_term", Word::LeadersPerTerm, Subject::Nodes, "leaders a region had in one term", bounds);
  v.word("writes_by_non_leader", Word::WritesByNonLeader, Subject::Nodes, "a syncer wrote that did not lead",
         [](auto&) {});
  v.word("down", Word::Down, Subject::Nodes, "each of these nodes runs no process",
         [](auto& w) { w.takes("because", &Predicate::because, "part of the reason with which it ended by itself"); });
  v.word("conflict", Word::Conflict, Subject::Nodes, "a node reports a registry or name used twice", [](auto&) {});
  v.word("pending", Word::Pending, Subject::Nodes, "reasons why each node is not at rest", bounds);
  v.word("all", Word::All, Subject::List, "every one of a list", [](auto&) {});
  v.word("any", Word::Any, Subject::List, "at least one of a list", [](auto&) {});
  v.word("not", Word::Not, Subject::One, "the contrary", [](auto&) {});
  v.later("log", "use \"alarm\" or \"member_seen\"; --trace shows every event of a run");
  v.later("state", "use \"pending\", \"queue_depth\" or \"members_agree\"");
  v.later("full_sync_after", "use \"metric\" of net.bytes_sent");
  v.later("incarnation_refuted", "use \"member_seen\" with the states suspect and alive");
}

}  // namespace sim::scenario
