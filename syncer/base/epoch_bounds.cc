// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/epoch_bounds.h"

#include "syncer/base/mutation.h"

namespace syncer {

bool in_bounds(Epoch epoch) {
  if (SYNCER_MUTATED("epoch.believe_any")) return true;
  return epoch.generation < kEpochPartEnd && epoch.term < kEpochPartEnd;
}

bool leaps_beyond(Epoch known, Epoch next) {
  if (SYNCER_MUTATED("epoch.believe_any")) return false;
  const bool generation = next.generation > known.generation && next.generation - known.generation > kMaxGenerationLeap;
  const bool term = next.term > known.term && next.term - known.term > kMaxTermLeap;
  return generation || term;
}

}  // namespace syncer
