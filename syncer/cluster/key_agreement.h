// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/cluster/raft_driver.h"
#include "syncer/cluster/replicated_state.h"
#include "syncer/cluster/voter_set.h"
#include "syncer/ports/observer.h"

namespace syncer::cluster {

/// How the voters of a region come to have the same gossip keys.
///
/// A key that one of them is given goes to all that lack it, over the sealed links, also to those that come back later.
/// Which key seals, and which ones are gone for good, is decided by the log: the first only when every voter has it, so
/// that no voter is locked out; the second is remembered, so that a voter that was away does not bring it back.
class KeyAgreement {
 public:
  /// The referenced objects outlive this one.
  KeyAgreement(const ClusterConfig& config, Roster& roster, ClusterLinks& links, RaftDriver& raft,
               const ReplicatedState& state, Observer& observer)
      : config_(config),
        roster_(roster),
        links_(links),
        raft_(raft),
        state_(state),
        observer_(observer),
        ring_(config.keys) {}

  const crypto::Keyring& ring() const { return ring_; }
  std::vector<std::string> ids() const;

  // What an operator asks for.
  /// Other keys from now on, here and then at every other voter that lacks one. Refused for one that was removed.
  Result<void> set_keys(Instant now, crypto::Keyring keys);
  /// This key seals from now on. Refused until every voter has it, NotFound when we have not.
  Result<void> use(Instant now, const std::string& id);
  /// Nobody keeps this key. Refused for the one that seals.
  Result<void> remove(Instant now, const std::string& id);

  /// Gives every syncer whose hello we have the keys that it lacks.
  void share(Instant now);
  /// Another syncer gave us this key.
  void receive(Instant now, Bytes key);
  /// Applies the commands of the log about keys to our ring.
  void follow_log(Instant now);

  /// Tries again to keep the keys that could not be written down.
  void advance(Instant now);
  Instant next_deadline() const { return retry_at_; }
  /// Why a received key is not kept yet, for the operator; empty when all are.
  const std::string& not_kept() const { return not_kept_; }

 private:
  bool is_removed(const std::string& id) const;
  Result<void> put_in_force(Instant now, crypto::Keyring ring);
  bool keep(Instant now, const crypto::Keyring& ring);

  const ClusterConfig& config_;
  Roster& roster_;
  ClusterLinks& links_;
  RaftDriver& raft_;
  const ReplicatedState& state_;
  Observer& observer_;
  crypto::Keyring ring_;
  std::vector<Bytes> unkept_;  ///< keys that could not be written down yet
  std::string not_kept_;       ///< why
  Instant retry_at_ = kNever;
};

}  // namespace syncer::cluster
