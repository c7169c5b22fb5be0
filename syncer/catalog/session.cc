// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/session.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::catalog {

using registry::Change;
using registry::EntryId;
using registry::ServiceKey;

namespace {

/// An entry that was removed by itself is listed for no longer.
constexpr Duration kUsuallyListed = std::chrono::seconds(5);

}  // namespace

Session::Session(const CatalogConfig& given, Http& http, Observer& observer, Random random, Regions& all,
                 std::function<CallId()> next_call)
    : addresses(given.registry.addresses, observer),
      calls(given.registry, given.may_write, http, addresses, std::move(next_call)),
      cycle(given.registry, observer),
      kind(given, calls, addresses, cycle, observer),
      exporter(observer),
      driver(given.kinds.make({given.registry, calls, cycle, view, *this, observer, random, given.marks})),
      absences(*driver, observer),
      leases(*driver, addresses),
      importer(given, *driver, calls, cycle, view, all, leases, observer, random),
      canary(given, *driver, view, leases, observer, random.stream("canary")),
      guard(given, *driver, cycle, view, absences, canary, exporter, observer, random.stream("guard")),
      config_(given),
      observer_(observer),
      regions_(all),
      ghosts_(driver->traits().ghost_time) {}

void Session::start(Instant now) {
  canary.start(now);
  cycle.start(now);
}

void Session::reconfigure(Instant now, bool other_services) {
  calls.set_ceiling(config_.registry.writes_per_second);
  guard.set_options(guard_options(config_.guard));
  cycle.hasten(now);
  if (!other_services) return;
  importer.release_excluded(now);
  export_anew(now);
}

/// The operator's word is no loss: no guard is asked.
void Session::export_anew(Instant now) {
  for (const auto& [ref, service] : view.services()) {
    if (service.state.internal) continue;
    const bool mirrored = config_.mirrors(service.state.name);
    for (const auto& [id, seen] : service.entries) {
      if (!is_native(*seen.entry)) continue;
      const EntryId entry{ref.space, ref.id, id};
      const Bytes key = instance_key(service.state.name, id);
      if (mirrored && !seen.missing && !exporter.exports(key)) carry_native(now, entry);
      if (mirrored || !exporter.exports(key) || SYNCER_MUTATED("catalog.export_what_was_excluded_later")) continue;
      guard.forget(now, key);
      exporter.remove(now, key);
      unfit_.erase(entry);
    }
  }
}

void Session::advance(Instant now) {
  probe_preferred(now);
  calls.advance(now);
  leases.advance(now);
  canary.advance(now);
  poll(now);
  kind.advance(now);
  absences.advance(now);
  driver->advance(now);
  guard.advance(now);
  regions_.advance(now);
  importer.present().set_last_reading(cycle.last_complete().value_or(Instant{}));
  importer.advance(now);
}

Instant Session::next_deadline() const {
  return std::min({addresses.probe_due(), calls.next_deadline(), leases.next_deadline(), canary.next_deadline(),
                   cycle.next_deadline(), absences.next_deadline(), driver->next_deadline(), guard.next_deadline(),
                   regions_.next_deadline(), importer.next_deadline()});
}

void Session::probe_preferred(Instant now) {
  if (now < addresses.probe_due()) return;
  addresses.probe_started(now);
  driver->probe(now, addresses.preferred(), [this](Instant at, bool healthy) { addresses.probed(at, healthy); });
}

void Session::poll(Instant now) {
  if (!cycle.is_due(now)) return;
  cycle.begin(now, guard.wants_inventory());
  driver->poll(now);
  cycle.close(now);
}

void Session::carry(Instant now) {
  ghosts_.expire(now);
  for (const Change& change : view.take_changes()) carry(now, change);
  carry_lost_leases(now);
  carry_verified(now);
  carry_absences(now);
  judge(now);
  heed_refusals(now);
}

void Session::carry(Instant now, const Change& change) {
  const EntryId& ref = change.entry;
  switch (change.kind) {
    case Change::Kind::ServiceChanged:
      return carry_service(now, change);
    case Change::Kind::NativeSeen:
      return carry_native(now, ref);
    case Change::Kind::NativeMissing:
      return absences.suspect(now, ref, caches_may_lag(now));
    case Change::Kind::CopySeen:
      return carry_copy(now, ref);
    case Change::Kind::CopyMissing:
      unsigned_.erase(ref);
      if (echoes_.erase(ref) == 0) importer.present().missing(now, ref);
      importer.entry_gone(now, ref);
      return;
    case Change::Kind::CanarySeen:
      if (view.service(ref.owner())->state.internal) canary.seen(now, ref);
      return;
    case Change::Kind::CanaryMissing:
      return canary.missing(now, ref);
  }
}

