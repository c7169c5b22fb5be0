// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/services.h"

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(1);
constexpr Duration kSlowestRetry = std::chrono::minutes(5);
constexpr Duration kSlowestOutage = std::chrono::seconds(10);

}  // namespace

Services::Services(const registry::V4Requests& requests, Calls& calls, const RegistrySnapshot& view, Observer& observer,
                   Random random, Lookup lookup, Changed changed)
    : requests_(requests),
      calls_(calls),
      view_(view),
      observer_(observer),
      random_(random),
      lookup_(std::move(lookup)),
      changed_(std::move(changed)) {}

const std::string* Services::ensure(Instant now, const Key& key) {
  const auto [it, is_new] = entries_.try_emplace(key);
  if (is_new) it->second.wanted = lookup_(key);
  step(now, key, it->second);
  return usable(it->second) ? &it->second.id : nullptr;
}

std::string Services::problem(const Key& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() || found->second.problem.empty() ? "its service is being created"
                                                                  : found->second.problem;
}

std::vector<std::string> Services::problems() const {
  std::vector<std::string> texts;
  for (const auto& [key, entry] : entries_) {
    if (!entry.problem.empty()) texts.push_back("service " + to_string(key) + ": " + entry.problem);
    for (const auto& [schema, reason] : entry.refused) {
      texts.push_back("service " + to_string(key) + ": contract " + schema + " refused: " + reason);
    }
  }
  return texts;
}

void Services::reconsider(Instant now, const Key& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return changed_(now, key);
  Entry& entry = found->second;
  entry.wanted = lookup_(key);
  entry.settled = entry.contracts_done = entry.properties_done = false;
  entry.failures = 0;
  entry.retry_at = now;
  entry.refused.clear();
  if (view_.find(key) == nullptr && !entry.busy) entry.id.clear();
  step(now, key, entry);
  changed_(now, key);
}

void Services::forget(const Key& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.busy) return;
  entries_.erase(found);
}

bool Services::has_natives(const Key& key) const {
  const ServiceRef* ref = view_.find(key);
  return ref != nullptr && view_.service(*ref)->natives > 0;
}

void Services::step(Instant now, const Key& key, Entry& entry) {
  if (!enabled_ || entry.settled || entry.busy || now < entry.retry_at) return;
  if (entry.id.empty()) return find_or_create(now, key, entry);
  if (!entry.contracts_done) return compare_contracts(now, key, entry);
  if (!entry.missing.empty()) return write_contract(now, key, entry);
  if (!entry.properties_done) return compare_properties(now, key, entry);
  entry.settled = true;
  if (!entry.refused.empty()) timers_.insert({now + kSlowestRetry, key});
}

void Services::find_or_create(Instant now, const Key& key, Entry& entry) {
  if (const ServiceRef* ref = view_.find(key)) {
    entry.id = ref->second;
    entry.problem.clear();
    return step(now, key, entry);
  }
  if (!entry.wanted.payload) {
    entry.problem = "its service record has not arrived";
    return;
  }
  auto body = registry::service_body(key, *entry.wanted.payload);
  if (!body) return fail(now, key, entry, body.error());
  call(now, key, entry, requests_.create_service(key.project, std::move(*body)),
       [this, key](Instant at, Entry&, const registry::RawAnswer& raw) -> Result<void> {
         const auto id = registry::read_service_id(raw);
         if (!id) return tl::make_unexpected(id.error());
         verify(at, key, *id);
         return {};
       });
}

/// A service center answers a registration whose alias belongs to another service with that other service's id.
void Services::verify(Instant now, const Key& key, const std::string& id) {
  call(now, key, entries_[key], requests_.existence(key),
       [id](Instant, Entry& entry, const registry::RawAnswer& raw) -> Result<void> {
         const auto found = registry::read_service_id(raw);
         if (!found && found.error().code != ErrorCode::NotFound) return tl::make_unexpected(found.error());
         if (!found || *found != id) {
           return failure(ErrorCode::Conflict, "service", "its alias belongs to another service here");
         }
         entry.id = id;
         return {};
       });
}

void Services::compare_contracts(Instant now, const Key& key, Entry& entry) {
  if (entry.wanted.schemas.empty()) {
    entry.contracts_done = entry.contracts_tried = true;
    return step(now, key, entry);
  }
  call(now, key, entry, requests_.list_schemas(key.project, entry.id),
       [this, key](Instant, Entry& e, const registry::RawAnswer& raw) -> Result<void> {
         const auto present = registry::read_schemas(raw);
         if (!present) {
           if (present.error().code == ErrorCode::NotFound) e.id.clear();
           return tl::make_unexpected(present.error());
         }
         plan_contracts(key, e, present->value);
         return {};
       });
}

