// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/serf_intents.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::gossip {

namespace {

/// Key of our intent among the news; no member can have it, since names are printable. A newer one takes its place.
constexpr std::string_view kIntent = "\x01intent";
/// Before the name of another member, the key of what is said of it.
constexpr std::string_view kForced = "\x01leave ";
/// However often others say that we leave, we do not contradict more often.
constexpr Duration kBetweenRefutations = std::chrono::seconds(1);
/// A clock from further ahead is not believed: it would drag ours to its end.
constexpr std::uint64_t kMaxStep = 1U << 20U;

}  // namespace

void SerfIntents::witness(ByteView serf_bytes) {
  // Of serf's events and intents only the clock is kept, so that our leave is newer than any of them.
  const auto clock = wire::gossip::read_clock(serf_bytes);
  if (clock && *clock > clock_ && *clock - clock_ <= kMaxStep) clock_ = *clock;
}

std::optional<wire::gossip::LeaveIntent> SerfIntents::on_user_message(Instant now, ByteView payload) {
  // An operator's `serf force-leave` of a running member: the agents show it as leaving until it says otherwise.
  witness(payload);
  const auto intent = wire::gossip::read_leave_intent(payload);
  // One from too far ahead cannot be.
  if (!intent || intent->clock > clock_) return std::nullopt;
  if (intent->node != node_) return intent;
  // One from before our newest intent is overruled already.
  if (intent->clock >= intent_ && !SYNCER_MUTATED("gossip.believe_own_leave")) refute_leave(now);
  return std::nullopt;
}

void SerfIntents::force_leave(Instant now, std::string_view member) {
  if (!SYNCER_MUTATED("gossip.force_members_to_leave_here_alone")) pass_on(now, {++clock_, member});
}

void SerfIntents::pass_on(Instant now, const wire::gossip::LeaveIntent& intent) {
  swim_.broadcast_user(now, std::string(kForced).append(intent.node),
                       wire::gossip::encode_leave_intent(intent.clock, intent.node));
}

void SerfIntents::on_joined(Instant now) {
  if (clock_ > 1) refute_leave(now);
}

void SerfIntents::refute_leave(Instant now) {
  if (swim_.leaving()) return;
  refutation_due_ = std::max(now, next_refutation_);
  advance(now);
}

void SerfIntents::advance(Instant now) {
  if (now < refutation_due_) return;
  next_refutation_ = now + kBetweenRefutations;
  broadcast(now, false);
}

void SerfIntents::broadcast(Instant now, bool leave) {
  refutation_due_ = kNever;
  intent_ = ++clock_;
  swim_.broadcast_user(
      now, kIntent,
      leave ? wire::gossip::encode_leave_intent(intent_, node_) : wire::gossip::encode_join_intent(intent_, node_));
}

}  // namespace syncer::gossip
