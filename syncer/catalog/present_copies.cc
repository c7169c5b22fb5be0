// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/present_copies.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/registry/marks.h"

namespace syncer::catalog {
namespace {

constexpr Duration kQuietStep = std::chrono::milliseconds(500);
/// A registry that cannot be read completely must not keep us silent for ever.
constexpr Duration kLongestQuiet = std::chrono::seconds(30);

}  // namespace

void CopyQueue::set_enabled(bool enabled) {
  enabled_ = enabled;
  if (enabled) return;
  size_ = 0;
  for (const auto& [region, keys] : std::exchange(queue_, {})) {
    for (const Bytes& key : keys) {
      if (DesiredCopy* copy = regions_.find({region, key})) copy->queued = false;
    }
  }
}

void CopyQueue::push_all(Instant now) {
  for (auto& [region, remote] : regions_.all()) {
    for (auto& [key, copy] : remote.desired) push({region, key}, copy);
  }
  push_at(now, CopyName{});  // so that the next advance() comes at once
}

void CopyQueue::push(const CopyName& name) {
  if (DesiredCopy* copy = regions_.find(name)) push(name, *copy);
}

void CopyQueue::push(const CopyName& name, DesiredCopy& copy) {
  if (copy.queued || !enabled_) return;
  copy.queued = true;
  queue_[name.region].push_back(name.key);
  unsettled_[name.region].insert(name.key);
  ++size_;
}

void CopyQueue::note_rest(const CopyName& name) {
  const DesiredCopy* copy = regions_.find(name);
  if (copy != nullptr && !copy->at_rest()) return;
  const auto region = unsettled_.find(name.region);
  if (region == unsettled_.end()) return;
  region->second.erase(name.key);
  if (region->second.empty()) unsettled_.erase(region);
}

void CopyQueue::push_at(Instant at, const CopyName& name) { timers_.insert({at, name}); }

std::optional<CopyName> CopyQueue::pop_due(Instant now) {
  if (timers_.empty() || timers_.begin()->first > now) return std::nullopt;
  return std::move(timers_.extract(timers_.begin()).value().second);
}

std::optional<CopyName> CopyQueue::pop() {
  if (queue_.empty()) return std::nullopt;
  auto next = queue_.upper_bound(served_);
  if (const auto same = queue_.find(served_); same != queue_.end() && SYNCER_MUTATED("catalog.serve_one_region_first"))
    next = same;
  if (next == queue_.end()) next = queue_.begin();
  CopyName name{next->first, std::move(next->second.front())};
  next->second.pop_front();
  if (next->second.empty()) queue_.erase(next);
  --size_;
  served_ = name.region;
  return name;
}

void PresentCopies::believe(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy,
                            const std::string& id, bool present) {
  CopyState& state = copy.copies[id];
  if (state.present == present) return;
  if (present)
    occupy(now, state.ref, name);
  else
    vacate(state.ref, name);
  set_present(name, remote, copy, state, present);
}

void PresentCopies::set_present(const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, CopyState& state,
                                bool present) {
  const bool before = copy.any_present();
  state.present = present;
  const bool after = copy.any_present();
  if (before != after) remote.present = after ? remote.present + 1 : remote.present - 1;
  if (!after && copy.held && copy.payload.empty()) regions_.give_up(name.region, name.key, copy);
}

/// Where an id is an address, a copy takes the place of another one: that is there no more, and the lease is of the one
/// that is.
void PresentCopies::occupy(Instant now, const registry::EntryId& ref, const CopyName& name) {
  const auto [place, is_free] = by_ref_.try_emplace(ref, name);
  if (is_free || place->second == name) return;
  const CopyName former = std::exchange(place->second, name);
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(former, &remote);
  SYNCER_SOMETIMES(copy != nullptr, "catalog.copy_takes_the_place_of_another");
  if (copy == nullptr || SYNCER_MUTATED("catalog.leave_the_displaced_untold")) return;
  CopyState& state = copy->copies[ref.id];
  state.doubtful = false;
  set_present(former, *remote, *copy, state, false);
  note_cut(former, *remote, *copy);
  updated(now, former, state);  // a list may still show it
  queue_.push(former, *copy);
}

void PresentCopies::vacate(const registry::EntryId& ref, const CopyName& name) {
  const auto place = by_ref_.find(ref);
  if (place == by_ref_.end() || place->second != name) return;
  by_ref_.erase(place);
  leases_.forget(ref);
}

std::optional<CopyName> PresentCopies::owner_of(const registry::EntryId& ref, const registry::Entry& entry) const {
  const registry::SeenService* service = view_.service(ref.owner());
  if (service == nullptr || !entry.copy || entry.copy->instance.empty()) return std::nullopt;
  if (!marks_.believes(*entry.copy, ref.id)) return std::nullopt;
  return CopyName{entry.copy->region, instance_key(service->state.name, entry.copy->instance)};
}

const registry::SeenEntry* PresentCopies::shown_of(const CopyName& name, const registry::EntryId& ref) const {
  const registry::SeenEntry* shown = view_.entry(ref);
  if (shown == nullptr || !shown->entry->copy) return nullptr;
  // Whose marks somebody took off, or changed, is known by who registered it last.
  const auto owner = owner_of(ref, *shown->entry);
  const auto known = by_ref_.find(ref);
  if (owner) return *owner == name ? shown : nullptr;
  return known == by_ref_.end() || known->second == name ? shown : nullptr;
}

void PresentCopies::note_cut(const CopyName& name, RemoteCopies& remote, const DesiredCopy& copy) {
  const auto lacks = [](const auto& entry) {
    return entry.second.present && !registry::marks::value(entry.second.shape->metadata, registry::marks::kCut).empty();
  };
  if (std::any_of(copy.copies.begin(), copy.copies.end(), lacks))
    remote.cut.insert(name.key);
  else
    remote.cut.erase(name.key);
}

void PresentCopies::believe_view(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy,
                                 CopyState& state, const std::string& id) {
  const registry::SeenEntry* shown = shown_of(name, state.ref);
  if (shown != nullptr) {
    state.shape = shown->entry;
    leases_.adopt(now, state.ref, shown->entry->lease);
  }
  if (shown == nullptr && state.present) state.doubtful = true;
  believe(now, name, remote, copy, id, shown != nullptr);
  note_cut(name, remote, copy);
}

bool PresentCopies::wants_seal(const CopyState& state) const {
  if (state.quiet_until != Instant{}) return false;
  const registry::SeenEntry* shown = view_.entry(state.ref);
  if (shown == nullptr || !shown->entry->copy) return false;
  return marks_.check(*shown->entry->copy, state.ref.id) != registry::Proof::Current;
}

void PresentCopies::updated(Instant now, const CopyName& name, CopyState& state) {
  const bool is_awaited = state.quiet_until != Instant{} && !SYNCER_MUTATED("catalog.await_each_write_by_itself");
  state.quiet_until = now + read_lag_;
  if (!is_awaited) queue_.push_at(state.quiet_until, name);  // else settle() goes on waiting
}

void PresentCopies::written(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy,
                            const std::string& id, bool present) {
  believe(now, name, remote, copy, id, present);
  CopyState& state = copy.copies.at(id);
  state.doubtful = false;
  note_cut(name, remote, copy);
  updated(now, name, state);
}

void PresentCopies::seen(Instant now, const registry::EntryId& ref) {
  const registry::SeenEntry* shown = view_.entry(ref);
  if (shown == nullptr || view_.service(ref.owner()) == nullptr || !shown->entry->copy) return;
  const auto known = by_ref_.find(ref);
  const auto owner = owner_of(ref, *shown->entry);
  // Somebody took the marks off, or changed them: whose it is, is known while we are the one who registered it.
  SYNCER_SOMETIMES(!owner && known != by_ref_.end(), "catalog.marks_were_taken_off");
  if (!owner && known == by_ref_.end()) return;
  const CopyName name = owner ? *owner : known->second;
  if (last_reading_ != Instant{} && SYNCER_MUTATED("catalog.overlook_late_copies")) return;
  RemoteCopies& remote = regions_.at(now, name.region);
  DesiredCopy& copy = remote.desired[name.key];
  if (!copy.desired && !copy.granted) regions_.found(now, name.region, name.key, *shown->entry);
  CopyState& state = copy.copies[ref.id];
  state.ref = ref;
  if (state.quiet_until != Instant{}) return;  // looked at again when the quiet time is over
  believe_view(now, name, remote, copy, state, ref.id);
  queue_.push(name, copy);
}

void PresentCopies::missing(Instant now, const registry::EntryId& ref) {
  const auto found = by_ref_.find(ref);
  if (found == by_ref_.end()) return;
  const CopyName name = found->second;
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(name, &remote);
  CopyState& state = copy->copies[ref.id];
  if (state.quiet_until != Instant{}) return;
  SYNCER_SOMETIMES(state.present, "catalog.list_lacks_a_copy");
  // A list may lack for a moment what is there. What replaces this copy takes it away all the same.
  state.doubtful = !SYNCER_MUTATED("catalog.take_lists_for_true");
  believe(now, name, *remote, *copy, ref.id, false);
  queue_.push(name, *copy);
}

bool PresentCopies::lease_lost(Instant now, const registry::EntryId& ref) {
  const auto found = by_ref_.find(ref);
  if (found == by_ref_.end()) return false;
  const CopyName name = found->second;
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(name, &remote);
  // A removal of ours that is under way may overtake the heartbeat.
  const bool expected = copy->busy && !copy->desired;
  SYNCER_SOMETIMES(expected, "catalog.removal_overtakes_a_heartbeat");
  SYNCER_SOMETIMES(!expected, "catalog.lease_is_lost");
  if (!expected)
    observe(observer_, now, EventKind::LeaseLost, Severity::Warning, {{"region", name.region}, {"copy", ref.id}});
  believe(now, name, *remote, *copy, ref.id, false);
  // The list still shows it for a while; that is not news.
  updated(now, name, copy->copies[ref.id]);
  queue_.push(name, *copy);
  return true;
}

/// Until a reading that began after the read lag is complete, the list may show the time before our write.
bool PresentCopies::is_quiet(Instant now, const CopyState& state) const {
  if (state.quiet_until == Instant{}) return false;
  return now < state.quiet_until || (last_reading_ < state.quiet_until && now < state.quiet_until + kLongestQuiet);
}

void PresentCopies::settle(Instant now, const CopyName& name) {
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(name, &remote);
  if (copy == nullptr) return;
  Instant again = kNever;
  for (auto it = copy->copies.begin(); it != copy->copies.end();) {
    CopyState& state = it->second;
    const bool quiet = is_quiet(now, state) || (copy->busy && state.quiet_until != Instant{});
    if (quiet) again = std::min(again, std::max(state.quiet_until, now + kQuietStep));
    if (!quiet && state.quiet_until != Instant{}) {
      state.quiet_until = Instant{};
      believe_view(now, name, *remote, *copy, state, it->first);
    }
    it = quiet || copy->busy || state.present || state.doubtful ? std::next(it) : copy->copies.erase(it);
  }
  if (again != kNever) queue_.push_at(again, name);
  queue_.push(name, *copy);
}

}  // namespace syncer::catalog
