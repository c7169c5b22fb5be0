// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/looks.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::catalog {

using registry::Confirmation;
using registry::EntryId;
using registry::Presence;

void Looks::begin(Instant now) {
  under_way_ = true;
  look_ = {};
  look_.proof.checked_at = now;
  const auto canary = canary_.entry();
  if (canary) {
    driver_.confirm(now, *canary, [this, counted = canary_.counted(now)](Instant at, const Confirmation& answer) {
      on_canary(at, counted, answer);
    });
  } else if (canary_.is_refused()) {
    ask_witnesses(now, now);
  } else {
    end(now);
  }
}

void Looks::on_canary(Instant now, std::uint64_t counted, const Confirmation& answer) {
  if (answer.presence == Presence::Absent) canary_.gone(now);
  if (answer.presence != Presence::Present) return end(now);
  const Canary::Memory memory = canary_.shown(look_.proof.checked_at, counted, *answer.entry);
  look_.proof.healthy = true;
  look_.proof.continuous_since = memory.since;
  look_.went_back = memory.went_back && !SYNCER_MUTATED("catalog.overlook_an_older_state");
  look_.broke = memory.since != told_since_;
  if (!look_.broke || look_.went_back) return end(now);
  ask_witnesses(now, std::min(memory.since, told_at_));
}

void Looks::ask_witnesses(Instant now, Instant before) {
  const std::vector<EntryId> candidates = candidates_(before);
  unheard_ = false;
  if (candidates.empty()) return end(now);
  asked_ = candidates.size();
  for (const EntryId& ref : candidates) {
    driver_.confirm(now, ref, [this, ref](Instant at, const Confirmation& answer) {
      on_witness(ref, answer);
      if (--asked_ == 0) end(at);
    });
  }
}

void Looks::on_witness(const EntryId& ref, const Confirmation& answer) {
  const registry::SeenEntry* known = view_.entry(ref);
  unheard_ = unheard_ || answer.presence == Presence::Unknown;
  if (answer.presence != Presence::Present || known == nullptr) return;
  const std::string& registration = known->entry->registration;
  if (!registration.empty() && registration == answer.entry->registration) look_.witnesses.push_back(ref);
}

/// Where the registry has no room for a canary, the witnesses are all there is. Where none of them answered, the look
/// came to nothing.
void Looks::end(Instant now) {
  under_way_ = false;
  if (canary_.is_refused() && !look_.witnesses.empty()) look_.proof.healthy = true;
  if (std::exchange(unheard_, false) && look_.witnesses.empty()) look_.proof.healthy = look_.broke = false;
  if (look_.proof.healthy) {
    told_since_ = look_.proof.continuous_since;
    told_at_ = look_.proof.checked_at;
  }
  done_(now, look_);
}

}  // namespace syncer::catalog
