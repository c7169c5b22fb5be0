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

void Absences::suspect(Instant now, const EntryId& ref, bool may_lag) {
  const auto [it, is_new] = suspects_.try_emplace(ref);
  if (!is_new) return;
  it->second.may_lag = may_lag;
  it->second.missed = now;
  move(ref, it->second, SYNCER_MUTATED("catalog.trust_the_list") ? State::Absent : State::Due, now);
}

void Absences::verify(Instant now, const EntryId& ref) {
  const auto [it, is_new] = suspects_.try_emplace(ref);
  // One that was missed is listed again: what is known of it by its id settles it now.
  if (is_new || !SYNCER_MUTATED("registry.suspect_who_is_listed_again")) it->second.listed = true;
  if (!is_new) return;
  it->second.missed = now;
  move(ref, it->second, State::Due, now);
}

void Absences::clear(const EntryId& ref) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end()) return;
  queue(found->second.state).erase({found->second.since, ref});
  suspects_.erase(found);
}

Absences::InTime& Absences::queue(State state) {
  if (state == State::Due) return due_;
  return state == State::Asked ? asked_ : absent_;
}

void Absences::move(const EntryId& ref, Suspect& suspect, State state, Instant since) {
  queue(suspect.state).erase({suspect.since, ref});
  suspect.state = state;
  suspect.since = since;
  queue(state).insert({since, ref});
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
  Suspect& suspect = suspects_.at(ref);
  move(ref, suspect, State::Asked, suspect.missed);
  driver_.confirm(now, ref, [this, asked = ref](Instant at, const Confirmation& answer) {
    // Only applications' instances are asked for: a copy that has the id took the place of one that is gone.
    const bool is_taken = answer.presence == Presence::Present && answer.entry && !is_native(*answer.entry);
    on_answer(at, asked, is_taken ? Presence::Absent : answer.presence);
  });
}

void Absences::on_answer(Instant now, const EntryId& ref, Presence presence) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end() || found->second.state != State::Asked) return;
  if (presence == Presence::Present && is_settled(now, ref, found->second)) return;
  if (presence == Presence::Absent) return move(ref, found->second, State::Absent, now);
  move(ref, found->second, State::Due, now + kConfirmation.wait(found->second.tries++));
}

/// A listed one that is there needs no more; a list that lacks one that is there was wrong.
bool Absences::is_settled(Instant now, const EntryId& ref, Suspect& suspect) {
  if (!suspect.listed) {
    if (!std::exchange(suspect.may_lag, false)) list_was_wrong(now, ref);
    return false;
  }
  verified_.push_back(ref);
  clear(EntryId(ref));
  return true;
}

void Absences::list_was_wrong(Instant now, const EntryId& ref) {
  observe(observer_, now, EventKind::RegistryRefusal, Severity::Warning,
          {{"op", "read"}, {"instance", ref.id}, {"reason", "suspicious list: it leaves out a live instance"}});
  driver_.distrust(ref.owner());
}

std::vector<EntryId> Absences::take_confirmed(Instant now) {
  if (absent_.empty()) return {};
  const bool patient = now < absent_.begin()->first + kPatience;
  const Instant open = asked_.empty() || !patient ? kNever : asked_.begin()->first;
  if (open != kNever && SYNCER_MUTATED("registry.await_every_confirmation")) return {};
  std::vector<EntryId> absent;
  for (const auto& [confirmed, ref] : absent_) {
    if (suspects_.at(ref).missed < open) absent.push_back(ref);
  }
  for (const EntryId& ref : absent) clear(ref);
  std::sort(absent.begin(), absent.end());
  return absent;
}

}  // namespace syncer::registry
