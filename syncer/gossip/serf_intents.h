// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"
#include "syncer/membership/swim.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

/// Our join and leave intents for agents of serf, which show a member by its newest intent, and the Lamport clock that
/// orders them; and what operators say of members that failed, as `serf force-leave` does. Borrows the core, through
/// which the intents are spread.
class SerfIntents {
 public:
  SerfIntents(std::string node, membership::Swim& swim) : node_(std::move(node)), swim_(swim) {}

  /// The clock as it goes into a state exchange.
  std::uint64_t clock() const { return clock_; }
  /// Takes over a newer clock from the user state of an exchange, or from a message of serf.
  void witness(ByteView serf_bytes);
  /// A user message: a leave intent about us that is not overruled yet is refuted. Gives one about another member that
  /// may be true of it; its name is borrowed from the payload.
  std::optional<wire::gossip::LeaveIntent> on_user_message(Instant now, ByteView payload);
  /// After joining: takes back what a former life of ours may have announced. At its beginning the clock shows that no
  /// member ever wrote an intent; then there is nothing to take back.
  void on_joined(Instant now);
  void broadcast_leave(Instant now) { broadcast(now, true); }
  /// Tells everybody that a member that failed will not come back.
  void force_leave(Instant now, std::string_view member);
  /// Tells everybody what somebody else said so.
  void pass_on(Instant now, const wire::gossip::LeaveIntent& intent);
  /// Sends the refutation that had to wait.
  void advance(Instant now);
  Instant next_deadline() const { return refutation_due_; }

 private:
  void refute_leave(Instant now);
  void broadcast(Instant now, bool leave);

  std::string node_;
  membership::Swim& swim_;
  std::uint64_t clock_ = 1;
  std::uint64_t intent_ = 0;  ///< time of our newest intent; 0 when we wrote none
  Instant refutation_due_ = kNever;
  Instant next_refutation_{};  ///< not before
};

}  // namespace syncer::gossip
