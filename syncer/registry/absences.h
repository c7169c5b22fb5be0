// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "syncer/registry/driver.h"
#include "syncer/registry/sizes.h"

namespace syncer::registry {

/// A list that leaves an entry out is a hint. Each such entry is asked for by itself, past the caches; only the
/// registry's answer that it does not exist makes it absent. An error says nothing, and the entry itself shows that the
/// list is wrong.
class Absences {
 public:
  Absences(Driver& driver, Observer& observer) : driver_(driver), observer_(observer) {}

  /// `may_lag`: a reading past all caches showed it just now, and a list that does not yet is not wrong.
  void suspect(Instant now, const EntryId& ref, bool may_lag = false);
  /// It is listed, and may be gone all the same: a cache may show what the store has lost.
  void verify(Instant now, const EntryId& ref);
  /// It was seen again.
  void clear(const EntryId& ref);
  void advance(Instant now);
  Instant next_deadline() const;
  /// Those whose absence is confirmed, once none that was missed no later is being asked for any more: what vanished
  /// together is judged together.
  std::vector<EntryId> take_confirmed(Instant now);
  /// Those that were to be verified and are there.
  std::vector<EntryId> take_verified() { return std::exchange(verified_, {}); }
  std::size_t open() const { return suspects_.size(); }
  /// Adds those that are not decided.
  void fill(Sizes& sizes) const {
    sizes.suspects = suspects_.size();
    sizes.suspects_queued = due_.size() + asked_.size() + absent_.size();
  }

 private:
  enum class State : std::uint8_t { Due, Asked, Absent };
  struct Suspect {
    State state = State::Asked;
    Instant missed{};  ///< when a list first left it out
    Instant since{};   ///< when it is due, was missed, or its absence was confirmed, by its state
    std::uint32_t tries = 0;
    bool listed = false;
    bool may_lag = false;
  };
  using InTime = std::set<std::pair<Instant, EntryId>>;

  void ask(Instant now, const EntryId& ref);
  void on_answer(Instant now, const EntryId& ref, Presence presence);
  bool is_settled(Instant now, const EntryId& ref, Suspect& suspect);
  void list_was_wrong(Instant now, const EntryId& ref);
  void move(const EntryId& ref, Suspect& suspect, State state, Instant since);
  InTime& queue(State state);

  Driver& driver_;
  Observer& observer_;
  std::map<EntryId, Suspect> suspects_;
  InTime due_;
  InTime asked_;
  InTime absent_;
  std::vector<EntryId> verified_;
};

}  // namespace syncer::registry
