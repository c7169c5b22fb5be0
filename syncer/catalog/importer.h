// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/ids.h"
#include "syncer/base/random.h"
#include "syncer/catalog/copy_failures.h"
#include "syncer/catalog/present_copies.h"
#include "syncer/catalog/sizes.h"
#include "syncer/catalog/waiting_copies.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::catalog {

/// Makes the registry hold exactly the copies that other regions desire: compares, for one copy at a time, what is
/// desired with what is present and takes the next single step. Level-triggered: whatever a step comes to, the same
/// comparison decides what is next, so a crash, a lost answer or a doubled one changes nothing.
class Importer {
 public:
  Importer(const CatalogConfig& config, registry::Driver& driver, const registry::Calls& calls,
           registry::PollCycle& cycle, const registry::Snapshot& view, Regions& regions, registry::Leases& leases,
           Observer& observer, Random random);

  void desire(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch,
              Occasion occasion = Occasion::Known);
  void release(Instant now, const std::string& region, const Bytes& key, bool judged);
  /// Releases what belongs to services that are excluded by now: an operator said so, and no guard is asked.
  void release_excluded(Instant now);

  /// Writes are allowed while the registry was read and nobody else writes it.
  void set_enabled(Instant now, bool enabled);

  PresentCopies& present() { return present_; }
  /// That entry is there no more.
  void entry_gone(Instant now, const registry::EntryId& ref) {
    if (failures_.rejected() > 0) failures_.freed(now, driver_.place_of(ref));
  }
  /// Marks are signed by another key from now on: all copies are looked at.
  void seal_again(Instant now) { queue_.push_all(now); }
  /// The registry refused whatever it was asked, and does so no more: what it refuses is tried again now.
  void hurry_refused(Instant now) {
    if (failures_.rejected() > 0) failures_.hurry(now);
  }
  /// Copies of this service may be possible now, or have to wait again: looks at all of them.
  void preparation_changed(const registry::ServiceKey& service);

  void advance(Instant now);
  Instant next_deadline() const;

  /// Timed copies that were written since the last call; the first few.
  std::vector<CopyName> take_written() { return std::exchange(written_, {}); }

  std::size_t copies() const { return present_.size(); }
  std::size_t waiting() const { return queue_.size() + busy_; }
  std::size_t rejected() const { return failures_.rejected(); }
  /// Adds the copies.
  void fill(Sizes& sizes) const {
    sizes.copies = present_.size();
    sizes.busy_counted = busy_;
    sizes.rejected_counted = failures_.rejected();
    sizes.queued = queue_.size();
    sizes.copy_timers = queue_.timers();
  }
  /// Why something is not done yet, for people; at most `limit` of them.
  void explain(std::vector<std::string>& out, std::size_t limit) const {
    explain_waiting(regions_, queue_.unsettled(), out, limit);
  }
  /// Copies without all that their origin says, because this registry has no place for it; the first few.
  std::vector<std::string> cuts(std::size_t limit) const { return explain_cuts(regions_, limit); }
  /// What cannot be written, and why; the first few.
  std::vector<std::string> failures(std::size_t limit) const {
    return explain_failures(regions_, driver_.problems(), limit);
  }

 private:
  /// One copy with everything that is needed to act on it.
  struct Work {
    const CopyName& name;
    RemoteCopies& remote;
    DesiredCopy& copy;
    registry::RecordKey key;
  };
  using Handle = std::function<Result<void>(Instant, Work&)>;

  // The comparison and the step that follows.
  void reconcile(Instant now, const CopyName& name);
  void fulfil(Instant now, Work& work);
  bool is_steered(Instant now, Work& work);
  void fulfil_present(Instant now, Work& work, const registry::SharedPlan& plan, const std::string& id);
  void withdraw(Instant now, Work& work);
  bool waits_for_replacement(Instant now, Work& work);
  void done(Instant now, Work& work);
  std::optional<registry::Aspect> difference(const DesiredCopy& copy, const CopyState& state,
                                             const registry::CopyPlan& plan) const;

  // The steps: each is one call and what its answer means.
  void add(Instant now, Work& work, const registry::ServiceRef& where, const registry::SharedPlan& plan);
  void adapt(Instant now, Work& work, const std::string& id, const registry::SharedPlan& plan, registry::Aspect aspect);
  void change(Instant now, Work& work, const std::string& id, const registry::SharedPlan& plan,
              registry::Aspect aspect);
  void remove(Instant now, Work& work, const std::string& id, std::string_view reason);
  Result<void> on_added(Instant now, Work& work, const registry::ServiceRef& where, const registry::SharedPlan& plan,
                        const Result<registry::EntryId>& entry);
  void verify(Instant now, const CopyName& name, CopyState& state);
  Result<void> on_changed(Instant now, Work& work, const std::string& id, const registry::CopyPlan& plan,
                          registry::Aspect aspect, const Result<void>& success);
  Result<void> on_removed(Instant now, Work& work, const std::string& id, std::string_view reason,
                          const Result<void>& success);
  void distrust_list(Instant now, const registry::EntryId& listed);
  void begin(Work& work) {
    work.copy.busy = true;
    ++busy_;
  }
  void note_written(Work& work);
  void finish(Instant now, const CopyName& name, const Handle& handle);
  void report(Instant now, EventKind kind, const Work& work, const std::string& id, std::string_view reason);

  const CatalogConfig& config_;
  registry::Driver& driver_;
  const registry::Calls& calls_;
  registry::PollCycle& cycle_;
  const registry::Snapshot& view_;
  Regions& regions_;
  registry::Leases& leases_;
  Observer& observer_;
  Random random_;
  CopyQueue queue_;
  CopyFailures failures_;
  PresentCopies present_;
  std::size_t busy_ = 0;
  static constexpr std::size_t kMostWritten = 16;
  std::vector<CopyName> written_;
};

}  // namespace syncer::catalog
