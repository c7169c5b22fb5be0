// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/config.h"

namespace syncer::cluster {

settings::Settings<ClusterSettings> cluster_settings() {
  using S = ClusterSettings;
  return {
      settings::positive("cluster.election-timeout", &S::election_timeout,
                         "silence of the region's leader after which another is elected"),
      settings::positive("cluster.heartbeat", &S::heartbeat, "time between two messages of the region's leader"),
      settings::number("cluster.voters", 1, 7, &S::voters, "syncers of this region, agreed once for good"),
  };
}

Result<void> validate(const ClusterSettings& s) {
  if (s.heartbeat * 2 <= s.election_timeout) return {};
  return settings::refuse("cluster.heartbeat",
                          "must be at most half of cluster.election-timeout (" + to_string(s.election_timeout) + ")");
}

}  // namespace syncer::cluster