void Services::plan_contracts(const Key& key, Entry& entry, const std::vector<registry::SchemaDocument>& present) {
  entry.missing = entry.wanted.schemas;
  const bool hands_off = has_natives(key) && !SYNCER_MUTATED("catalog.overwrite_contracts");
  for (const registry::SchemaDocument& schema : present) {
    const auto wanted = entry.missing.find(schema.id);
    if (wanted == entry.missing.end() || !schema.has_content) continue;
    if (hands_off || wanted->second == schema.payload) entry.missing.erase(wanted);
  }
  entry.contracts_done = true;
  if (entry.missing.empty()) entry.contracts_tried = true;
}

void Services::write_contract(Instant now, const Key& key, Entry& entry) {
  const auto [id, body] = *entry.missing.begin();
  call(now, key, entry, requests_.put_schema(key.project, entry.id, id, body),
       [schema = id](Instant, Entry& e, const registry::RawAnswer& raw) -> Result<void> {
         const auto success = registry::read_success(raw);
         const bool open = !success && registry::is_outcome_unknown(success.error());
         // A refused contract must not keep the instances away; it is tried again later.
         if (!open) e.missing.erase(schema);
         if (e.missing.empty()) e.contracts_tried = true;
         if (open) return success;
         if (!success) e.refused[schema] = to_string(success.error());
         return {};
       });
}

void Services::compare_properties(Instant now, const Key& key, Entry& entry) {
  entry.properties_done = true;
  const ServiceRef* ref = view_.find(key);
  const bool ours = ref != nullptr && entry.wanted.payload && !has_natives(key);
  if (!ours || registry::same_service_properties(*entry.wanted.payload, view_.service(*ref)->document.payload)) {
    return step(now, key, entry);
  }
  auto body = registry::service_properties_body(*entry.wanted.payload);
  if (!body) return fail(now, key, entry, body.error());
  call(now, key, entry, requests_.put_service_properties(key.project, entry.id, std::move(*body)),
       [](Instant, Entry&, const registry::RawAnswer& raw) { return registry::read_success(raw); });
}

void Services::call(Instant now, const Key& key, Entry& entry, HttpRequest request,
                    std::function<Result<void>(Instant, Entry&, const registry::RawAnswer&)> handle) {
  entry.busy = true;
  calls_.submit(now, Urgency::Write, std::move(request),
                [this, key, handle = std::move(handle)](Instant at, const registry::RawAnswer& raw) {
                  Entry& e = entries_[key];
                  e.busy = false;
                  const bool was_usable = usable(e);
                  e.problem.clear();
                  if (const auto outcome = handle(at, e, raw); !outcome)
                    fail(at, key, e, outcome.error());
                  else
                    e.failures = 0;
                  step(at, key, e);
                  if (usable(e) != was_usable) changed_(at, key);
                });
}

void Services::fail(Instant now, const Key& key, Entry& entry, const Error& error) {
  const bool first = entry.failures == 0;
  const bool outage = registry::is_outcome_unknown(error) || registry::is_unauthorized(error);
  entry.problem = to_string(error);
  const Duration wait = doubled(kFirstRetry, entry.failures++, outage ? kSlowestOutage : kSlowestRetry);
  const Duration jitter = random_.between(Duration::zero(), wait / 4);
  entry.retry_at = now + wait + jitter;
  timers_.insert({entry.retry_at, key});
  if (first && !outage) report(now, key, entry);
}

void Services::report(Instant now, const Key& key, const Entry& entry) {
  observe(observer_, now, EventKind::CopyParked, Severity::Warning,
          {{"key", to_string(key)}, {"reason", entry.problem}, {"retry", to_string(entry.retry_at - now)}});
}

void Services::set_enabled(Instant now, bool enabled) {
  if (enabled_ == enabled) return;
  enabled_ = enabled;
  if (!enabled) return;
  std::vector<Key> known;
  for (const auto& [key, entry] : entries_) known.push_back(key);
  for (const Key& key : known) reconsider(now, key);
}

void Services::advance(Instant now) {
  if (!enabled_) return;
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Key key = timers_.begin()->second;
    timers_.erase(timers_.begin());
    const auto found = entries_.find(key);
    if (found == entries_.end()) continue;
    Entry& entry = found->second;
    if (entry.settled && !entry.refused.empty()) {
      entry.refused.clear();
      entry.settled = entry.contracts_done = false;
    }
    step(now, key, entry);
    changed_(now, key);
  }
}

}  // namespace syncer::catalog
