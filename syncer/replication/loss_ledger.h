// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"
#include "syncer/replication/guard_rule.h"
#include "syncer/replication/loss_wave.h"
#include "syncer/replication/loss_window.h"
#include "syncer/replication/sizes.h"

namespace syncer::replication {

/// What the owner of the entries has to do, in this order.
struct GuardDecision {
  enum class Kind : std::uint8_t {
    Remove,   ///< the entry goes; its record is kept until `until`, because it may have to be restored
    Hold,     ///< the entry stays, until `until` or a later decision
    Restore,  ///< a removed entry is shown again, and held
    Return,   ///< a held entry is in the registry again
    Confirm   ///< a listed entry seems to be replaced: ask the registry for it by its id, past the caches
  };
  Kind kind = Kind::Remove;
  GuardRule rule = GuardRule::Ordinary;
  Bytes key;
  Instant until{};
  bool operator==(const GuardDecision&) const = default;
};

/// The entries of a guard with what became of the lost ones: not judged yet (open), held, or gone but remembered; each
/// with one timer at most. Knows no reasons. What its owner has to do queues up as decisions.
class LossLedger {
 public:
  using Number = LossWindow::Number;
  using Entry = LossWindow::Entry;
  using State = LossWindow::State;

  LossWindow& window() { return window_; }
  const LossWindow& window() const { return window_; }
  /// Of the last mass loss.
  LossWave& wave() { return wave_; }
  const LossWave& wave() const { return wave_; }

  /// It is absent since now, and waits for a judgement.
  void lose(Instant now, Entry& entry);
  /// It is there again.
  void come_back(Entry& entry);
  /// Its removal waits until then; `kind` is Hold, or Restore for one that was let go. One that nothing is known of yet
  /// (Unproven) stays open.
  void hold(Instant now, Entry& entry, GuardRule rule, Instant until, GuardDecision::Kind kind);
  /// It is to be judged again.
  void reopen(const Entry& entry) { open_.insert(entry.number); }
  /// Removed, but until then it counts as a loss and may have to come back.
  void remember(Entry& entry, Instant until);
  /// Removed and forgotten.
  void let_go(Entry& entry, GuardRule rule);
  /// Forgotten without a decision.
  void drop(Entry& entry);
  /// Its time passed while the registry was not healthy.
  void stall(const Entry& entry) { stalled_.insert(entry.number); }
  std::set<Number> take_stalled() { return std::exchange(stalled_, {}); }

  void set_timer(Entry& entry, Instant due);
  Instant next_deadline() const { return timers_.empty() ? kNever : timers_.begin()->first; }
  /// An entry whose timer was due, which has none any more; nullptr: none is.
  Entry* take_due(Instant now);

  void decide(GuardDecision::Kind kind, GuardRule rule, const Entry& entry, Instant until);
  std::vector<GuardDecision> take_decisions() { return std::exchange(decisions_, {}); }

  const std::set<Number>& open() const { return open_; }
  const std::set<Number>& held() const { return held_; }
  const std::set<Number>& gone() const { return gone_; }
  std::size_t held_by(GuardRule rule) const { return by_rule_[static_cast<std::size_t>(rule)]; }
  /// Since when without a pause; only meaningful while something is held.
  Instant holding_since() const { return holding_since_; }
  /// When the last of what is held goes.
  Instant holding_until() const;
  /// Adds what it knows.
  void fill(GuardSizes& sizes) const;

 private:
  void unhold(Entry& entry);

  LossWindow window_;
  LossWave wave_;
  std::set<std::pair<Instant, Number>> timers_;  // of fresh arrivals, held losses and remembered ones
  std::set<Number> open_;                        // absent and not judged, or held because nothing could be proven
  std::set<Number> held_;
  std::set<Number> gone_;
  std::set<Number> stalled_;
  std::array<std::size_t, kGuardRules> by_rule_{};  // held ones
  std::vector<GuardDecision> decisions_;
  Instant holding_since_{};
};

}  // namespace syncer::replication
