// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/services.h"

#include <algorithm>
#include <utility>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/copy.h"
#include "syncer/registry/servicecenter/documents.h"
#include "syncer/registry/settings.h"

namespace syncer::registry::servicecenter {

void Schemas::schedule(Instant due, const ServiceRef& ref) {
  if (known_.insert(ref).second) first_.insert(ref);
  const auto [it, is_new] = when_.try_emplace(ref, due);
  if (!is_new && it->second == kNever) {
    again_.insert(ref);
    return;
  }
  due_.erase({it->second, ref});
  it->second = due;
  due_.insert({due, ref});
}

void Schemas::advance(Instant now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const ServiceRef ref = due_.begin()->second;
    due_.erase(due_.begin());
    read(now, ref);
  }
}

void Schemas::read(Instant now, const ServiceRef& ref) {
  const SeenService* service = context_.snapshot.service(ref);
  if (service == nullptr || !context_.owner.exports(service->state.name)) {
    when_.erase(ref);
    known_.erase(ref);
    first_.erase(ref);
    return;
  }
  if (!service->state.has_attachments) {
    // A contract that is added shows up in the record, so there is nothing to repeat.
    context_.owner.attachments_read(now, service->state.name, {});
    when_.erase(ref);
    known_.erase(ref);
    first_.erase(ref);
    return;
  }
  when_[ref] = kNever;
  context_.calls.submit(now, Urgency::Read, requests_.list_schemas(ref.space, ref.id),
                        [this, ref](Instant at, const RawAnswer& raw) { on_answer(at, ref, raw); });
}

void Schemas::on_answer(Instant now, const ServiceRef& ref, const RawAnswer& raw) {
  first_.erase(ref);
  when_.erase(ref);
  const auto answer = read_schemas(raw);
  const bool good = answer && answer->complete();
  const SeenService* service = context_.snapshot.service(ref);
  if (good && service != nullptr) {
    Attachments schemas;
    for (const SchemaDocument& schema : answer->value) {
      if (schema.has_content) schemas.insert_or_assign(schema.id, encode_attachment(kNativeKind, schema.payload));
    }
    context_.owner.attachments_read(now, service->state.name, schemas);
  }
  const bool repeat_now = again_.erase(ref) > 0;
  schedule(repeat_now ? now : now + (good ? repeat_after(ref) : kAttachmentRetry), ref);
}

/// Up to a quarter earlier, so that those that were read together spread.
Duration Schemas::repeat_after(const ServiceRef& ref) const {
  constexpr std::int64_t kParts = 64;
  const Duration all = std::max<Duration>(kAttachmentRepeat, (when_.size() + 1) * kBetweenAttachments);
  return all - all / 4 / kParts * static_cast<std::int64_t>(hash64(ref.id) % kParts);
}

namespace {

/// A registry that failed this often in a row needs somebody.
constexpr std::uint32_t kStubborn = 3;

/// What other regions say of the service itself; nullptr when that has not arrived.
const Bytes* record_of(const Attachments& attachments) {
  const auto found = attachments.find("");
  return found == attachments.end() ? nullptr : &found->second;
}

/// The service's document as this registry holds it.
Bytes native_record(const SeenService& service) {
  auto part = decode_attachment(service.state.record);
  return part ? std::move(part->content) : Bytes();
}

std::map<std::string, Bytes> schemas_of(Attachments attachments) {
  attachments.erase("");
  return attachments;
}

}  // namespace

const ServiceRef* Services::ensure(Instant now, const Key& key, bool foreign) {
  const auto [it, is_new] = services_.try_emplace(key);
  if (is_new) it->second.desired = desired(key);
  it->second.abandoned = false;
  it->second.foreign = it->second.foreign || foreign;
  step(now, key, it->second);
  return usable(it->second) ? &it->second.ref : nullptr;
}

std::string Services::problem(const Key& key) const {
  const auto found = services_.find(key);
  if (found == services_.end()) return "its service is being created";
  const Preparation& service = found->second;
  if (!service.problem.empty()) return service.problem;
  const bool unknown = record_of(service.desired) == nullptr && !service.foreign;
  return unknown ? "its service record has not arrived" : "its service is being created";
}

std::vector<std::string> Services::problems() const {
  std::vector<std::string> texts;
  for (const Key& key : troubled_) {
    const Preparation& service = services_.at(key);
    const bool passing = service.outage && service.failures < kStubborn;
    if (!service.problem.empty() && !passing) texts.push_back("service " + to_string(key) + ": " + service.problem);
    for (const auto& [schema, reason] : service.refused) {
      texts.push_back("service " + to_string(key) + ": contract " + schema + " refused: " + reason);
    }
  }
  return texts;
}

Attachments Services::desired(const Key& key) const {
  Attachments native;
  for (const auto& [name, payload] : context_.owner.desired_attachments(key)) {
    auto part = decode_attachment(payload);
    if (part && part->kind == kNativeKind) native.emplace(name, std::move(part->content));
  }
  return native;
}

