// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/challenges.h"

#include <algorithm>
#include <utility>

namespace syncer::peering {

void Challenges::begin(Instant now, LinkId link, const wire::Hello& hello) {
  waiting_.insert_or_assign(hello.region, Challenge{link, hello, now});
}

const Challenges::Challenge* Challenges::find(const std::string& region) const {
  const auto found = waiting_.find(region);
  return found == waiting_.end() ? nullptr : &found->second;
}

std::optional<Challenges::Challenge> Challenges::take(const std::string& region) {
  auto node = waiting_.extract(region);
  return node.empty() ? std::nullopt : std::optional(std::move(node.mapped()));
}

std::optional<Challenges::Challenge> Challenges::take_due(Instant now) {
  const auto is_due = [&](const auto& entry) { return due(entry.second) <= now; };
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), is_due);
  return found == waiting_.end() ? std::nullopt : take(found->first);
}

/// A quarter longer than from one proof to the next: what was on its way when the newcomer came does not count.
Instant Challenges::due(const Challenge& challenge) const {
  return saturating_add(challenge.since, heartbeat_ + heartbeat_ / 4);
}

Instant Challenges::next_deadline() const {
  Instant next = kNever;
  for (const auto& [region, challenge] : waiting_) next = std::min(next, due(challenge));
  return next;
}

}  // namespace syncer::peering
