// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/poll_cycle.h"

#include <algorithm>
#include <chrono>

#include "syncer/base/mutation.h"
#include "syncer/registry/read_pace.h"

namespace syncer::registry {
namespace {

/// Readings past all caches follow each other no closer.
constexpr Duration kPastCaches = std::chrono::seconds(1);
/// No cache hides a removal for longer than its lease and the grace, nor for longer than this.
constexpr Duration kLongestHidden = std::chrono::minutes(10);
constexpr Duration kHiddenGrace = std::chrono::seconds(3);

}  // namespace

void PollCycle::begin(Instant now, bool past_caches) {
  started_ = now;
  bytes_ = 0;
  past_caches_ = past_caches || distrusts_caches(now);
  former_ = last_complete_.value_or(Instant::min());
  if (past_caches_) parts_.hurry_all(now);
  cycle_problem_.clear();
  open();
}

void PollCycle::distrust_caches(Instant now, Duration lease) {
  if (SYNCER_MUTATED("registry.trust_caches_that_hide")) return;
  distrusted_until_ = std::max(distrusted_until_, now + std::min(lease, kLongestHidden) + kHiddenGrace);
}

/// It fetches everything.
Duration PollCycle::interval_past_caches(Instant now) const {
  return std::max(kPastCaches, read_interval(settings_, {.took = now - started_, .bytes = bytes_}));
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

/// Of a reading of the whole: a few requests, so it is their time and bytes that count. What the first readings cost is
/// no reason to wait.
ReadCost PollCycle::cost(Instant now) const {
  ReadCost cost{.took = now - started_};
  if (settled_ && !SYNCER_MUTATED("registry.count_time_alone")) cost.bytes = bytes_;
  return cost;
}

void PollCycle::conclude(Instant now) {
  const bool complete = cycle_problem_.empty();
  if (complete) last_complete_ = started_;
  if (complete && past_caches_) last_past_caches_ = started_;
  interval_ = complete ? read_interval(settings_, cost(now)) : retry_interval(settings_);
  if (distrusts_caches(now)) interval_ = std::max(interval_, interval_past_caches(now));
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
  if (!distrusts_caches(now)) return;
  interval_ = interval_past_caches(now);
  next_ = std::max(now, started_ + interval_);
}

}  // namespace syncer::registry
