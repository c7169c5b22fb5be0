// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/guards.h"

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

/// An operator's release covers the removals of its time; later ones are judged anew.
constexpr Duration kReleaseCounts = std::chrono::seconds(60);

}  // namespace

replication::GuardOptions guard_options(const GuardSettings& settings) {
  return {settings.minimum, settings.share, settings.window, settings.hold};
}

std::string_view release_reason(const replication::RemovalGuard& guard) {
  using Release = replication::RemovalGuard::Release;
  return guard.last_release() == Release::HoldPassed ? "the hold time passed" : "the entries are back";
}

std::string_view name(GuardSide side) { return side == GuardSide::Sender ? "sender" : "receiver"; }

GuardMark mark_of(GuardSide side, const std::string& region, const replication::RemovalGuard& guard) {
  GuardMark mark{side, region, guard.frozen()};
  if (!mark.frozen) return mark;
  mark.since = guard.hold_since();
  mark.baseline = guard.baseline();
  mark.held = guard.pending();
  return mark;
}

void take_over(Instant now, const GuardMark& mark, replication::RemovalGuard& guard, Observer& observer) {
  if (SYNCER_MUTATED("catalog.forget_former_guard")) return;
  if (mark.frozen) {
    guard.inherit(now, mark.since, mark.baseline);
    observe(observer, now, EventKind::GuardTripped, Severity::Error,
            {{"side", name(mark.side)}, {"region", mark.region}, {"pending", mark.held}, {"allowed", guard.allowed()}});
  } else if (mark.released > 0 && !SYNCER_MUTATED("catalog.forget_former_release")) {
    guard.allow(mark.released, saturating_add(mark.released_at, kReleaseCounts));
  }
}

}  // namespace syncer::catalog
