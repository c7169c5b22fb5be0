// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/guard_report.h"

#include <algorithm>

namespace syncer::catalog {

using replication::GuardDecision;
using replication::GuardRule;
using replication::LossGuard;

namespace {

constexpr std::array kHolding = {GuardRule::Unproven, GuardRule::MemoryLost, GuardRule::MassExpiry,
                                 GuardRule::MassOrphaned};

/// What ended a hold; empty for a decision that ends none.
std::string_view end_of_hold(const GuardDecision& decision) {
  if (decision.kind == GuardDecision::Kind::Return) return "the entries are back";
  if (decision.kind != GuardDecision::Kind::Remove) return {};
  switch (decision.rule) {
    case GuardRule::Replaced:
      return "other entries took their place";
    case GuardRule::HoldPassed:
      return "the time of their leases passed";
    case GuardRule::Operator:
      return "an operator said so";
    default:
      return {};
  }
}

}  // namespace

replication::LossGuardOptions guard_options(const GuardSettings& settings) {
  replication::LossGuardOptions options;
  options.minimum = settings.minimum;
  options.share = settings.share;
  options.services = settings.services;
  options.hold = settings.hold;
  return options;
}

std::string_view name(GuardSide side) { return side == GuardSide::Sender ? "sender" : "receiver"; }

void GuardReport::note(const GuardDecision& decision) {
  dirty_ = true;
  if (const std::string_view reason = end_of_hold(decision); !reason.empty()) release_reason_ = reason;
}

void GuardReport::update(Instant now, const LossGuard& guard, std::size_t changed) {
  status_.held = guard.held();
  status_.unproven = guard.held_by(GuardRule::Unproven);
  status_.memory_lost = guard.held_by(GuardRule::MemoryLost);
  status_.mass_expiry = guard.held_by(GuardRule::MassExpiry);
  status_.mass_orphaned = guard.held_by(GuardRule::MassOrphaned);
  status_.changes = changed;
  if (!guard.holding(now) && changed == 0) return say_released(now);
  say_held(now, guard);
  if (changed > 0) say_changes(now);
  if (dirty_ || !mark_) remember(now, guard);
}

void GuardReport::say_held(Instant now, const LossGuard& guard) {
  for (const GuardRule rule : kHolding) {
    bool& said = said_[static_cast<std::size_t>(rule)];
    if (said || guard.held_by(rule) == 0) continue;
    said = true;
    status_.reason = std::string(replication::name(rule)) + ": " + guard.evidence(now, rule);
    observe(*observer_, now, EventKind::GuardTripped, Severity::Error,
            {{"side", name(side_)},
             {"region", region_},
             {"rule", replication::name(rule)},
             {"held", guard.held_by(rule)},
             {"evidence", guard.evidence(now, rule)}});
  }
}

void GuardReport::say_changes(Instant now) {
  if (said_changed_) return;
  said_changed_ = true;
  const std::string evidence = std::to_string(status_.changes) + " entries of the region point elsewhere at once";
  status_.reason = "mass-change: " + evidence;
  observe(*observer_, now, EventKind::GuardTripped, Severity::Error,
          {{"side", name(side_)},
           {"region", region_},
           {"rule", "mass-change"},
           {"held", status_.changes},
           {"evidence", evidence}});
}

void GuardReport::say_released(Instant now) {
  inherited_until_ = kNever;
  if (!mark_) return;
  observe(*observer_, now, EventKind::GuardReleased, Severity::Info,
          {{"side", name(side_)}, {"region", region_}, {"reason", release_reason_}});
  forget();
}

void GuardReport::remember(Instant now, const LossGuard& guard) {
  dirty_ = false;
  const std::size_t baseline = mark_ ? mark_->baseline : guard.baseline();
  if (!mark_) release_reason_ = "the entries are back";
  Instant until = guard.held() > 0 ? guard.holding_until() : guard.inherited_until();
  if (until == kNever) until = saturating_add(guard.holding_since(), guard.longest_hold());
  mark_ = {side_, region_, true, std::max(until, now), baseline, false, {}};
}

void GuardReport::inherited(Instant now, const LossGuard& guard) {
  if (!guard.is_inherited(now)) return;
  inherited_until_ = guard.inherited_until();
  status_.reason = "the leader before held removals";
  remember(now, guard);
  observe(*observer_, now, EventKind::GuardTripped, Severity::Error,
          {{"side", name(side_)},
           {"region", region_},
           {"rule", "inherited"},
           {"held", std::uint64_t{0}},
           {"evidence", status_.reason}});
}

void GuardReport::forget() {
  status_ = {};
  mark_.reset();
  said_ = {};
  said_changed_ = dirty_ = false;
  inherited_until_ = kNever;
}

}  // namespace syncer::catalog
