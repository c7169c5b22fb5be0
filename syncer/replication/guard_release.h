// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/hash.h"
#include "syncer/base/time.h"
#include "syncer/replication/guard_rule.h"

namespace syncer::replication {

/// An operator's word that what a guard holds may go: for a while it covers what shows later of the same loss, and no
/// other one.
class GuardRelease {
 public:
  /// `lasts`: for how long.
  explicit GuardRelease(Duration lasts) : lasts_(lasts) {}

  /// Given to this guard while it held for the registry's `trouble`, for a `mass` loss, or for both.
  void grant(Instant now, bool trouble, bool mass);
  /// Given elsewhere for the losses of this region: everything goes until then.
  void allow(Instant until) { allowed_until_ = until; }
  /// `trouble_since`: a trouble of the registry that began after the word was given is another one.
  bool covers(Instant now, GuardRule rule, Instant trouble_since) const;
  void hash(StateHasher& hasher) const;

 private:
  Duration lasts_;
  Instant allowed_until_ = Instant::min();
  Instant granted_at_ = Instant::min();
  bool of_trouble_ = false;
  bool of_mass_ = false;
};

}  // namespace syncer::replication
