// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/importer.h"

#include <algorithm>
#include <memory>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/catalog/copy_choice.h"
#include "syncer/registry/settings.h"

namespace syncer::catalog {

using registry::RecordKind;

namespace {

/// A copy that is replaced stays so long at most, and is looked at so often.
constexpr Duration kReplacement = std::chrono::seconds(10);
constexpr Duration kReplacementPace = std::chrono::milliseconds(50);

}  // namespace

Importer::Importer(const CatalogConfig& config, registry::Driver& driver, const registry::Calls& calls,
                   registry::PollCycle& cycle, const registry::Snapshot& view, Regions& regions,
                   registry::Leases& leases, Observer& observer, Random random)
    : config_(config),
      driver_(driver),
      calls_(calls),
      cycle_(cycle),
      view_(view),
      regions_(regions),
      leases_(leases),
      observer_(observer),
      random_(random.stream("copier")),
      queue_(regions),
      failures_(regions, queue_, observer, random_),
      present_(view, config.marks, regions, leases, queue_, driver.traits().read_lag, observer) {}

void Importer::desire(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch,
                      Occasion occasion) {
  const auto record = registry::decode_key(key);
  if (record && record->kind == RecordKind::Guard) return regions_.hear_guard(now, region, key);
  if (!record || !driver_.is_mirrored(record->service)) return;
  SYNCER_SOMETIMES(!config_.mirrors(record->service), "catalog.refuses_an_excluded_service");
  // Its region may be of a release that gives them away.
  if (!config_.mirrors(record->service) && !SYNCER_MUTATED("catalog.hold_excluded_services")) return;
  RemoteCopies& remote = regions_.at(now, region);
  remote.epoch = epoch;
  if (record->kind != RecordKind::Instance) {
    remote.attach(*record, payload);
    return driver_.reconsider(now, record->service);
  }
  DesiredCopy& copy = remote.desired[key];
  const CopyName name{region, key};
  const bool changed = copy.payload != payload;
  SYNCER_SOMETIMES(copy.removed, "catalog.wants_again_what_is_leaving");
  copy.desired = true;
  copy.removed = false;
  if (regions_.desire(now, region, key, copy, payload, occasion == Occasion::Policy) && changed) {
    copy.payload = payload;
    copy.extras_settled = false;
    copy.timed = occasion == Occasion::News;
    failures_.forget(now, name, remote, copy);
    copy.retry_at = now;
  }
  queue_.push(name, copy);
}

void Importer::release(Instant now, const std::string& region, const Bytes& key, bool judged) {
  const auto record = registry::decode_key(key);
  RemoteCopies* remote = regions_.find(region);
  if (!record || remote == nullptr) return;
  if (record->kind == RecordKind::Guard) return regions_.end_guard(region, key, judged);
  if (record->kind != RecordKind::Instance) {
    if (!remote->attachments.contains(record->service)) return;
    remote->detach(*record);
    return driver_.reconsider(now, record->service);
  }
  const CopyName name{region, key};
  DesiredCopy* copy = regions_.find(name, &remote);
  if (copy == nullptr || SYNCER_MUTATED("catalog.keep_removed_records")) return;
  if (SYNCER_MUTATED("catalog.ignore_removal_while_busy") && copy->busy) return;
  SYNCER_SOMETIMES(copy->busy, "catalog.removal_meets_a_busy_copy");
  SYNCER_SOMETIMES(!judged, "catalog.new_epoch_lacks_a_copy");
  copy->desired = false;
  if (judged || SYNCER_MUTATED("catalog.remove_what_a_new_epoch_lacks")) regions_.let_go(region, key, *copy);
  copy->retry_at = now;
  failures_.forget(now, name, *remote, *copy);
  queue_.push(name, *copy);
}

void Importer::release_excluded(Instant now) {
  std::vector<CopyName> excluded;
  for (auto& [region, remote] : regions_.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (copy.desired && !config_.mirrors(registry::decode_key(key)->service)) excluded.push_back({region, key});
    }
    const auto is_excluded = [&](const auto& entry) { return !config_.mirrors(entry.first); };
    std::erase_if(remote.attachments, is_excluded);
  }
  for (const CopyName& name : excluded) release(now, name.region, name.key, true);
}

