// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/peering/attestations.h"
#include "syncer/peering/config.h"
#include "syncer/peering/links.h"
#include "syncer/peering/peers.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// Why a way is left whose word is well-formed and not the origin's.
inline constexpr const char* kNotVouchedFor = "it is not what the region vouches for";

/// Where links are certified, origins vouch for what relays pass on: sends our own word with what we publish, passes on
/// that of others, and judges what comes by way of others. Which way is taken is for Relay to say.
class Vouching {
 public:
  /// Borrows all. `send` may close the link.
  struct Surroundings {
    const PeeringConfig& config;
    Links& links;
    Peers& peers;
    replication::Replication& core;
    Attestations& attestations;
  };
  Vouching(const Surroundings& surroundings, std::function<void(Instant, LinkId, ByteView)> send)
      : config_(surroundings.config),
        links_(surroundings.links),
        peers_(surroundings.peers),
        core_(surroundings.core),
        attestations_(surroundings.attestations),
        send_(std::move(send)) {}

  /// There is a relay in the pool. A digest costs something for each change: without one there is none.
  void begin();
  /// After a message of our log went to these regions: what vouches for it goes to who needs it.
  void vouch(Instant now, const replication::Publish& message);
  /// What another region vouches for goes on to these.
  void pass_on(Instant now, replication::RegionId origin, const std::vector<replication::RegionId>& to,
               const replication::Attestation& attestation);
  /// What a writer says on its own link of what it vouches for.
  void note(Instant now, PeerLink& link, const Peer& origin, replication::Attestation attestation,
            replication::Outputs& out);

  /// What a message is worth that came by way of another region.
  struct Judgement {
    bool counts = false;    ///< it is the origin's, or may be: it is taken in as a word of `run`
    bool is_life = false;   ///< the origin said it a moment ago
    std::uint64_t run = 0;  ///< the process that said it
    std::string lie = {};   ///< not empty: the region on the way made it up
  };
  /// Completes an attestation by the certificate that went over the link before.
  Judgement judge(Instant now, PeerLink& link, const Peer& origin, replication::WriterMessage& message);

 private:
  bool serves(const Peer& reader) const;
  std::optional<LinkId> up(const std::optional<LinkId>& id) const;
  /// Nothing for a word that is not to be heard.
  std::optional<Judgement> judge_word(Instant now, PeerLink& link, const Peer& origin,
                                      replication::Attestation& attestation);

  const PeeringConfig& config_;
  Links& links_;
  Peers& peers_;
  replication::Replication& core_;
  Attestations& attestations_;
  std::function<void(Instant, LinkId, ByteView)> send_;
};

}  // namespace syncer::peering