/// They do not show yet what the store has just shown.
bool Session::caches_may_lag(Instant now) const {
  const auto past_caches = cycle.last_past_caches();
  return past_caches && !cycle.past_caches() && now < *past_caches + driver->traits().read_lag;
}

/// A mark that nobody of the pool signed is no evidence: not of a shared registry, and not of whose copy it is. It is
/// not exported either: a pool whose key is lost or new must not take all its copies for instances of its own.
void Session::carry_copy(Instant now, const EntryId& ref) {
  const registry::SeenEntry* seen = view.entry(ref);
  const bool marked = seen != nullptr && seen->entry->copy && !seen->entry->copy->instance.empty();
  const bool believed = marked && config_.marks.believes(*seen->entry->copy, ref.id);
  if (marked && !believed)
    unsigned_.insert(ref);
  else
    unsigned_.erase(ref);
  const bool echo = believed && seen->entry->copy->region == config_.region;
  if (echo)
    echoes_.insert(ref);
  else
    importer.present().seen(now, ref);
}

void Session::carry_native(Instant now, const EntryId& ref, bool verified) {
  const registry::SeenService* service = view.service(ref.owner());
  const registry::SeenEntry* seen = view.entry(ref);
  if (service == nullptr || seen == nullptr) return;
  // Something else has the id by now.
  if (!is_native(*seen->entry)) return;
  const ServiceKey& key = service->state.name;
  if (service->state.internal) {
    absences.clear(ref);
    return canary.unmarked(now, ref);
  }
  const bool mirrored = config_.mirrors(key) || SYNCER_MUTATED("catalog.export_excluded_services");
  if (mirrored && !verified && is_doubtful(now, ref, instance_key(key, ref.id), *seen->entry)) {
    return absences.verify(now, ref);
  }
  absences.clear(ref);
  if (!mirrored || !has_room(now, ref, key, seen->entry->payload)) return;
  export_native(now, ref, *service, *seen->entry);
}

/// A cache may show what the store has lost.
bool Session::is_doubtful(Instant now, const EntryId& ref, const Bytes& key, const registry::Entry& entry) {
  if (cycle.past_caches()) {
    ghosts_.forget(ref);
    return false;
  }
  return ghosts_.is_ghost(now, ref, entry.registration) || guard.is_overlooked(now, key, entry);
}

Result<void> Session::check_room(const EntryId& ref, const Bytes& payload) const {
  if (payload.size() <= registry::kMaxRecord || SYNCER_MUTATED("catalog.export_what_nobody_reads"))
    return driver->check_room(config_.region, ref.id, payload);
  return failure(ErrorCode::TooLarge, "record",
                 std::to_string(payload.size()) + " bytes, other regions read " + std::to_string(registry::kMaxRecord) +
                     " at most");
}

/// An instance that no other registry could hold with its marks stays at home, or elsewhere as it was when it fitted:
/// said here, where somebody can make it smaller, and not wherever it would be refused.
bool Session::has_room(Instant now, const EntryId& ref, const ServiceKey& service, const Bytes& payload) {
  const auto room = check_room(ref, payload);
  if (room || SYNCER_MUTATED("catalog.export_what_fits_nowhere")) {
    unfit_.erase(ref);
    return true;
  }
  SYNCER_SOMETIMES(true, "catalog.instance_fits_nowhere");
  const Bytes key = instance_key(service, ref.id);
  const std::string reason = to_string(room.error());
  if (unfit_.insert_or_assign(ref, registry::readable_key(key) + ": " + reason).second) {
    observe(observer_, now, EventKind::ExportRefused, Severity::Warning, {{"key", ByteView(key)}, {"reason", reason}});
  }
  return false;
}

std::vector<std::string> Session::unfit(std::size_t limit) const {
  std::vector<std::string> first;
  for (const auto& [ref, reason] : unfit_) {
    if (first.size() == limit) break;
    first.push_back(reason);
  }
  return first;
}

std::string Session::unfit_reason(const EntryId& ref) const {
  const auto found = unfit_.find(ref);
  return found == unfit_.end() ? std::string() : found->second;
}

void Session::export_native(Instant now, const EntryId& ref, const registry::SeenService& service,
                            const registry::Entry& entry) {
  const ServiceKey& key = service.state.name;
  const bool first = !exporter.has_instances(key);
  exporter.put_instance(now, key, ref.id, entry.payload);
  guard.seen(now, instance_key(key, ref.id), entry);
  if (!first) return;
  exporter.put_service(now, key, service.state.record);
  driver->follow(now, ref.owner());
}

