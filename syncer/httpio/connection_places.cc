// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/connection_places.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::httpio {

std::optional<ConnectionPlaces::Id> ConnectionPlaces::take(Id id, const std::string& host) {
  std::optional<Id> gone;
  if (hosts_.size() >= most_) {
    gone = worst();
    leave(*gone);
  }
  hosts_.emplace(id, host);
  by_host_[host].insert(id);
  return gone;
}

void ConnectionPlaces::leave(Id id) {
  const auto found = hosts_.find(id);
  if (found == hosts_.end()) return;
  const auto host = by_host_.find(found->second);
  host->second.erase(id);
  if (host->second.empty()) by_host_.erase(host);
  hosts_.erase(found);
}

/// The oldest connection of the host with most of them.
ConnectionPlaces::Id ConnectionPlaces::worst() const {
  if (SYNCER_MUTATED("httpio.push_out_the_oldest_of_all")) return hosts_.begin()->first;
  const auto most = std::max_element(by_host_.begin(), by_host_.end(),
                                     [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  return *most->second.begin();
}

}  // namespace syncer::httpio
