// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/gossip/second_addresses.h"
#include "syncer/gossip/serf_intents.h"
#include "syncer/gossip/sizes.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/swim.h"
#include "syncer/ports/network.h"
#include "syncer/wire/gossip/stream.h"

namespace syncer::gossip {

/// What a stream of the gossip part is for.
enum class StreamPurpose : std::uint8_t {
  Accepted,   ///< a peer asks; not yet known for what
  Exchange,   ///< we sent our state to a member and wait for its
  Join,       ///< the same, with a seed
  Reconnect,  ///< the same, with a member that failed
  Recall,     ///< the same, where a member answered before
  Ping,       ///< a stream ping of the failure detector
  NameCheck,  ///< does another process answer to our own name?
};

/// One stream until its single message is complete.
struct GossipStream {
  StreamPurpose purpose;
  Endpoint peer;
  Instant deadline;
  std::uint32_t seq;  ///< of the ping that was sent; 0 for exchanges
  wire::gossip::StreamReader reader;
};

/// A stream that is over, and what came of it.
struct StreamResult {
  std::unique_ptr<GossipStream> stream;
  /// What the peer said, when it was complete and in place; its views live as long as `stream`.
  const wire::gossip::StreamMessage* message = nullptr;
  std::string_view drop = {};               ///< why what came is not believed; empty: no objection
  std::optional<std::string> failure = {};  ///< why it did not bring what it was opened for
};

/// The streams of the pool, one message a side: opens and accepts them, answers exchanges and pings, and hands back
/// what came. Bounded, since peers decide how many there are and how slowly they talk. Borrows everything it is made
/// of.
class GossipStreams {
 public:
  /// Most streams that peers may have open at once.
  static constexpr std::size_t kMaxAccepted = 127;
  /// Most of them from one host, so that a single one cannot keep all others out.
  static constexpr std::size_t kMaxOfOneHost = 16;
  /// Most bytes of unfinished messages of all of them: nobody has said yet who he is.
  static constexpr std::size_t kMaxHeld = 32U << 20U;

  GossipStreams(const GossipConfig& config, const membership::Swim& swim, const SerfIntents& intents,
                const SecondAddresses& addresses, Streams& streams, LinkAllocator allocate);

  /// Opens a stream and sends what its purpose asks for: our state, or a ping of that number.
  void open(StreamPurpose purpose, const Endpoint& to, std::uint32_t seq, Instant deadline);
  /// False, and the stream is closed, when that peer or all peers together have enough of them.
  bool accept(Instant now, LinkId id, const Endpoint& from);
  /// The next bytes of a stream. A result once its message is complete or refused; then it is answered and closed.
  std::optional<StreamResult> feed(LinkId id, ByteView bytes);
  /// The peer, or the network, closed the stream. Nothing when it is not ours.
  std::optional<StreamResult> closed(LinkId id, std::string_view reason);
  /// Closes the one of which most is held, if peers' streams together hold too much.
  std::optional<StreamResult> take_excess();
  /// Closes one stream whose time is up.
  std::optional<StreamResult> take_expired(Instant now);

  /// A stream is ours from its acceptance or opening until it is closed.
  bool owns(LinkId id) const { return open_.count(id) == 1; }
  Instant next_deadline() const;
  std::size_t size() const { return open_.size(); }
  /// Adds the streams.
  void fill(Sizes& sizes) const;

 private:
  bool full(const Endpoint& from) const;
  void add(LinkId id, GossipStream stream);
  /// Takes the stream out; it is not closed yet.
  std::unique_ptr<GossipStream> take(LinkId id);
  StreamResult complete(LinkId id);
  StreamResult refuse(LinkId id);
  void answer(LinkId id, StreamResult& result);
  void answer_ping(LinkId id, const membership::Ping& ping, StreamResult& result);
  void send_state(LinkId id, bool join, wire::gossip::Opened opened);
  void send(LinkId id, const membership::Message& message, wire::gossip::Opened opened);
  void write(LinkId id, ByteView message, wire::gossip::Opened opened);

  const GossipConfig& config_;
  const membership::Swim& swim_;
  const SerfIntents& intents_;
  const SecondAddresses& addresses_;
  Streams& streams_;
  LinkAllocator allocate_;
  std::map<LinkId, std::unique_ptr<GossipStream>> open_;
  std::size_t accepted_ = 0;
};

}  // namespace syncer::gossip
