// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncer/node/convergence.h"
#include "syncer/node/import_gate.h"
#include "syncer/node/parts.h"

namespace syncer::node {

/// Carries what one part of a node produces to the parts that need it:
///
///     cluster, epochs  --the epoch to write in-->   catalog, peering
///     gossip           --members-->                 peering, cluster
///     catalog          --own records-->             peering  --pushes-->  other regions
///     peering          --records of others-->       import gate -->  catalog  --writes-->  registry
///     peering          --state of each region-->    catalog
///     catalog          --what guards hold-->        cluster
///     gossip           --who answered where-->      member memory  --whom to ask there-->  gossip
///
/// In single mode the epoch is a counter on disk; in cluster mode the group says whether this node is the region's
/// writer. A node that is not keeps catalog and peering silent.
class Flows {
 public:
  explicit Flows(Parts& parts) : parts_(parts), gate_(parts.config.kinds, parts.peering, parts.catalog) {}

  void start(Instant now);
  /// The settings of the parts are others: what some of them were not to have, they may have now.
  void reconfigured(Instant now);
  /// Carries until nothing moves. To be called after every input of a part.
  void run(Instant now);
  /// After the cluster advanced: what the group decided of us, before any other part acts on it.
  void follow_writer(Instant now);
  /// After the catalog advanced: the group keeps what the guards hold for the next leader.
  void note_guards(Instant now);
  /// Members are asked where they answered once, and what changed of that is written down.
  void recall_members(Instant now);
  /// The completion of a write to storage.
  void on_stored(Instant now, CallId call, const Result<void>& outcome);
  /// What travels from now on, both ways.
  void set_policy(Instant now, SharedPolicy policy);
  const SharedPolicy& policy() const { return policy_; }
  const ImportGate& gate() const { return gate_; }
  void advance(Instant now) { gate_.advance(now); }
  Instant next_deadline() const { return gate_.next_deadline(); }
  /// The node leaves: no epoch is opened any more.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  /// How long changes of other regions take.
  Convergence& convergence() { return convergence_; }
  /// An operator wants a region, or with an empty name all regions, to be told no changes: until it is resumed, or our
  /// right to write ends. Refused where it is so already, before anything was told, and where a region is read by way
  /// of another.
  Result<void> pause_exports(const std::string& region);
  /// Wants them told again; all regions with an empty name. Refused where nothing is paused.
  Result<void> resume_exports(Instant now, const std::string& region);
  bool exports_paused() const { return exports_paused_; }

  /// The epoch in which we write; nothing while we are not the region's writer.
  const std::optional<Epoch>& epoch() const { return epoch_; }
  /// An epoch was opened in this process.
  bool ready() const { return ready_; }
  /// Why the node cannot go on, for people; empty while it can.
  const std::string& fatal() const { return fatal_; }

 private:
  void carry_keys(Instant now);
  bool carry_members(Instant now);
  void give_members(Instant now);
  void note_region_syncers(std::map<std::string, Endpoint> syncers);
  void report_disowned(Instant now, const gossip::MemberInfo& member);
  std::vector<cluster::Cluster::Member> cluster_claims() const;
  void check_region_name(Instant now, const std::vector<gossip::MemberInfo>& members);
  bool carry_writer(Instant now);
  void change_writer(Instant now, std::optional<Epoch> epoch);
  void carry_leader();
  bool carry_epoch(Instant now);
  void claim_epoch(Instant now, std::optional<Epoch> floor);
  void open_epoch(Instant now);
  bool carry_exports(Instant now);
  bool carry_imports(Instant now);
  bool begin_imports(Instant now);
  void give_imports(Instant now);
  void carry_region_states(Instant now);
  void forget_regions(Instant now);
  void answer_questions(Instant now);
  void note_written(Instant now);
  void report_unstored(Instant now, const std::string& reason);
  void fail(Instant now, std::string reason);

  Parts& parts_;
  ImportGate gate_;
  SharedPolicy policy_ = std::make_shared<const policy::Policy>();
  Instant started_{};
  std::optional<Epoch> epoch_;
  bool ready_ = false;
  bool stopped_ = false;
  bool exports_paused_ = false;
  Convergence convergence_;
  bool importing_ = false;  // records of other regions are handed to the catalog
  std::string fatal_;
  std::vector<replication::GuardMark> noted_guards_;        // as the group knows them
  std::set<std::pair<std::string, std::string>> disowned_;  // members and the RPC addresses that are not theirs
  std::map<std::string, Endpoint> region_syncers_;          // RPC addresses of the syncers of our region
};

}  // namespace syncer::node
