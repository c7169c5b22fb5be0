// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/config.h"

namespace syncer::peering {

settings::Settings<SyncSettings> sync_settings() {
  using S = SyncSettings;
  return {
      settings::positive("sync.connect-retry", &S::connect_retry, "pause between two dials of a peer"),
      settings::duration("sync.flush", &S::flush, "longest wait of a change for company in a batch"),
      settings::positive("sync.heartbeat", &S::heartbeat, "time between two proofs of the same content"),
      settings::duration("sync.hold", &S::hold, "copies of an unreachable region are kept this long"),
      settings::positive("sync.silence", &S::silence, "a link silent for this long is dialled again"),
  };
}

Result<void> validate(const SyncSettings& s) {
  if (s.silence > s.heartbeat) return {};
  return settings::refuse("sync.silence", "must be longer than sync.heartbeat (" + to_string(s.heartbeat) +
                                              "), or every link is cut between two heartbeats");
}

}  // namespace syncer::peering
