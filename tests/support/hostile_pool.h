// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/host/process/hostile_peer.h"
#include "sim/host/world.h"
#include "syncer/node/node.h"

namespace sim::host {

/// Region east is a cluster of three, region west a single syncer; each has one instance. A stranger stands by.
class HostilePool {
 public:
  /// What makes its syncers believe each other.
  enum class Trust { Open, Key, Certificates };

  static constexpr NodeIndex kWest = 3;
  static constexpr std::size_t kNodes = 4;

  /// The stranger lacks the pool's key. Its certificate is a good one of region "south", which has no syncer. Boots,
  /// and lets both regions find each other: is_well() afterwards.
  HostilePool(std::uint64_t seed, Trust trust);

  World& world() { return world_; }
  void run(syncer::Duration time) { world_.run_until(world_.now() + time); }
  /// Both regions see the one instance of each other, are connected and have no problem; their registries hold that and
  /// no more.
  bool is_well() const;
  /// Runs until it is; false when it takes longer.
  bool heals_within(syncer::Duration time);
  /// What is not well, for people.
  std::string trouble() const;
  /// An operator says at every syncer that this region, which he never had, is to be forgotten; whoever does not know
  /// it, or follows a leader, says no.
  void forget(const std::string& region);
  /// The first of the three that leads, or none.
  const syncer::node::Node* leader() const;
  /// Instances of applications and their copies that each registry shows; the canaries do not count.
  std::size_t instances(RegistryIndex r) const;
  /// Why processes ended, in words; empty when none did by itself.
  std::string ended() const;

  /// What the stranger is told to do to these nodes; to be changed as wanted.
  HostileOrder order(HostileDeed deed, const std::vector<NodeIndex>& who, const std::string& region,
                     syncer::Epoch epoch) const;
  /// The stranger begins; he ends with end_of_lies().
  void lie(HostileOrder order);
  void end_of_lies() { world_.stop_stranger(stranger_); }

 private:
  void add(NodeSpec spec);
  void register_at(RegistryIndex r, const std::string& name);
  bool holds(const syncer::node::Node& node, const std::string& region) const;

  Trust trust_;
  World world_;
  NodeIndex stranger_ = 0;
};

}  // namespace sim::host
