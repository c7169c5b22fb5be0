// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/peering/config.h"
#include "syncer/peering/links.h"
#include "syncer/peering/peers.h"

namespace syncer::peering {

/// The first messages of a link: who is at the other end, and whether it may publish to us. Also keeps what they
/// reveal: that two syncers use one region name.
class Handshake {
 public:
  /// `run` is random: it distinguishes this process from an earlier one of the same node. Borrows `config`.
  Handshake(const PeeringConfig& config, std::uint64_t run) : config_(config), run_(run) {}

  /// Cluster mode: a node that is not the leader sends dialers to it.
  void set_leader(bool self, std::optional<Endpoint> leader);

  wire::Hello hello(Epoch epoch, std::uint64_t head) const;
  /// What a hello is answered with; nothing closes the link without an answer, so that the dialer tries the next
  /// address at once. `known`: the dialer's region, nullptr when it is new. `present`: the link on which the region
  /// publishes already, if any. `full`: no further region can be followed.
  std::optional<wire::SyncMessage> answer(Instant now, const wire::Hello& hello, const Peer* known,
                                          const PeerLink* present, bool full);
  wire::Refuse refusal(std::string reason, bool conflict) const;
  /// The epoch of ours that the answerer knows and this process must go beyond; nothing when ours stands.
  std::optional<Epoch> epoch_to_exceed(const wire::Welcome& welcome, Epoch own) const;
  /// A region name was found to be used twice.
  void note_conflict(Instant now, std::string text);

  /// For people, that a region name is used by two syncers; empty while that is not so.
  const std::string& conflict() const { return conflict_; }
  /// Forgets a conflict that was not seen for a while.
  void advance(Instant now);
  Instant next_deadline() const { return conflict_until_; }

 private:
  std::string objection(Instant now, const wire::Hello& hello, const Peer* known, const PeerLink* present, bool full,
                        bool& conflict) const;

  const PeeringConfig& config_;
  std::uint64_t run_;
  bool leads_ = true;
  std::optional<Endpoint> leader_;
  std::string conflict_;
  Instant conflict_until_ = kNever;
};

}  // namespace syncer::peering
