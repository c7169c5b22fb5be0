// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/digest.h"
#include "sim/fault/partition.h"
#include "sim/fault/path.h"
#include "sim/host/options.h"
#include "sim/host/outside.h"
#include "sim/host/probe.h"
#include "sim/host/process/process.h"
#include "sim/host/registry/registry.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace syncer::node {
class Node;
}

namespace sim::host {

/// Names one running fault, for heal.
using FaultId = std::uint32_t;

/// What a process has taken of its machine.
struct Taken {
  std::size_t streams = 0;  ///< connections that it has open, or that it was not told yet are over
  std::size_t calls = 0;    ///< HTTP requests whose outcome it does not know yet
  bool is_behind = false;   ///< work waits in its inbox
};

/// Names one link rule, for removal.
using RuleId = std::uint32_t;

/// A whole simulated deployment: nodes with their disks and clocks, registries, and the network between them. One seed
/// decides everything. Time only passes inside run_until and step. Every method is to be called between events: from
/// outside, or from an action given to at(). A method about a node in the wrong state (crash of a dead one) does
/// nothing and says so with false.
class World {
 public:
  explicit World(std::uint64_t seed, WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Building. Nodes are down until start(); registries are up.
  RegistryIndex add_registry(RegistrySpec spec);
  NodeIndex add_node(NodeSpec spec);
  /// These two are one process that bridges two registries: whatever is done to one is done to both, and nothing
  /// happens to what they send each other. Both are down.
  void bridge(NodeIndex near, NodeIndex far);
  /// Borrowed; outlives the world's last event.
  void add_probe(Probe& probe);
  /// The syncers; strangers do not count.
  std::size_t nodes() const;
  /// A machine of somebody who does not belong here; it is down until start_stranger. After all nodes.
  NodeIndex add_stranger();
  std::size_t registries() const;
  /// All nodes and registries.
  fault::Sites sites() const;

  // Running.
  syncer::Instant now() const;
  /// Runs an action at `when` (not before now), between events; actions of one instant run in the order given.
  void at(syncer::Instant when, std::function<void(World&)> action);
  /// One event; false when nothing is left to do.
  bool step();
  /// One event at `until` at the latest; when none is left there, false, and now() is `until`.
  bool step_until(syncer::Instant until);
  /// All events up to and including `until`; afterwards now() is `until`.
  void run_until(syncer::Instant until);
  std::uint64_t events() const;
  std::uint64_t digest() const;
  /// The digest's record, to compare runs.
  engine::Digest& record();
  const engine::Digest& record() const;
  /// A random stream of this world, independent of all others: for generators and selectors.
  syncer::Random random(std::string_view name) const;

  // Processes.
  bool start(NodeIndex n);
  /// Orderly end: the node leaves, then its process ends (after 30 s at the latest).
  bool stop(NodeIndex n);
  bool crash(NodeIndex n, DiskFate disk = DiskFate::LoseUnsynced, Farewell farewell = Farewell::Reset);
  /// Starts a node that is down, with another disk fate or configuration if given.
  bool restart(NodeIndex n, std::optional<DiskFate> disk = {}, std::optional<syncer::node::NodeConfig> config = {});
  /// Gives a node that is up other settings; a later start has them, too. The error is the node's, which stays as it
  /// is.
  syncer::Result<void> reconfigure(NodeIndex n, const syncer::node::NodeConfig& config);
  /// The process dies at a call that it will make; what it would have done after that call never happens.
  void doom(NodeIndex n, Doom doom);
  /// One bit of a stored file flips; false when there is no such file.
  bool flip_bit(NodeIndex n, std::string_view key);
  /// How often a node died at a call as it was doomed to.
  std::uint64_t doomed_deaths(NodeIndex n) const;
  /// The process freezes (SIGSTOP): sockets fill, timers are late, the clock goes on.
  bool pause(NodeIndex n);
  bool resume(NodeIndex n);
  /// The machine sleeps: no timer fires and packets to it are lost; its clocks go on, all is overdue on waking.
  bool suspend(NodeIndex n);
  bool resume_machine(NodeIndex n);
  /// Each event costs the node `cost` of processor time, later ones wait; zero is a fast machine again.
  void slow(NodeIndex n, syncer::Duration cost);
  /// Its owner makes it lie about the regions whose records it passes on; nothing ends that.
  void lie(NodeIndex n, std::optional<RelayLie> lie);
  void disk_fault(NodeIndex n, DiskFault fault);
  /// The certificate that the machine of that host shows; nothing when it has none, or there is no such machine.
  std::optional<Certificate> certificate_at(const syncer::Endpoint& host) const;
  /// This process runs on the stranger's machine from now on, until stop_stranger.
  void start_stranger(NodeIndex stranger, ProcessFactory process, std::optional<Certificate> certificate = {});
  void stop_stranger(NodeIndex stranger);

  // Clocks.
  /// Speed of the monotonic clock, parts per million; it stays continuous.
  void drift(NodeIndex n, std::int64_t ppm);
  void wall_jump(NodeIndex n, syncer::Duration by);
  /// The wall clock is off by so much, whatever it was before; zero is right again (apart from jumps).
  void wall_skew(NodeIndex n, syncer::Duration by);
  syncer::Instant local_time(NodeIndex n) const;
  syncer::WallTime wall_time(NodeIndex n) const;

  // Network.
  RuleId add_link_rule(fault::LinkRule rule);
  void remove_link_rule(RuleId rule);
  FaultId partition(fault::PartitionSpec spec);
  void heal(FaultId fault);
  /// Ends all partitions and clogs (link rules stay).
  void heal_all();
  /// Nothing leaves (`outgoing`) or arrives (`incoming`); queues grow and are delivered when healed.
  FaultId clog(const fault::Sites& who, bool outgoing, bool incoming);
  /// TCP reset of all open connections between two nodes, in both roles. Registries keep no connections.
  void reset_streams(Site a, Site b);
  /// All open connections between two nodes go dead without a word; after `duration` a segment is answered by a reset.
  void half_open(Site a, Site b, syncer::Duration duration);
  /// Manual network: keeps every packet between nodes until deliver().
  void hold_messages(bool hold);
  /// Delivers up to `count` kept packets now, oldest first; how many there were.
  std::size_t deliver(Site from, Site to, std::size_t count);
  /// Loses the kept datagrams (streams would send again); how many there were.
  std::size_t drop_pending(Site from, Site to);

  // Looking.
  /// For what applications do and for faults; times given to it are now().
  Registry& registry(RegistryIndex r);
  const Registry& registry(RegistryIndex r) const;
  std::string_view registry_name(RegistryIndex r) const;
  std::string_view node_name(NodeIndex n) const;
  const syncer::node::NodeConfig& config(NodeIndex n) const;
  /// The process runs (it may be paused).
  bool alive(NodeIndex n) const;
  bool paused(NodeIndex n) const;
  /// Why the last process ended by itself; empty when it did not, or after a new start.
  const std::string& failure(NodeIndex n) const;
  /// Whether packets from a to b can pass now: no partition or clog in that direction, machine up.
  bool reachable(Site a, Site b) const;
  /// nullptr while the node is down.
  const syncer::node::Node* node(NodeIndex n) const;
  Taken taken(NodeIndex n) const;
  /// In a probe's after_event(): the syncers whose process did something in the event; the inside of no other changed.
  const std::vector<NodeIndex>& acted() const;
  /// Asks a node that is up for something, as an operator does; Unreachable when it is not.
  syncer::Result<void> order(NodeIndex n, const Order& order);

  /// Calls the operator's side of a node() that is up: set_seeds, release_guard.
  bool operate(NodeIndex n, const std::function<void(syncer::node::Node&, syncer::Instant local)>& action);
  /// What a process shows that is no node(); nothing while it is down.
  std::optional<Appearance> appearance(NodeIndex n) const;

  // A world with an outside: processes and packets are real, all else is as ever.
  void set_outside(Outside& outside);
  /// Time has come this far; not beyond the next event.
  void pass_to(syncer::Instant now);
  /// From its next start on that node is another process, on a machine of its own.
  void set_real(NodeIndex n, ProcessFactory factory, Hardware& hardware);
  /// Its process changed without an event of this world, as when it ended.
  void stir(NodeIndex n);
  /// A node's event, from its trace.
  void heard(NodeIndex n, const syncer::Event& event);
  /// A write to a registry that is none of this world's mocks'.
  void saw(RegistryIndex r, const RegistryChange& change);
  /// A packet goes over the link: `arrive` is called for each time that it arrives. With `after` it stays behind the
  /// one before it, whose arrival stands there.
  void carry(Site from, Site to, std::size_t size, syncer::Instant* after,
             std::function<void(const fault::DatagramVerdict&)> arrive);
  const fault::LinkModel& link(Site from, Site to) const;
  /// A node's request arrives at a front-end.
  HttpReply serve(RegistryIndex r, std::uint32_t front_end, NodeIndex client, const syncer::HttpRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sim::host