void Services::reconsider(Instant now, const Key& key) {
  const auto found = services_.find(key);
  if (found == services_.end()) return context_.owner.preparation_changed(now, key);
  Preparation& service = found->second;
  service.desired = desired(key);
  service.settled = service.contracts_done = service.properties_done = false;
  service.failures = 0;
  service.retry_at = now;
  service.refused.clear();
  if (context_.snapshot.find(key) == nullptr && !service.busy) service.ref.id = {};
  step(now, key, service);
  context_.owner.preparation_changed(now, key);
}

void Services::forget(const Key& key) {
  const auto found = services_.find(key);
  if (found == services_.end() || found->second.busy) return;
  Preparation fresh;
  fresh.desired = std::move(found->second.desired);
  fresh.foreign = found->second.foreign;
  fresh.timer = found->second.timer;
  if (!SYNCER_MUTATED("registry.trust_a_dead_service_id")) fresh.dead_id = found->second.ref.id;
  found->second = std::move(fresh);
}

void Services::abandon(const Key& key) {
  const auto found = services_.find(key);
  if (found == services_.end() || SYNCER_MUTATED("registry.prepare_what_nobody_wants")) return;
  SYNCER_SOMETIMES(!found->second.problem.empty(), "registry.refused_service_is_abandoned");
  found->second.abandoned = found->second.busy;
  if (!found->second.busy) erase(key, found->second);
}

void Services::erase(const Key& key, const Preparation& service) {
  if (service.timer != kNever) timers_.erase({service.timer, key});
  troubled_.erase(key);
  services_.erase(Key(key));
}

/// They made it or use it. What one left behind that stopped is its own, too: it may come back.
bool Services::belongs_to_applications(const Key& key) const {
  const ServiceRef* ref = context_.snapshot.find(key);
  if (ref == nullptr) return false;
  const SeenService& service = *context_.snapshot.service(*ref);
  if (service.natives > 0) return true;
  return !is_made_by_syncer(native_record(service)) && !SYNCER_MUTATED("registry.overwrite_what_is_not_in_use");
}

void Services::step(Instant now, const Key& key, Preparation& service) {
  if (!enabled_ || service.settled || service.busy || now < service.retry_at) return;
  if (service.ref.id.empty()) return find_or_create(now, key, service);
  if (!service.contracts_done) return compare_contracts(now, key, service);
  if (!service.missing.empty()) return write_contract(now, key, service);
  if (!service.properties_done) return compare_properties(now, key, service);
  service.settled = true;
  if (!service.refused.empty()) look_again_at(now + kRefusedWrite.slowest, key, service);
}

void Services::look_again_at(Instant at, const Key& key, Preparation& service) {
  if (service.timer != kNever) timers_.erase({service.timer, key});
  service.timer = at;
  timers_.insert({at, key});
}

void Services::find_or_create(Instant now, const Key& key, Preparation& service) {
  const ServiceRef* ref = context_.snapshot.find(key);
  if (ref != nullptr && ref->id != service.dead_id) {
    service.ref = *ref;
    service.problem.clear();
    return step(now, key, service);
  }
  const Bytes* record = record_of(service.desired);
  if (record == nullptr && !service.foreign) return;  // its service record has not arrived
  auto body = service_body(key, record != nullptr ? *record : Bytes("{}"));
  if (!body) return fail(now, key, service, body.error());
  call(now, key, service, requests_.create_service(project_of(key.space), std::move(*body)),
       [this, key](Instant at, Preparation&, const RawAnswer& raw) -> Result<void> {
         const auto id = read_service_id(raw);
         if (!id) return tl::make_unexpected(id.error());
         verify(at, key, *id);
         return {};
       });
}

/// A service center answers a registration whose alias belongs to another service with that other service's id.
void Services::verify(Instant now, const Key& key, const std::string& id) {
  call(now, key, services_[key], requests_.existence(key),
       [key, id](Instant, Preparation& service, const RawAnswer& raw) -> Result<void> {
         const auto found = read_service_id(raw);
         if (!found && found.error().code != ErrorCode::NotFound) return tl::make_unexpected(found.error());
         if (!found || *found != id) {
           return failure(ErrorCode::Conflict, "service", "its alias belongs to another service here");
         }
         service.ref = {project_of(key.space), id};
         service.dead_id.clear();
         return {};
       });
}

void Services::compare_contracts(Instant now, const Key& key, Preparation& service) {
  if (schemas_of(service.desired).empty()) {
    service.contracts_done = service.contracts_tried = true;
    return step(now, key, service);
  }
  call(now, key, service, requests_.list_schemas(project_of(key.space), service.ref.id),
       [this, key](Instant, Preparation& s, const RawAnswer& raw) -> Result<void> {
         const auto present = read_schemas(raw);
         if (!present) {
           if (present.error().code == ErrorCode::NotFound) s.dead_id = std::exchange(s.ref.id, "");
           return tl::make_unexpected(present.error());
         }
         plan_contracts(key, s, present->value);
         return {};
       });
}

