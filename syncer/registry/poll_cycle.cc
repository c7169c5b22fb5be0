// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/poll_cycle.h"

#include <algorithm>

#include "syncer/registry/read_pace.h"

namespace syncer::registry {

void PollCycle::begin(Instant now, bool past_caches) {
  started_ = now;
  past_caches_ = past_caches;
  former_ = last_complete_.value_or(Instant::min());
  if (past_caches) parts_.hurry_all(now);
  cycle_problem_.clear();
  open();
}

void PollCycle::doubt(std::string problem) {
  cycle_problem_ = problem.empty() ? "an answer leaves something out" : std::move(problem);
}

void PollCycle::close(Instant now) {
  if (--open_ > 0) return;
  if (parts_.empty())
    conclude(now);
  else
    conclude_parts(now);
  if (!cycle_problem_.empty() && problem_.empty()) {
    observe(observer_, now, EventKind::RegistryRefusal, Severity::Warning,
            {{"op", "read"}, {"reason", cycle_problem_}});
  }
  problem_ = cycle_problem_;
}

void PollCycle::conclude(Instant now) {
  const bool complete = cycle_problem_.empty();
  if (complete) last_complete_ = started_;
  if (complete && past_caches_) last_past_caches_ = started_;
  interval_ = complete ? read_interval(settings_, {.took = now - started_}) : retry_interval(settings_);
  next_ = std::max(now, started_ + interval_);
}

void PollCycle::conclude_parts(Instant now) {
  const auto since = parts_.covered_since();
  if (since) last_complete_ = std::max(since, last_complete_);
  if (since && *since >= started_ && past_caches_) last_past_caches_ = started_;
  // What one reading could not tell stays unknown until it is read again, whatever other parts say meanwhile.
  if (cycle_problem_.empty()) cycle_problem_ = parts_.problem();
  interval_ = parts_.interval();
  next_ = now;
}

}  // namespace syncer::registry
