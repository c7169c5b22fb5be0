// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/outputs.h"
#include "syncer/membership/swim.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

/// The serf queries of late, bounded: each is answered and forwarded once, however often it comes.
class SeenQueries {
 public:
  /// True the first time. False for one seen before, for one older than what is remembered, and for one from so far
  /// ahead that believing it would make all others old.
  bool add(std::uint64_t clock, std::uint32_t id);

 private:
  std::map<std::uint64_t, std::set<std::uint32_t>> ids_;  ///< by Lamport time, newest times only
};

/// Answers `serf keys`: changes the keys of the pool as an agent asks, and forwards the question, so that it reaches
/// every syncer also where few agents carry it. All other queries are serf's own. Borrows configuration, core and
/// outputs.
class KeyQueries {
 public:
  /// Most queries that wait to be forwarded at once; a newer one takes the place of an older one.
  static constexpr std::size_t kForwarded = 4;

  KeyQueries(GossipConfig& config, membership::Swim& swim, membership::Outputs& out)
      : config_(config), swim_(swim), out_(out) {}

  void on_user_message(Instant now, ByteView payload);

 private:
  void answer(const wire::gossip::Query& query);
  Result<void> change_keys(wire::gossip::KeyVerb verb, ByteView key);

  GossipConfig& config_;
  membership::Swim& swim_;
  membership::Outputs& out_;
  SeenQueries seen_;
};

}  // namespace syncer::gossip
