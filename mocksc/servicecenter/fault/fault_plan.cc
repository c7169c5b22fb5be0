// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/fault_plan.h"

#include <algorithm>

namespace mocksc {

FaultId FaultPlan::add(Fault fault) {
  faults_[next_] = Entry{std::move(fault), random_.next()};
  return next_++;
}

void FaultPlan::advance(syncer::Instant now) {
  for (auto it = faults_.begin(); it != faults_.end();) {
    it = it->second.fault.until <= now ? faults_.erase(it) : std::next(it);
  }
}

syncer::Instant FaultPlan::next_deadline() const {
  syncer::Instant first = syncer::kNever;
  for (const auto& [id, entry] : faults_) first = std::min(first, entry.fault.until);
  return first;
}

const FaultPlan::Entry* FaultPlan::find(FaultKind kind, std::size_t frontend) const {
  for (const auto& [id, entry] : faults_) {
    const bool touches = !entry.fault.frontend || *entry.fault.frontend == frontend;
    if (entry.fault.kind == kind && touches) return &entry;
  }
  return nullptr;
}

}  // namespace mocksc
