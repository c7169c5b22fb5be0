// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "syncer/catalog/calls.h"
#include "syncer/catalog/reader.h"

namespace syncer::catalog {

/// A list that leaves an instance out is a hint. Each such instance is asked for by itself, past the caches; only the
/// registry's word that it does not exist makes it absent. An error says nothing, and the instance itself says that
/// the list is wrong.
class Absences {
 public:
  Absences(const registry::V4Requests& requests, Calls& calls, Reader& reader, Observer& observer)
      : requests_(requests), calls_(calls), reader_(reader), observer_(observer) {}

  void suspect(Instant now, const registry::InstanceRef& ref);
  /// It was seen again.
  void clear(const registry::InstanceRef& ref);
  void advance(Instant now);
  Instant next_deadline() const;
  /// Those whose absence is confirmed, once none is being asked for any more: what vanished together is judged
  /// together.
  std::vector<registry::InstanceRef> take_confirmed(Instant now);
  std::size_t open() const { return suspects_.size(); }

 private:
  enum class State : std::uint8_t { Due, Asked, Absent };
  struct Suspect {
    State state = State::Asked;
    Instant since{};  ///< when it is or was due, or when its absence was confirmed
    std::uint32_t tries = 0;
  };
  using InTime = std::set<std::pair<Instant, registry::InstanceRef>>;

  void ask(Instant now, const registry::InstanceRef& ref);
  void on_answer(Instant now, const registry::InstanceRef& ref, const registry::RawAnswer& raw);
  void list_was_wrong(Instant now, const registry::InstanceRef& ref);
  void move(const registry::InstanceRef& ref, Suspect& suspect, State state, Instant since);
  void leave_queue(const registry::InstanceRef& ref, const Suspect& suspect);

  const registry::V4Requests& requests_;
  Calls& calls_;
  Reader& reader_;
  Observer& observer_;
  std::map<registry::InstanceRef, Suspect> suspects_;
  InTime due_;
  InTime absent_;
};

}  // namespace syncer::catalog
