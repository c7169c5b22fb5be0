// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/importer.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::catalog {

using registry::RecordKind;

namespace {

constexpr Duration kFirstRetry = std::chrono::milliseconds(500);
constexpr Duration kSlowestRetry = std::chrono::seconds(10);
constexpr Duration kFirstRejection = std::chrono::seconds(1);
constexpr Duration kSlowestRejection = std::chrono::minutes(5);

std::string why_waiting(const std::string& region, const Bytes& key, const DesiredCopy& copy) {
  const std::string what = "copy of " + region + ": " + registry::readable_key(key);
  if (!copy.rejected.empty()) return what + " is refused: " + copy.rejected;
  return what + (copy.waiting.empty() ? " is being written" : " waits: " + copy.waiting);
}

}  // namespace

Importer::Importer(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls,
                   const RegistrySnapshot& view, Regions& regions, Leases& leases, Observer& observer, Random random)
    : config_(config),
      requests_(requests),
      calls_(calls),
      regions_(regions),
      leases_(leases),
      observer_(observer),
      random_(random.stream("copier")),
      queue_(config, regions),
      present_(view, regions, leases, queue_, observer),
      services_(
          requests, calls, view, observer, random.stream("services"),
          [this](const registry::ServiceKey& key) { return regions_.desired(key); },
          [this](Instant, const registry::ServiceKey& key) { service_changed(key); }) {}

/// Other domains and projects are not kept here, and a registry's own services are not replicated.
bool Importer::is_mirrored(const registry::ServiceKey& service) const {
  const auto& projects = config_.registry.projects;
  if (service.domain != config_.registry.domain) return false;
  if (std::find(projects.begin(), projects.end(), service.project) == projects.end()) return false;
  return !registry::is_infrastructure(service, "");
}

void Importer::desire(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch) {
  const auto record = registry::decode_key(key);
  if (!record || !is_mirrored(record->service)) return;
  RemoteCopies& remote = regions_.at(now, region);
  remote.epoch = epoch;
  if (record->kind != RecordKind::Instance) {
    desire_service(remote, *record, payload);
    return services_.reconsider(now, record->service);
  }
  DesiredCopy& copy = remote.desired[key];
  const CopyName name{region, key};
  const bool changed = copy.payload != payload;
  if (copy.held || copy.granted || copy.removed) regions_.keep(now, region, key, copy);
  copy.desired = true;
  copy.removed = false;
  if (changed) {
    copy.payload = payload;
    copy.extras_settled = false;
    clear_rejection(now, name, copy);
    copy.failures = 0;
    copy.retry_at = now;
  }
  queue_.push(name, copy);
}

void Importer::desire_service(RemoteCopies& remote, const registry::RecordKey& key, const Bytes& payload) {
  DesiredService& service = remote.services[key.service];
  if (key.kind == RecordKind::Service)
    service.payload = payload;
  else
    service.schemas[key.id] = payload;
}

void Importer::release(Instant now, const std::string& region, const Bytes& key) {
  const auto record = registry::decode_key(key);
  RemoteCopies* remote = regions_.find(region);
  if (!record || remote == nullptr) return;
  if (record->kind != RecordKind::Instance) {
    if (!remote->services.contains(record->service)) return;
    release_service(*remote, *record);
    return services_.reconsider(now, record->service);
  }
  const CopyName name{region, key};
  DesiredCopy* copy = regions_.find(name);
  if (copy == nullptr || SYNCER_MUTATED("catalog.keep_removed_records")) return;
  if (SYNCER_MUTATED("catalog.ignore_removal_while_busy") && copy->busy) return;
  copy->desired = false;
  copy->removed = true;
  copy->failures = 0;
  copy->retry_at = now;
  clear_rejection(now, name, *copy);
  queue_.push(name, *copy);
}

void Importer::release_service(RemoteCopies& remote, const registry::RecordKey& key) {
  const auto service = remote.services.find(key.service);
  if (key.kind == RecordKind::Service)
    service->second.payload.reset();
  else
    service->second.schemas.erase(key.id);
  if (!service->second.payload && service->second.schemas.empty()) remote.services.erase(service);
}

void Importer::set_enabled(Instant now, bool enabled) {
  if (queue_.enabled() == enabled) return;
  queue_.set_enabled(enabled);
  services_.set_enabled(now, enabled);
  if (enabled) queue_.push_all(now);
}

