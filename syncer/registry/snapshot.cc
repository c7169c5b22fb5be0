// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/snapshot.h"

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::registry {
namespace {

bool same_content(const Entry& a, const Entry& b) {
  return a.payload == b.payload && a.status == b.status && a.metadata == b.metadata && a.endpoints == b.endpoints &&
         a.lease == b.lease && a.registration == b.registration && a.copy == b.copy && a.canary == b.canary;
}

/// Only for the mutation that lets marks rub off.
SharedEntry with_mark_of(const Entry& before, const SharedEntry& own) {
  auto marked = std::make_shared<Entry>(*own);
  if (!marked->copy) marked->copy = before.copy;
  return marked;
}

Change::Kind seen_kind(const Entry& entry) {
  if (entry.copy) return Change::Kind::CopySeen;
  return entry.canary ? Change::Kind::CanarySeen : Change::Kind::NativeSeen;
}

/// Something else took the entry's id, where an id is an address that whoever comes takes over.
bool is_another(const Entry& before, const Entry& now) {
  if (before.copy && now.copy) {
    // One whose marks somebody took off may be the same.
    return !now.copy->instance.empty() &&
           (before.copy->region != now.copy->region || before.copy->instance != now.copy->instance);
  }
  return seen_kind(before) != seen_kind(now);
}

Change::Kind missing_kind(const Entry& entry) {
  if (entry.copy) return Change::Kind::CopyMissing;
  return entry.canary ? Change::Kind::CanaryMissing : Change::Kind::NativeMissing;
}

EntryId id_of(const ServiceRef& service, const SharedText& id) { return {service.space, service.id, id}; }

}  // namespace

const SeenService* Snapshot::service(const ServiceRef& ref) const {
  const auto found = services_.find(ref);
  return found == services_.end() ? nullptr : &found->second;
}

const ServiceRef* Snapshot::find(const ServiceKey& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

const SeenEntry* Snapshot::entry(const EntryId& id) const {
  const SeenService* owner = service(id.owner());
  if (owner == nullptr) return nullptr;
  const auto found = owner->entries.find(id.id);
  return found == owner->entries.end() ? nullptr : &found->second;
}

SharedEntry Snapshot::known(const ServiceRef& owner, SharedEntry fresh) const {
  const SeenService* seen = service(owner);
  const auto found = seen == nullptr ? SeenEntries::const_iterator() : seen->entries.find(fresh->id);
  if (seen == nullptr || found == seen->entries.end()) return fresh;
  const SharedEntry& held = found->second.entry;
  const bool is_same =
      same_content(*held, *fresh) && held->service == fresh->service && held->registered_at == fresh->registered_at;
  return is_same ? held : fresh;
}

void Snapshot::put_service(const ServiceRef& ref, ServiceState state) {
  const auto [it, is_new] = services_.try_emplace(ref);
  SeenService& service = it->second;
  service.listed = true;
  const ServiceState& old = service.state;
  if (!is_new && old.record == state.record && old.revision == state.revision && old.name == state.name) return;
  if (!is_new && old.name != state.name) forget_name(old.name, ref);
  by_name_[state.name] = ref;
  service.state = std::move(state);
  changes_.push_back({Change::Kind::ServiceChanged, id_of(ref, ""), service.state.name});
}

void Snapshot::put_entries(const ServiceRef& ref, const std::vector<SharedEntry>& entries, bool complete) {
  SeenService& service = services_.at(ref);
  ++readings_;
  const Entry* before = nullptr;
  for (SharedEntry entry : entries) {
    if (SYNCER_MUTATED("catalog.marks_rub_off") && before != nullptr) entry = with_mark_of(*before, entry);
    put_entry(ref, service, entry);
    before = entry.get();
  }
  if (!complete) return;
  std::vector<SharedText> absent;
  for (const auto& [id, seen] : service.entries) {
    if (seen.reading != readings_) absent.push_back(id);
  }
  for (const SharedText& id : absent) miss(ref, service, id);
}

void Snapshot::put_entry(const ServiceRef& ref, SeenService& service, const SharedEntry& entry) {
  const auto [it, is_new] = service.entries.try_emplace(entry->id);
  SeenEntry& seen = it->second;
  seen.reading = readings_;
  if (!is_new && !seen.missing && (seen.entry == entry || same_content(*seen.entry, *entry))) {
    seen.entry = entry;  // the driver may know it by its text, and this is the one that comes again
    return;
  }
  SYNCER_SOMETIMES(!is_new && is_another(*seen.entry, *entry), "registry.another_took_the_id");
  if (!is_new && is_another(*seen.entry, *entry) && !SYNCER_MUTATED("registry.overlook_who_is_replaced"))
    changes_.push_back({missing_kind(*seen.entry), id_of(ref, it->first), {}});
  if (!is_new && is_native(*seen.entry)) --service.natives;
  if (is_native(*entry)) ++service.natives;
  seen.missing = false;
  seen.entry = entry;
  changes_.push_back({seen_kind(*entry), id_of(ref, it->first), {}});
}

void Snapshot::miss(const ServiceRef& ref, SeenService& service, const SharedText& id) {
  SeenEntry& seen = service.entries.at(id);
  if (is_native(*seen.entry)) {
    seen.missing = true;
    changes_.push_back({Change::Kind::NativeMissing, id_of(ref, id), {}});
    return;
  }
  const bool copy = seen.entry->copy.has_value();
  changes_.push_back({copy ? Change::Kind::CopyMissing : Change::Kind::CanaryMissing, id_of(ref, id), {}});
  service.entries.erase(id);
}

void Snapshot::set_listed(const ServiceRef& ref, bool listed) {
  const auto found = services_.find(ref);
  if (found != services_.end()) found->second.listed = listed;
}

void Snapshot::erase(const EntryId& id) {
  const auto found = services_.find(id.owner());
  if (found == services_.end()) return;
  const auto seen = found->second.entries.find(id.id);
  if (seen == found->second.entries.end()) return;
  if (is_native(*seen->second.entry)) --found->second.natives;
  found->second.entries.erase(seen);
}

bool Snapshot::erase_if_gone(const ServiceRef& ref) {
  const auto found = services_.find(ref);
  if (found == services_.end() || found->second.listed || !found->second.entries.empty()) return false;
  changes_.push_back({Change::Kind::ServiceChanged, id_of(ref, ""), found->second.state.name});
  forget_name(found->second.state.name, ref);
  services_.erase(found);
  return true;
}

/// One that was created anew under another id has the name by now.
void Snapshot::forget_name(const ServiceKey& name, const ServiceRef& ref) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  if (found->second == ref || SYNCER_MUTATED("registry.forget_who_has_the_name")) by_name_.erase(found);
}

void Snapshot::fill(Sizes& sizes) const {
  sizes.services = services_.size();
  for (const auto& [ref, service] : services_) sizes.entries += service.entries.size();
  sizes.changes = changes_.size();
}

}  // namespace syncer::registry
