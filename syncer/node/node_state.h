// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncer/catalog/catalog.h"
#include "syncer/cluster/cluster.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/epoch_keeper.h"
#include "syncer/node/link_router.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace syncer::node {

/// The parts of a node and what is carried between them. After every input pump() runs until nothing moves:
///
///     gossip --members--> peering --remote records--> home --writes--> registry
///     registry --polls--> home --own records--> peering --pushes--> other regions
///
/// In cluster mode the cluster says whether we are the region's writer, and in which epoch; a node that is not keeps
/// home and peering silent. In single mode the epoch keeper's word is a counter on disk.
struct Node::State {
  State(NodeConfig config, Ports ports, Random random, Instant now);

  void pump(Instant now);
  void advance(Instant now);
  Instant next_deadline() const;
  void accept(Instant now, LinkId link, Listener listener, const Endpoint& from);
  bool left() const;
  void read(Instant now, LinkId link, ByteView octets);
  void stored(Instant now, CallId call, const Result<void>& outcome);
  void leave(Instant now);
  Result<void> ask_cluster(Instant now, const std::function<Result<void>(cluster::Cluster&)>& ask);
  void fail(Instant now, std::string reason);

  NodeConfig config;
  Ports ports;
  std::uint64_t last_link = 1;  ///< dialled links are odd
  std::uint64_t last_call = 0;
  EpochKeeper epochs;
  std::unique_ptr<cluster::Cluster> cluster;  ///< only in cluster mode
  LinkRouter newcomers;
  gossip::Gossip gossip;
  peering::Peering peering;
  catalog::Catalog catalog;
  std::optional<Epoch> epoch;  ///< ours to write in
  Instant started{};
  bool leaving = false;
  bool ready = false;
  bool importing = false;  ///< what other regions say is passed on to home
  std::string fatal;

 private:
  bool pump_members(Instant now);
  void check_region_name(Instant now, const std::vector<gossip::MemberInfo>& members);
  bool pump_reign(Instant now);
  void tell_leader();
  void note_guards(Instant now);
  bool pump_epoch(Instant now);
  void open_epoch(Instant now);
  bool pump_exports(Instant now);
  bool pump_imports(Instant now);
  bool begin_imports(Instant now);
  void pump_region_states(Instant now);
  void pump_conflicts(Instant now);

  /// What home was last told of each other region, in the order of their names. Regions are never forgotten.
  struct Told {
    bool connected = false;
    bool complete = false;
    bool sane = false;
    bool operator==(const Told&) const = default;
  };
  std::vector<std::optional<Told>> told_;
  std::vector<replication::GuardMark> noted_guards_;  // as the group knows them
  std::map<std::string, Endpoint> fellows_;           // RPC addresses of the other syncers of our region
};

/// The region speaks to us (its link is up) and did so recently.
bool connected(const NodeConfig& config, bool up, Instant last_heard, Instant now);

}  // namespace syncer::node
