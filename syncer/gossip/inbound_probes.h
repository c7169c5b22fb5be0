// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/time.h"

namespace syncer::gossip {

/// Whether anybody reaches us at the address that we announce: each member is probed once an interval on average, so
/// one that reaches others, again and again, and is never probed itself announces an address that does not lead to it.
class InboundProbes {
 public:
  /// We reached another one.
  void exchanged(Instant now);
  /// Somebody probed us.
  void probed() { unprobed_since_ = kNever; }
  bool are_missing(Instant now, Duration probe_interval) const;

 private:
  Instant unprobed_since_ = kNever;  ///< our first exchange with another after the last probe
  Instant last_exchange_{};
};

}  // namespace syncer::gossip
