// SPDX-License-Identifier: Apache-2.0
// What agents of serf are told of our coming and going: they show us by our newest intent.
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/gossip/gossip.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

namespace {

/// Key of our intent among the news; no member can have it, since names are printable. A newer one takes its place.
constexpr std::string_view kIntent = "\x01intent";
/// However often others say that we leave, we do not contradict more often.
constexpr Duration kBetweenIntents = std::chrono::seconds(1);

}  // namespace

/// An operator's `serf force-leave` of a running member: the agents show it as leaving until it says otherwise.
void Gossip::take_leave_intent(Instant now, ByteView payload) {
  const auto intent = wire::gossip::read_leave_intent(payload);
  if (!intent || intent->node != config_.node) return;
  // One from before our newest intent is overruled already, and one from too far ahead cannot be.
  if (intent->clock < intent_ || intent->clock > clock_) return;
  if (SYNCER_MUTATED("gossip.believe_own_leave")) return;
  stay(now);
}

void Gossip::stay(Instant now) {
  if (leaving_) return;
  stay_due_ = std::max(now, next_stay_);
  stay_when_due(now);
}

void Gossip::stay_when_due(Instant now) {
  if (now < stay_due_) return;
  next_stay_ = now + kBetweenIntents;
  say_intent(now, false);
}

void Gossip::say_intent(Instant now, bool leave) {
  stay_due_ = kNever;
  intent_ = ++clock_;
  swim_.broadcast_user(now, kIntent,
                       leave ? wire::gossip::encode_leave_intent(intent_, config_.node)
                             : wire::gossip::encode_join_intent(intent_, config_.node));
}

}  // namespace syncer::gossip