void Services::plan_contracts(const Key& key, Preparation& service, const std::vector<SchemaDocument>& present) {
  service.missing = schemas_of(service.desired);
  const bool hands_off = belongs_to_applications(key) && !SYNCER_MUTATED("catalog.overwrite_contracts");
  for (const SchemaDocument& schema : present) {
    const auto wanted = service.missing.find(schema.id);
    if (wanted == service.missing.end() || !schema.has_content) continue;
    if (hands_off || wanted->second == schema.payload) service.missing.erase(wanted);
  }
  service.contracts_done = true;
  if (service.missing.empty()) service.contracts_tried = true;
}

void Services::write_contract(Instant now, const Key& key, Preparation& service) {
  const auto [id, body] = *service.missing.begin();
  call(now, key, service, requests_.put_schema(project_of(key.space), service.ref.id, id, body),
       [schema = id](Instant, Preparation& s, const RawAnswer& raw) -> Result<void> {
         const auto success = read_success(raw);
         const bool open = !success && is_outcome_unknown(success.error());
         // A refused contract must not keep the instances away; it is tried again later.
         if (!open) s.missing.erase(schema);
         if (s.missing.empty()) s.contracts_tried = true;
         if (open) return success;
         if (!success) s.refused[schema] = to_string(success.error());
         return {};
       });
}

void Services::compare_properties(Instant now, const Key& key, Preparation& service) {
  service.properties_done = true;
  const ServiceRef* ref = context_.snapshot.find(key);
  const Bytes* record = record_of(service.desired);
  const bool ours = ref != nullptr && record != nullptr && !belongs_to_applications(key);
  if (!ours || same_service_properties(*record, native_record(*context_.snapshot.service(*ref)))) {
    return step(now, key, service);
  }
  auto body = service_properties_body(*record);
  if (!body) return fail(now, key, service, body.error());
  call(now, key, service, requests_.put_service_properties(project_of(key.space), service.ref.id, std::move(*body)),
       [](Instant, Preparation&, const RawAnswer& raw) { return read_success(raw); });
}

void Services::call(Instant now, const Key& key, Preparation& service, HttpRequest request, Handle handle) {
  service.busy = true;
  context_.calls.submit(now, Urgency::Write, std::move(request),
                        [this, key, handle = std::move(handle)](Instant at, const RawAnswer& raw) {
                          Preparation& s = services_[key];
                          s.busy = false;
                          if (s.abandoned) return erase(key, s);
                          const bool was_usable = usable(s);
                          s.problem.clear();
                          if (const auto outcome = handle(at, s, raw); !outcome)
                            fail(at, key, s, outcome.error());
                          else
                            s.failures = 0;
                          note_trouble(key, s);
                          step(at, key, s);
                          if (usable(s) != was_usable) context_.owner.preparation_changed(at, key);
                        });
}

void Services::fail(Instant now, const Key& key, Preparation& service, const Error& error) {
  const bool first = service.failures == 0;
  const bool outage = is_outcome_unknown(error) || is_unauthorized(error);
  service.problem = to_string(error);
  service.outage = outage;
  note_trouble(key, service);
  const Duration wait = (outage ? kPreparation : kRefusedWrite).wait(service.failures++);
  const Duration jitter = random_.between(Duration::zero(), wait / 4);
  service.retry_at = now + wait + jitter;
  look_again_at(service.retry_at, key, service);
  if (first && !outage) report(now, key, service);
}

void Services::report(Instant now, const Key& key, const Preparation& service) {
  observe(context_.observer, now, EventKind::CopyRejected, Severity::Warning,
          {{"key", to_string(key)}, {"reason", service.problem}, {"retry", syncer::to_string(service.retry_at - now)}});
}

void Services::note_trouble(const Key& key, const Preparation& service) {
  if (service.problem.empty() && service.refused.empty())
    troubled_.erase(key);
  else
    troubled_.insert(key);
}

void Services::set_enabled(Instant now, bool enabled) {
  if (enabled_ == enabled) return;
  enabled_ = enabled;
  if (!enabled) return;
  std::vector<Key> known;
  for (const auto& [key, service] : services_) known.push_back(key);
  for (const Key& key : known) reconsider(now, key);
}

void Services::advance(Instant now) {
  if (!enabled_) return;
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Key key = timers_.begin()->second;
    timers_.erase(timers_.begin());
    const auto found = services_.find(key);
    if (found == services_.end()) continue;
    Preparation& service = found->second;
    service.timer = kNever;
    if (service.settled && !service.refused.empty()) {
      service.refused.clear();
      service.settled = service.contracts_done = false;
    }
    step(now, key, service);
    context_.owner.preparation_changed(now, key);
  }
}

}  // namespace syncer::registry::servicecenter