/// Looks at all copies of a service again.
void Importer::service_changed(const registry::ServiceKey& key) {
  Bytes prefix = instance_key(key, "");
  prefix.pop_back();  // the length of the instance id
  for (auto& [region, remote] : regions_.all()) {
    auto it = remote.desired.lower_bound(prefix);
    for (; it != remote.desired.end() && it->first.starts_with(prefix); ++it)
      queue_.push({region, it->first}, it->second);
  }
}

void Importer::advance(Instant now) {
  services_.advance(now);
  for (const CopyName& name : regions_.take_touched()) queue_.push(name);
  while (const auto name = queue_.pop_due(now)) present_.settle(now, *name);
  while (calls_.takes_write()) {
    const auto name = queue_.pop(now);
    if (!name) break;
    if (reconcile(now, *name)) queue_.count_write(now);
  }
}

Instant Importer::next_deadline() const {
  const Instant due = std::min(services_.next_deadline(), queue_.next_due());
  return calls_.takes_write() ? std::min(due, queue_.next_turn()) : due;
}

bool Importer::reconcile(Instant now, const CopyName& name) {
  RemoteCopies* remote = nullptr;
  DesiredCopy* copy = regions_.find(name, &remote);
  if (copy == nullptr) return false;
  copy->queued = false;
  if (copy->busy || now < copy->retry_at) return false;
  auto key = registry::decode_key(name.key);
  SYNCER_ASSERT(key.has_value());
  Work work{name, *remote, *copy, std::move(*key)};
  copy->waiting.clear();
  // A removal that is held back keeps the copy as it was, renewed and even registered again.
  const bool keep = !remote->expired && (copy->desired || (copy->held && !copy->payload.empty()));
  return keep ? fulfil(now, work) : withdraw(now, work);
}

/// Make before break needs one former copy beside the new one; a second former one, even a doubtful one, goes first.
std::optional<std::string> Importer::surplus(const DesiredCopy& copy, const std::string& kept) {
  std::optional<std::string> doubtful;
  std::optional<std::string> last;
  std::size_t others = 0;
  for (const auto& [id, state] : copy.copies) {
    if (id == kept || !(state.present || state.doubtful)) continue;
    ++others;
    last = id;
    if (!state.present) doubtful = id;
  }
  if (others < 2 || SYNCER_MUTATED("catalog.let_the_surplus_be")) return std::nullopt;
  return doubtful ? doubtful : last;
}

bool Importer::fulfil(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  auto planned = plans_.plan(work.name.region, work.key.id, copy.payload);
  if (!planned) {
    fail(now, work.name, copy, planned.error());
    return false;
  }
  registry::SharedPlan plan = std::move(*planned);
  if (SYNCER_MUTATED("catalog.copy_id_of_this_run")) {
    auto other = std::make_shared<registry::CopyPlan>(*plan);
    other->id.back() = "0123456789abcdef"[random_.stream("run").next() % 16];
    plan = std::move(other);
  }
  const auto state = copy.copies.find(plan->id);
  if (state != copy.copies.end() && state->second.present) return fulfil_present(now, work, plan);
  if (SYNCER_MUTATED("catalog.break_before_make")) {
    for (const auto& [id, other] : copy.copies) {
      if (other.present) return remove(now, work, id, "replaced");
    }
  }
  if (const auto extra = surplus(copy, plan->id)) return remove(now, work, *extra, "replaced");
  const std::string* service = services_.ensure(now, work.key.service);
  if (service == nullptr) {
    copy.waiting = services_.problem(work.key.service);
    return false;
  }
  return add(now, work, *service, plan);
}

bool Importer::fulfil_present(Instant now, Work& work, const registry::SharedPlan& plan) {
  DesiredCopy& copy = work.copy;
  const CopyState& present = copy.copies.at(plan->id);
  if (present.status != plan->status) return update_status(now, work, plan);
  const bool same = registry::same_properties(plan->properties, present.properties, copy.extras_settled);
  if (!same && !SYNCER_MUTATED("catalog.ignore_properties")) return update_properties(now, work, plan);
  for (const auto& [id, state] : copy.copies) {
    const bool former = (state.present || state.doubtful) && id != plan->id;
    if (former && !SYNCER_MUTATED("catalog.keep_former_copies")) return remove(now, work, id, "replaced");
  }
  services_.ensure(now, work.key.service);
  done(now, work);
  return false;
}

