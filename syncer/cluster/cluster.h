// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/epoch.h"
#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/cluster/charter.h"
#include "syncer/cluster/config.h"
#include "syncer/cluster/links.h"
#include "syncer/cluster/state.h"
#include "syncer/cluster/status.h"
#include "syncer/cluster/store.h"
#include "syncer/ports/observer.h"
#include "syncer/raft/raft_node.h"
#include "syncer/raft/store.h"

namespace syncer::cluster {

/// The syncers of one region as a group of voters, of which one leads. Finds the others (told by gossip), agrees with
/// them once on the list of voters, elects, and says whether this node may write, and in which epoch. Owned by Node in
/// cluster mode; neither copied nor moved.
class Cluster {
 public:
  /// A syncer of our region that gossip believes alive.
  struct Member {
    std::string node;
    Endpoint cluster;
    bool operator==(const Member&) const = default;
  };

  Cluster(ClusterConfig config, Streams& streams, Storage& storage, Observer& observer, Random random,
          std::function<LinkId()> next_link, std::function<CallId()> next_call);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Reads the disk. An error ends the process: damaged state is never guessed.
  Result<void> load();
  void start(Instant now);
  /// All of our region, ourselves left out.
  void set_members(Instant now, std::vector<Member> members);
  /// Other regions know this epoch of ours, and it is not below the one we lead in: a later one is opened.
  void outbid(Instant now, Epoch known);
  /// Orderly end: hands leadership over. Done when resigned().
  void resign(Instant now);
  bool resigned() const { return resigning_ && (!is_leader() || resign_timed_out_); }

  /// A removal guard changed: what the next leader has to know of it.
  Result<void> note_guard(Instant now, const GuardMark& mark);
  /// The guards as the leaders before us left them; to go on with when we lead.
  const std::vector<GuardMark>& guards() const { return state_.guards; }
  /// An operator's word, once it is committed: regions whose held removals go now, by us who lead.
  std::vector<std::string> take_releases() { return std::exchange(releases_, {}); }

  // Operators' words. Refused (or NotFound) with what stands against it; done once the group has committed it.
  /// The seat of a voter whose disk was lost goes to the disk that runs under its name now.
  Result<void> replace(Instant now, std::string_view node);
  /// Lets the held removals of a region go ("*" for all), whoever leads by then.
  Result<void> release_guard(Instant now, std::string_view region);
  /// For a region that lost all its disks while nobody can tell which epochs it had.
  Result<void> raise_generation(Instant now);
  /// Frees this syncer from a list of voters that somebody never agreed to.
  Result<void> forget_proposal(Instant now);

  // Gossip keys: an operator's words, and what became of them.
  /// Other keys from now on, here and then at every other voter that lacks one. Refused for one that was removed.
  Result<void> set_keys(Instant now, wire::gossip::Keyring keys);
  /// This key seals from now on; Refused until every voter has it.
  Result<void> use_key(Instant now, const std::string& id);
  /// Nobody keeps this key; Refused for the one that seals.
  Result<void> remove_key(Instant now, const std::string& id);
  /// As the voters agree on them.
  const wire::gossip::Keyring& keys() const { return config_.keys; }

  bool owns(LinkId link) const { return links_.owns(link); }
  void on_stream_accepted(Instant now, LinkId link);
  void on_stream_connected(Instant now, LinkId link);
  void on_stream_data(Instant now, LinkId link, ByteView octets);
  void on_stream_closed(Instant now, LinkId link);
  /// The completion of a write, if it is ours.
  void on_stored(Instant now, CallId call, const Result<void>& outcome);
  void advance(Instant now);
  Instant next_deadline() const;

  /// The epoch in which we are the region's writer; nothing while we are not.
  std::optional<Epoch> reign() const;
  /// No other process of the region can be writing now. To be asked before each write.
  bool may_write(Instant now) const;
  bool is_leader() const { return raft_ && raft_->is_leader(); }
  /// Name of the leader, ours too; empty while none is known.
  std::string leader() const;
  raft::Term term() const { return raft_ ? raft_->term() : 0; }
  /// nullptr until the group exists for us.
  const raft::RaftNode* raft() const { return raft_ ? &*raft_ : nullptr; }
  const Charter& charter() const { return charter_; }
  /// Not empty when the process must end, with what to tell the operator.
  const std::string& fatal() const { return fatal_; }
  /// Why the region has no working group here, in words; empty when all is well.
  std::vector<std::string> pending() const;
  GroupStatus status(Instant now) const;
  void hash(StateHasher& hasher) const;

