// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/catalog/present_copies.h"

namespace syncer::catalog {

/// What becomes of a copy whose last step failed: when that step is taken again, and whether the registry refuses it.
class CopyFailures {
 public:
  /// Borrows regions, queue and observer.
  CopyFailures(Regions& regions, CopyQueue& queue, Observer& observer, Random random)
      : regions_(regions), queue_(queue), observer_(observer), random_(random) {}

  void note(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, const Error& error);
  /// Its last step succeeded, or it is to become another one.
  void forget(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy);
  /// It is refused, and may be because of who is at that place (see Driver::place_of).
  void wait_for(const registry::EntryId& place, const CopyName& name);
  /// The registry refused whatever it was asked, and does so no more: what it refuses is tried again now.
  void hurry(Instant now);
  /// Nobody is at that place any more: those that were refused there are tried again now.
  void freed(Instant now, const registry::EntryId& place);
  /// Copies that the registry refuses.
  std::size_t rejected() const { return rejected_; }

 private:
  void reject(Instant now, const CopyName& name, DesiredCopy& copy);
  void stop_waiting(const CopyName& name);

  Regions& regions_;
  CopyQueue& queue_;
  Observer& observer_;
  Random random_;
  std::size_t rejected_ = 0;
  // Of those whose registration failed.
  std::set<std::pair<registry::EntryId, CopyName>> by_place_;
  std::map<CopyName, registry::EntryId> places_;
};

}  // namespace syncer::catalog
