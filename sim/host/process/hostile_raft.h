// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/host/process/hostile_streams.h"
#include "syncer/wire/raft/cluster_message.h"

namespace sim::host {

/// Speaks the protocol of the cluster port. As a member of the region it is dialled by the voters, learns their disks
/// from their hellos, and then speaks to each in the name of another.
class HostileRaft final : public HostileSpeaker {
 public:
  explicit HostileRaft(HostileContext& context)
      : context_(context),
        streams_(context, syncer::wire::kClusterProtocol, "syncer cluster 2/" + context.order.region) {}

  void act(syncer::Instant now) override;
  void on_stream_accepted(syncer::LinkId link, syncer::Listener listener) override;
  void on_stream_connected(syncer::LinkId link) override;
  void on_stream_data(syncer::Instant now, syncer::LinkId link, syncer::ByteView bytes) override;
  void on_stream_closed(syncer::LinkId link) override;

 private:
  /// How many links it wants to each target.
  std::size_t links() const;
  /// What it says on a link.
  void lie(syncer::LinkId id);
  /// As another voter than the one it speaks to; nothing while it knows none.
  void lie_as_a_voter(syncer::LinkId id);
  /// As one of those that have a group already, in which the target has a slot.
  void offer_a_slot(syncer::LinkId id);
  void say(syncer::LinkId id, const syncer::wire::ClusterMessage& message);
  void say_deed(syncer::LinkId id, const syncer::wire::ClusterHello& as, const std::string& to);
  /// Appends this wherever the target's log may end.
  void append_everywhere(syncer::LinkId id, const syncer::raft::Message& head, const syncer::Bytes& command);
  syncer::raft::Message heartbeat_of(const syncer::wire::ClusterHello& as, const std::string& to) const;
  /// On each of its links to a target it has another name.
  syncer::wire::ClusterHello introduction(syncer::LinkId id) const;
  /// The smallest that no link to the target has.
  std::size_t free_number(const std::string& target) const;
  void take_number(const std::string& target, syncer::LinkId id);
  void give_number_back(syncer::LinkId id);

  HostileContext& context_;
  HostileStreams streams_;
  std::map<std::string, syncer::wire::ClusterHello> learned_;  ///< by the voter's name
  std::map<syncer::LinkId, std::size_t> numbers_;              ///< of each link among those to its target, from 1
  std::map<std::string, std::vector<bool>> taken_;             ///< which numbers links to a target have, from 1
  std::size_t tries_ = 0;
};

}  // namespace sim::host
