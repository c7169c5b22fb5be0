// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_guard.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

using Kind = GuardDecision::Kind;

namespace {

std::string age(Instant now, Instant since) {
  return to_string(Duration(std::chrono::duration_cast<std::chrono::seconds>(now - since)));
}

/// Of those that change meanwhile.
std::vector<LossWindow::Number> copy_of(const std::set<LossWindow::Number>& numbers) {
  return {numbers.begin(), numbers.end()};
}

}  // namespace

// What the registry shows.

void LossGuard::put(Instant now, const Sighting& sighting) {
  Entry* known = entries().find(sighting.key);
  if (known == nullptr) return arrive(now, sighting);
  if (known->state == State::Live) return entries().renew(now, *known, sighting);
  come_back(now, *known, sighting);
}

void LossGuard::arrive(Instant now, const Sighting& sighting) {
  Entry& arrival = entries().add(now, sighting);
  if (entries().is_fresh(arrival)) ledger_.set_timer(arrival, saturating_add(arrival.arrived, arrival.lease));
  if (Entry* lost = entries().predecessor_of(arrival)) {
    replace(*lost, arrival);
  } else if (const Entry* twin = entries().live_twin_of(arrival)) {
    ledger_.decide(Kind::Confirm, GuardRule::Replaced, *twin, Instant{});
  }
  Entry* covered = entries().cover_with(arrival);
  if (covered != nullptr && covered->state == State::Gone) ledger_.drop(*covered);
}

/// The entry's removal is no loss. An arrival whose predecessor another one made good by number has a good deed left.
void LossGuard::replace(Entry& lost, Entry& by) {
  const bool was_covered = lost.covered;
  if (lost.state == State::Gone) {
    ledger_.drop(lost);
  } else {
    ledger_.let_go(lost, GuardRule::Replaced);
  }
  entries().set_successor(by);
  if (!was_covered) entries().spend(by);
}

void LossGuard::come_back(Instant now, Entry& entry, const Sighting& sighting) {
  ledger_.come_back(entry);
  entries().renew(now, entry, sighting);
}

void LossGuard::absent(Instant now, std::span<const Absence> absences) {
  std::vector<Number> lost;
  for (const Absence& absence : absences) lose(now, absence.key, absence.proven, false, lost);
  look_for_successors(now, lost);
}

void LossGuard::orphaned(Instant now, std::span<const Bytes> keys, bool suspect) {
  suspects_orphans_ = suspects_orphans_ || suspect;
  std::vector<Number> lost;
  for (const Bytes& key : keys) lose(now, key, Instant::min(), true, lost);
  look_for_successors(now, lost);
  if (registry_.healthy()) {
    judge(now);
  } else {
    hold_unproven(now);
  }
}

void LossGuard::lose(Instant now, ByteView key, Instant proven, bool orphan, std::vector<Number>& lost) {
  Entry* entry = entries().find(key);
  if (entry == nullptr || entry->state != State::Live) return;
  entry->proven = std::max(entry->proven, proven);
  entry->orphan = orphan;
  ledger_.lose(now, *entry);
  lost.push_back(entry->number);
}

/// What replaces one of the lost is none of them: all are absent by now.
void LossGuard::look_for_successors(Instant now, const std::vector<Number>& lost) {
  for (const Number number : lost) {
    Entry& entry = entries().at(number);
    // Who finds both in its own registry, as a new leader does, knows of no arrival: what the epoch has is the later
    // one.
    const bool ageless = entry.orphan && !SYNCER_MUTATED("guard.ask_orphans_for_an_arrival");
    Entry* by = ageless ? entries().live_twin_of_lost(entry) : nullptr;
    if (by == nullptr) by = entries().successor_of(now, entry, hold_time(entry));
    if (by != nullptr) replace(entry, *by);
  }
}

/// Whoever has its place by now has come for it, and makes no other loss good.
void LossGuard::forget(ByteView key) {
  Entry* entry = entries().find(key);
  if (entry == nullptr) return;
  Entry* by = entry->state == State::Live ? entries().successor_of(Instant::min(), *entry, Duration::zero()) : nullptr;
  if (by != nullptr && !SYNCER_MUTATED("guard.forget_without_a_successor")) {
    SYNCER_SOMETIMES(true, "guard.removed_one_has_a_successor");
    entries().set_successor(*by);
    entries().spend(*by);
  }
  ledger_.drop(*entry);
}

