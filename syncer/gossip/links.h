// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/wire/gossip/stream.h"

namespace syncer::gossip {

/// What a stream of the gossip part is for.
enum class LinkPurpose : std::uint8_t {
  Accepted,   ///< a peer asks; not yet known for what
  Exchange,   ///< we sent our state to a member and wait for its
  Join,       ///< the same, with a seed
  Reconnect,  ///< the same, with a member that failed
  Ping,       ///< a stream ping of the failure detector
  NameCheck,  ///< does another process answer to our own name?
};

/// One stream until its single message is complete.
struct GossipLink {
  LinkPurpose purpose;
  Endpoint peer;
  Instant deadline;
  std::uint32_t seq;
  wire::gossip::StreamReader reader;
};

/// The open streams, bounded: the peer decides how many there are and how slowly they talk.
class GossipLinks {
 public:
  /// Most streams that peers may have open at once.
  static constexpr std::size_t kMaxAccepted = 127;
  /// Most of them from one host, so that a single one cannot keep all others out.
  static constexpr std::size_t kMaxOfOneHost = 16;

  /// No further stream of that peer is taken.
  bool full(const Endpoint& from) const;
  void add(LinkId id, GossipLink link);
  GossipLink* find(LinkId id);
  bool contains(LinkId id) const { return links_.count(id) == 1; }
  /// Takes the stream out; it is the caller's to close.
  std::unique_ptr<GossipLink> take(LinkId id);
  std::optional<LinkId> expired(Instant now) const;
  Instant next_deadline() const;
  std::size_t size() const { return links_.size(); }

 private:
  std::map<LinkId, std::unique_ptr<GossipLink>> links_;
  std::size_t accepted_ = 0;
};

}  // namespace syncer::gossip
