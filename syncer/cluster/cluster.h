// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/ids.h"
#include "syncer/base/random.h"
#include "syncer/cluster/config.h"
#include "syncer/cluster/formation.h"
#include "syncer/cluster/key_agreement.h"
#include "syncer/cluster/links.h"
#include "syncer/cluster/log_rules.h"
#include "syncer/cluster/raft_driver.h"
#include "syncer/cluster/replicated_state.h"
#include "syncer/cluster/status.h"
#include "syncer/cluster/store.h"
#include "syncer/cluster/voter_replacement.h"
#include "syncer/cluster/voter_set.h"
#include "syncer/ports/observer.h"

namespace syncer::cluster {

/// The syncers of one region as a group of voters, of which one leads. Learns of the others from gossip, agrees with
/// them once on the list of voters, elects, and says whether this node may write, and in which epoch. Wires the parts
/// of the group: each knows only those below it (formation, replacement and keys; the raft driver; roster; links and
/// store). Owned by Node in cluster mode; neither copied nor moved.
class Cluster {
 public:
  using Member = ClusterMember;

  Cluster(ClusterConfig config, Streams& streams, Storage& storage, Observer& observer, Random random,
          std::function<LinkId()> next_link, std::function<CallId()> next_call);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Reads the disk. An error ends the process: damaged state is never guessed.
  Result<void> load();
  void start(Instant now);
  /// All of our region that gossip believes alive, ourselves left out; and the addresses at which somebody else claims
  /// the name of one of them, which are dialled as well: it may have moved there.
  void set_members(Instant now, std::vector<Member> members, std::vector<Member> claims = {});
  /// Other regions know this epoch of ours, and it is not below the one we lead in: a later one is opened.
  void outbid(Instant now, Epoch known);
  /// Orderly end: hands leadership over. Done when resigned().
  void resign(Instant now);
  bool resigned() const { return resigning_ && (!is_leader() || resign_timed_out_); }

  /// A removal guard changed: what the next leader has to know of it.
  Result<void> note_guard(Instant now, const GuardMark& mark);
  /// The guards as the leaders before us left them; to go on with when we lead.
  const std::vector<GuardMark>& guards() const { return state_.guards; }
  /// Regions whose held removals go now, by us who lead; an operator asked for it and the group committed it.
  std::vector<std::string> take_releases() { return std::exchange(releases_, {}); }
  /// Regions that the group has agreed to forget.
  std::vector<std::string> take_forgotten() { return std::exchange(forgotten_, {}); }

  // What an operator asks for. Refused (or NotFound) with the reason; done once the group has committed it.
  /// The slot of a voter whose disk was lost goes to the disk that runs under its name now.
  Result<void> replace(Instant now, std::string_view node);
  /// Lets the held removals of a region go ("*" for all), whichever voter leads by then.
  Result<void> release_guard(Instant now, std::string_view region);
  /// Likewise: every voter is to forget a region that is away.
  Result<void> forget_region(Instant now, std::string_view region);
  /// For a region that lost all its disks when no other region knows which epochs it had.
  Result<void> raise_generation(Instant now);
  /// See Formation::forget_proposal. A voter whose log is empty ends with that: it goes back to where it was before.
  Result<void> forget_proposal(Instant now);

  /// See KeyAgreement.
  Result<void> set_keys(Instant now, crypto::Keyring keys) { return keys_.set_keys(now, std::move(keys)); }
  Result<void> use_key(Instant now, const std::string& id) { return keys_.use(now, id); }
  Result<void> remove_key(Instant now, const std::string& id) { return keys_.remove(now, id); }
  /// The gossip keys as the voters agree on them.
  const crypto::Keyring& keys() const { return keys_.ring(); }

  bool owns(LinkId link) const { return links_.owns(link); }
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from, const PeerIdentity& identity = {});
  void on_stream_connected(Instant now, LinkId link, const PeerIdentity& identity = {});
  void on_stream_data(Instant now, LinkId link, ByteView bytes);
  void on_stream_closed(Instant now, LinkId link);
  /// The completion of a write, if it is ours.
  void on_stored(Instant now, CallId call, const Result<void>& outcome);
  void advance(Instant now);
  Instant next_deadline() const;

  /// The epoch in which we are the region's writer; nothing while we are not.
  std::optional<Epoch> writer_epoch() const;
  /// No other process of the region can be writing now. To be asked before each write.
  bool may_write(Instant now) const;
  bool is_leader() const { return raft_.is_leader(); }
  /// Name of the leader, ours too; empty while none is known.
  std::string leader() const { return raft_.leader(); }
  raft::Term term() const { return raft_.term(); }
  /// nullptr until the group exists for us.
  const raft::RaftNode* raft_node() const { return raft_.node(); }
  const VoterSet& voters() const { return roster_.voters(); }
  /// Not empty when the process must end, with what the operator needs to know.
  const std::string& fatal() const { return fatal_; }
  /// Why the region has no working group here, for the operator; empty when all is well.
  std::vector<std::string> pending() const;
  GroupStatus status(Instant now) const;
  /// What was refused on the cluster port so far, by reason.
  const Refusals& refusals() const { return links_.refusals(); }
  Sizes sizes() const;
  void hash(StateHasher& hasher) const;

 private:
  RaftDriver::StateMachine state_machine();
  LogKnowledge log_knowledge() const;
  std::string objection_to_voter(const PeerIdentity& identity, const std::string& node) const;
  void handle_link_events(Instant now);
  void consider(Instant now);
  void begin_to_vote(Instant now, raft::Recovery recovery);
  void apply(Instant now, const raft::Entry& entry);
  void restore(Instant now, const raft::Snapshot& snapshot);
  Result<void> must_lead() const;
  VoterStatus status_of(Instant now, const wire::VoterSlot& slot) const;
  std::string state_of(const wire::VoterSlot& slot) const;
  void fail(std::string reason);

  ClusterConfig config_;
  Storage& storage_;
  Observer& observer_;
  ClusterLinks links_;
  ClusterStore store_;
  Roster roster_;
  ReplicatedState state_;  ///< what the log amounts to
  RaftDriver raft_;
  KeyAgreement keys_;
  VoterReplacement replacement_;
  Formation formation_;
  raft::StoreImage image_;  ///< the voter's store as read at start
  std::vector<std::string> releases_;
  std::vector<std::string> forgotten_;
  Epoch outbid_;  ///< proposed already: this generation, in this term of ours
  bool resigning_ = false;
  bool resign_timed_out_ = false;
  Instant resign_until_ = kNever;
  std::string fatal_;
};

}  // namespace syncer::cluster
