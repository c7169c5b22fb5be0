// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/membership/broadcast_queue.h"
#include "syncer/membership/lifeguard.h"
#include "syncer/membership/member_table.h"
#include "syncer/membership/message.h"
#include "syncer/membership/options.h"
#include "syncer/membership/outputs.h"

namespace syncer::membership {

/// How a state exchange ended.
enum class Merge { Merged, Incompatible, Vetoed };

/// All that the rules depend on besides the options.
struct RosterState {
  std::vector<Member> members;  ///< ourselves among them; suspicions run on
  std::uint64_t counter = 0;    ///< last incarnation of ourselves that was handed out
  bool leaving = false;
  int health = 0;
};

/// The state rules (memberlist state.go): what alive, suspect and dead messages, state exchanges and expired suspicions
/// do to the table, and what is spread further. Knows nothing of probes and packets.
class Roster {
 public:
  Roster(std::string self, const Options& options, Random random);

  /// Enters ourselves and announces it.
  void bootstrap(Instant now, const Endpoint& address, Bytes meta, Outputs& out);
  /// Takes over a state that was put together elsewhere, in place of bootstrap(). Nothing is announced.
  void restore(RosterState state);
  void alive(Instant now, Alive message, Outputs& out);
  void suspect(Instant now, const Suspect& message, Outputs& out);
  void dead(Instant now, const Dead& message, Outputs& out);
  /// An operator says that a dead member will not come back: it counts as one that left. False when none is dead by
  /// that name.
  bool force_leave(Instant now, std::string_view name, Outputs& out);
  /// All or nothing: an incompatible or vetoed exchange changes nothing.
  Merge merge(Instant now, std::span<const Entry> entries, bool join, Outputs& out);
  /// A member's account of itself, from the address that we chose to dial and that it names: it is there, whatever
  /// others said before.
  void meet(Instant now, Alive account, Outputs& out);
  /// The same where the member is known to be, or is said to be as it comes: its own numbers are believed there that
  /// would not be believed of others. Changes nothing where the rules do without.
  void hear_itself(Instant now, Alive account, Outputs& out);
  /// The number is higher than what is believed of others, or contradicts one that the member no more outbids: only the
  /// member itself can tell.
  bool is_beyond_hearsay(Instant now, const Alive& account) const;
  /// Declares members dead whose suspicion ran out.
  void expire(Instant now, Outputs& out);
  Instant next_expiry() const;

  /// Announces new metadata of ourselves.
  void update_meta(Instant now, Bytes meta, Outputs& out);
  /// Tells everybody that we go; a second call does nothing.
  void leave(Instant now, Outputs& out);
  bool leaving() const { return leaving_; }

  const std::string& self_name() const { return self_; }
  const Member& self() const;
  /// Messages of protocol 1 have no ports, since all its members use the same one: ours.
  Endpoint with_port(Endpoint address) const;
  MemberTable& table() { return table_; }
  const MemberTable& table() const { return table_; }
  BroadcastQueue& queue() { return queue_; }
  const BroadcastQueue& queue() const { return queue_; }
  Awareness& awareness() { return awareness_; }
  const Awareness& awareness() const { return awareness_; }
  /// Running suspicions, as counted.
  std::size_t suspects() const { return suspects_; }
  void hash(StateHasher& h) const;
  /// Only what is known of the members, without the news that waits to be sent.
  void hash_members(StateHasher& h) const;

 private:
  /// Why such a member is not accepted; empty when there is no objection.
  std::string_view objection(const Alive& message) const;
  bool is_allowed(const Endpoint& address) const;
  bool jumps_too_far(Instant now, const Member& member, std::uint64_t to) const;
  bool may_take_name(const Member& known, Instant now) const;
  /// The member that a message is about: known and not hindered to say so, or a newcomer. Nothing when it is refused.
  Member* admit(Instant now, const Alive& message, Outputs& out);
  Member* newcomer(Instant now, const Alive& message);
  void raise(Instant now, Member& member, std::uint64_t to);
  void believe_itself(Instant now, Member& known, Alive account, Outputs& out);
  void alive_about_me(Member& me, const Alive& message);
  void accept_alive(Instant now, Member& member, const Alive& message, Outputs& out);
  void start_suspicion(Instant now, Member& member, const Suspect& message, Outputs& out);
  void merge_entry(Instant now, const Entry& entry, Outputs& out);
  bool merges_with(std::span<const Entry> entries) const;
  void refute(Member& me, std::uint64_t accused);
  void clear_suspicion(Member& member);
  void announce(const Member& member);
  void broadcast(std::string_view name, const Message& message);
  void note(Change::Kind kind, const Member& member, Outputs& out, const Endpoint& other = {}) const;

  std::string self_;
  const Options& options_;
  MemberTable table_;
  BroadcastQueue queue_;
  Awareness awareness_;
  std::uint64_t counter_ = 0;  ///< last incarnation of ourselves that was handed out
  bool leaving_ = false;
  std::size_t suspects_ = 0;  ///< running suspicions; mostly none, and then no search for them
};

}  // namespace syncer::membership