bool Importer::withdraw(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  const auto present =
      std::find_if(copy.copies.begin(), copy.copies.end(), [](const auto& entry) { return entry.second.present; });
  if (present == copy.copies.end()) {
    done(now, work);
    return false;
  }
  if (work.remote.expired) return remove(now, work, present->first, "its region is away for too long");
  if (copy.held) return false;
  if (copy.granted) return remove(now, work, present->first, copy.removed ? "removed" : "orphan");
  const bool known_gone = copy.removed || (work.remote.connected && work.remote.complete);
  if (known_gone || SYNCER_MUTATED("catalog.remove_unconfirmed_orphans"))
    regions_.ask_to_leave(work.name.region, work.name.key);
  else
    copy.waiting = "its region has not announced yet what it holds";
  return false;
}

void Importer::done(Instant now, Work& work) {
  DesiredCopy& copy = work.copy;
  clear_rejection(now, work.name, copy);
  copy.failures = 0;
  if (copy.desired || copy.any_present() || copy.held) return;
  const bool quiet = std::any_of(copy.copies.begin(), copy.copies.end(),
                                 [](const auto& entry) { return entry.second.quiet_until != Instant{}; });
  if (!quiet) work.remote.desired.erase(work.name.key);
}

bool Importer::add(Instant now, Work& work, const std::string& service_id, const registry::SharedPlan& plan) {
  auto body = registry::registration_body(*plan, work.copy.payload, to_string(work.remote.epoch));
  if (!body) {
    fail(now, work.name, work.copy, body.error());
    return false;
  }
  const std::string& project = work.key.service.project;
  const registry::InstanceRef ref{project, service_id, plan->id};
  HttpRequest request = requests_.register_instance(project, service_id, std::move(*body));
  call(now, work, std::move(request), [this, plan, ref](Instant at, Work& w, const registry::RawAnswer& raw) {
    const auto id = registry::read_instance_id(raw);
    if (!id) {
      if (id.error().code == ErrorCode::NotFound) services_.forget(w.key.service);
      if (registry::is_outcome_unknown(id.error())) {
        w.copy.copies[plan->id].ref = ref;
        w.copy.copies[plan->id].doubtful = true;
      }
      return Result<void>(tl::make_unexpected(id.error()));
    }
    CopyState& state = w.copy.copies[plan->id];
    state.ref = ref;
    state.status = plan->status;
    state.properties = plan->properties;
    present_.written(at, w.name, w.remote, w.copy, plan->id, true);
    leases_.track(at, ref, plan->lease);
    report(at, EventKind::CopyRegistered, w, plan->id, "");
    return Result<void>();
  });
  return true;
}

bool Importer::update_status(Instant now, Work& work, const registry::SharedPlan& plan) {
  const CopyState& state = work.copy.copies.at(plan->id);
  call(now, work, requests_.put_status(state.ref, plan->status),
       [this, plan](Instant at, Work& w, const registry::RawAnswer& raw) {
         return on_updated(at, w, plan->id, "status", raw, [&](CopyState& changed) { changed.status = plan->status; });
       });
  return true;
}

bool Importer::update_properties(Instant now, Work& work, const registry::SharedPlan& plan) {
  auto body = registry::properties_body(*plan, to_string(work.remote.epoch));
  if (!body) {
    fail(now, work.name, work.copy, body.error());
    return false;
  }
  const CopyState& state = work.copy.copies.at(plan->id);
  call(now, work, requests_.put_properties(state.ref, std::move(*body)),
       [this, plan](Instant at, Work& w, const registry::RawAnswer& raw) {
         return on_updated(at, w, plan->id, "properties", raw, [&](CopyState& changed) {
           changed.properties = plan->properties;
           w.copy.extras_settled = true;
         });
       });
  return true;
}

/// A registration that vanished meanwhile is no failure: the next comparison registers it again.
Result<void> Importer::on_updated(Instant now, Work& work, const std::string& id, std::string_view what,
                                  const registry::RawAnswer& raw, const std::function<void(CopyState&)>& apply) {
  auto success = registry::read_success(raw);
  if (!success && success.error().code == ErrorCode::NotFound) {
    present_.believe(now, work.name, work.remote, work.copy, id, false);
    return {};
  }
  if (!success) return success;
  CopyState& state = work.copy.copies[id];
  apply(state);
  present_.updated(now, work.name, state);
  report(now, EventKind::CopyUpdated, work, id, what);
  return {};
}

