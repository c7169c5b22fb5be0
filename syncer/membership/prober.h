// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/membership/broadcast_queue.h"
#include "syncer/membership/roster.h"

namespace syncer::membership {

/// The failure detector (memberlist state.go, probeNode): pings one member after the other; a silent one is asked for
/// through relays and over a stream, and suspected when nothing of it answers within the round.
class Prober {
 public:
  Prober(const Options& options, Roster& roster, Transmitter& transmitter, Random random, Instant now);

  /// An ack that may belong to the running round. False when it does not.
  bool acked(Instant now, std::uint32_t seq);
  /// A relay reports that it is well and the target is not.
  void nacked(std::uint32_t seq);
  /// The target answered over a stream.
  void stream_contact(std::uint32_t seq);
  void advance(Instant now, Outputs& out);
  Instant next_deadline() const;
  /// A number that no other ping of ours has.
  std::uint32_t next_seq() { return ++seq_; }
  /// How long to wait for the direct answer of a member.
  Duration direct_timeout(const Member& target) const;
  /// Probes that member now, in place of the next one in the order.
  void probe(Instant now, const Member& target, Outputs& out);
  bool probing() const { return round_.has_value(); }
  void hash(StateHasher& h) const;

 private:
  struct Round {
    std::string node;
    Endpoint address;
    std::uint64_t incarnation;
    std::uint8_t protocol;
    std::uint32_t seq;
    Instant sent;
    Instant direct_until;
    Instant until;
    bool asked_relays = false;
    int nacks_expected = 0;
    int nacks = 0;
    bool stream_contact = false;
  };

  void ask_others(Outputs& out);
  void finish(Instant now, bool acked, Outputs* out);
  void next_tick(Instant now);

  const Options& options_;
  Roster& roster_;
  Transmitter& transmitter_;
  std::uint32_t seq_;
  std::optional<Round> round_;
  Instant tick_;  ///< when the next round starts, if none runs then
};

/// One ping that we sent on behalf of another member.
struct Relay {
  std::uint32_t our_seq;
  std::uint32_t their_seq;
  Endpoint asker;
  bool nack;
  Instant deadline;
};

/// The outstanding relayed pings, bounded: requests beyond that are not served.
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
