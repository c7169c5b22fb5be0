// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/home_copier.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::node {

using registry::RecordKey;
using registry::RecordKind;

namespace {

constexpr Duration kQuietStep = std::chrono::milliseconds(500);
/// A registry that cannot be read completely must not keep us silent for ever.
constexpr Duration kLongestQuiet = std::chrono::seconds(30);

}  // namespace

HomeCopier::HomeCopier(const HomeConfig& config, const registry::V4Requests& requests, HomeCalls& calls,
                       const HomeView& view, HomeRegions& regions, HomeLeases& leases, Observer& observer,
                       Random random)
    : config_(config),
      requests_(requests),
      calls_(calls),
      view_(view),
      regions_(regions),
      leases_(leases),
      observer_(observer),
      random_(random.stream("copier")),
      services_(
          requests, calls, view, observer, random.stream("services"),
          [this](const registry::ServiceKey& key) { return regions_.wanted(key); },
          [this](Instant now, const registry::ServiceKey& key) { service_changed(now, key); }) {}

void HomeCopier::want(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch) {
  const auto record = registry::decode_key(key);
  // Other domains and projects are not kept here; a key nobody here wrote cannot be acted upon.
  if (!record || record->service.domain != config_.registry.domain) return;
  const auto& projects = config_.registry.projects;
  if (std::find(projects.begin(), projects.end(), record->service.project) == projects.end()) return;
  if (registry::is_infrastructure(record->service, "")) return;
  RemoteCopies& remote = regions_.at(now, region);
  remote.epoch = epoch;
  if (record->kind != RecordKind::Instance) {
    WantedService& service = remote.services[record->service];
    if (record->kind == RecordKind::Service)
      service.payload = payload;
    else
      service.schemas[record->id] = payload;
    return services_.reconsider(now, record->service);
  }
  Origin& origin = remote.origins[key];
  const Place place{region, key};
  const bool changed = origin.payload != payload;
  if (origin.held || origin.granted || origin.removed) regions_.keep(now, region, key, origin);
  origin.wanted = true;
  origin.removed = false;
  if (changed) {
    origin.payload = payload;
    origin.extras_settled = false;
    unpark(now, place, origin);
    origin.failures = 0;
    origin.retry_at = now;
  }
  enqueue(place, origin);
}

void HomeCopier::unwant(Instant now, const std::string& region, const Bytes& key) {
  const auto record = registry::decode_key(key);
  RemoteCopies* remote = regions_.find(region);
  if (!record || remote == nullptr) return;
  if (record->kind != RecordKind::Instance) {
    const auto service = remote->services.find(record->service);
    if (service == remote->services.end()) return;
    if (record->kind == RecordKind::Service)
      service->second.payload.reset();
    else
      service->second.schemas.erase(record->id);
    if (!service->second.payload && service->second.schemas.empty()) remote->services.erase(service);
    return services_.reconsider(now, record->service);
  }
  const auto origin = remote->origins.find(key);
  if (origin == remote->origins.end()) return;
  const Place place{region, key};
  if (SYNCER_MUTATED("home.keep_removed_records")) return;
  if (SYNCER_MUTATED("home.ignore_removal_while_busy") && origin->second.busy) return;
  origin->second.wanted = false;
  origin->second.removed = true;
  origin->second.failures = 0;
  origin->second.retry_at = now;
  unpark(now, place, origin->second);
  enqueue(place, origin->second);
}

void HomeCopier::enable(Instant now) {
  if (enabled_) return;
  enabled_ = true;
  services_.set_enabled(now, true);
  for (auto& [region, remote] : regions_.all()) {
    for (auto& [key, origin] : remote.origins) enqueue(Place{region, key}, origin);
  }
  revisit(now, Place{});  // so that the next advance() comes at once
}

void HomeCopier::disable(Instant now) {
  if (!enabled_) return;
  enabled_ = false;
  services_.set_enabled(now, false);
  for (const Place& place : std::exchange(queue_, {})) {
    if (Origin* origin = find(place)) origin->queued = false;
  }
}

