// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/membership/broadcast_queue.h"
#include "syncer/membership/message.h"
#include "syncer/membership/options.h"
#include "syncer/membership/outputs.h"
#include "syncer/membership/prober.h"
#include "syncer/membership/roll_call.h"
#include "syncer/membership/roster.h"

namespace syncer::membership {

/// What became of a received message.
enum class Received {
  Handled,
  WrongNode,      ///< a ping for another name: not answered
  UnknownTarget,  ///< an indirect ping of somebody who is no member: not relayed
  RelaysBusy,     ///< too many relayed pings are outstanding
  UnknownAck,     ///< an answer to no running probe or relay
};

/// Membership of a gossip pool: SWIM with Lifeguard by memberlist's rules and timing. Without I/O: time and packets
/// come in as arguments, effects are appended to Outputs. Neither copied nor moved.
class Swim {
 public:
  Swim(std::string self, Options options, Random random, Instant now);
  Swim(const Swim&) = delete;
  Swim& operator=(const Swim&) = delete;

  /// Announces ourselves; before anything else.
  void start(Instant now, const Endpoint& address, Bytes meta, Outputs& out);
  /// One message of a datagram that came from `from`.
  Received receive(Instant now, const Endpoint& from, const Message& message, Outputs& out);
  /// The answer to an exchange, or the exchange of somebody else.
  Merge merge(Instant now, std::span<const Entry> entries, bool join, Outputs& out);
  /// See Roster::meet.
  void meet(Instant now, const Alive& account, Outputs& out) { roster_.meet(now, account, out); }
  void hear_itself(Instant now, const Alive& account, Outputs& out) { roster_.hear_itself(now, account, out); }
  bool is_beyond_hearsay(Instant now, const Alive& account) const { return roster_.is_beyond_hearsay(now, account); }
  /// Our part of an exchange: every known member. Borrowed until the next call that changes something.
  std::vector<Entry> entries() const;
  /// The member of a stream ping answered.
  void stream_contact(std::uint32_t seq) { prober_.stream_contact(seq); }

  void update_meta(Instant now, Bytes meta, Outputs& out);
  /// Spreads bytes of the layer above like news about `name` (a key of its own, not a member's).
  void broadcast_user(Instant now, std::string_view name, ByteView payload);
  /// Sends exactly these messages in one packet, without news.
  void send(const Endpoint& to, std::initializer_list<Message> messages, Outputs& out) const {
    transmitter_.send_only(to, 0, messages, out);
  }
  /// Pings everybody but those that left, see RollCall.
  void call_roll(Instant now, Outputs& out);
  std::optional<std::vector<Attendance>> take_roll() { return roll_call_.take_result(); }
  void leave(Instant now, Outputs& out);
  /// See Roster.
  bool force_leave(Instant now, std::string_view name, Outputs& out) { return roster_.force_leave(now, name, out); }
  bool leaving() const { return roster_.leaving(); }
  /// The leave was sent often enough, or there is no member to send it to.
  bool leave_announced() const;

  void advance(Instant now, Outputs& out);
  Instant next_deadline() const;

  const std::string& self_name() const { return roster_.self_name(); }
  const MemberTable& members() const { return roster_.table(); }
  /// There is a member besides ourselves that is not gone.
  bool has_peer() const;
  const BroadcastQueue& queue() const { return roster_.queue(); }
  const Relays& relays() const { return relays_; }
  /// Running suspicions, as counted.
  std::size_t suspects() const { return roster_.suspects(); }
  int health() const { return roster_.awareness().score(); }
  const Options& options() const { return options_; }
  void hash(StateHasher& h) const;
  void hash_members(StateHasher& h) const { roster_.hash_members(h); }

 private:
  Received on_ping(const Endpoint& from, const Ping& ping, Outputs& out);
  Received on_indirect_ping(Instant now, const Endpoint& from, const IndirectPing& request, Outputs& out);
  Received on_ack(Instant now, const Ack& ack, Outputs& out);
  Endpoint answer_to(const Endpoint& from, const Endpoint& named) const;
  void ask_the_silent(Instant now, Outputs& out);
  void expire_relays(Instant now, Outputs& out);
  void gossip(Instant now, Outputs& out);
  void exchange(Instant now, Outputs& out);
  void skip_idle_ticks(Instant now);

  Options options_;
  Random random_;
  Roster roster_;
  Transmitter transmitter_;
  Prober prober_;
  Relays relays_;
  RollCall roll_call_;
  Instant gossip_tick_;
  Instant exchange_tick_;
};

}  // namespace syncer::membership
