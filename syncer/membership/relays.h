// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/hash.h"
#include "syncer/base/time.h"

namespace syncer::membership {

/// One ping that we sent on behalf of another member.
struct Relay {
  std::uint32_t our_seq;
  std::uint32_t their_seq;
  Endpoint asker;
  bool nack;
  Instant deadline;
};

/// The outstanding relayed pings, bounded: whoever asks for more is not served.
class Relays {
 public:
  explicit Relays(std::size_t max) : max_(max) {}
  bool full() const;
  std::size_t size() const { return relays_.size(); }
  void add(const Relay& relay) { relays_.push_back(relay); }
  /// The relay that an ack with this number answers, once.
  std::optional<Relay> take(std::uint32_t our_seq);
  /// One relay whose time is up, once.
  std::optional<Relay> take_expired(Instant now);
  Instant next_deadline() const;
  void hash(StateHasher& h) const;

 private:
  std::size_t max_;
  std::vector<Relay> relays_;
};

}  // namespace syncer::membership