Origin* HomeCopier::find(const Place& place, RemoteCopies** remote) {
  RemoteCopies* owner = regions_.find(place.region);
  if (owner == nullptr) return nullptr;
  if (remote != nullptr) *remote = owner;
  const auto found = owner->origins.find(place.key);
  return found == owner->origins.end() ? nullptr : &found->second;
}

void HomeCopier::enqueue(const Place& place) {
  if (Origin* origin = find(place)) enqueue(place, *origin);
}

void HomeCopier::enqueue(const Place& place, Origin& origin) {
  if (origin.queued || !enabled_) return;
  origin.queued = true;
  queue_.push_back(place);
}

void HomeCopier::service_changed(Instant, const registry::ServiceKey& key) {
  Bytes prefix = origin_key(key, "");
  prefix.pop_back();  // the length of the instance id
  for (auto& [region, remote] : regions_.all()) {
    auto it = remote.origins.lower_bound(prefix);
    for (; it != remote.origins.end() && it->first.starts_with(prefix); ++it) enqueue({region, it->first}, it->second);
  }
}

// ---- what the registry shows ----

void HomeCopier::believe(Instant now, const Place& place, RemoteCopies& remote, Origin& origin, const std::string& copy,
                         bool present) {
  CopyState& state = origin.copies[copy];
  if (state.present == present) return;
  const bool before = origin.any_present();
  state.present = present;
  const bool after = origin.any_present();
  if (before != after) remote.present = after ? remote.present + 1 : remote.present - 1;
  if (present) {
    by_ref_.insert_or_assign(state.ref, place);
  } else {
    by_ref_.erase(state.ref);
    leases_.forget(state.ref);
  }
  if (!after && origin.held && !origin.wanted && origin.payload.empty())
    regions_.keep(now, place.region, place.key, origin);
}

void HomeCopier::believe_view(Instant now, const Place& place, RemoteCopies& remote, Origin& origin, CopyState& copy,
                              const std::string& id) {
  const SeenInstance* shown = view_.instance(copy.ref);
  if (shown != nullptr) {
    copy.status = shown->document->status;
    copy.properties = shown->document->properties;
    leases_.adopt(now, copy.ref, shown->document->lease);
  }
  believe(now, place, remote, origin, id, shown != nullptr);
}

void HomeCopier::seen(Instant now, const registry::InstanceRef& ref) {
  const SeenInstance* shown = view_.instance(ref);
  const SeenService* service = view_.service({ref.project, ref.service_id});
  if (shown == nullptr || service == nullptr || !shown->document->copy) return;
  const registry::CopyMark& mark = *shown->document->copy;
  if (mark.instance.empty()) return;
  const Place place{mark.region, origin_key(service->document.key, mark.instance)};
  if (last_reading_ != Instant{} && SYNCER_MUTATED("home.overlook_late_copies")) return;
  RemoteCopies& remote = regions_.at(now, mark.region);
  Origin& origin = remote.origins[place.key];
  CopyState& copy = origin.copies[ref.instance_id];
  copy.ref = ref;
  if (copy.quiet_until != Instant{}) return;  // looked at again when the quiet time is over
  believe_view(now, place, remote, origin, copy, ref.instance_id);
  enqueue(place, origin);
}

void HomeCopier::missing(Instant now, const registry::InstanceRef& ref) {
  const auto found = by_ref_.find(ref);
  if (found == by_ref_.end()) return;
  const Place place = found->second;
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  if (origin->copies[ref.instance_id].quiet_until != Instant{}) return;
  believe(now, place, *remote, *origin, ref.instance_id, false);
  enqueue(place, *origin);
}

bool HomeCopier::lease_lost(Instant now, const registry::InstanceRef& ref) {
  const auto found = by_ref_.find(ref);
  if (found == by_ref_.end()) return false;
  const Place place = found->second;
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  observe(observer_, now, EventKind::LeaseLost, Severity::Warning,
          {{"region", place.region}, {"copy", ref.instance_id}});
  believe(now, place, *remote, *origin, ref.instance_id, false);
  // The list still shows it for a while; that is not news.
  origin->copies[ref.instance_id].quiet_until = now + kReadLag;
  revisit(now + kReadLag, place);
  enqueue(place, *origin);
  return true;
}

