// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/host/process/hostile_peer.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/raft/cluster_message.h"

namespace sim::host {

/// Speaks the protocol of the cluster port. As a member of the region it is dialled by the voters, learns their disks
/// from their hellos, and then speaks to each in the name of another.
class HostileRaft final : public HostileSpeaker {
 public:
  explicit HostileRaft(HostileContext& context)
      : context_(context),
        seal_("syncer cluster 2/" + context.order.region, context.order.pool.keys, context.nonces()) {}

  void act(syncer::Instant now) override;
  void on_stream_accepted(syncer::LinkId link, syncer::Listener listener) override;
  void on_stream_connected(syncer::LinkId link) override;
  void on_stream_data(syncer::Instant now, syncer::LinkId link, syncer::ByteView bytes) override;
  void on_stream_closed(syncer::LinkId link) override;

 private:
  struct Dialled {
    std::string target;
    bool connected = false;
    syncer::wire::SealedStream stream{syncer::wire::Writer::Dialer};
    syncer::wire::FrameReader reader{syncer::wire::kClusterProtocol};
  };
  struct Accepted {
    syncer::wire::SealedStream stream{syncer::wire::Writer::Acceptor};
    syncer::wire::FrameReader reader{syncer::wire::kClusterProtocol};
  };

  void send(syncer::LinkId id, Dialled& link, const syncer::wire::ClusterMessage& message);
  void open_stream(syncer::LinkId id, syncer::wire::SealedStream& stream);
  void learn(syncer::LinkId id, syncer::ByteView bytes);
  /// What it says on a link, as another voter than the one it speaks to; nothing while it knows none.
  void lie(syncer::LinkId id, Dialled& link);
  syncer::raft::Message message(const syncer::wire::ClusterHello& as, const std::string& to) const;
  syncer::raft::Message proposal(const syncer::wire::ClusterHello& as, const std::string& to) const;

  HostileContext& context_;
  syncer::wire::Seal seal_;
  std::map<std::string, syncer::wire::ClusterHello> learned_;  ///< by the voter's name
  std::size_t tries_ = 0;
  std::map<syncer::LinkId, Accepted> accepted_;
  std::map<syncer::LinkId, Dialled> dialled_;
};

}  // namespace sim::host