void Importer::set_enabled(Instant now, bool enabled) {
  if (queue_.enabled() == enabled) return;
  queue_.set_enabled(enabled);
  driver_.allow_writes(now, enabled);
  if (enabled) queue_.push_all(now);
}

void Importer::preparation_changed(const registry::ServiceKey& service) {
  const Bytes prefix = instance_prefix(service);
  for (auto& [region, remote] : regions_.all()) {
    auto it = remote.desired.lower_bound(prefix);
    for (; it != remote.desired.end() && it->first.starts_with(prefix); ++it)
      queue_.push({region, it->first}, it->second);
  }
}

void Importer::advance(Instant now) {
  drain_due(now, regions_);
  for (const CopyName& name : regions_.take_touched()) queue_.push(name);
  while (const auto name = queue_.pop_due(now)) present_.settle(now, *name);
  while (calls_.takes_write(now)) {
    const auto name = queue_.pop();
    if (!name) break;
    reconcile(now, *name);
    queue_.note_rest(*name);
  }
}

Instant Importer::next_deadline() const {
  const Instant due = std::min(queue_.next_due(), regions_.steering().next_deadline());
  return queue_.size() > 0 ? std::min(due, calls_.next_write()) : due;
}

void Importer::reconcile(Instant now, const CopyName& name) {
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(name, &remote);
  if (copy == nullptr) return;
  copy->queued = false;
  if (copy->busy || now < copy->retry_at) return;
  auto key = registry::decode_key(name.key);
  SYNCER_ASSERT(key.has_value());
  Work work{name, *remote, *copy, std::move(*key)};
  copy->waiting.clear();
  if (is_steered(now, work)) return;
  if (copy->payload.empty() && copy->next) {
    copy->waiting = "the guard holds the change of its endpoints";
    return;
  }
  // A removal that is held back keeps the copy as it was, renewed and even registered again.
  const bool keep = !remote->expired && (copy->desired || (copy->held && !copy->payload.empty()));
  if (keep && copy->withheld && !SYNCER_MUTATED("catalog.make_withheld_copies")) return done(now, work);
  keep ? fulfil(now, work) : withdraw(now, work);
}

/// An operator wants nothing written of its region, or the copy gone.
bool Importer::is_steered(Instant now, Work& work) {
  if (!regions_.steering().pauses(work.name.region) || SYNCER_MUTATED("catalog.write_while_paused")) return false;
  DesiredCopy& copy = work.copy;
  const auto present =
      std::find_if(copy.copies.begin(), copy.copies.end(), [](const auto& entry) { return entry.second.present; });
  if (copy.drained && present != copy.copies.end()) {
    remove(now, work, present->first, "drained");
  } else if (!copy.desired && present == copy.copies.end()) {
    done(now, work);
  } else {
    copy.waiting = regions_.steering().status(work.name.region);
  }
  return true;
}

void Importer::fulfil(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  auto planned = driver_.plan(work.name.region, work.key.id, copy.payload);
  if (!planned) {
    failures_.note(now, work.name, work.remote, copy, planned.error());
    return;
  }
  registry::SharedPlan plan = std::move(*planned);
  if (SYNCER_MUTATED("catalog.copy_id_of_this_run")) {
    auto other = std::make_shared<registry::CopyPlan>(*plan);
    other->id.back() = "0123456789abcdef"[random_.stream("run").next() % 16];
    plan = std::move(other);
  }
  if (const auto id = present_as(driver_.traits(), copy, *plan)) return fulfil_present(now, work, plan, *id);
  if (SYNCER_MUTATED("catalog.break_before_make")) {
    for (const auto& [id, other] : copy.copies) {
      if (other.present) return remove(now, work, id, "replaced");
    }
  }
  if (const auto extra = surplus(copy, plan->id)) return remove(now, work, *extra, "replaced");
  const registry::ServiceRef* where = driver_.prepare(now, work.key.service, *plan);
  SYNCER_SOMETIMES(where == nullptr, "catalog.copy_waits_for_its_service");
  if (where == nullptr) {
    copy.waiting = driver_.problem(work.key.service);
    return;
  }
  return add(now, work, *where, plan);
}