/// Until a reading that began after the read lag is complete, the list may tell of the time before our write.
bool HomeCopier::is_quiet(Instant now, const CopyState& copy) const {
  if (copy.quiet_until == Instant{}) return false;
  return now < copy.quiet_until || (last_reading_ < copy.quiet_until && now < copy.quiet_until + kLongestQuiet);
}

void HomeCopier::settle_quiet(Instant now, const Place& place) {
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  if (origin == nullptr) return;
  bool again = false;
  for (auto it = origin->copies.begin(); it != origin->copies.end();) {
    CopyState& copy = it->second;
    const bool quiet = is_quiet(now, copy) || (origin->busy && copy.quiet_until != Instant{});
    again = again || quiet;
    if (!quiet && copy.quiet_until != Instant{}) {
      copy.quiet_until = Instant{};
      believe_view(now, place, *remote, *origin, copy, it->first);
    }
    it = quiet || origin->busy || copy.present || copy.doubtful ? std::next(it) : origin->copies.erase(it);
  }
  if (again && !timers_.contains({now + kQuietStep, place})) revisit(now + kQuietStep, place);
  enqueue(place, *origin);
}

// ---- what is due ----

void HomeCopier::advance(Instant now, Instant last_reading) {
  last_reading_ = last_reading;
  services_.advance(now);
  for (const auto& [region, key] : regions_.take_touched()) enqueue({region, key});
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Place place = timers_.begin()->second;
    timers_.erase(timers_.begin());
    settle_quiet(now, place);
  }
  if (!enabled_) return;
  while (!queue_.empty() && calls_.takes_write() && gate_open(now)) {
    const Place place = std::move(queue_.front());
    queue_.pop_front();
    if (reconcile(now, place)) pass_gate(now);
  }
}

Instant HomeCopier::next_deadline() const {
  Instant due = services_.next_deadline();
  if (!timers_.empty()) due = std::min(due, timers_.begin()->first);
  if (enabled_ && !queue_.empty() && calls_.takes_write()) due = std::min(due, gate_);
  return due;
}

