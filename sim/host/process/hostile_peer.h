// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/fault/process_fault.h"
#include "sim/host/process/process.h"
#include "syncer/wire/gossip/packet.h"

namespace sim::host {

using fault::HostileDeed;

/// What a hostile peer does, to whom, and with what identity.
struct HostileOrder {
  struct Target {
    std::string name;
    std::string region;
    syncer::Endpoint gossip;
    syncer::Endpoint rpc;
    syncer::Endpoint cluster;
  };
  static Target target(const syncer::node::NodeConfig& config);

  HostileDeed deed = HostileDeed::Hello;
  std::string region;  ///< for which it speaks
  std::string node;    ///< its name
  syncer::Epoch epoch;
  std::uint32_t count = 1;                   ///< records, connections to each port, or messages at a time
  syncer::Duration gap{};                    ///< between two times it does it
  std::vector<Target> targets;               ///< not empty
  syncer::Endpoint to;                       ///< of Redirect
  std::shared_ptr<std::uint64_t> said = {};  ///< where Storm counts its messages, if anywhere
  syncer::wire::gossip::Pool pool;           ///< the key that it has, if any
};

/// One protocol in the mouth of a hostile peer. Its calls are those of a Process.
class HostileSpeaker {
 public:
  virtual ~HostileSpeaker() = default;
  /// It is time to do it again.
  virtual void act(syncer::Instant now) = 0;
  virtual void on_datagram(const syncer::Endpoint& /*from*/, syncer::ByteView /*packet*/) {}
  virtual void on_stream_accepted(syncer::LinkId /*link*/, syncer::Listener /*listener*/) {}
  virtual void on_stream_connected(syncer::LinkId /*link*/) {}
  virtual void on_stream_data(syncer::Instant /*now*/, syncer::LinkId /*link*/, syncer::ByteView /*bytes*/) {}
  virtual void on_stream_closed(syncer::LinkId /*link*/) {}
};

/// What its speakers share.
struct HostileContext {
  const HostileOrder& order;
  syncer::node::NodeConfig own;  ///< its addresses
  syncer::Ports ports;
  syncer::Random random;
  std::uint64_t last_link = 1;

  syncer::LinkId dial(const syncer::Endpoint& to, syncer::Channel channel) {
    const syncer::LinkId link{last_link += 2};
    ports.streams.connect(link, to, channel);
    return link;
  }
  syncer::crypto::NonceSource nonces();
};

/// Makes the process that follows the order.
ProcessFactory hostile_factory(std::shared_ptr<const HostileOrder> order);

}  // namespace sim::host
