// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "syncer/catalog/canary.h"
#include "syncer/catalog/exporter.h"
#include "syncer/catalog/guard_report.h"
#include "syncer/catalog/looks.h"
#include "syncer/catalog/spot_checks.h"
#include "syncer/registry/absences.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::catalog {

/// The sender's guard: a removal whose absence is confirmed leaves the export when a look at the registry, taken after
/// that, speaks for an ordinary removal; else it is held. Tells a LossGuard what the registry shows, looks at the
/// registry when it asks for that, and carries out at the exporter what it decides.
///
/// It judges from its first inventory on: a complete reading past all caches that began after the canary was
/// registered, which proves every entry that it shows. What is removed before was never told to anybody.
class ExportGuard {
 public:
  /// Borrows all but the configuration's settings.
  ExportGuard(const CatalogConfig& config, registry::Driver& driver, registry::PollCycle& cycle,
              const registry::Snapshot& view, registry::Absences& absences, Canary& canary, Exporter& exporter,
              Observer& observer, Random random);

  /// Other options from now on.
  void set_options(const replication::LossGuardOptions& options) { guard_.set_options(options); }
  /// The entry is exported no more, and nothing is to be judged.
  void forget(Instant now, const Bytes& key);
  /// The next reading has to be one past all caches.
  bool wants_inventory() const { return inventory_wanted_; }
  /// The last reading was one, and complete.
  void take_inventory(Instant now);
  /// The current reading shows a native entry that is new, or another than before.
  void seen(Instant now, const Bytes& key, const registry::Entry& entry);
  /// A cache shows the entry as older than the last inventory, which lacked it: it is to be asked for before it is
  /// told.
  bool is_overlooked(Instant now, const Bytes& key, const registry::Entry& entry) const;
  /// Entries that are confirmed absent, all of one reading.
  void absent(Instant now, const std::vector<Bytes>& keys);

  /// An operator's word: what is held goes, and what shows later of the same loss.
  void release(Instant now);
  /// Goes on with the guard of the leader before us.
  void take_over(Instant now, const GuardMark& mark);
  void advance(Instant now);
  Instant next_deadline() const;

  const GuardReport& report() const { return report_; }
  const replication::LossGuard& core() const { return guard_; }

 private:
  replication::Sighting sighting_of(const Bytes& key, const registry::Entry& entry, Instant proven) const;
  Instant registered_at(Instant now, const registry::Entry& entry) const;
  void judge_hidden(Instant now);
  bool is_look_due(Instant now) const;
  Instant next_look() const;
  void on_look(Instant now, const Look& look);
  bool is_worth_another_look(Instant now, const Look& look);
  std::vector<registry::EntryId> witnesses(Instant before) const;
  bool checks_spots() const { return judges_ && ghost_time_ > Duration::zero(); }
  std::optional<registry::EntryId> draw(Random& random) const;
  void on_gone(const registry::EntryId& ref);
  std::optional<registry::EntryId> entry_of(const Bytes& key) const;
  void carry_out(Instant now);
  void carry_out(Instant now, const replication::GuardDecision& decision);

  const CatalogConfig& config_;
  registry::PollCycle& cycle_;
  const registry::Snapshot& view_;
  registry::Absences& absences_;
  Canary& canary_;
  Exporter& exporter_;
  const Duration ghost_time_;
  replication::LossGuard guard_;
  GuardReport report_;
  Looks looks_;
  SpotChecks spot_checks_;
  bool judges_ = false;
  Instant inventory_began_ = Instant::min();
  bool inventory_wanted_ = true;
  bool look_wanted_ = false;
  bool look_failed_ = false;
  Instant look_due_ = Instant::min();  // not sooner
  Instant failing_since_ = kNever;     // looks fail since then
};

}  // namespace syncer::catalog
