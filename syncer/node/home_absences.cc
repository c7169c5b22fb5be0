// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/home_absences.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::node {
namespace {

constexpr Duration kRetry = std::chrono::seconds(1);
constexpr Duration kSlowest = std::chrono::seconds(10);
/// Confirmed ones wait this long at most for the others.
constexpr Duration kPatience = std::chrono::seconds(1);

}  // namespace

void HomeAbsences::suspect(Instant now, const registry::InstanceRef& ref) {
  const auto [it, is_new] = suspects_.try_emplace(ref);
  if (!is_new) return;
  it->second.due = now;
  if (!SYNCER_MUTATED("home.trust_the_list")) return;
  it->second.state = State::Absent;
  it->second.confirmed = now;
}

void HomeAbsences::advance(Instant now) {
  for (auto it = suspects_.begin(); it != suspects_.end();) {
    auto& [ref, suspect] = *it++;
    if (suspect.state == State::Due && suspect.due <= now) ask(now, ref, suspect);
  }
}

Instant HomeAbsences::next_deadline() const {
  Instant due = kNever;
  for (const auto& [ref, suspect] : suspects_) {
    if (suspect.state == State::Due) due = std::min(due, suspect.due);
    if (suspect.state == State::Absent) due = std::min(due, suspect.confirmed + kPatience);
  }
  return due;
}

void HomeAbsences::ask(Instant now, const registry::InstanceRef& ref, Suspect& suspect) {
  suspect.state = State::Asked;
  calls_.submit(now, Urgency::Read, requests_.get_instance(ref),
                [this, asked = ref](Instant at, const registry::RawAnswer& raw) { on_answer(at, asked, raw); });
}

void HomeAbsences::on_answer(Instant now, const registry::InstanceRef& ref, const registry::RawAnswer& raw) {
  const auto found = suspects_.find(ref);
  if (found == suspects_.end() || found->second.state != State::Asked) return;
  Suspect& suspect = found->second;
  const auto answer = registry::read_one_instance(raw);
  if (answer) return list_was_wrong(now, ref, suspect);
  if (answer.error().code == ErrorCode::NotFound) {
    suspect.state = State::Absent;
    suspect.confirmed = now;
    return;
  }
  suspect.state = State::Due;
  suspect.due = now + doubled(kRetry, suspect.tries++, kSlowest);
}

void HomeAbsences::list_was_wrong(Instant now, const registry::InstanceRef& ref, Suspect& suspect) {
  observe(
      observer_, now, EventKind::RegistryRefusal, Severity::Warning,
      {{"op", "read"}, {"instance", ref.instance_id}, {"reason", "suspicious list: it leaves out a live instance"}});
  reader_.distrust({ref.project, ref.service_id});
  suspect.state = State::Due;
  suspect.due = now + doubled(kRetry, suspect.tries++, kSlowest);
}

std::vector<registry::InstanceRef> HomeAbsences::take_confirmed(Instant now) {
  std::vector<registry::InstanceRef> absent;
  bool asking = false;
  Instant oldest = kNever;
  for (const auto& [ref, suspect] : suspects_) {
    if (suspect.state == State::Asked) asking = true;
    if (suspect.state != State::Absent) continue;
    absent.push_back(ref);
    oldest = std::min(oldest, suspect.confirmed);
  }
  if (absent.empty() || (asking && now < oldest + kPatience)) return {};
  for (const auto& ref : absent) suspects_.erase(ref);
  return absent;
}

}  // namespace syncer::node
