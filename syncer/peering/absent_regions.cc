// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/absent_regions.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::peering {

namespace {

/// A region that is gone and of which nothing was ever heard is forgotten after this.
constexpr Duration kMissedUnheard = std::chrono::seconds(10);

}  // namespace

void AbsentRegions::note(Instant now, const Peer& peer, bool is_there) {
  if (is_there)
    absent_.erase(peer.name);
  else
    absent_.try_emplace(peer.name, Absence{now});
}

void AbsentRegions::erase(std::string_view region) {
  if (const auto found = absent_.find(region); found != absent_.end()) absent_.erase(found);
}

std::vector<std::string> AbsentRegions::forgettable(Instant now) const {
  std::vector<std::string> names;
  for (const auto& [name, absence] : absent_) {
    if (absence.unwanted || is_over(now, *peers_.find(name), absence)) names.push_back(name);
  }
  return names;
}

/// Anybody can say by gossip that a region is there; one that never showed anything is missed by nobody. Who follows a
/// leader hears nobody, and says nothing by that.
bool AbsentRegions::is_over(Instant now, const Peer& peer, const Absence& absence) const {
  const bool never_heard =
      peer.expected && !peer.writer.has_spoken() && !SYNCER_MUTATED("peering.miss_whoever_was_named");
  const Duration missed = never_heard ? std::min(kMissedUnheard, config_.sync.forget) : config_.sync.forget;
  return !peer.dialer.wanted() || now - absence.since >= missed;
}

Result<void> AbsentRegions::may_forget(std::string_view region) const {
  const Peer* peer = peers_.find(region);
  if (peer == nullptr || region == config_.region) {
    return failure(ErrorCode::NotFound, "", "no other region is known as \"" + std::string(region) + "\"");
  }
  if (absent_.contains(region)) return {};
  return failure(ErrorCode::Refused, "", "region \"" + peer->name + "\" is there; stop its syncers first");
}

void AbsentRegions::want_forgotten(std::string_view region) {
  if (may_forget(region)) absent_.find(region)->second.unwanted = true;
}

bool AbsentRegions::is_unwanted(std::string_view region) const {
  const auto found = absent_.find(region);
  return found != absent_.end() && found->second.unwanted;
}

}  // namespace syncer::peering
