// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "syncer/base/identity.h"
#include "syncer/base/time.h"
#include "syncer/crypto/keyring.h"
#include "syncer/peering/link_caps.h"
#include "syncer/settings/settings.h"

namespace syncer::peering {

/// Exchange between regions.
struct SyncSettings {
  Duration heartbeat = std::chrono::seconds(1);
  Duration flush = std::chrono::milliseconds(20);  ///< a batch waits this long at most
  Duration connect_retry = std::chrono::seconds(1);
  Duration silence =
      std::chrono::seconds(5);  ///< a link on which nothing is read for this long is closed and dialled again
  Duration hold = std::chrono::seconds(120);            ///< copies of an unreachable region are kept this long
  Duration forget = std::chrono::hours(24);             ///< a region that is nowhere to be seen is forgotten after this
  std::uint64_t max_records = 200'000;                  ///< that one region may have here
  std::uint64_t max_bytes = std::uint64_t{256} << 20U;  ///< of all its records
  std::uint64_t max_changes = 5'000;                    ///< a second, on the average of some seconds
  std::vector<std::string> regions = {"*"};             ///< that may take part; see Authorization
  LinkCaps link_caps = {};                              ///< of what is sent to other regions
  bool relay = false;      ///< what is held of other regions is passed on to those that do not reach them
  bool dial_only = false;  ///< nobody can dial this region: others publish to it on the links that it opens
};

inline settings::Settings<SyncSettings> sync_settings() {
  using S = SyncSettings;
  settings::Settings<S> rows = settings::live<S>({
      settings::positive("sync.connect-retry", &S::connect_retry, "pause between two dials of a peer"),
      settings::custom("sync.dial-only", settings::kSwitchForm, &S::dial_only,
                       "on where no other region can open a connection to this one, as behind NAT or a firewall: they "
                       "use those that it opens",
                       settings::parse_switch, settings::show_switch),
      settings::duration("sync.flush", &S::flush, "longest wait of a change for company in a batch"),
      settings::duration("sync.forget", &S::forget,
                         "a region of which nothing is seen for this long, and no copies are left, is forgotten"),
      settings::positive("sync.heartbeat", &S::heartbeat, "time between two proofs of the same content"),
      settings::duration("sync.hold", &S::hold, "copies of an unreachable region are kept this long"),
      settings::custom("sync.link-cap", "REGION=BYTES a second, comma-separated, such as \"west=64KiB/s, *=1MiB/s\"",
                       &S::link_caps,
                       "most that is sent to a region in a second; the first that names it holds, * for all others; "
                       "empty: no caps",
                       LinkCaps::parse, [](const LinkCaps& caps) { return caps.text(); }),
      settings::number("sync.max-bytes", 1, std::uint64_t{1} << 30U, &S::max_bytes,
                       "bytes of records that are taken from one region"),
      settings::number("sync.max-changes", 1, 1'000'000, &S::max_changes,
                       "changes a second that are taken from one region"),
      settings::number("sync.max-records", 1, 2'000'000, &S::max_records,
                       "records that are taken from one region: instances, services, contracts"),
      settings::texts("sync.regions", &S::regions,
                      "regions whose records are taken, and which are given ours; * for all"),
      settings::positive("sync.silence", &S::silence, "a link silent for this long is dialled again"),
  });
  // Told in gossip, when the syncer starts.
  rows.push_back(settings::custom("sync.relay", settings::kSwitchForm, &S::relay,
                                  "on to pass on what is held of other regions to those that do not reach them",
                                  settings::parse_switch, settings::show_switch));
  return rows;
}

/// Checks what single settings cannot: combinations that make no sense.
inline Result<void> validate(const SyncSettings& s) {
  if (const auto room = s.link_caps.check_room(s.heartbeat); !room) {
    return settings::refuse("sync.link-cap", room.error().detail);
  }
  if (s.silence > 2 * s.heartbeat) return {};
  return settings::refuse("sync.silence", "must be longer than twice sync.heartbeat (" + to_string(s.heartbeat) +
                                              "): every second one is answered, and links would be cut in between");
}

/// What a Peering needs to know of its node.
struct PeeringConfig {
  std::string region;
  std::string node;
  bool single = true;  ///< this region has one syncer: another one of its name is a mistake
  SyncSettings sync;
  crypto::Keyring keys = {};                            ///< of the pool: with one, all links are sealed
  crypto::NonceSource nonce = {};                       ///< required with keys
  CertificateRule certificates = CertificateRule::Off;  ///< whom the links are believed without one
};

}  // namespace syncer::peering