bool Importer::remove(Instant now, Work& work, const std::string& id, std::string_view reason) {
  const registry::InstanceRef ref = work.copy.copies.at(id).ref;
  call(now, work, requests_.unregister(ref),
       [this, id, why = std::string(reason)](Instant at, Work& w, const registry::RawAnswer& raw) {
         auto success = registry::read_success(raw);
         const bool gone = success || success.error().code == ErrorCode::NotFound;
         if (!gone && SYNCER_MUTATED("catalog.forget_failed_unregister")) {
           present_.believe(at, w.name, w.remote, w.copy, id, false);
           return Result<void>();
         }
         if (!gone) return success;
         const bool was_present = w.copy.copies[id].present;
         present_.written(at, w.name, w.remote, w.copy, id, false);
         if (was_present) report(at, EventKind::CopyRemoved, w, id, why);
         return Result<void>();
       });
  return true;
}

void Importer::call(Instant now, Work& work, HttpRequest request, Handle handle) {
  work.copy.busy = true;
  ++busy_;
  calls_.submit(now, Urgency::Write, std::move(request),
                [this, name = work.name, handle = std::move(handle)](Instant at, const registry::RawAnswer& raw) {
                  RemoteCopies* remote = nullptr;
                  DesiredCopy* copy = regions_.find(name, &remote);
                  SYNCER_ASSERT(copy != nullptr && copy->busy);
                  copy->busy = false;
                  --busy_;
                  Work w{name, *remote, *copy, *registry::decode_key(name.key)};
                  if (const auto outcome = handle(at, w, raw); !outcome)
                    fail(at, name, *copy, outcome.error());
                  else
                    copy->failures = 0;
                  queue_.push(name, *copy);
                });
}

void Importer::fail(Instant now, const CopyName& name, DesiredCopy& copy, const Error& error) {
  // Nobody knows what an unanswered write did: the same step is taken again, and each of them may be repeated.
  const bool passing =
      registry::is_outcome_unknown(error) || registry::is_unauthorized(error) || error.code == ErrorCode::NotFound;
  const Duration wait = passing ? doubled(kFirstRetry, copy.failures, kSlowestRetry)
                                : doubled(kFirstRejection, copy.failures, kSlowestRejection);
  ++copy.failures;
  copy.retry_at = now + wait + random_.between(Duration::zero(), wait / 4);
  copy.waiting = to_string(error);
  queue_.push_at(copy.retry_at, name);
  if (!passing) reject(now, name, copy);
}

void Importer::reject(Instant now, const CopyName& name, DesiredCopy& copy) {
  const bool is_new = copy.rejected.empty();
  copy.rejected = copy.waiting;
  if (!is_new) return;
  ++rejected_;
  observe(observer_, now, EventKind::CopyParked, Severity::Warning,
          {{"region", name.region},
           {"key", registry::readable_key(name.key)},
           {"reason", copy.rejected},
           {"retry", to_string(copy.retry_at - now)}});
}

void Importer::clear_rejection(Instant now, const CopyName& name, DesiredCopy& copy) {
  if (copy.rejected.empty()) return;
  copy.rejected.clear();
  --rejected_;
  observe(observer_, now, EventKind::CopyUnparked, Severity::Info,
          {{"region", name.region}, {"key", registry::readable_key(name.key)}});
}

void Importer::report(Instant now, EventKind kind, const Work& work, const std::string& id, std::string_view reason) {
  observe(observer_, now, kind, Severity::Info,
          {{"region", work.name.region}, {"instance", work.key.id}, {"copy", id}, {"reason", reason}});
}

void Importer::explain(std::vector<std::string>& out, std::size_t limit) const {
  for (const std::string& text : services_.problems()) out.push_back(text);
  // What the registry refuses needs somebody and comes first; all else only needs time.
  std::vector<std::string> passing;
  std::size_t left_out = 0;
  for (const auto& [region, remote] : regions_.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (copy.at_rest()) continue;
      std::vector<std::string>& place = copy.rejected.empty() ? passing : out;
      if (place.size() < limit)
        place.push_back(why_waiting(region, key, copy));
      else
        ++left_out;
    }
  }
  const std::size_t room = std::min(passing.size(), limit - std::min(limit, out.size()));
  out.insert(out.end(), passing.begin(), passing.begin() + static_cast<std::ptrdiff_t>(room));
  left_out += passing.size() - room;
  if (left_out > 0) out.push_back("and " + std::to_string(left_out) + " copies more");
}

}  // namespace syncer::catalog