// What the looks at the registry prove.

void LossGuard::prove(Instant now, const Proof& proof) {
  const RegistryHealth::News news = registry_.look(now, proof);
  if (news == RegistryHealth::News::Old) return;
  if (news == RegistryHealth::News::Sick) return hold_unproven(now);
  if (news == RegistryHealth::News::Recovered) resume();
  judge(now);
}

void LossGuard::witness(Instant now, ByteView key, Instant proven) {
  Entry* entry = entries().find(key);
  if (entry == nullptr || entry->state != State::Live) return;
  entry->proven = std::max(entry->proven, proven);
  if (!registry_.witness(entry->known_since, proven)) return;
  for (const Number number : ledger_.held()) {
    if (entries().at(number).rule == static_cast<std::uint8_t>(GuardRule::MemoryLost))
      ledger_.reopen(entries().at(number));
  }
  if (registry_.healthy()) judge(now);
}

void LossGuard::hold_unproven(Instant now) {
  for (const Number number : copy_of(ledger_.open())) {
    Entry& entry = entries().at(number);
    if (entry.state != State::Absent) continue;
    SYNCER_SOMETIMES(true, "guard.absence_is_unproven");
    if (is_released(now, GuardRule::Unproven)) {
      ledger_.let_go(entry, GuardRule::Operator);
    } else {
      ledger_.hold(now, entry, GuardRule::Unproven, kNever, Kind::Hold);
    }
  }
}

/// The registry is healthy again: the time of what outlasted its hold meanwhile runs anew.
void LossGuard::resume() {
  for (const Number number : ledger_.take_stalled()) {
    SYNCER_SOMETIMES(true, "guard.time_stood_still");
    Entry& entry = entries().at(number);
    ledger_.set_timer(entry, held_until(entry, static_cast<GuardRule>(entry.rule)));
  }
}

// The judgement.

void LossGuard::judge(Instant now) {
  std::vector<Number> expired;
  std::vector<Number> orphans;
  for (const Number number : copy_of(ledger_.open())) {
    Entry& entry = entries().at(number);
    if (entry.orphan) {
      orphans.push_back(number);
    } else if (entry.lost_at > registry_.checked_at() && !SYNCER_MUTATED("guard.judge_before_the_look")) {
      continue;
    } else if (!is_memory_lost(now, entry)) {
      expired.push_back(number);
    } else if (is_released(now, GuardRule::MemoryLost)) {
      SYNCER_SOMETIMES(true, "guard.operator_lets_a_lost_memory_go");
      ledger_.let_go(entry, GuardRule::Operator);
    } else {
      SYNCER_SOMETIMES(true, "guard.memory_is_lost");
      ledger_.hold(now, entry, GuardRule::MemoryLost, held_until(entry, GuardRule::MemoryLost), Kind::Hold);
    }
  }
  judge_breadth(now, expired, GuardRule::MassExpiry);
  judge_breadth(now, orphans, GuardRule::MassOrphaned);
}

bool LossGuard::is_memory_lost(Instant now, const Entry& entry) const {
  if (SYNCER_MUTATED("guard.trust_a_new_canary")) return false;
  return entry.proven < registry_.continuous_since() && now < held_until(entry, GuardRule::MemoryLost);
}

/// A loss sooner than the lease is a removal on purpose.
bool LossGuard::could_have_expired(const Entry& entry) const {
  if (entry.renewed == Instant::min() || SYNCER_MUTATED("guard.expire_the_young")) return true;
  return saturating_add(entry.lost_at, options_.grace) >= saturating_add(entry.renewed, entry.lease);
}

