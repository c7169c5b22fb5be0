// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/replication.h"

namespace syncer::replication {

void Replication::forget(RegionId region, Outputs& out) {
  const auto it = receivers_.find(region);
  if (it == receivers_.end()) return;
  const Replica& replica = it->second.replica();
  for (const auto& [key, record] : replica.records()) {
    out.push_back(Changed{region, Op::Del, replica.version(), key, true});
  }
  receivers_.erase(it);
}

const Replica* Replication::replica(RegionId region) const {
  const auto it = receivers_.find(region);
  return it == receivers_.end() ? nullptr : &it->second.replica();
}

bool Replication::origin_sane(RegionId region) const {
  const auto it = receivers_.find(region);
  return it != receivers_.end() && it->second.origin_sane();
}

void Replication::hash(StateHasher& hasher) const {
  publisher_.hash(hasher);
  for (const auto& [region, receiver] : receivers_) {
    hasher.add(region.value);
    receiver.hash(hasher);
  }
}

}  // namespace syncer::replication
