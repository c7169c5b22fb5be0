// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/poll_cycle.h"

#include <algorithm>

namespace syncer::registry {

void PollCycle::begin(Instant now) {
  started_ = now;
  complete_ = true;
  cycle_problem_.clear();
  open();
}

void PollCycle::doubt(std::string problem) {
  complete_ = false;
  cycle_problem_ = std::move(problem);
}

void PollCycle::close(Instant now) {
  if (--open_ > 0) return;
  if (complete_) last_complete_ = started_;
  if (!complete_ && problem_.empty()) {
    observe(observer_, now, EventKind::RegistryRefusal, Severity::Warning,
            {{"op", "read"}, {"reason", cycle_problem_}});
  }
  problem_ = cycle_problem_;
  // A slow registry is asked less often: reading takes at most a third of its time.
  const Duration interval = std::max<Duration>(settings_.poll_interval, 2 * (now - started_));
  next_ = now + (complete_ ? interval : settings_.poll_interval);
}

}  // namespace syncer::registry
