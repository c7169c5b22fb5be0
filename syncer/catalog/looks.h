// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "syncer/catalog/canary.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/snapshot.h"
#include "syncer/replication/registry_health.h"

namespace syncer::catalog {

/// What one look at the registry's store showed.
struct Look {
  replication::Proof proof;
  bool went_back = false;                    ///< the store shows an older state than it did
  bool broke = false;                        ///< the canary was registered anew since the look before
  std::vector<registry::EntryId> witnesses;  ///< entries that outlived that
};

/// Looks at the registry past all caches, one at a time: asks for the canary, and where it was registered anew, or the
/// registry refuses it, for a few entries, too, that were known when the canary before was there. That they are there
/// with the registration they had shows that it was the canary's own break, and no loss of memory.
class Looks {
 public:
  using Done = std::function<void(Instant now, const Look& look)>;
  /// Entries that may be witnesses, of those known since before an instant.
  using Candidates = std::function<std::vector<registry::EntryId>(Instant before)>;

  /// Borrows the first three.
  Looks(registry::Driver& driver, const registry::Snapshot& view, Canary& canary, Candidates candidates, Done done)
      : driver_(driver), view_(view), canary_(canary), candidates_(std::move(candidates)), done_(std::move(done)) {}

  bool is_under_way() const { return under_way_; }
  /// To be called while none is under way.
  void begin(Instant now);

 private:
  void on_canary(Instant now, std::uint64_t counted, const registry::Confirmation& answer);
  void ask_witnesses(Instant now, Instant before);
  void on_witness(const registry::EntryId& ref, const registry::Confirmation& answer);
  void end(Instant now);

  registry::Driver& driver_;
  const registry::Snapshot& view_;
  Canary& canary_;
  Candidates candidates_;
  Done done_;
  bool under_way_ = false;
  std::size_t asked_ = 0;
  bool unheard_ = false;  // one of the witnesses asked did not answer
  Look look_;
  Instant told_since_ = Instant::min();  // the canary's age as the last healthy look told
  Instant told_at_ = kNever;             // when it began; kNever: there was none
};

}  // namespace syncer::catalog