void HomeCopier::pass_gate(Instant now) {
  // A bucket of 50 ms worth of writes; what is over it waits.
  const std::uint32_t rate = std::max(config_.registry.writes_per_second, 1U);
  const Duration burst = std::chrono::milliseconds(50);
  gate_ = std::max(gate_, now - burst) + std::chrono::nanoseconds(1'000'000'000) / rate;
}

bool HomeCopier::reconcile(Instant now, const Place& place) {
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  if (origin == nullptr) return false;
  origin->queued = false;
  if (origin->busy || now < origin->retry_at) return false;
  auto key = registry::decode_key(place.key);
  SYNCER_ASSERT(key.has_value());
  Subject subject{place, *remote, *origin, std::move(*key)};
  origin->waiting.clear();
  // A removal that is held back keeps the copy as it was, renewed and even registered again.
  const bool keep = !remote->expired && (origin->wanted || (origin->held && !origin->payload.empty()));
  return keep ? fulfil(now, subject) : withdraw(now, subject);
}

/// Make before break needs one former copy beside the new one; a second former one, even a doubtful one, goes first.
std::optional<std::string> HomeCopier::surplus(const Origin& origin, const std::string& wanted) {
  std::optional<std::string> doubtful;
  std::optional<std::string> last;
  std::size_t others = 0;
  for (const auto& [id, copy] : origin.copies) {
    if (id == wanted || !(copy.present || copy.doubtful)) continue;
    ++others;
    last = id;
    if (!copy.present) doubtful = id;
  }
  if (others < 2) return std::nullopt;
  return doubtful ? doubtful : last;
}

bool HomeCopier::fulfil(Instant now, Subject& subject) {
  Origin& origin = subject.origin;
  auto planned = plans_.plan(subject.place.region, subject.key.id, origin.payload);
  if (!planned) {
    fail(now, subject.place, origin, planned.error());
    return false;
  }
  registry::SharedPlan plan = std::move(*planned);
  if (SYNCER_MUTATED("home.copy_id_of_this_run")) {
    auto other = std::make_shared<registry::CopyPlan>(*plan);
    other->id.back() = "0123456789abcdef"[random_.stream("run").next() % 16];
    plan = std::move(other);
  }
  const auto copy = origin.copies.find(plan->id);
  if (copy != origin.copies.end() && copy->second.present) return fulfil_present(now, subject, plan);
  if (SYNCER_MUTATED("home.break_before_make")) {
    for (const auto& [id, state] : origin.copies) {
      if (state.present) return remove(now, subject, id, "replaced");
    }
  }
  if (const auto extra = surplus(origin, plan->id)) return remove(now, subject, *extra, "replaced");
  const std::string* service = services_.ensure(now, subject.key.service);
  if (service == nullptr) {
    origin.waiting = services_.problem(subject.key.service);
    return false;
  }
  return add(now, subject, *service, plan);
}

bool HomeCopier::fulfil_present(Instant now, Subject& subject, const registry::SharedPlan& plan) {
  Origin& origin = subject.origin;
  const CopyState& copy = origin.copies.at(plan->id);
  if (copy.status != plan->status) return update_status(now, subject, plan);
  const bool same = registry::same_properties(plan->properties, copy.properties, origin.extras_settled);
  if (!same && !SYNCER_MUTATED("home.ignore_properties")) return update_properties(now, subject, plan);
  for (const auto& [id, state] : origin.copies) {
    if ((state.present || state.doubtful) && id != plan->id) return remove(now, subject, id, "replaced");
  }
  services_.ensure(now, subject.key.service);
  done(now, subject);
  return false;
}

bool HomeCopier::withdraw(Instant now, Subject& subject) {
  Origin& origin = subject.origin;
  const auto present =
      std::find_if(origin.copies.begin(), origin.copies.end(), [](const auto& entry) { return entry.second.present; });
  if (present == origin.copies.end()) {
    done(now, subject);
    return false;
  }
  if (subject.remote.expired) return remove(now, subject, present->first, "its region is away for too long");
  if (origin.held) return false;
  if (origin.granted) return remove(now, subject, present->first, origin.removed ? "removed" : "orphan");
  const bool told = origin.removed || (subject.remote.connected && subject.remote.complete);
  if (told || SYNCER_MUTATED("home.remove_unconfirmed_orphans"))
    regions_.ask_to_leave(subject.place.region, subject.place.key);
  else
    origin.waiting = "its region has not said yet what it holds";
  return false;
}

void HomeCopier::done(Instant now, Subject& subject) {
  Origin& origin = subject.origin;
  unpark(now, subject.place, origin);
  origin.failures = 0;
  if (origin.wanted || origin.any_present() || origin.held) return;
  const bool quiet = std::any_of(origin.copies.begin(), origin.copies.end(),
                                 [](const auto& entry) { return entry.second.quiet_until != Instant{}; });
  if (!quiet) subject.remote.origins.erase(subject.place.key);
}

void HomeCopier::explain(std::vector<std::string>& out, std::size_t limit) const {
  for (const std::string& text : services_.problems()) out.push_back(text);
  for (const auto& [region, remote] : regions_.all()) {
    for (const auto& [key, origin] : remote.origins) {
      if (out.size() >= limit) return;
      const std::string& why = origin.parked.empty() ? origin.waiting : origin.parked;
      if (why.empty() && !origin.busy && !origin.queued && origin.failures == 0) continue;
      const auto record = registry::decode_key(key);
      const std::string what = region + ": " + (record ? to_string(*record) : to_hex(key));
      out.push_back("copy of " + what + (why.empty() ? " is being written" : " waits: " + why));
    }
  }
}

}  // namespace syncer::node
