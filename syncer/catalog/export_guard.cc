// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/export_guard.h"

#include <algorithm>
#include <chrono>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/catalog/regions.h"
#include "syncer/catalog/sightings.h"

namespace syncer::catalog {

using registry::EntryId;
using replication::GuardDecision;
using replication::Sighting;

namespace {

/// How often the registry is looked at while looks fail, or something is held.
constexpr Duration kLookPace = std::chrono::seconds(1);
/// Looks may fail this long before it is said: a registry that fails over, or whose canary has to be registered anew,
/// is no reason for an alarm.
constexpr Duration kPatience = std::chrono::seconds(10);
constexpr std::size_t kWitnesses = 5;
/// Two stamps in whole seconds, and the time that the canary's registration took.
constexpr Duration kClockGrain = std::chrono::seconds(3);
/// Fewer entries are never hidden together.
constexpr std::size_t kFewestHidden = 5;
/// A stamp in whole seconds is that much too early at most.
constexpr Duration kClockTick = std::chrono::seconds(1);

}  // namespace

ExportGuard::ExportGuard(const CatalogConfig& config, registry::Driver& driver, registry::PollCycle& cycle,
                         const registry::Snapshot& view, registry::Absences& absences, Canary& canary,
                         Exporter& exporter, Observer& observer, Random random)
    : config_(config),
      cycle_(cycle),
      view_(view),
      absences_(absences),
      canary_(canary),
      exporter_(exporter),
      ghost_time_(driver.traits().ghost_time),
      guard_(guard_options(config.guard)),
      report_(GuardSide::Sender, config.region, observer),
      looks_(
          driver, view, canary, [this](Instant before) { return witnesses(before); },
          [this](Instant at, const Look& look) { on_look(at, look); }),
      spot_checks_(
          driver, random, [this](Random& draws) { return draw(draws); },
          [this](Instant, const EntryId& ref) { on_gone(ref); }) {}

// What the registry shows.

Sighting ExportGuard::sighting_of(const Bytes& key, const registry::Entry& entry, Instant proven) const {
  Sighting sighting = catalog::sighting_of(key, entry.payload);
  sighting.lease = entry.lease;
  sighting.registration = entry.registration.empty() ? 0 : hash64(entry.registration) | 1U;
  sighting.proven = proven;
  sighting.renewed = cycle_.former();
  return sighting;
}

void ExportGuard::seen(Instant now, const Bytes& key, const registry::Entry& entry) {
  if (!judges_) return;
  const Duration lag = cycle_.past_caches() ? Duration::zero() : std::max(ghost_time_, entry.lease);
  Sighting sighting = sighting_of(key, entry, cycle_.began() - lag);
  const replication::LossWindow::Entry* known = guard_.window().find(key);
  if (known == nullptr || known->registration != sighting.registration) {
    canary_.count_registration(now);
    // The store got it after the reading before, though it is a cache that shows it.
    sighting.proven = std::max(sighting.proven, cycle_.former());
  }
  guard_.put(now, sighting);
  carry_out(now);
}

void ExportGuard::forget(Instant now, const Bytes& key) {
  guard_.forget(key);
  carry_out(now);
}

/// The first one shows entries that were there before.
void ExportGuard::take_inventory(Instant now) {
  const Instant began = cycle_.last_past_caches().value_or(Instant::min());
  inventory_began_ = began;
  judge_hidden(now);
  for (const auto& [ref, service] : view_.services()) {
    if (service.state.internal) continue;
    for (const auto& [id, shown] : service.entries) {
      const Bytes key = instance_key(service.state.name, id);
      if (!is_native(*shown.entry) || shown.missing || !exporter_.exports(key)) continue;
      Sighting sighting = sighting_of(key, *shown.entry, began);
      if (!judges_) sighting.renewed = registered_at(now, *shown.entry);
      sighting.is_arrival = judges_;
      guard_.put(now, sighting);
    }
  }
  look_wanted_ = !judges_;
  judges_ = true;
  inventory_wanted_ = false;
  carry_out(now);
}

/// Nearly all that the lists showed is gone, and nearly at once: they are no lists to go by.
void ExportGuard::judge_hidden(Instant now) {
  std::size_t hidden = 0;
  Duration longest{};
  for (const auto& [ref, service] : view_.services()) {
    for (const auto& [id, shown] : service.entries) {
      if (!shown.missing || !guard_.lives(instance_key(service.state.name, id))) continue;
      ++hidden;
      longest = std::max(longest, shown.entry->lease);
    }
  }
  if (hidden < kFewestHidden || hidden * 2 < guard_.window().live()) return;
  SYNCER_SOMETIMES(true, "catalog.registry_hides_removals");
  cycle_.distrust_caches(now, longest);
}

bool ExportGuard::is_overlooked(Instant now, const Bytes& key, const registry::Entry& entry) const {
  if (!judges_ || ghost_time_ == Duration::zero() || guard_.window().find(key) != nullptr) return false;
  const Instant registered = registered_at(now, entry);
  if (SYNCER_MUTATED("catalog.tell_what_only_a_cache_shows")) return false;
  return registered != Instant::min() && registered + kClockGrain + kClockTick < inventory_began_;
}

/// By the registry's own clock, compared with the canary, whose writing we know on ours; not earlier than this.
/// The minimum when that cannot be said.
Instant ExportGuard::registered_at(Instant now, const registry::Entry& entry) const {
  const auto ref = canary_.entry();
  const registry::SeenEntry* canary = ref ? view_.entry(*ref) : nullptr;
  const auto written = canary != nullptr ? canary_.written_at(*canary->entry) : std::nullopt;
  if (!written || !canary->entry->registered_at || !entry.registered_at) return Instant::min();
  const std::int64_t later = *entry.registered_at - *canary->entry->registered_at;
  const Instant registered = *written + std::chrono::seconds(later) - kClockGrain;
  return registered > now ? Instant::min() : registered;
}

void ExportGuard::absent(Instant now, const std::vector<Bytes>& keys) {
  std::vector<replication::LossGuard::Absence> absences;
  for (const Bytes& key : keys) {
    if (guard_.window().find(key) != nullptr) {
      absences.push_back({key});
    } else {
      exporter_.remove(now, key);
    }
  }
  if (absences.empty()) return;
  guard_.absent(now, absences);
  carry_out(now);
}

// Looks at the registry.

bool ExportGuard::is_look_due(Instant now) const { return judges_ && !looks_.is_under_way() && now >= next_look(); }

/// Absences are looked into at once, unless the last look failed; what is held, again and again.
Instant ExportGuard::next_look() const {
  const bool is_new = look_wanted_ || guard_.needs_proof();
  if (is_new && !look_failed_) return Instant::min();
  if (is_new || guard_.held() > 0) return look_due_;
  return std::max(look_due_, canary_.count_due());
}

void ExportGuard::on_look(Instant now, const Look& look) {
  look_failed_ = !look.proof.healthy;
  look_due_ = now + kLookPace;
  if (look_failed_ && is_worth_another_look(now, look)) return;
  SYNCER_SOMETIMES(look_failed_, "catalog.look_fails_for_long");
  SYNCER_SOMETIMES(look.went_back, "catalog.registry_went_back");
  SYNCER_SOMETIMES(look.broke, "catalog.canary_was_registered_anew");
  SYNCER_SOMETIMES(!look.witnesses.empty(), "catalog.witnesses_outlive_the_canary");
  if (!look_failed_) failing_since_ = kNever;
  look_wanted_ = false;
  if (look.went_back) guard_.went_back(now);
  if (look.broke || look.went_back) inventory_wanted_ = true;
  if (look.proof.healthy && !look.went_back) canary_.write_count(now);
  for (const EntryId& ref : look.witnesses) {
    const registry::SeenService* service = view_.service(ref.owner());
    if (service != nullptr) guard_.witness(now, instance_key(service->state.name, ref.id), look.proof.checked_at);
  }
  guard_.prove(now, look.proof);
  if (!guard_.needs_proof() && guard_.held() == 0) failing_since_ = kNever;
  carry_out(now);
}

/// The time of what is held stands still when the registry was away for longer than that; a hiccup is no outage.
bool ExportGuard::is_worth_another_look(Instant now, const Look& look) {
  failing_since_ = std::min(failing_since_, look.proof.checked_at);
  return now < saturating_add(failing_since_, kPatience);
}

std::vector<EntryId> ExportGuard::witnesses(Instant before) const {
  std::vector<EntryId> entries;
  for (const Bytes& key : guard_.witnesses(kWitnesses, before)) {
    if (auto entry = entry_of(key)) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::optional<EntryId> ExportGuard::draw(Random& random) const {
  const std::size_t live = guard_.window().live();
  if (live < kFewestHidden || SYNCER_MUTATED("catalog.skip_spot_checks")) return std::nullopt;
  return entry_of(Bytes(guard_.window().live_key(random.below(live))));
}

/// It may have been removed just now, too.
void ExportGuard::on_gone(const EntryId& ref) {
  const registry::SeenEntry* seen = view_.entry(ref);
  if (seen != nullptr && !seen->missing) inventory_wanted_ = true;
}

std::optional<EntryId> ExportGuard::entry_of(const Bytes& key) const {
  const auto record = registry::decode_key(key);
  const registry::ServiceRef* service = record ? view_.find(record->service) : nullptr;
  if (service == nullptr) return std::nullopt;
  return EntryId{service->space, service->id, record->id};
}

// What the guard decides.

void ExportGuard::carry_out(Instant now) {
  for (const GuardDecision& decision : guard_.take_decisions()) carry_out(now, decision);
  report_.update(now, guard_);
  exporter_.tell_holding(now, guard_.held() > 0 && !SYNCER_MUTATED("catalog.hold_in_silence"));
}

void ExportGuard::carry_out(Instant now, const GuardDecision& decision) {
  report_.note(decision);
  switch (decision.kind) {
    case GuardDecision::Kind::Remove:
      return exporter_.remove(now, decision.key, decision.until);
    case GuardDecision::Kind::Hold:
      SYNCER_SOMETIMES(true, "catalog.sender_guard_holds");
      if (SYNCER_MUTATED("catalog.skip_sender_guard")) exporter_.remove(now, decision.key);
      return;
    case GuardDecision::Kind::Restore:
      SYNCER_SOMETIMES(true, "catalog.shows_the_first_of_a_wave_again");
      return exporter_.restore(now, decision.key);
    case GuardDecision::Kind::Confirm:
      if (const auto entry = entry_of(decision.key)) absences_.verify(now, *entry);
      return;
    case GuardDecision::Kind::Return:
      return;
  }
}

void ExportGuard::release(Instant now) {
  guard_.release(now);
  guard_.allow(saturating_add(now, kReleaseLasts));
  exporter_.tell_release(now);
  carry_out(now);
}

void ExportGuard::take_over(Instant now, const GuardMark& mark) {
  if (mark.holding) {
    guard_.inherit(mark.until, mark.baseline);
    report_.inherited(now, guard_);
  } else if (mark.released) {
    guard_.allow(saturating_add(mark.released_at, kReleaseLasts));
  }
}

void ExportGuard::advance(Instant now) {
  guard_.advance(now);
  carry_out(now);
  exporter_.advance(now);
  if (is_look_due(now)) looks_.begin(now);
  if (checks_spots()) spot_checks_.advance(now, cycle_.interval());
}

Instant ExportGuard::next_deadline() const {
  Instant due = std::min({guard_.next_deadline(), report_.next_deadline(), exporter_.next_deadline()});
  if (checks_spots()) due = std::min(due, spot_checks_.next_deadline());
  return judges_ && !looks_.is_under_way() ? std::min(due, next_look()) : due;
}

}  // namespace syncer::catalog
