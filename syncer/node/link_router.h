// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/ports/streams.h"

namespace syncer::node {

/// Accepted streams that have not said yet what they speak. The first octet tells gossip from sync, whichever of the
/// two ports it came in on: that is what makes joining an RPC address work.
class LinkRouter {
 public:
  enum class Speaks : std::uint8_t { Gossip, Sync };
  struct Newcomer {
    Endpoint from;
    Instant deadline;
  };

  /// False when too many streams are silent already; the caller closes the link.
  bool accept(Instant now, LinkId link, const Endpoint& from);
  /// Takes the newcomer out and tells what it speaks; nothing when the link is not a newcomer.
  std::optional<std::pair<Speaks, Endpoint>> identify(LinkId link, ByteView first_octets);
  bool contains(LinkId link) const { return newcomers_.count(link) != 0; }
  void forget(LinkId link) { newcomers_.erase(link); }
  /// A newcomer that stayed silent for too long; call until it gives nothing.
  std::optional<LinkId> take_expired(Instant now);
  Instant next_deadline() const;

 private:
  std::map<LinkId, Newcomer> newcomers_;
};

}  // namespace syncer::node
