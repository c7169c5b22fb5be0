// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "sim/host/process/hostile_peer.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"

namespace sim::host {

/// The streams of one framed protocol in the mouth of a hostile peer: greeted and sealed as the protocol wants it.
/// Knows nothing of what is said on them.
class HostileStreams {
 public:
  /// Borrows both. `purpose` is what the product's own seal of that protocol is made with.
  HostileStreams(HostileContext& context, const syncer::wire::StreamProtocol& protocol, std::string purpose)
      : context_(context), protocol_(protocol), seal_(std::move(purpose), context.order.pool.keys, context.nonces()) {}

  syncer::LinkId dial(const std::string& target, const syncer::Endpoint& to, syncer::Channel channel);
  void accepted(syncer::LinkId id);
  /// A dialled stream is open. True when it takes frames at once, else it does when read() says so.
  bool connected(syncer::LinkId id);
  /// False when it knows no such stream.
  bool closed(syncer::LinkId id);
  void close(syncer::LinkId id);

  bool contains(syncer::LinkId id) const { return streams_.count(id) == 1; }
  /// Whom it dialled; empty when it was dialled.
  const std::string& target(syncer::LinkId id) const { return streams_.at(id).target; }
  std::size_t dialled(const std::string& target) const;
  /// Those that it dialled and that take frames.
  std::vector<syncer::LinkId> open() const;

  using OnReady = std::function<void()>;
  using OnFrame = std::function<void(const syncer::wire::PlainFrame& frame)>;
  /// Takes what came apart: `ready` when the stream takes frames from now on, `frame` for each that could be opened.
  /// Either may close the stream.
  void read(syncer::LinkId id, syncer::ByteView bytes, const OnReady& ready, const OnFrame& frame);
  /// Nothing happens on a stream that does not take frames.
  void send(syncer::LinkId id, syncer::ByteView frame);

 private:
  struct Stream {
    std::string target;
    bool connected = false;
    syncer::wire::SealedStream sealed;
    syncer::wire::FrameReader reader;
  };

  void add(syncer::LinkId id, std::string target, syncer::wire::Writer self);
  void greet(syncer::LinkId id, Stream& stream);

  HostileContext& context_;
  const syncer::wire::StreamProtocol& protocol_;
  syncer::wire::Seal seal_;
  std::map<syncer::LinkId, Stream> streams_;
  std::map<std::string, std::size_t> dialled_;  ///< how many of them to each target
};

}  // namespace sim::host
