// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/failed.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncer::gossip {

void FailedMembers::add(Instant now, MemberInfo member) {
  if (members_.empty()) tick_ = now + interval_ / 2 + random_.between(Duration::zero(), interval_ / 2);
  const std::string name = member.name;
  members_.insert_or_assign(name, Failed{std::move(member), now});
  if (members_.size() <= kMost) return;
  const auto earlier = [](const auto& a, const auto& b) { return a.second.since < b.second.since; };
  members_.erase(std::min_element(members_.begin(), members_.end(), earlier));
}

std::optional<Endpoint> FailedMembers::take_due(Instant now) {
  if (members_.empty() || now < tick_) return std::nullopt;
  tick_ = now + interval_;
  for (auto it = members_.begin(); it != members_.end();) {
    it = now - it->second.since > timeout_ ? members_.erase(it) : std::next(it);
  }
  if (members_.empty()) return std::nullopt;
  const auto chosen = static_cast<std::ptrdiff_t>(random_.below(members_.size()));
  return std::next(members_.begin(), chosen)->second.member.address;
}

}  // namespace syncer::gossip
