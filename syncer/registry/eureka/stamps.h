// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

#include "syncer/registry/snapshot.h"

namespace syncer::registry::eureka {

/// Which timestamp a change of an own entry carries. A server drops one that is older than what it holds, with the same
/// answer as if it took it, and lists that come from a cache tell what it held before our last registration.
class Stamps {
 public:
  /// It was registered without a timestamp, so the server took that of its clock. `listed`: what lists show; 0:
  /// nothing.
  void registered(Instant now, const EntryId& entry, std::uint64_t listed);
  /// For a change; 0: none, the server's clock is the only one that is known to be late enough.
  std::uint64_t next(Instant now, const EntryId& entry, std::uint64_t listed);

 private:
  struct Registration {
    Instant since;             ///< when it was registered
    Instant at;                ///< of the last write
    std::uint64_t listed = 0;  ///< at the first one
    bool again = false;        ///< the server took that of its clock for a change, too
    std::uint64_t given = 0;   ///< of the last change; 0: its clock's
  };
  void forget_old(Instant now);

  std::map<EntryId, Registration> fresh_;  ///< that a cache may hide still, and some older ones
  Instant swept_{};
};

}  // namespace syncer::registry::eureka