void LossGuard::judge_breadth(Instant now, const std::vector<Number>& batch, GuardRule rule) {
  if (batch.empty()) return;
  for (const Number number : batch) {
    Entry& entry = entries().at(number);
    SYNCER_SOMETIMES(rule == GuardRule::MassExpiry && !could_have_expired(entry), "guard.too_young_to_expire");
    SYNCER_SOMETIMES(entry.covered, "guard.arrival_makes_a_loss_good");
    if (entry.covered || (rule == GuardRule::MassExpiry && !could_have_expired(entry))) continue;
    entries().count(entry);
  }
  const bool suspect = rule == GuardRule::MassOrphaned && std::exchange(suspects_orphans_, false);
  if (suspect && !is_released(now, rule)) {
    for (const Number number : batch)
      ledger_.hold(now, entries().at(number), rule, held_until(entries().at(number), rule), Kind::Hold);
    return;
  }
  const bool is_mass = is_mass_loss(rule);
  const bool founds = is_mass && (!ledger_.wave().takes_in(now) || SYNCER_MUTATED("guard.prolong_a_wave"));
  const bool mass = is_mass || joins_mass_loss(now);
  SYNCER_SOMETIMES(founds && rule == GuardRule::MassExpiry, "guard.mass_expiry");
  SYNCER_SOMETIMES(founds && rule == GuardRule::MassOrphaned, "guard.mass_orphaned");
  SYNCER_SOMETIMES(mass && !founds, "guard.last_of_a_wave");
  SYNCER_SOMETIMES(mass && is_released(now, rule), "guard.mass_loss_is_released");
  if (mass && !is_released(now, rule)) {
    for (const Number number : batch) hold_suspect(now, entries().at(number), rule, founds);
    if (rule == GuardRule::MassExpiry) restore_the_first(now, founds);
    return;
  }
  for (const Number number : batch) {
    Entry& entry = entries().at(number);
    if (entries().is_counted(entry) && !mass) {
      remember_loss(entry);
    } else {
      ledger_.let_go(entry, mass ? GuardRule::Operator : GuardRule::Ordinary);
    }
  }
}

/// A mass loss is no reason to hold what was removed before its lease passed, or what an arrival made good.
void LossGuard::hold_suspect(Instant now, Entry& entry, GuardRule rule, bool founds) {
  if (!entries().is_counted(entry) && !(entry.covered && entries().is_losing(entry))) {
    return ledger_.let_go(entry, GuardRule::Ordinary);
  }
  ledger_.hold(now, entry, rule, held_until(entry, rule), Kind::Hold);
  if (founds) found(now, entry);
}

/// Those by whom a loss is recognised. What a service lost that keeps at least half says nothing about it, nor does
/// what is lost later: the wave ends when it ends.
void LossGuard::found(Instant now, Entry& entry) {
  if (!entries().is_mostly_lost(entry) && !SYNCER_MUTATED("guard.let_anyone_found_a_wave")) return;
  entry.wave = ledger_.wave().found(now, saturating_add(now, wave_time(entry)));
}

/// The last of a wave, though some are back by then.
bool LossGuard::joins_mass_loss(Instant now) const {
  if (SYNCER_MUTATED("guard.forget_the_last_of_a_wave")) return false;
  SYNCER_SOMETIMES(is_inherited(now), "guard.former_guard_goes_on");
  return ledger_.wave().takes_in(now) || is_inherited(now);
}

/// What a new epoch lacks nobody judged, and of each service some may be back already: there it is enough that services
/// lost more than is left.
bool LossGuard::is_mass_loss(GuardRule rule) const {
  const std::size_t lost = SYNCER_MUTATED("guard.count_what_was_scaled_in") ? window().lost() : window().lost_mostly();
  const std::size_t all = window().live() + window().lost();  // far below 2^32, and a share's parts are small
  const std::size_t services = rule == GuardRule::MassOrphaned ? window().mostly_lost_services() : window().struck();
  const std::size_t minimum = SYNCER_MUTATED("guard.ignore_the_minimum") ? 1 : options_.minimum;
  return lost >= minimum && lost * options_.share.denominator >= all * options_.share.numerator &&
         (services >= options_.services || SYNCER_MUTATED("guard.ignore_breadth"));
}

/// What the wave took before it was recognised.
void LossGuard::restore_the_first(Instant now, bool founds) {
  if (SYNCER_MUTATED("guard.leave_the_first_of_a_wave")) return;
  SYNCER_SOMETIMES(!ledger_.gone().empty(), "guard.first_of_a_wave_went_already");
  for (const Number number : copy_of(ledger_.gone())) {
    Entry& entry = entries().at(number);
    ledger_.hold(now, entry, GuardRule::MassExpiry, held_until(entry, GuardRule::MassExpiry), Kind::Restore);
    if (founds) found(now, entry);
  }
}

Duration LossGuard::hold_time(const Entry& entry) const {
  if (SYNCER_MUTATED("guard.hold_for_the_maximum")) return options_.hold;
  return std::min(entry.lease, options_.hold) + options_.grace;
}

