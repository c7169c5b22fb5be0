// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/importer.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::catalog {

using registry::RecordKind;

namespace {

std::string why_waiting(const std::string& region, const Bytes& key, const Origin& origin) {
  const auto record = registry::decode_key(key);
  const std::string what = "copy of " + region + ": " + (record ? to_string(*record) : to_hex(key));
  if (!origin.parked.empty()) return what + " is refused: " + origin.parked;
  return what + (origin.waiting.empty() ? " is being written" : " waits: " + origin.waiting);
}

}  // namespace

Importer::Importer(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls,
                   const RegistrySnapshot& view, Regions& regions, Leases& leases, Observer& observer, Random random)
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

void Importer::want(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch) {
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

void Importer::unwant(Instant now, const std::string& region, const Bytes& key) {
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
  if (SYNCER_MUTATED("catalog.keep_removed_records")) return;
  if (SYNCER_MUTATED("catalog.ignore_removal_while_busy") && origin->second.busy) return;
  origin->second.wanted = false;
  origin->second.removed = true;
  origin->second.failures = 0;
  origin->second.retry_at = now;
  unpark(now, place, origin->second);
  enqueue(place, origin->second);
}

void Importer::enable(Instant now) {
  if (enabled_) return;
  enabled_ = true;
  services_.set_enabled(now, true);
  for (auto& [region, remote] : regions_.all()) {
    for (auto& [key, origin] : remote.origins) enqueue(Place{region, key}, origin);
  }
  revisit(now, Place{});  // so that the next advance() comes at once
}

void Importer::disable(Instant now) {
  if (!enabled_) return;
  enabled_ = false;
  services_.set_enabled(now, false);
  for (const Place& place : std::exchange(queue_, {})) {
    if (Origin* origin = find(place)) origin->queued = false;
  }
}

Origin* Importer::find(const Place& place, RemoteCopies** remote) {
  RemoteCopies* owner = regions_.find(place.region);
  if (owner == nullptr) return nullptr;
  if (remote != nullptr) *remote = owner;
  const auto found = owner->origins.find(place.key);
  return found == owner->origins.end() ? nullptr : &found->second;
}

void Importer::enqueue(const Place& place) {
  if (Origin* origin = find(place)) enqueue(place, *origin);
}

void Importer::enqueue(const Place& place, Origin& origin) {
  if (origin.queued || !enabled_) return;
  origin.queued = true;
  queue_.push_back(place);
}

void Importer::service_changed(Instant, const registry::ServiceKey& key) {
  Bytes prefix = origin_key(key, "");
  prefix.pop_back();  // the length of the instance id
  for (auto& [region, remote] : regions_.all()) {
    auto it = remote.origins.lower_bound(prefix);
    for (; it != remote.origins.end() && it->first.starts_with(prefix); ++it) enqueue({region, it->first}, it->second);
  }
}

void Importer::advance(Instant now, Instant last_reading) {
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

Instant Importer::next_deadline() const {
  Instant due = services_.next_deadline();
  if (!timers_.empty()) due = std::min(due, timers_.begin()->first);
  if (enabled_ && !queue_.empty() && calls_.takes_write()) due = std::min(due, gate_);
  return due;
}

void Importer::pass_gate(Instant now) {
  // A bucket of 50 ms worth of writes; what is over it waits.
  const std::uint32_t rate = std::max(config_.registry.writes_per_second, 1U);
  const Duration burst = std::chrono::milliseconds(50);
  gate_ = std::max(gate_, now - burst) + std::chrono::nanoseconds(1'000'000'000) / rate;
}

void Importer::explain(std::vector<std::string>& out, std::size_t limit) const {
  for (const std::string& text : services_.problems()) out.push_back(text);
  // What the registry refuses needs somebody and comes first; all else only needs time.
  std::vector<std::string> passing;
  std::size_t left_out = 0;
  for (const auto& [region, remote] : regions_.all()) {
    for (const auto& [key, origin] : remote.origins) {
      if (origin.at_rest()) continue;
      std::vector<std::string>& place = origin.parked.empty() ? passing : out;
      if (place.size() < limit)
        place.push_back(why_waiting(region, key, origin));
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
