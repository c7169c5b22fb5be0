// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "sim/host/process/hostile_peer.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/stream.h"

namespace sim::host {

/// Speaks gossip: as a member of its region that answers all probes, or, of the deed Name, in the name of each target
/// and as another member of that one's region, or, of the deed Tags, of each target as it is not.
class HostileGossip final : public HostileSpeaker {
 public:
  explicit HostileGossip(HostileContext& context) : context_(context) {}

  void act(syncer::Instant now) override;
  void on_datagram(const syncer::Endpoint& from, syncer::ByteView packet) override;
  void on_stream_accepted(syncer::LinkId link, syncer::Listener listener) override;
  void on_stream_data(syncer::Instant now, syncer::LinkId link, syncer::ByteView bytes) override;
  void on_stream_closed(syncer::LinkId link) override { streams_.erase(link); }

  /// Says to one node that a member of that name and region is there, at its own addresses.
  void say_alive(const HostileOrder::Target& to, const std::string& name, const std::string& region);

 private:
  void tell_tags(const HostileOrder::Target& to, const HostileOrder::Target& about);
  syncer::Bytes own_tags(const std::string& region) const;
  void send(const syncer::Endpoint& to, const syncer::membership::Message& message);

  HostileContext& context_;
  std::uint64_t incarnation_ = 1;
  syncer::wire::gossip::Unpacked unpacked_;
  std::map<syncer::LinkId, syncer::wire::gossip::StreamReader> streams_;
};

}  // namespace sim::host