/// Applications can come back from when the registry answers, and need the time of their lease.
Instant LossGuard::held_until(const Entry& entry, GuardRule rule) const {
  const Instant since = rule == GuardRule::MemoryLost ? registry_.continuous_since() : entry.lost_at;
  const Instant healthy = SYNCER_MUTATED("guard.count_the_outage") ? Instant::min() : registry_.healthy_since();
  const Instant until = saturating_add(std::max(since, healthy), hold_time(entry));
  const bool inherited = entry.orphan && entry.lost_at < inherited_until_;
  return inherited ? std::min(until, inherited_until_) : until;
}

// Verdicts and their end.

/// What is cut off together expires within one heartbeat interval, which is half a lease at most.
Duration LossGuard::wave_time(const Entry& entry) const { return entry.lease / 2 + options_.grace; }

/// Others of the same wave may follow so long.
void LossGuard::remember_loss(Entry& entry) {
  ledger_.remember(entry, saturating_add(entry.lost_at, wave_time(entry)));
}

void LossGuard::advance(Instant now) {
  while (Entry* entry = ledger_.take_due(now)) expire(now, *entry);
}

void LossGuard::expire(Instant now, Entry& entry) {
  if (entry.state == State::Live) return entries().spend(entry);
  if (entry.state == State::Gone) {
    if (!SYNCER_MUTATED("guard.remember_losses_for_ever")) ledger_.drop(entry);
    return;
  }
  if (!registry_.healthy()) return ledger_.stall(entry);
  const Instant until = held_until(entry, static_cast<GuardRule>(entry.rule));
  if (now < until) return ledger_.set_timer(entry, until);
  SYNCER_SOMETIMES(true, "guard.hold_passes");
  ledger_.let_go(entry, GuardRule::HoldPassed);
}

// Operators and former leaders.

void LossGuard::release(Instant now) {
  if (!holding(now)) return;
  const bool trouble = held_by(GuardRule::Unproven) + held_by(GuardRule::MemoryLost) > 0;
  const bool mass = held_by(GuardRule::MassExpiry) + held_by(GuardRule::MassOrphaned) > 0 || is_inherited(now);
  release_.grant(now, trouble, mass);
  for (const Number number : copy_of(ledger_.held())) {
    ledger_.let_go(entries().at(number), GuardRule::Operator);
  }
  for (const Number number : copy_of(ledger_.gone())) ledger_.drop(entries().at(number));
  ledger_.wave().end();
  inherited_ = 0;
  inherited_until_ = Instant::min();
}

void LossGuard::inherit(Instant until, std::size_t baseline) {
  inherited_ = baseline;
  inherited_until_ = until;
}

bool LossGuard::is_inherited(Instant now) const {
  if (inherited_ == 0 || now >= inherited_until_) return false;
  const std::size_t missing = inherited_ - std::min(inherited_, window().live());
  return missing * options_.share.denominator >= inherited_ * options_.share.numerator;
}

bool LossGuard::holds(ByteView key) const {
  const Entry* entry = window().find(key);
  return entry != nullptr && entry->state == State::Held;
}

bool LossGuard::lives(ByteView key) const {
  const Entry* entry = window().find(key);
  return entry != nullptr && entry->state == State::Live;
}

std::string LossGuard::evidence(Instant now, GuardRule rule) const {
  if (rule == GuardRule::Unproven)
    return "the registry has not shown the canary for " + age(now, registry_.trouble_since());
  if (rule == GuardRule::MemoryLost && registry_.is_restored()) {
    return "the registry went back in time " + age(now, registry_.continuous_since()) + " ago";
  }
  if (rule == GuardRule::MemoryLost) {
    return "the registry had forgotten the canary, which is there anew since " + age(now, registry_.continuous_since());
  }
  const std::size_t lost = window().lost();
  return std::to_string(lost) + " of " + std::to_string(window().live() + lost) +
         " entries are gone without a replacement, " + std::to_string(window().struck()) +
         " services have next to none left";
}

void LossGuard::hash(StateHasher& hasher) const {
  ledger_.window().hash(hasher);
  registry_.hash(hasher);
  ledger_.wave().hash(hasher);
  release_.hash(hasher);
  hasher.add(inherited_);
}

}  // namespace syncer::replication
