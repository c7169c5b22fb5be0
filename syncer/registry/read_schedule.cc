// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/read_schedule.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::registry {

void ReadSchedule::add(const std::string& part, Instant due) { parts_.try_emplace(part, Part{.due = due}); }

void ReadSchedule::add_extra(const std::string& part, Instant due) {
  parts_.try_emplace(part, Part{.due = due, .extra = true});
}

bool ReadSchedule::is_due(const std::string& part, Instant now) const {
  const auto found = parts_.find(part);
  return found != parts_.end() && found->second.due <= now;
}

Instant ReadSchedule::next_due() const {
  Instant next = kNever;
  for (const auto& [name, part] : parts_) next = std::min(next, part.due);
  return next;
}

void ReadSchedule::hurry(const std::string& part, Instant due) {
  const auto found = parts_.find(part);
  if (found != parts_.end()) found->second.due = std::min(found->second.due, due);
}

void ReadSchedule::hurry_all(Instant now) {
  for (auto& [name, part] : parts_) part.due = std::min(part.due, now);
}

void ReadSchedule::delay(const std::string& part, Instant due) {
  const auto found = parts_.find(part);
  if (found != parts_.end()) found->second.due = std::max(found->second.due, due);
}

void ReadSchedule::next(const std::string& part, Instant began, Duration interval) {
  const auto found = parts_.find(part);
  if (found == parts_.end()) return;
  found->second.due = began + interval;
  found->second.interval = interval;
}

void ReadSchedule::complete(const std::string& part, Instant began) {
  const auto found = parts_.find(part);
  if (found == parts_.end()) return;
  found->second.complete = began;
  found->second.problem.clear();
}

void ReadSchedule::fail(const std::string& part, Instant retry, std::string problem) {
  const auto found = parts_.find(part);
  if (found == parts_.end()) return;
  found->second.due = retry;
  found->second.problem = std::move(problem);
  if (SYNCER_MUTATED("registry.count_failed_readings")) found->second.complete = retry;
}

std::optional<Instant> ReadSchedule::covered_since() const {
  std::optional<Instant> since;
  for (const auto& [name, part] : parts_) {
    if (part.extra) continue;
    if (!part.complete) return std::nullopt;
    since = since ? std::min(*since, *part.complete) : *part.complete;
  }
  return since;
}

const std::string& ReadSchedule::problem() const {
  static const std::string none;
  for (const auto& [name, part] : parts_) {
    if (!part.problem.empty()) return part.problem;
  }
  return none;
}

Duration ReadSchedule::interval() const {
  Duration longest{};
  for (const auto& [name, part] : parts_) longest = std::max(longest, part.interval);
  return longest;
}

}  // namespace syncer::registry
