// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"
#include "syncer/base/time.h"
#include "syncer/replication/guard_release.h"
#include "syncer/replication/guard_rule.h"
#include "syncer/replication/loss_wave.h"
#include "syncer/replication/loss_window.h"
#include "syncer/replication/registry_health.h"
#include "syncer/replication/sizes.h"

namespace syncer::replication {

struct LossGuardOptions {
  std::size_t minimum = 6;                      ///< a smaller net loss is never a mass loss
  Ratio share = {1, 2};                         ///< nor is one of a smaller share of the region
  std::size_t services = 2;                     ///< nor one that strikes fewer services
  Duration hold = std::chrono::minutes(10);     ///< upper bound; an entry is held for its own lease
  Duration grace = std::chrono::seconds(3);     ///< beyond the lease: what came back in time has to be seen, too
  Duration release = std::chrono::seconds(60);  ///< an operator's release covers later parts of the same loss so long
};

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

/// Tells ordinary removals from a loss by evidence, and holds what a loss took as long as its applications need to come
/// back. One per (side, region). Ordinary removals pass at any rate; docs/architecture.md has the table of situations.
///
/// The sender's side reports what its registry shows: put(), absent() for absences that the registry confirmed by id,
/// and after each of those a prove() whose look began later: only then it is judged, together with all others that the
/// look covers. The receiver's side reports removals of the running epoch with forget() (its origin judged them) and
/// those of a new epoch with orphaned(), all of one epoch at once and after what the epoch has; its proofs say whether
/// the origin calls itself healthy. Decisions queue up until take_decisions(). Every event costs O(log n).
/// Memory: the live entries, what is held, and the losses of half a lease.
class LossGuard {
 public:
  struct Absence {
    Bytes key;
    Instant proven = Instant::min();  ///< as of Sighting: when the store held it last
  };

  explicit LossGuard(LossGuardOptions options) : options_(options), release_(options.release) {}

  /// Other options from now on; what is held already stays held as long as it was.
  void set_options(const LossGuardOptions& options) { options_ = options; }

  /// The entry is there: new, changed, or back.
  void put(Instant now, const Sighting& sighting);
  /// All that is confirmed absent by now. Unknown keys and those that are absent already count for nothing.
  void absent(Instant now, std::span<const Absence> absences);
  /// A look at the registry. An older one than the last is ignored.
  void prove(Instant now, const Proof& proof);
  /// The registry's revision fell, or it shows an entry again that it had confirmed gone, with its old registration.
  /// To be called before the proof of the same look.
  void went_back(Instant now) { registry_.went_back(now); }
  /// An uncached look at `proven` showed the entry with the registration it had before. The canary's break then was its
  /// own, as after a cut between registry and syncer: a registry that lost its memory would have lost this one, too.
  /// Best called before the proof of the same look.
  void witness(Instant now, ByteView key, Instant proven);
  /// Entries that a new epoch's complete set lacks. While the origin is not proven healthy they wait. `suspect`: the
  /// origin's own guard held removals when the epoch before ended, so they are held however few they are.
  void orphaned(Instant now, std::span<const Bytes> keys, bool suspect = false);
  /// The entry is gone and nothing is to be judged.
  void forget(ByteView key);

  /// An operator's command: all that is held goes, and what shows later of the same loss.
  void release(Instant now);
  /// An operator let losses of this region go elsewhere; so does this guard until then.
  void allow(Instant until) { release_.allow(until); }
  /// The leader before this one holds removals until `until`; `baseline` entries were live or held. Until then, or
  /// until the region is back, what is lost is lost with them; orphans go when the leader before would let them go.
  void inherit(Instant until, std::size_t baseline);

  /// What became due.
  void advance(Instant now);
  Instant next_deadline() const { return timers_.empty() ? kNever : timers_.begin()->first; }
  std::vector<GuardDecision> take_decisions() { return std::exchange(decisions_, {}); }

