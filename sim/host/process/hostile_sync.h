// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "sim/host/process/hostile_peer.h"
#include "syncer/replication/publisher.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/sync/message.h"

namespace sim::host {

/// Speaks the protocol between regions: as the writer of a region on links that it dials, and as a reader of those who
/// dial it. What it publishes goes through the product's own publisher.
class HostileSync final : public HostileSpeaker {
 public:
  explicit HostileSync(HostileContext& context);

  void act(syncer::Instant now) override;
  void on_stream_accepted(syncer::LinkId link, syncer::Listener listener) override;
  void on_stream_connected(syncer::LinkId link) override;
  void on_stream_data(syncer::Instant now, syncer::LinkId link, syncer::ByteView bytes) override;
  void on_stream_closed(syncer::LinkId link) override;

 private:
  struct Link {
    bool dialled = false;
    bool greeted = false;
    bool welcome = false;
    syncer::Endpoint to;
    syncer::wire::SealedStream stream{syncer::wire::Writer::Acceptor};
    syncer::wire::FrameReader reader{syncer::wire::kSyncProtocol};
  };

  void open_stream(syncer::LinkId id, Link& link);
  void say_hello(syncer::LinkId id, Link& link);
  void send(syncer::LinkId id, Link& link, const syncer::wire::SyncMessage& message);
  void open_log(syncer::Instant now);
  void take(syncer::Instant now, syncer::LinkId id, Link& link, const syncer::wire::SyncMessage& message);
  void answer_hello(syncer::LinkId id, Link& link);
  void publish(syncer::replication::Outputs outputs);

  HostileContext& context_;
  std::uint64_t run_;
  syncer::wire::Seal seal_;
  std::map<syncer::LinkId, Link> links_;
  std::optional<syncer::replication::Publisher> publisher_;
};

}  // namespace sim::host
