// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/absences.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/registry/settings.h"

namespace syncer::registry {
namespace {

/// Confirmed ones wait this long at most for the others.
constexpr Duration kPatience = std::chrono::seconds(1);

}  // namespace

void Absences::suspect(Instant now, const EntryId& ref) {
  const auto [it, is_new] = suspects_.try_emplace(ref);
  if (is_new) move(ref, it->second, SYNCER_MUTATED("catalog.trust_the_list") ? State::Absent : State::Due, now);
}

void Absences::clear(const EntryId& ref) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end()) return;
  leave_queue(ref, found->second);
  suspects_.erase(found);
}

void Absences::leave_queue(const EntryId& ref, const Suspect& suspect) {
  if (suspect.state == State::Due) due_.erase({suspect.since, ref});
  if (suspect.state == State::Absent) absent_.erase({suspect.since, ref});
}

void Absences::move(const EntryId& ref, Suspect& suspect, State state, Instant since) {
  leave_queue(ref, suspect);
  suspect.state = state;
  suspect.since = since;
  if (state == State::Due) due_.insert({since, ref});
  if (state == State::Absent) absent_.insert({since, ref});
}

void Absences::advance(Instant now) {
  std::set<EntryId> asked;
  for (const auto& [due, ref] : due_) {
    if (due > now) break;
    asked.insert(ref);
  }
  for (const EntryId& ref : asked) ask(now, ref);
}

Instant Absences::next_deadline() const {
  const Instant due = due_.empty() ? kNever : due_.begin()->first;
  return absent_.empty() ? due : std::min(due, absent_.begin()->first + kPatience);
}

void Absences::ask(Instant now, const EntryId& ref) {
  move(ref, suspects_.at(ref), State::Asked, now);
  driver_.confirm(now, ref, [this, asked = ref](Instant at, Presence presence) { on_answer(at, asked, presence); });
}

void Absences::on_answer(Instant now, const EntryId& ref, Presence presence) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end() || found->second.state != State::Asked) return;
  if (presence == Presence::Present) list_was_wrong(now, ref);
  if (presence == Presence::Absent) return move(ref, found->second, State::Absent, now);
  move(ref, found->second, State::Due, now + kConfirmation.wait(found->second.tries++));
}

void Absences::list_was_wrong(Instant now, const EntryId& ref) {
  observe(observer_, now, EventKind::RegistryRefusal, Severity::Warning,
          {{"op", "read"}, {"instance", ref.id}, {"reason", "suspicious list: it leaves out a live instance"}});
  driver_.distrust(ref.owner());
}

std::vector<EntryId> Absences::take_confirmed(Instant now) {
  const bool asking = suspects_.size() > due_.size() + absent_.size();
  if (absent_.empty() || (asking && now < absent_.begin()->first + kPatience)) return {};
  std::vector<EntryId> absent;
  for (const auto& [confirmed, ref] : absent_) absent.push_back(ref);
  for (const auto& ref : absent) suspects_.erase(ref);
  absent_.clear();
  std::sort(absent.begin(), absent.end());
  return absent;
}

}  // namespace syncer::registry
