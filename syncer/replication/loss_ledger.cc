// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_ledger.h"

#include <algorithm>

#include "syncer/base/sometimes.h"

namespace syncer::replication {

using Kind = GuardDecision::Kind;

void LossLedger::lose(Instant now, Entry& entry) {
  set_timer(entry, kNever);
  window_.set_absent(now, entry);
  open_.insert(entry.number);
}

void LossLedger::come_back(Entry& entry) {
  if (entry.state == State::Held) decide(Kind::Return, static_cast<GuardRule>(entry.rule), entry, Instant{});
  unhold(entry);
  open_.erase(entry.number);
  gone_.erase(entry.number);
  set_timer(entry, kNever);
}

void LossLedger::hold(Instant now, Entry& entry, GuardRule rule, Instant until, GuardDecision::Kind kind) {
  if (held_.empty()) holding_since_ = now;
  unhold(entry);
  if (rule != GuardRule::Unproven) open_.erase(entry.number);
  gone_.erase(entry.number);
  held_.insert(entry.number);
  SYNCER_WATERMARK(held_.size(), "guard.held");
  ++by_rule_[static_cast<std::size_t>(rule)];
  entry.rule = static_cast<std::uint8_t>(rule);
  window_.set_lost_state(entry, State::Held);
  set_timer(entry, until);
  decide(kind, rule, entry, until);
}

void LossLedger::unhold(Entry& entry) {
  if (held_.erase(entry.number) == 0) return;
  wave_.back(std::exchange(entry.wave, 0));
  --by_rule_[entry.rule];
  stalled_.erase(entry.number);
}

void LossLedger::remember(Entry& entry, Instant until) {
  unhold(entry);
  open_.erase(entry.number);
  gone_.insert(entry.number);
  window_.set_lost_state(entry, State::Gone);
  set_timer(entry, until);
  decide(Kind::Remove, GuardRule::Ordinary, entry, until);
}

void LossLedger::let_go(Entry& entry, GuardRule rule) {
  decide(Kind::Remove, rule, entry, Instant{});
  drop(entry);
}

void LossLedger::drop(Entry& entry) {
  unhold(entry);
  open_.erase(entry.number);
  gone_.erase(entry.number);
  set_timer(entry, kNever);
  window_.erase(entry);
}

void LossLedger::set_timer(Entry& entry, Instant due) {
  if (entry.due != kNever) timers_.erase({entry.due, entry.number});
  entry.due = due;
  if (due != kNever) timers_.insert({due, entry.number});
}

LossLedger::Entry* LossLedger::take_due(Instant now) {
  if (timers_.empty() || timers_.begin()->first > now) return nullptr;
  Entry& entry = window_.at(timers_.begin()->second);
  set_timer(entry, kNever);
  return &entry;
}

void LossLedger::decide(Kind kind, GuardRule rule, const Entry& entry, Instant until) {
  decisions_.push_back({kind, rule, Bytes(entry.key), until});
}

Instant LossLedger::holding_until() const {
  Instant until = Instant::min();
  for (const Number number : held_) until = std::max(until, window_.at(number).due);
  return until;
}

void LossLedger::fill(GuardSizes& sizes) const {
  sizes.entries += window_.size();
  sizes.live += window_.live();
  sizes.held += held_.size();
  for (const std::size_t held : by_rule_) sizes.held_by_rules += held;
  sizes.timers += timers_.size();
}

}  // namespace syncer::replication