/// What a cache showed again is there indeed.
void Session::carry_verified(Instant now) {
  for (const EntryId& ref : absences.take_verified()) {
    ghosts_.forget(ref);
    carry_native(now, ref, true);
  }
}

void Session::carry_service(Instant now, const Change& change) {
  const registry::ServiceRef ref = change.entry.owner();
  const registry::SeenService* service = view.service(ref);
  if (service != nullptr && exporter.has_instances(change.service)) {
    exporter.put_service(now, change.service, service->state.record);
    driver->follow(now, ref);
  }
  driver->reconsider(now, change.service);
}

void Session::carry_absences(Instant now) {
  std::vector<Bytes> keys;
  for (const EntryId& ref : absences.take_confirmed(now)) {
    const registry::SeenService* service = view.service(ref.owner());
    if (service == nullptr) continue;
    keys.push_back(instance_key(service->state.name, ref.id));
    if (const registry::SeenEntry* seen = view.entry(ref)) bury(now, ref, keys.back(), *seen);
    view.erase(ref);
    unfit_.erase(ref);
    driver->dropped(ref);
    importer.entry_gone(now, ref);
  }
  if (!keys.empty()) guard.absent(now, keys);
}

/// What is listed for longer than after any ordinary removal shows that the registry hides removals.
void Session::bury(Instant now, const EntryId& ref, const Bytes& key, const registry::SeenEntry& seen) {
  const bool is_listed = !seen.missing && !guard.core().lives(key);
  if (is_listed && ghosts_.gone_for(now, ref).value_or(Duration::max()) > kUsuallyListed) {
    cycle.distrust_caches(now, seen.entry->lease);
  }
  ghosts_.bury(now, ref, *seen.entry);
}

void Session::carry_lost_leases(Instant now) {
  for (const EntryId& ref : leases.take_late())
    observe(observer_, now, EventKind::LeaseLate, Severity::Debug, {{"copy", ref.id}});
  for (const EntryId& ref : leases.take_lost()) {
    if (!importer.present().lease_lost(now, ref)) canary.lease_lost(now, ref);
  }
}

void Session::judge(Instant now) {
  take_inventory(now);
  conflict_ = canary.conflict();
  if (conflict_.empty() && !echoes_.empty()) {
    conflict_ = "this registry holds copies that are marked as coming from region \"" + config_.region +
                "\" itself: another region's syncer writes or wrote it";
  }
  importer.set_enabled(now, read_once_ && conflict_.empty());
  if (read_once_ && conflict_.empty() && driver->caught_up()) view_complete_ = true;
}

/// A copy may be refused for itself, or because everything is: by a proxy, or for want of a permission. Then readings
/// fail, or the canary is refused as well; and when they do no more, copies need not wait as long as those that are
/// refused for themselves.
void Session::heed_refusals(Instant now) {
  if (importer.rejected() > rejected_) canary.count_registration(now);
  rejected_ = importer.rejected();
  const bool refuses = !cycle.problem().empty() || canary.writes_fail();
  const bool is_over = std::exchange(refuses_, refuses) && !refuses;
  if (!is_over || SYNCER_MUTATED("catalog.let_all_that_was_refused_wait")) return;
  importer.hurry_refused(now);
  const bool may_write = read_once_ && conflict_.empty();
  if (!may_write || driver->problems().empty()) return;
  // The driver looks at all that copies need once more.
  for (const bool allowed : {false, true}) driver->allow_writes(now, allowed);
}

/// A reading that lacks our own instance lacks others too: nothing may be concluded from it.
void Session::take_inventory(Instant now) {
  const auto announced = canary.announced();
  const auto read = cycle.last_past_caches();
  if (!guard.wants_inventory() || !read || read == inventory_ || !announced) return;
  if (*read < *announced) return;
  if (canary.is_overlooked()) return canary.read_without(now, *read);
  inventory_ = read;
  read_once_ = true;
  cycle.settle();
  guard.take_inventory(now);
}

void Session::fill(Sizes& sizes) const {
  calls.fill(sizes.registry);
  absences.fill(sizes.registry);
  leases.fill(sizes.registry);
  ghosts_.fill(sizes.registry);
  view.fill(sizes.registry);
  sizes.driver = driver->sizes();
  exporter.fill(sizes);
  importer.fill(sizes);
  guard.core().fill(sizes.guards);
  sizes.unfit = unfit_.size();
}

}  // namespace syncer::catalog
