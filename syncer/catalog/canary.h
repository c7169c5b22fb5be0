// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/catalog/config.h"
#include "syncer/ports/observer.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/leases.h"

namespace syncer::catalog {

/// This syncer's own instance in the registry. It shows that the registry keeps what is written to it, and it tells any
/// other syncer that writes the same registry that it is not alone.
class Canary {
 public:
  Canary(const CatalogConfig& config, registry::Driver& driver, const registry::Snapshot& view,
         registry::Leases& leases, Observer& observer, Random random);

  void start(Instant now) { due_ = now; }
  void seen(Instant now, const registry::EntryId& ref);
  /// The list shows an entry of the canaries' service without the mark of a syncer: ours gets its mark back.
  void unmarked(Instant now, const registry::EntryId& ref);
  void missing(Instant now, const registry::EntryId& ref);
  /// False when it is none of ours.
  bool lease_lost(Instant now, const registry::EntryId& ref);
  void advance(Instant now);
  Instant next_deadline() const { return busy_ ? kNever : due_; }

  /// When others could first see us (or the registry refused us for good); a reading that began later would have
  /// shown them.
  std::optional<Instant> announced() const { return announced_; }
  /// Listed, and its heartbeats succeed.
  bool healthy() const;
  /// Registered, but the list does not show it (yet), or with an earlier run's mark that is being replaced.
  bool is_overlooked() const { return registered_ && !(listed_ && (confirmed_ || failures_ > 0)); }
  /// A whole reading that began at `began`, past all caches, overlooked it. Where an earlier run's mark stands although
  /// ours was written before that, the registry has gone back meanwhile: it is written again.
  void read_without(Instant now, Instant began);

  /// The entry that looks at the registry ask for; nothing while it is not registered.
  std::optional<registry::EntryId> entry() const { return registered_ ? own_ : std::nullopt; }
  /// The registry does not want it, though it answers.
  bool is_refused() const { return !registered_ && refused_; }
  /// The last write of it came to nothing.
  bool writes_fail() const { return writes_fail_; }
  /// What the store's answer to a look proves.
  struct Memory {
    Instant since{};         ///< the canary exists since then without a break
    bool went_back = false;  ///< the registry shows an older state than it did
  };
  /// A look that began at `began`, when `counted(began)` was that, showed it.
  Memory shown(Instant began, std::uint64_t counted, const registry::Entry& entry);
  /// When, on our clock, the mark was written that an entry shows; nothing when it is not the last one that we wrote.
  std::optional<Instant> written_at(const registry::Entry& entry) const;
  /// A look showed that it is gone.
  void gone(Instant now);
  /// An application registered: the count in the mark grows soon, so that a state from before is recognised. It is
  /// written after a look, which would show such a state, when count_due() has come.
  void count_registration(Instant now);
  Instant count_due() const { return busy_ || !may_count() ? kNever : count_due_; }
  void write_count(Instant now);
  /// The last count that the registry has confirmed, and shows to everybody by `now`.
  std::uint64_t counted(Instant now) const;
  /// Who else writes this registry, in words; empty when nobody does.
  const std::string& conflict() const { return conflict_; }

  /// Entries that say they are canaries, and that nobody of the pool wrote, in words; the first few.
  std::vector<std::string> forged(std::size_t limit) const;
  /// Marks are signed by another key from now on.
  void seal_again(Instant now);

  /// Removes it; done when withdrawn() is true.
  void withdraw(Instant now);
  bool withdrawn() const { return withdrawn_; }

 private:
  void announce(Instant now);
  void take_over(Instant now);
  void note_written(Instant now, std::uint64_t count);
  void write_again(Instant now);
  bool may_count() const { return registered_ && !stale_ && !usurped_; }
  void remove(Instant now, const registry::EntryId& ref);
  void retry(Instant now, const Error& error);
  void judge(Instant now);
  std::string rival_text() const;
  std::string sharing_text(const registry::CanaryMark& mark) const;
  bool is_own(const registry::EntryId& ref) const { return own_ == ref; }
  bool note_forgery(Instant now, const registry::EntryId& ref, const registry::CanaryMark& mark);
  void rewrite(Instant now);

  const CatalogConfig& config_;
  registry::Driver& driver_;
  const registry::Snapshot& view_;
  registry::Leases& leases_;
  Observer& observer_;
  registry::CanaryMark mark_;
  std::optional<registry::EntryId> own_;  // registered by this run or an earlier one
  bool busy_ = false;
  bool registered_ = false;
  bool listed_ = false;
  bool confirmed_ = false;  // seen in the list as this very process's
  bool usurped_ = false;    // then seen as another process's
  bool stale_ = false;      // listed with an earlier run's mark
  bool withdrawn_ = false;
  bool leaving_ = false;
  Instant due_ = kNever;
  std::uint32_t failures_ = 0;
  std::optional<Instant> announced_;
  bool refused_ = false;
  bool writes_fail_ = false;
  Instant registered_at_ = Instant::min();  // when the last registration was answered
  std::string registration_;                // as the last look showed it
  Instant since_ = Instant::min();
  bool shown_own_ = false;     // a look showed it with our mark
  std::uint64_t counted_ = 0;  // the last one that was confirmed, when that was, and the one before
  Instant counted_at_ = Instant::min();
  std::uint64_t formerly_counted_ = 0;
  Instant count_due_ = kNever;
  Instant count_written_ = Instant::min();
  Instant written_at_ = Instant::min();  // when the last write of a mark was answered, and the count in it
  std::uint64_t written_count_ = 0;
  std::map<registry::EntryId, registry::CanaryMark> others_;
  std::map<registry::EntryId, std::string> forged_;
  std::string conflict_;
};

}  // namespace syncer::catalog
