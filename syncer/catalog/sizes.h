// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "syncer/registry/sizes.h"
#include "syncer/replication/sizes.h"

namespace syncer::catalog {

/// How much the part holds right now, for those who watch that what is taken is given back. Of what is counted apart
/// from where it is kept, both numbers: they are equal at every moment between two inputs.
struct Sizes {
  registry::Sizes registry = {};
  registry::DriverSizes driver = {};
  std::size_t exported = 0;          ///< instances
  std::size_t exported_counted = 0;  ///< of the services that are exported
  std::size_t exported_records = 0;  ///< instances, and what belongs to their services
  std::size_t untold = 0;            ///< changes of these that were not taken yet
  std::size_t restorable = 0;        ///< removed ones that may have to come back ...
  std::size_t restorable_timers = 0;
  std::size_t copies = 0;        ///< believed to be present
  std::size_t desired = 0;       ///< of all regions, with those whose removal is not done
  std::size_t busy = 0;          ///< of these, those with a call under way ...
  std::size_t busy_counted = 0;  ///< ... and as counted
  std::size_t rejected = 0;      ///< that the registry refuses ...
  std::size_t rejected_counted = 0;
  std::size_t queued = 0;  ///< copies that wait for their turn
  std::size_t copy_timers = 0;
  replication::GuardSizes guards = {};  ///< of both sides
  std::size_t regions = 0;              ///< of which something is known
  std::size_t touched = 0;              ///< copies that are to be looked at
  std::size_t unfit = 0;                ///< own instances that no other registry could hold
};

}  // namespace syncer::catalog
