// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/catalog/present_copies.h"

namespace syncer::catalog {

/// What becomes of a copy whose last step failed: when that step is taken again, and whether the registry refuses it.
class CopyFailures {
 public:
  /// Borrows queue and observer.
  CopyFailures(CopyQueue& queue, Observer& observer, Random random)
      : queue_(queue), observer_(observer), random_(random) {}

  void note(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, const Error& error);
  /// Its last step succeeded, or it is to become another one.
  void forget(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy);
  /// Copies that the registry refuses.
  std::size_t rejected() const { return rejected_; }

 private:
  void reject(Instant now, const CopyName& name, DesiredCopy& copy);

  CopyQueue& queue_;
  Observer& observer_;
  Random random_;
  std::size_t rejected_ = 0;
};

}  // namespace syncer::catalog
