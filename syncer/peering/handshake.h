// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/peering/authorization.h"
#include "syncer/peering/config.h"
#include "syncer/peering/links.h"
#include "syncer/peering/peers.h"
#include "syncer/peering/refusals.h"

namespace syncer::peering {

/// The first messages of a link: who is at the other end, and whether it may publish to us. Also keeps what they
/// reveal: that two syncers use one region name.
class Handshake {
 public:
  /// `run` is random: it distinguishes this process from an earlier one of the same node. Borrows `config`.
  Handshake(const PeeringConfig& config, std::uint64_t run)
      : config_(config), run_(run), authorization_(config.sync.regions) {}

  /// Which regions may take part from now on.
  void set_authorization(Authorization authorization) { authorization_ = std::move(authorization); }
  /// Cluster mode: a node that is not the leader sends dialers to it.
  void set_leader(bool self, std::optional<Endpoint> leader);

  /// Why a hello is refused.
  struct Objection {
    Refusal why = Refusal::Invalid;
    std::string reason;  ///< in words; empty: there is none
    bool conflict = false;
  };

  /// The region may take part in the exchange.
  bool allows(std::string_view region) const { return authorization_.allows(region); }
  wire::Hello hello(Epoch epoch, std::uint64_t head) const;
  /// What speaks against a hello. `known`: the dialer's region, nullptr when it is new. `full`: no further region can
  /// be followed.
  Objection objection(Instant now, const wire::Hello& hello, const Peer* known, bool full);
  /// What a hello is answered with; a Welcome says that the region may publish. Nothing closes the link without an
  /// answer, so that the dialer tries the next address at once. For a hello without objection.
  std::optional<wire::SyncMessage> answer(const wire::Hello& hello, const Peer* known) const;
  /// The region of this hello is published on another link, by a writer that is there: the newcomer is refused.
  wire::Refuse refuse_newcomer(Instant now, const wire::Hello& hello, const PeerLink& present);
  wire::Welcome welcome(const Peer& dialer) const;
  wire::Refuse refusal(std::string reason, bool conflict) const;
  /// What a question is answered with when it is not for us: the way to the leader, or why there is none.
  std::optional<wire::SyncMessage> turn_away(const wire::Question& question) const;
  /// The epoch of ours that the answerer knows and this process must go beyond; nothing when ours stands.
  std::optional<Epoch> epoch_to_exceed(const wire::Welcome& welcome, Epoch own) const;
  /// The name of that region was found to be used twice.
  void note_conflict(Instant now, std::string_view region, std::string text);
  /// The other syncers that gossip shows under our region's name: when the last of them is gone, so is the conflict.
  void set_rivals(const std::vector<RemoteRegion>& rivals);

  /// For people, that a region's name is used by two syncers; empty while that is not so.
  std::string conflict(std::string_view region) const;
  std::size_t conflicts() const { return conflicts_.size(); }
  /// Forgets conflicts that were not seen for a while.
  void advance(Instant now);
  Instant next_deadline() const;

 private:
  Objection judge(const wire::Hello& hello, const Peer* known, bool full) const;
  bool goes_to_leader(const wire::Hello& hello) const { return !leads_ && hello.region != config_.region; }

  const PeeringConfig& config_;
  std::uint64_t run_;
  Authorization authorization_;
  bool leads_ = true;
  std::optional<Endpoint> leader_;
  struct Conflict {
    std::string text;
    Instant until;
  };
  std::map<std::string, Conflict, std::less<>> conflicts_;  // by region
  bool had_rivals_ = false;
};

}  // namespace syncer::peering
