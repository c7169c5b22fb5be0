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
#include "syncer/replication/loss_ledger.h"
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
  Instant next_deadline() const { return ledger_.next_deadline(); }
  std::vector<GuardDecision> take_decisions() { return ledger_.take_decisions(); }

  /// Absences wait for a look at the registry that begins now or later.
  bool needs_proof() const { return !ledger_.open().empty(); }
  std::size_t held() const { return ledger_.held().size(); }
  std::size_t held_by(GuardRule rule) const { return ledger_.held_by(rule); }
  bool holds(ByteView key) const;
  /// It is known and not lost.
  bool lives(ByteView key) const;
  bool is_inherited(Instant now) const;
  /// When that ends at the latest.
  Instant inherited_until() const { return inherited_until_; }
  /// Something is held, or the leader before held it and the region is not back.
  bool holding(Instant now) const { return held() > 0 || is_inherited(now); }
  /// An entry is never held longer than this, the grace left out.
  Duration longest_hold() const { return options_.hold; }
  /// Since when without a pause; only meaningful while something is held.
  Instant holding_since() const { return ledger_.holding_since(); }
  /// When the last of what is held goes at the latest; kNever while the registry is not healthy.
  Instant holding_until() const { return ledger_.holding_until(); }
  /// Entries that live or are held: the baseline for the next leader.
  std::size_t baseline() const { return window().live() + held(); }
  /// What speaks for the rule now, in words: "9 of 12 entries are gone, ...".
  std::string evidence(Instant now, GuardRule rule) const;
  const LossWindow& window() const { return ledger_.window(); }
  /// Live entries that may be witnesses of a break of the canary after `before`: see witness().
  std::vector<Bytes> witnesses(std::size_t count, Instant before) const { return window().youngest(count, before); }
  /// Adds what it knows.
  void fill(GuardSizes& sizes) const { ledger_.fill(sizes); }
  void hash(StateHasher& hasher) const;

 private:
  using Number = LossWindow::Number;
  using Entry = LossWindow::Entry;
  using State = LossWindow::State;

  LossWindow& entries() { return ledger_.window(); }
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
  void remember_loss(Entry& entry);
  void expire(Instant now, Entry& entry);

  LossGuardOptions options_;
  LossLedger ledger_;
  RegistryHealth registry_;
  GuardRelease release_;
  std::size_t inherited_ = 0;  // baseline of the leader before
  Instant inherited_until_ = Instant::min();
  bool suspects_orphans_ = false;  // those that are not judged yet
};

}  // namespace syncer::replication