  /// Absences wait for a look at the registry that begins now or later.
  bool needs_proof() const { return !open_.empty(); }
  std::size_t held() const { return held_.size(); }
  std::size_t held_by(GuardRule rule) const { return by_rule_[static_cast<std::size_t>(rule)]; }
  bool holds(ByteView key) const;
  /// It is known and not lost.
  bool lives(ByteView key) const;
  bool is_inherited(Instant now) const;
  /// When that ends at the latest.
  Instant inherited_until() const { return inherited_until_; }
  /// Something is held, or the leader before held it and the region is not back.
  bool holding(Instant now) const { return !held_.empty() || is_inherited(now); }
  /// An entry is never held longer than this, the grace left out.
  Duration longest_hold() const { return options_.hold; }
  /// Since when without a pause; only meaningful while something is held.
  Instant holding_since() const { return holding_since_; }
  /// When the last of what is held goes at the latest; kNever while the registry is not healthy.
  Instant holding_until() const;
  /// Entries that live or are held: the baseline for the next leader.
  std::size_t baseline() const { return window_.live() + held_.size(); }
  /// What speaks for the rule now, in words: "9 of 12 entries are gone, ...".
  std::string evidence(Instant now, GuardRule rule) const;
  const LossWindow& window() const { return window_; }
  /// Live entries that may be witnesses of a break of the canary after `before`: see witness().
  std::vector<Bytes> witnesses(std::size_t count, Instant before) const { return window_.youngest(count, before); }
  /// Adds what it knows.
  void fill(GuardSizes& sizes) const {
    sizes.entries += window_.size();
    sizes.live += window_.live();
    sizes.held += held_.size();
    for (const std::size_t held : by_rule_) sizes.held_by_rules += held;
    sizes.timers += timers_.size();
  }
  void hash(StateHasher& hasher) const;

 private:
  using Number = LossWindow::Number;
  using Entry = LossWindow::Entry;
  using State = LossWindow::State;

  void arrive(Instant now, const Sighting& sighting);
  void come_back(Instant now, Entry& entry, const Sighting& sighting);
  void replace(Entry& lost, Entry& by);
  void lose(Instant now, ByteView key, Instant proven, bool orphan, std::vector<Number>& lost);
  void look_for_successors(Instant now, const std::vector<Number>& lost);
  void hold_unproven(Instant now);
  void resume();
  void judge(Instant now);
  void judge_breadth(Instant now, const std::vector<Number>& batch, GuardRule rule);
  void hold_suspect(Instant now, Entry& entry, GuardRule rule, bool founds);
  bool joins_mass_loss(Instant now) const;
  void restore_the_first(Instant now, bool founds);
  void found(Instant now, Entry& entry);
  bool is_mass_loss(GuardRule rule) const;
  bool is_memory_lost(Instant now, const Entry& entry) const;
  bool could_have_expired(const Entry& entry) const;
  bool is_released(Instant now, GuardRule rule) const { return release_.covers(now, rule, registry_.trouble_since()); }
  Duration hold_time(const Entry& entry) const;
  Duration wave_time(const Entry& entry) const;
  Instant held_until(const Entry& entry, GuardRule rule) const;
  void hold(Instant now, Entry& entry, GuardRule rule, Instant until, GuardDecision::Kind kind);
  void let_go(Entry& entry, GuardRule rule);
  void remember_loss(Entry& entry);
  void unhold(Entry& entry);
  void drop(Entry& entry);
  void set_timer(Entry& entry, Instant due);
  void expire(Instant now, Entry& entry);
  void decide(GuardDecision::Kind kind, GuardRule rule, const Entry& entry, Instant until);

  LossGuardOptions options_;
  LossWindow window_;
  RegistryHealth registry_;
  GuardRelease release_;
  std::set<std::pair<Instant, Number>> timers_;  // of fresh arrivals, held losses and remembered ones; one an entry
  std::set<Number> open_;                        // absent and not judged, or held because nothing could be proven
  std::set<Number> held_;
  std::set<Number> gone_;
  std::set<Number> stalled_;                        // their time passed while the registry was not healthy
  std::array<std::size_t, kGuardRules> by_rule_{};  // held ones
  std::vector<GuardDecision> decisions_;
  Instant holding_since_{};

  LossWave wave_;              // of the last mass loss
  std::size_t inherited_ = 0;  // baseline of the leader before
  Instant inherited_until_ = Instant::min();
  bool suspects_orphans_ = false;  // those that are not judged yet
};

}  // namespace syncer::replication
