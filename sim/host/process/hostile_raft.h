// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

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
  /// What it says on a link, as another voter than the one it speaks to; nothing while it knows none.
  void lie(syncer::LinkId id);
  syncer::raft::Message message(const syncer::wire::ClusterHello& as, const std::string& to) const;
  syncer::raft::Message proposal(const syncer::wire::ClusterHello& as, const std::string& to) const;

  HostileContext& context_;
  HostileStreams streams_;
  std::map<std::string, syncer::wire::ClusterHello> learned_;  ///< by the voter's name
  std::size_t tries_ = 0;
};

}  // namespace sim::host
