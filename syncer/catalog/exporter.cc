// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/exporter.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::catalog {

using registry::RecordKey;
using registry::RecordKind;
using registry::ServiceKey;

namespace {

Bytes service_record_key(const ServiceKey& service) { return encode_key(RecordKey{RecordKind::Service, service, ""}); }

/// How the keys of a service's attachments begin.
Bytes attachment_prefix(const ServiceKey& service) {
  Bytes prefix = encode_key(RecordKey{RecordKind::Attachment, service, ""});
  prefix.pop_back();  // the length of the id
  return prefix;
}

}  // namespace

void Exporter::put_instance(Instant now, const ServiceKey& service, const std::string& id, const Bytes& payload) {
  const Bytes key = encode_key(RecordKey{RecordKind::Instance, service, id});
  forget_removed(key);
  if (!exported_.contains(key)) {
    ++instances_;
    ++services_[service];
  }
  put(now, key, payload);
}

void Exporter::put_service(Instant now, const ServiceKey& service, const Bytes& payload) {
  if (has_instances(service) && !payload.empty()) put(now, service_record_key(service), payload);
}

void Exporter::put_attachments(Instant now, const ServiceKey& service, const registry::Attachments& attachments) {
  if (!has_instances(service)) return;
  std::set<Bytes> named = {service_record_key(service)};
  for (const auto& [name, payload] : attachments) {
    const Bytes key = encode_key(RecordKey{RecordKind::Attachment, service, name});
    named.insert(key);
    put(now, key, payload);
  }
  for (const auto& [key, payload] : records_of(service)) {
    if (!named.contains(key)) erase(now, key);
  }
}

void Exporter::put(Instant now, const Bytes& key, const Bytes& payload) {
  const auto [it, is_new] = exported_.try_emplace(key, payload);
  if (!is_new && (it->second == payload || SYNCER_MUTATED("catalog.export_only_once"))) return;
  it->second = payload;
  changed_.emplace(key, !is_new);
  observe(observer_, now, EventKind::Exported, Severity::Debug, {{"key", ByteView(key)}});
}

void Exporter::erase(Instant now, const Bytes& key) {
  if (exported_.erase(key) == 0) return;
  const auto [changed, is_first] = changed_.emplace(key, true);
  if (!changed->second && !SYNCER_MUTATED("catalog.remember_who_came_and_went")) changed_.erase(changed);
  observe(observer_, now, EventKind::Unexported, Severity::Debug, {{"key", ByteView(key)}});
}

/// The service's own record and its attachments.
Exporter::Records Exporter::records_of(const ServiceKey& service) const {
  Records records;
  const Bytes prefix = attachment_prefix(service);
  for (auto it = exported_.lower_bound(prefix); it != exported_.end() && it->first.starts_with(prefix); ++it) {
    records.insert(*it);
  }
  const auto own = exported_.find(service_record_key(service));
  if (own != exported_.end()) records.insert(*own);
  return records;
}

void Exporter::remove(Instant now, const Bytes& key, Instant until) {
  const auto exported = exported_.find(key);
  if (exported == exported_.end()) return forget_removed(key);
  const ServiceKey service = registry::decode_key(key)->service;
  if (until > now) {
    removed_.insert_or_assign(key, Removed{exported->second, until});
    removed_until_.insert({until, key});
    ++removed_services_[service].instances;
  }
  erase(now, key);
  --instances_;
  const auto left = services_.find(service);
  if (--left->second > 0) return;
  services_.erase(left);
  Records records = records_of(service);
  for (const auto& [record, payload] : records) erase(now, record);
  const auto removed = removed_services_.find(service);
  if (removed != removed_services_.end()) removed->second.records = std::move(records);
}

void Exporter::restore(Instant now, const Bytes& key) {
  const auto removed = removed_.find(key);
  if (removed == removed_.end()) return;
  const RecordKey record = *registry::decode_key(key);
  const Records records = removed_services_.at(record.service).records;
  const Bytes payload = removed->second.payload;
  const bool first = !has_instances(record.service);
  put_instance(now, record.service, record.id, payload);
  if (!first) return;
  for (const auto& [name, content] : records) put(now, name, content);
}

void Exporter::forget_removed(const Bytes& key) {
  const auto removed = removed_.find(key);
  if (removed == removed_.end()) return;
  const auto service = removed_services_.find(registry::decode_key(key)->service);
  if (--service->second.instances == 0) removed_services_.erase(service);
  removed_until_.erase({removed->second.until, key});
  removed_.erase(removed);
}

void Exporter::tell_release(Instant now) {
  release_until_ = saturating_add(now, kReleaseLasts);
  put(now, registry::released_key(), std::to_string(nanos(now)));
}

void Exporter::tell_holding(Instant now, bool holding) {
  if (std::exchange(tells_holding_, holding) == holding) return;
  if (holding) {
    put(now, registry::holding_key(), "");
  } else {
    erase(now, registry::holding_key());
  }
}

void Exporter::advance(Instant now) {
  while (!removed_until_.empty() && removed_until_.begin()->first <= now) {
    forget_removed(Bytes(removed_until_.begin()->second));
  }
  if (now < release_until_) return;
  release_until_ = kNever;
  erase(now, registry::released_key());
}

Instant Exporter::next_deadline() const {
  return removed_until_.empty() ? release_until_ : std::min(release_until_, removed_until_.begin()->first);
}

/// What comes is told before what goes: a receiver sees the replacement first.
std::vector<ExportChange> Exporter::take_changes() {
  std::vector<ExportChange> changes;
  for (const auto& [key, was_exported] : changed_) {
    if (const auto found = exported_.find(key); found != exported_.end()) changes.push_back({key, found->second});
  }
  for (const auto& [key, was_exported] : changed_) {
    if (!exported_.contains(key)) changes.push_back({key, std::nullopt});
  }
  changed_.clear();
  return changes;
}

void Exporter::fill(Sizes& sizes) const {
  sizes.exported = instances_;
  sizes.exported_records = exported_.size();
  sizes.untold = changed_.size();
  for (const auto& [service, instances] : services_) sizes.exported_counted += instances;
  sizes.restorable = removed_.size();
  sizes.restorable_timers = removed_until_.size();
}

}  // namespace syncer::catalog
