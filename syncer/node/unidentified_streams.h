// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/ports/network.h"

namespace syncer::node {

/// Accepted streams of which nothing was read yet. Their first byte tells gossip from sync, whichever of the two ports
/// they came in on: this is what makes joining an RPC address work.
class UnidentifiedStreams {
 public:
  enum class Protocol : std::uint8_t { Gossip, Sync };

  /// False when too many streams are silent already; the caller closes the link.
  bool accept(Instant now, LinkId link, const Endpoint& from);
  /// Removes the stream and gives its protocol and where it came from; nothing when the link is not one of these.
  std::optional<std::pair<Protocol, Endpoint>> identify(LinkId link, ByteView first_bytes);
  void forget(LinkId link) { streams_.erase(link); }
  /// Removes a stream that stayed silent for too long, for the caller to close; call until it gives nothing.
  std::optional<LinkId> take_expired(Instant now);
  Instant next_deadline() const;

 private:
  struct Silent {
    Endpoint from;
    Instant deadline;
  };
  std::map<LinkId, Silent> streams_;
};

}  // namespace syncer::node
