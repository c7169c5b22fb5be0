// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>

#include "sim/host/process/hostile_streams.h"
#include "syncer/replication/publisher.h"
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
  void say_hello(syncer::LinkId id);
  void send(syncer::LinkId id, const syncer::wire::SyncMessage& message);
  void open_log(syncer::Instant now);
  void take(syncer::Instant now, syncer::LinkId id, const syncer::wire::SyncMessage& message);
  void answer_hello(syncer::LinkId id);
  void publish(syncer::replication::Outputs outputs);

  HostileContext& context_;
  std::uint64_t run_;
  HostileStreams streams_;
  std::set<syncer::LinkId> greeted_;
  std::set<syncer::LinkId> welcome_;
  std::optional<syncer::replication::Publisher> publisher_;
};

}  // namespace sim::host
