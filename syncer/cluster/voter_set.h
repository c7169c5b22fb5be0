// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/cluster/config.h"
#include "syncer/cluster/links.h"
#include "syncer/cluster/store.h"
#include "syncer/wire/raft/cluster_message.h"

namespace syncer::cluster {

/// What this syncer's disk is bound to in its region. The list of voters is agreed once: every syncer stores the one
/// list it will ever propose before it announces it, and the group exists for each that has received the same proposal
/// from all of them. Two different lists that share a majority can therefore never both come to life. Afterwards only
/// the group itself changes the list, by an entry of its log, and only by giving a slot to another disk of the same
/// name.
struct VoterSet {
  std::uint64_t disk = 0;  ///< number of this disk; 0 before its first start
  wire::VoterStage stage = wire::VoterStage::Fresh;
  std::vector<wire::VoterSlot> slots;  ///< in order of names; empty while Fresh
  std::uint64_t group = 0;             ///< made from the list as founded; 0 until the group exists
  raft::Index list_version = 0;        ///< the log's entry that changed the list last
  bool operator==(const VoterSet&) const = default;

  /// nullptr for an id that no slot has.
  const wire::VoterSlot* slot_of(raft::VoterId voter) const;
  /// kNobody unless the slot of this name belongs to this disk.
  raft::VoterId voter_of(std::string_view node, std::uint64_t disk_number) const;
};

/// Key of the storage port.
inline constexpr std::string_view kVoterSetKey = "cluster.voters";

Bytes encode(const VoterSet& voters);
/// ErrorCode::Corrupt with a text for the operator.
Result<VoterSet> decode_voter_set(ByteView bytes);

/// The same syncers with the same disks, whatever their addresses are.
bool same_slots(const std::vector<wire::VoterSlot>& a, const std::vector<wire::VoterSlot>& b);
/// The same syncers, whatever their disks are.
bool same_names(const std::vector<wire::VoterSlot>& a, const std::vector<wire::VoterSlot>& b);
/// nullptr when no slot has that name.
const wire::VoterSlot* find_slot(const std::vector<wire::VoterSlot>& slots, std::string_view node);
/// "e1, e2, e3".
std::string names_of(const std::vector<wire::VoterSlot>& slots);
/// The number of the group that this list founds: another list is another group.
std::uint64_t group_founded_by(const std::vector<wire::VoterSlot>& slots);
/// The number of a disk as people see it, in hexadecimal.
std::string disk_name(std::uint64_t disk);
/// "east/0123456789abcdef".
std::string group_name(std::string_view region, std::uint64_t group);
/// Whose store a voter's store is: group and name.
Bytes store_identity(std::string_view region, std::uint64_t group, std::string_view node);

/// A syncer of our region that gossip believes alive.
struct ClusterMember {
  std::string node;
  Endpoint address;  ///< of its cluster port
  bool operator==(const ClusterMember&) const = default;
};

/// The group as this syncer knows it, shared by the parts of Cluster: the voter set that its disk is bound to, the
/// members that gossip shows, and the hellos of both. A change of the voter set is durable first, then in force here,
/// then announced to the others.
class Roster {
 public:
  /// What a hello carries besides the voter set.
  struct Announced {
    raft::Term term = 0;
    std::vector<std::string> keys;
  };

  /// `announced` is asked whenever a hello is made. The referenced objects outlive this one.
  Roster(const ClusterConfig& config, ClusterLinks& links, ClusterStore& store, std::function<Announced()> announced)
      : config_(config), links_(links), store_(store), announced_(std::move(announced)) {}

  const VoterSet& voters() const { return voters_; }
  const std::vector<ClusterMember>& members() const { return members_; }
  /// True while a voter set is being written: decisions wait until it is in force.
  bool writing() const { return writing_; }
  /// The voter set as it is on disk already.
  void load(VoterSet voters) { voters_ = std::move(voters); }
  /// All of our region, ourselves left out, and where else a name is claimed. False when nothing changed.
  bool set_members(Instant now, std::vector<ClusterMember> members, std::vector<ClusterMember> claims);

  /// Writes `first`, then the voter set; both are durable when `done` is called.
  void write(Instant now, VoterSet next, ClusterStore::Done done, std::vector<raft::StoreOperation> first = {});
  void announce(Instant now);
  /// Dials every member at the address that gossip shows and the other voters at their last known one; voters also at
  /// an address that claims their name, since gossip lets a member move only after a while. Whether a voter is there,
  /// its hello tells by the number of its disk.
  void redial(Instant now);

  /// What this syncer announced last; nullptr while it has no link to us.
  const wire::ClusterHello* hello(const std::string& node) const { return links_.hello(node); }
  /// The disk of this slot is there: it is the one of this syncer, or announces itself.
  bool is_there(const wire::VoterSlot& slot) const;
  /// A majority announces a list of our group that is of this version or a later one.
  bool is_held(raft::Index version) const;
  /// The latest list of a group that exists: the one that a majority of those on it announce, each with its own disk. A
  /// list that fewer speak of is hearsay. Where neither a key nor a certificate proves who announces it, all that come
  /// from one host count as one, except on loopback and on the host of this syncer itself.
  std::optional<wire::ClusterHello> latest_list() const;
  /// Where gossip shows this member, otherwise nothing.
  std::optional<Endpoint> address_of(std::string_view node) const;

 private:
  bool is_majority(const wire::ClusterHello& list, const std::vector<ClusterLinks::Introduction>& announced) const;
  /// A list of our group that cannot be: its slots go to other disks, never to other names.
  bool has_other_voters(const wire::ClusterHello& list) const;
  bool names_prove_nothing() const;
  std::vector<Endpoint> addresses_of(const std::string& node, const Endpoint& last_known) const;

  const ClusterConfig& config_;
  ClusterLinks& links_;
  ClusterStore& store_;
  std::function<Announced()> announced_;
  VoterSet voters_;
  std::vector<ClusterMember> members_;
  std::vector<ClusterMember> claims_;
  bool writing_ = false;
};

}  // namespace syncer::cluster