std::optional<registry::Aspect> Importer::difference(const DesiredCopy& copy, const CopyState& state,
                                                     const registry::CopyPlan& plan) const {
  if (driver_.traits().endpoints_in_place && state.shape->endpoints != plan.endpoints)
    return registry::Aspect::Endpoints;
  if (state.shape->status != plan.status) return registry::Aspect::Status;
  const bool same = registry::same_metadata(plan.metadata, state.shape->metadata, copy.extras_settled);
  if (!same && !SYNCER_MUTATED("catalog.ignore_properties")) return registry::Aspect::Properties;
  // What cannot be changed in place stays signed by the former key: replacing it would be a break for nothing.
  if (plan.properties_in_place && present_.wants_seal(state)) return registry::Aspect::Properties;
  return std::nullopt;
}

void Importer::fulfil_present(Instant now, Work& work, const registry::SharedPlan& plan, const std::string& kept) {
  DesiredCopy& copy = work.copy;
  if (const auto aspect = difference(copy, copy.copies.at(kept), *plan)) {
    const bool in_place = *aspect != registry::Aspect::Properties || plan->properties_in_place ||
                          SYNCER_MUTATED("registry.change_large_properties_in_place");
    SYNCER_SOMETIMES(!in_place, "catalog.replaces_for_large_properties");
    return in_place ? adapt(now, work, kept, plan, *aspect) : remove(now, work, kept, "replaced");
  }
  if (copy.copies.at(kept).unproven) {
    copy.waiting = "the registry is asked whether it stored it";
    return;
  }
  for (const auto& [id, state] : copy.copies) {
    const bool former = (state.present || state.doubtful) && id != kept;
    SYNCER_SOMETIMES(former, "catalog.takes_a_former_copy_away");
    if (former && !SYNCER_MUTATED("catalog.keep_former_copies")) return remove(now, work, id, "replaced");
  }
  driver_.prepare(now, work.key.service, *plan);
  done(now, work);
}

void Importer::adapt(Instant now, Work& work, const std::string& id, const registry::SharedPlan& plan,
                     registry::Aspect aspect) {
  const Instant at = work.copy.copies.at(id).changeable_at;
  SYNCER_SOMETIMES(now < at, "catalog.change_waits_for_the_write_before");
  if (now >= at || SYNCER_MUTATED("catalog.change_at_once")) return change(now, work, id, plan, aspect);
  work.copy.waiting = "the write before may not be visible yet";
  queue_.push_at(at, work.name);
}

void Importer::withdraw(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  const auto present =
      std::find_if(copy.copies.begin(), copy.copies.end(), [](const auto& entry) { return entry.second.present; });
  if (present == copy.copies.end()) {
    done(now, work);
    return;
  }
  SYNCER_SOMETIMES(work.remote.expired, "catalog.removes_for_a_region_away");
  SYNCER_SOMETIMES(copy.held, "catalog.keeps_a_held_copy");
  if (work.remote.expired) return remove(now, work, present->first, "its region is away for too long");
  if (copy.held || (copy.withheld && !copy.granted)) return;
  if (copy.granted && waits_for_replacement(now, work)) return;
  if (copy.granted) return remove(now, work, present->first, copy.removed ? "removed" : "orphan");
  if (SYNCER_MUTATED("catalog.remove_unconfirmed_orphans")) return remove(now, work, present->first, "orphan");
  if (work.remote.connected && work.remote.complete)
    regions_.judge_orphans(now, work.name.region);
  else
    copy.waiting = "its region has not announced yet what it holds";
}

/// Make before break, where an application came back under another id; but not for ever.
bool Importer::waits_for_replacement(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  const bool replaced = regions_.is_being_replaced(work.remote, work.name.key, copy);
  if (!replaced || SYNCER_MUTATED("catalog.break_before_make_elsewhere")) return false;
  SYNCER_SOMETIMES(true, "catalog.makes_before_it_breaks");
  SYNCER_SOMETIMES(now >= copy.waits_until, "catalog.replacement_does_not_come");
  if (copy.waits_until == kNever) copy.waits_until = now + kReplacement;
  if (now >= copy.waits_until) return false;
  copy.waiting = "the copy that takes its place is not registered yet";
  queue_.push_at(now + kReplacementPace, work.name);
  return true;
}

