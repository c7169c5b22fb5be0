// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/absences.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

constexpr Duration kRetry = std::chrono::seconds(1);
constexpr Duration kSlowest = std::chrono::seconds(10);
/// Confirmed ones wait this long at most for the others.
constexpr Duration kPatience = std::chrono::seconds(1);

}  // namespace

void Absences::suspect(Instant now, const registry::InstanceRef& ref) {
  const auto [it, is_new] = suspects_.try_emplace(ref);
  if (is_new) move(ref, it->second, SYNCER_MUTATED("catalog.trust_the_list") ? State::Absent : State::Due, now);
}

void Absences::clear(const registry::InstanceRef& ref) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end()) return;
  leave_queue(ref, found->second);
  suspects_.erase(found);
}

void Absences::leave_queue(const registry::InstanceRef& ref, const Suspect& suspect) {
  if (suspect.state == State::Due) due_.erase({suspect.since, ref});
  if (suspect.state == State::Absent) absent_.erase({suspect.since, ref});
}

void Absences::move(const registry::InstanceRef& ref, Suspect& suspect, State state, Instant since) {
  leave_queue(ref, suspect);
  suspect.state = state;
  suspect.since = since;
  if (state == State::Due) due_.insert({since, ref});
  if (state == State::Absent) absent_.insert({since, ref});
}

void Absences::advance(Instant now) {
  std::set<registry::InstanceRef> asked;
  for (const auto& [due, ref] : due_) {
    if (due > now) break;
    asked.insert(ref);
  }
  for (const registry::InstanceRef& ref : asked) ask(now, ref);
}

Instant Absences::next_deadline() const {
  const Instant due = due_.empty() ? kNever : due_.begin()->first;
  return absent_.empty() ? due : std::min(due, absent_.begin()->first + kPatience);
}

void Absences::ask(Instant now, const registry::InstanceRef& ref) {
  move(ref, suspects_.at(ref), State::Asked, now);
  calls_.submit(now, Urgency::Read, requests_.get_instance(ref),
                [this, asked = ref](Instant at, const registry::RawAnswer& raw) { on_answer(at, asked, raw); });
}

void Absences::on_answer(Instant now, const registry::InstanceRef& ref, const registry::RawAnswer& raw) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end() || found->second.state != State::Asked) return;
  const auto answer = registry::read_one_instance(raw);
  if (answer) list_was_wrong(now, ref);
  if (!answer && answer.error().code == ErrorCode::NotFound) return move(ref, found->second, State::Absent, now);
  const Duration wait = doubled(kRetry, found->second.tries++, kSlowest);
  move(ref, found->second, State::Due, now + wait);
}

void Absences::list_was_wrong(Instant now, const registry::InstanceRef& ref) {
  observe(
      observer_, now, EventKind::RegistryRefusal, Severity::Warning,
      {{"op", "read"}, {"instance", ref.instance_id}, {"reason", "suspicious list: it leaves out a live instance"}});
  reader_.distrust({ref.project, ref.service_id});
}

std::vector<registry::InstanceRef> Absences::take_confirmed(Instant now) {
  const bool asking = suspects_.size() > due_.size() + absent_.size();
  if (absent_.empty() || (asking && now < absent_.begin()->first + kPatience)) return {};
  std::vector<registry::InstanceRef> absent;
  for (const auto& [confirmed, ref] : absent_) absent.push_back(ref);
  for (const auto& ref : absent) suspects_.erase(ref);
  absent_.clear();
  std::sort(absent.begin(), absent.end());
  return absent;
}

}  // namespace syncer::catalog
