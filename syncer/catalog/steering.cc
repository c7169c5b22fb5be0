// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/steering.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/catalog/regions.h"

namespace syncer::catalog {

void Steering::drain(Instant now, const std::string& region, std::uint32_t per_second) {
  Drain drain;
  drain.pace = std::chrono::nanoseconds(std::chrono::seconds(1)) / per_second;
  drain.next = now;
  paused_.insert_or_assign(region, drain);
}

bool Steering::resume(const std::string& region) {
  if (!region.empty()) return paused_.erase(region) > 0;
  const bool any = !paused_.empty();
  paused_.clear();
  return any;
}

std::string Steering::status(const std::string& region) const {
  const auto found = paused_.find(region);
  if (found == paused_.end()) return pauses(region) ? "import is paused by an operator" : "";
  if (!found->second) return "import is paused by an operator";
  const std::string removed = std::to_string(found->second->removed) + " copies";
  return found->second->next == kNever ? "drained by an operator: " + removed + " were removed"
                                       : "is being drained by an operator: " + removed + " removed so far";
}

std::optional<Steering::Step> Steering::take_due(Instant now) {
  for (auto& [region, drain] : paused_) {
    if (!drain || drain->next > now) continue;
    drain->next = SYNCER_MUTATED("catalog.drain_at_once") ? now : now + drain->pace;
    return Step{region, drain->at};
  }
  return std::nullopt;
}

void Steering::stepped(const std::string& region, std::optional<Bytes> key) {
  const auto found = paused_.find(region);
  if (found == paused_.end() || !found->second) return;
  Drain& drain = *found->second;
  if (!key) {
    drain.next = kNever;
    return;
  }
  drain.at = std::move(*key);
  ++drain.removed;
}

Instant Steering::next_deadline() const {
  Instant next = kNever;
  for (const auto& [region, drain] : paused_) {
    if (drain) next = std::min(next, drain->next);
  }
  return next;
}

void drain_due(Instant now, Regions& regions) {
  Steering& steering = regions.steering();
  while (const auto step = steering.take_due(now)) {
    RemoteCopies* remote = regions.find(step->region);
    if (remote == nullptr) {
      steering.stepped(step->region, std::nullopt);
      continue;
    }
    auto it = remote->desired.upper_bound(step->after);
    while (it != remote->desired.end() && !it->second.any_present()) ++it;
    const bool is_over = it == remote->desired.end();
    if (!is_over) {
      it->second.drained = true;
      regions.touch({step->region, it->first});
    }
    steering.stepped(step->region, is_over ? std::nullopt : std::optional(it->first));
  }
}

bool resume_imports(Regions& regions, const std::string& region) {
  if (!regions.steering().resume(region)) return false;
  for (auto& [name, remote] : regions.all()) {
    if (!region.empty() && region != name) continue;
    for (auto& [key, copy] : remote.desired) {
      copy.drained = false;
      regions.touch({name, key});
    }
  }
  return true;
}

void hurry(Instant now, Regions& regions, std::string_view region) {
  for (auto& [name, remote] : regions.all()) {
    if (!region.empty() && region != name) continue;
    for (auto& [key, copy] : remote.desired) {
      copy.retry_at = std::min(copy.retry_at, now);
      regions.touch({name, key});
    }
  }
}

}  // namespace syncer::catalog