void Importer::done(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  copy.timed = false;
  failures_.forget(now, work.name, work.remote, copy);
  if (copy.desired || copy.any_present() || copy.held) return;
  const bool quiet = std::any_of(copy.copies.begin(), copy.copies.end(),
                                 [](const auto& entry) { return entry.second.quiet_until != Instant{}; });
  if (quiet) return;
  if (!copy.granted) regions_.forget(work.name.region, work.name.key);
  work.remote.cut.erase(work.name.key);
  work.remote.desired.erase(work.name.key);
  if (!regions_.has_copies_of(work.key.service)) driver_.abandon(work.key.service);
}

void Importer::add(Instant now, Work& work, const registry::ServiceRef& where, const registry::SharedPlan& plan) {
  begin(work);
  const std::string epoch = to_string(work.remote.epoch);
  driver_.put(now, where, {work.key.service, *plan, work.copy.payload, epoch},
              [this, name = work.name, where, plan](Instant at, const Result<registry::EntryId>& entry) {
                finish(at, name, [&](Instant, Work& w) { return on_added(at, w, where, plan, entry); });
              });
}

Result<void> Importer::on_added(Instant now, Work& work, const registry::ServiceRef& where,
                                const registry::SharedPlan& plan, const Result<registry::EntryId>& entry) {
  if (!entry) {
    SYNCER_SOMETIMES(registry::is_outcome_unknown(entry.error()), "catalog.registration_without_an_answer");
    SYNCER_SOMETIMES(entry.error().code == ErrorCode::NotFound, "catalog.service_is_gone_at_registration");
    if (entry.error().code == ErrorCode::NotFound) driver_.unprepare(work.key.service);
    if (registry::is_outcome_unknown(entry.error()) && driver_.traits().chooses_id) {
      CopyState& state = work.copy.copies[plan->id];
      state.ref = {where.space, where.id, plan->id};
      state.doubtful = true;
    }
    if (driver_.traits().chooses_id) failures_.wait_for(driver_.place_of({where.space, where.id, plan->id}), work.name);
    return tl::make_unexpected(entry.error());
  }
  CopyState& state = work.copy.copies[entry->id];
  const bool was_removed_just_now = state.quiet_until != Instant{};
  state.ref = *entry;
  state.changeable_at = now + driver_.traits().change_gap;
  state.shape = registry::share({plan->status, plan->metadata, plan->endpoints});
  present_.written(now, work.name, work.remote, work.copy, entry->id, true);
  leases_.track(now, *entry, plan->lease);
  report(now, EventKind::CopyRegistered, work, entry->id, "");
  note_written(work);
  SYNCER_SOMETIMES(was_removed_just_now, "catalog.registers_just_after_a_removal");
  if (was_removed_just_now) verify(now, work.name, state);
  return {};
}

/// A registry may answer well and store nothing when an id is registered at once after it was removed. Until that is
/// known nothing goes for it.
void Importer::verify(Instant now, const CopyName& name, CopyState& state) {
  if (SYNCER_MUTATED("catalog.trust_every_registration")) return;
  state.unproven = !SYNCER_MUTATED("catalog.go_for_what_may_not_be_stored");
  driver_.confirm(now, state.ref, [this, name, ref = state.ref](Instant at, const registry::Confirmation& answer) {
    if (DesiredCopy* copy = regions_.find(name); copy != nullptr && copy->copies.contains(ref.id))
      copy->copies.at(ref.id).unproven = false;
    if (answer.presence == registry::Presence::Absent) present_.lease_lost(at, ref);
    queue_.push(name);
  });
}

void Importer::change(Instant now, Work& work, const std::string& id, const registry::SharedPlan& plan,
                      registry::Aspect aspect) {
  begin(work);
  const std::string epoch = to_string(work.remote.epoch);
  driver_.change(now, work.copy.copies.at(id).ref, {work.key.service, *plan, work.copy.payload, epoch}, aspect,
                 [this, name = work.name, id, plan, aspect](Instant at, const Result<void>& success) {
                   finish(at, name, [&](Instant, Work& w) { return on_changed(at, w, id, *plan, aspect, success); });
                 });
}

