// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/registry/driver.h"

namespace syncer::catalog {

/// Finds out when the registry's lists hide removals. When nearly all entries are removed at once, a registry may take
/// that for a fault of its own, and go on listing them, and whatever is removed meanwhile, for the life of their leases
/// (self-preservation): such a list shows nothing missing. So one listed entry after the other, drawn at random, is
/// asked for by its id, past the caches: where nearly all are gone, one of the first draws is, and a registry of any
/// size costs the same.
class SpotChecks {
 public:
  /// One of those that the last readings showed; nothing when there is none.
  using Draw = std::function<std::optional<registry::EntryId>(Random& random)>;
  /// The store lacks it.
  using Gone = std::function<void(Instant now, const registry::EntryId& entry)>;

  /// Borrows the driver.
  SpotChecks(registry::Driver& driver, Random random, Draw draw, Gone gone)
      : driver_(driver), random_(random), draw_(std::move(draw)), gone_(std::move(gone)) {}

  /// `interval`: time between two readings of a list.
  void advance(Instant now, Duration interval);
  Instant next_deadline() const { return asking_ ? kNever : due_; }

 private:
  registry::Driver& driver_;
  Random random_;
  Draw draw_;
  Gone gone_;
  bool asking_ = false;
  Instant due_ = Instant::min();
};

}  // namespace syncer::catalog
