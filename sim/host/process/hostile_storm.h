// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/process/hostile_gossip.h"
#include "sim/host/process/hostile_messages.h"
#include "sim/host/process/hostile_streams.h"

namespace sim::host {

/// Says everything that HostileMessages draws, to everybody, on every port: `order.count` messages each time. It is a
/// member of the pool, so that it is dialled as well.
class HostileStorm final : public HostileSpeaker {
 public:
  explicit HostileStorm(HostileContext& context);

  void act(syncer::Instant now) override;
  void on_datagram(const syncer::Endpoint& from, syncer::ByteView packet) override {
    gossip_.on_datagram(from, packet);
  }
  void on_stream_accepted(syncer::LinkId link, syncer::Listener listener) override;
  void on_stream_connected(syncer::LinkId link) override;
  void on_stream_data(syncer::Instant now, syncer::LinkId link, syncer::ByteView bytes) override;
  void on_stream_closed(syncer::LinkId link) override;

 private:
  void say(const HostileOrder::Target& target);
  void say_of_regions(const HostileOrder::Target& target);
  void say_of_voters(const HostileOrder::Target& target);
  void introduce(syncer::LinkId link);
  void take_sync(syncer::LinkId link, const syncer::wire::PlainFrame& frame);
  void send(syncer::LinkId link, const syncer::wire::SyncMessage& message);
  void send(syncer::LinkId link, const syncer::wire::ClusterMessage& message);
  void count() {
    if (context_.order.said) ++*context_.order.said;
  }

  HostileContext& context_;
  HostileMessages messages_;
  HostileGossip gossip_;
  HostileStreams sync_;
  HostileStreams raft_;
};

}  // namespace sim::host