Result<void> Importer::on_changed(Instant now, Work& work, const std::string& id, const registry::CopyPlan& plan,
                                  registry::Aspect aspect, const Result<void>& success) {
  // A registration that vanished meanwhile is no failure: the next comparison registers it again.
  if (!success && success.error().code == ErrorCode::NotFound) {
    SYNCER_SOMETIMES(true, "catalog.changed_copy_is_gone");
    present_.believe(now, work.name, work.remote, work.copy, id, false);
    return {};
  }
  if (!success) return success;
  CopyState& state = work.copy.copies[id];
  state.changeable_at = now + driver_.traits().change_gap;
  registry::Shape shape = *state.shape;
  const bool whole = driver_.traits().changes_whole && !SYNCER_MUTATED("catalog.expect_a_change_in_part");
  const bool properties = whole || aspect == registry::Aspect::Properties;
  if (whole || aspect == registry::Aspect::Status) shape.status = plan.status;
  if (aspect == registry::Aspect::Endpoints) shape.endpoints = plan.endpoints;
  if (properties) shape.metadata = plan.metadata;
  state.shape = registry::share(std::move(shape));
  work.copy.extras_settled = work.copy.extras_settled || properties;
  if (properties) present_.note_cut(work.name, work.remote, work.copy);
  present_.updated(now, work.name, state);
  report(now, EventKind::CopyUpdated, work, id, registry::name(aspect));
  note_written(work);
  return {};
}

void Importer::remove(Instant now, Work& work, const std::string& id, std::string_view reason) {
  begin(work);
  driver_.remove(now, work.copy.copies.at(id).ref, {work.name.region, work.key.id, {}}, registry::Urgency::Write,
                 [this, name = work.name, id, why = std::string(reason)](Instant at, const Result<void>& success) {
                   finish(at, name, [&](Instant, Work& w) { return on_removed(at, w, id, why, success); });
                 });
}

Result<void> Importer::on_removed(Instant now, Work& work, const std::string& id, std::string_view reason,
                                  const Result<void>& success) {
  const bool gone = success || success.error().code == ErrorCode::NotFound;
  if (!gone && SYNCER_MUTATED("catalog.forget_failed_unregister")) {
    present_.believe(now, work.name, work.remote, work.copy, id, false);
    return {};
  }
  SYNCER_SOMETIMES(!gone, "catalog.removal_fails");
  if (!gone) return success;
  const bool was_present = work.copy.copies[id].present;
  SYNCER_SOMETIMES(!success && was_present, "catalog.list_shows_what_the_store_lacks");
  if (!success && was_present) distrust_list(now, work.copy.copies[id].ref);
  present_.written(now, work.name, work.remote, work.copy, id, false);
  entry_gone(now, work.copy.copies[id].ref);
  if (was_present) report(now, EventKind::CopyRemoved, work, id, reason);
  return {};
}

/// What the list shows the store does not have: as long as it does, the same would be removed again and again.
void Importer::distrust_list(Instant now, const registry::EntryId& listed) {
  if (SYNCER_MUTATED("catalog.remove_again_what_is_listed")) return;
  const registry::SeenEntry* shown = view_.entry(listed);
  if (shown != nullptr && driver_.traits().ghost_time > Duration::zero())
    cycle_.distrust_caches(now, shown->entry->lease);
}

void Importer::note_written(Work& work) {
  if (std::exchange(work.copy.timed, false) && written_.size() < kMostWritten) written_.push_back(work.name);
}

void Importer::finish(Instant now, const CopyName& name, const Handle& handle) {
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(name, &remote);
  SYNCER_ASSERT(copy != nullptr && copy->busy);
  copy->busy = false;
  --busy_;
  Work work{name, *remote, *copy, *registry::decode_key(name.key)};
  if (const auto outcome = handle(now, work); !outcome)
    failures_.note(now, name, *remote, *copy, outcome.error());
  else
    copy->failures = 0;
  queue_.push(name, *copy);
}

void Importer::report(Instant now, EventKind kind, const Work& work, const std::string& id, std::string_view reason) {
  observe(observer_, now, kind, Severity::Info,
          {{"region", work.name.region}, {"instance", work.key.id}, {"copy", id}, {"reason", reason}});
}

}  // namespace syncer::catalog