 private:
  // cluster_bootstrap.cc: how the list of voters comes about
  void found(Instant now);
  void advertise(Instant now);
  void redial(Instant now);
  void consider(Instant now);
  std::optional<wire::ClusterHello> latest_list() const;
  bool heed_seated(Instant now);
  void propose_list(Instant now);
  void count_proposals(Instant now);
  void keep(Instant now, Charter charter, ClusterStore::Done done);
  std::string not_agreed(const wire::Seat& seat, const wire::ClusterHello* hello) const;
  void found_group(Instant now, const wire::ClusterHello& list);
  void take_seat(Instant now, raft::Recovery recovery);
  void enter(Instant now, raft::Recovery recovery);
  Bytes identity() const;

  // cluster_seats.cc: how a seat is given to another disk
  Result<void> must_lead() const;
  Result<void> one_at_a_time() const;
  Result<void> all_stand_by(const wire::Seat& but) const;
  Result<void> propose(Instant now, const ClusterCommand& command);
  void give_seat(Instant now, raft::Index at, const wire::Seat& given);
  void write_down_seats(Instant now);
  void check_own_seat();
  void take_given_seat(Instant now, const wire::ClusterHello& list);

  // cluster_keys.cc
  std::vector<std::string> key_ids() const;
  bool is_removed(const std::string& id) const;
  void take_ring(Instant now, wire::gossip::Keyring keys);
  void share_keys(Instant now);
  void order_keys(Instant now);
  void hear_key(Instant now, Bytes key);
  bool keep_ring(Instant now, const wire::gossip::Keyring& ring);
  void keep_again(Instant now);

  // cluster_raft.cc: how the voter is driven
  void take_news(Instant now);
  void hear(Instant now, const ClusterLinks::Heard& heard);
  void carry_out(Instant now, std::vector<raft::Output> outputs);
  void on_output(Instant now, raft::Output& output);
  void on_role(Instant now, const raft::RoleChanged& changed);
  void apply(Instant now, const raft::Entry& entry);
  void restore(Instant now, const raft::Snapshot& snapshot);
  void shorten(Instant now);
  // cluster_report.cc
  VoterStatus status_of(Instant now, const wire::Seat& seat) const;
  std::string state_of(const wire::Seat& seat) const;

  const wire::Seat* seat_of(raft::VoterId voter) const;
  raft::VoterId voter_of(std::string_view node, std::uint64_t disk) const;
  void fail(std::string reason);

  ClusterConfig config_;
  Storage& storage_;
  Observer& observer_;
  Random random_;
  ClusterLinks links_;
  ClusterStore store_;
  std::map<std::string_view, Bytes> image_;  ///< the voter's store as read at start
  Charter charter_;
  bool founding_ = false;  ///< the charter is being written
  std::vector<Member> members_;
  std::string waiting_;   ///< why there is no group yet
  std::string excluded_;  ///< why this disk has no vote
  std::optional<raft::Journal> journal_;
  std::optional<raft::RaftNode> raft_;
  raft::VoterId self_;
  ClusterState state_;  ///< what the log amounts to
  std::optional<raft::Term> opened_;
  raft::Index given_ = 0;  ///< where the seat that was given here last is in the log
  std::vector<std::string> releases_;
  Epoch outbid_;  ///< proposed already: this generation, in this term of ours
  bool was_leader_ = false;
  bool resigning_ = false;
  bool resign_timed_out_ = false;
  Instant resign_until_ = kNever;
  std::string fatal_;
  std::vector<Bytes> unkept_;  ///< keys that could not be written down yet
  std::string not_kept_;       ///< why
  Instant keep_again_at_ = kNever;
};

}  // namespace syncer::cluster
