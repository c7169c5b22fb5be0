// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/exporter.h"

#include "syncer/base/mutation.h"

namespace syncer::catalog {

using registry::RecordKey;
using registry::RecordKind;

Exporter::Exporter(const CatalogConfig& config, Observer& observer)
    : config_(config), observer_(observer), guard_(guard_options(config.guard)) {}

void Exporter::put_instance(Instant now, const registry::ServiceKey& service, const std::string& id,
                            const Bytes& payload) {
  const Bytes key = encode_key(RecordKey{RecordKind::Instance, service, id});
  if (guard_.cancel(now, key)) {
    observe(observer_, now, EventKind::GuardReleased, Severity::Info,
            {{"side", "sender"}, {"region", config_.region}, {"reason", "the entries are back"}});
  }
  if (!exported_.contains(key)) {
    ++instances_;
    ++services_[service];
  }
  put(now, key, payload);
}

void Exporter::put_service(Instant now, const registry::ServiceKey& service, const Bytes& payload) {
  if (has_instances(service) && !payload.empty())
    put(now, encode_key(RecordKey{RecordKind::Service, service, ""}), payload);
}

void Exporter::put_attachments(Instant now, const registry::ServiceKey& service,
                               const registry::Attachments& attachments) {
  if (!has_instances(service)) return;
  std::set<Bytes> named;
  for (const auto& [name, payload] : attachments) {
    const Bytes key = encode_key(RecordKey{RecordKind::Attachment, service, name});
    named.insert(key);
    put(now, key, payload);
  }
  erase_attachments(now, service, named);
}

void Exporter::put(Instant now, const Bytes& key, const Bytes& payload) {
  const auto [it, is_new] = exported_.try_emplace(key, payload);
  if (!is_new && (it->second == payload || SYNCER_MUTATED("catalog.export_only_once"))) return;
  it->second = payload;
  changed_.insert(key);
  observe(observer_, now, EventKind::Exported, Severity::Debug, {{"key", ByteView(key)}});
}

void Exporter::erase(Instant now, const Bytes& key) {
  if (exported_.erase(key) == 0) return;
  changed_.insert(key);
  observe(observer_, now, EventKind::Unexported, Severity::Debug, {{"key", ByteView(key)}});
}

void Exporter::remove_instances(Instant now, const std::vector<Bytes>& keys) {
  std::vector<Bytes> known;
  for (const Bytes& key : keys) {
    if (exported_.contains(key)) known.push_back(key);
  }
  if (known.empty()) return;
  const bool was_frozen = guard_.frozen();
  guard_.set_size(instances_);
  if (guard_.request(now, known) == replication::RemovalGuard::Verdict::Granted) {
    for (const Bytes& key : known) erase_instance(now, key);
    return;
  }
  if (was_frozen) return;
  observe(
      observer_, now, EventKind::GuardTripped, Severity::Error,
      {{"side", "sender"}, {"region", config_.region}, {"pending", guard_.pending()}, {"allowed", guard_.allowed()}});
}

void Exporter::erase_instance(Instant now, const Bytes& key) {
  if (!exported_.contains(key)) return;
  erase(now, key);
  --instances_;
  const auto record = registry::decode_key(key);
  const auto service = services_.find(record->service);
  if (--service->second > 0) return;
  services_.erase(service);
  forget_service(now, record->service);
}

void Exporter::forget_service(Instant now, const registry::ServiceKey& service) {
  erase_attachments(now, service, {});
  erase(now, encode_key(RecordKey{RecordKind::Service, service, ""}));
}

void Exporter::erase_attachments(Instant now, const registry::ServiceKey& service, const std::set<Bytes>& but) {
  std::vector<Bytes> gone;
  Bytes prefix = encode_key(RecordKey{RecordKind::Attachment, service, ""});
  prefix.pop_back();  // the length of the id
  for (auto it = exported_.lower_bound(prefix); it != exported_.end() && it->first.starts_with(prefix); ++it) {
    if (!but.contains(it->first)) gone.push_back(it->first);
  }
  for (const Bytes& key : gone) erase(now, key);
}

std::vector<ExportChange> Exporter::take_changes() {
  std::vector<ExportChange> changes;
  for (const Bytes& key : changed_) {
    const auto found = exported_.find(key);
    changes.push_back({key, found == exported_.end() ? std::nullopt : std::optional(found->second)});
  }
  changed_.clear();
  return changes;
}

void Exporter::let_go(Instant now, const std::vector<Bytes>& keys, std::string_view reason) {
  if (keys.empty()) return;
  observe(observer_, now, EventKind::GuardReleased, Severity::Warning,
          {{"side", "sender"}, {"region", config_.region}, {"reason", reason}});
  for (const Bytes& key : keys) erase_instance(now, key);
}

void Exporter::release_guard(Instant now, std::string_view reason) { let_go(now, guard_.release(), reason); }

void Exporter::advance(Instant now) {
  guard_.set_size(instances_);
  const auto keys = guard_.advance(now);
  let_go(now, keys, release_reason(guard_));
}

}  // namespace syncer::catalog
