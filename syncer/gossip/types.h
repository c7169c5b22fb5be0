// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/membership/message.h"
#include "syncer/membership/options.h"
#include "syncer/wire/gossip/packet.h"

namespace syncer::gossip {

/// What the gossip part is made of; nothing of it changes but tags and keys.
struct GossipConfig {
  std::string node;                                            ///< our name, unique in the pool
  Endpoint address;                                            ///< as other members reach us, packets and streams alike
  std::optional<Endpoint> second;                              ///< likewise, of the other family; told by a tag
  membership::Options options = membership::syncer_profile();  ///< encode and packet_overhead are filled in
  std::map<std::string, std::string> tags;
  wire::gossip::Pool pool;      ///< label and keys
  crypto::NonceSource nonce;    ///< required when the pool has keys; unpredictable in the daemon
  crypto::KeyKeeper keep_keys;  ///< keeps keys that `serf keys` changed for the next start; empty: they are not kept
  Duration seed_retry_min = std::chrono::seconds(1);
  Duration seed_retry_max = std::chrono::seconds(10);
  /// Every so often one failed member is asked again, for as long as the second says: a healed partition is found.
  Duration reconnect_interval = std::chrono::seconds(10);
  Duration reconnect_timeout = std::chrono::hours(24);
  Duration leave_timeout = std::chrono::seconds(5);
};

/// A member as the layers above see it.
struct MemberInfo {
  std::string name;
  Endpoint address;
  membership::State state = membership::State::Dead;
  std::uint64_t incarnation = 0;
  Bytes tags_raw;
  std::map<std::string, std::string> tags;
  Duration rtt{};        ///< newest round trip; zero when none was measured
  Duration worst_rtt{};  ///< longest of the last eight
};

/// Gives ids for streams that we open.
using LinkAllocator = std::function<LinkId()>;

}  // namespace syncer::gossip
