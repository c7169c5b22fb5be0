// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/addresses.h"

#include "syncer/base/mutation.h"

namespace syncer::registry {

void Addresses::report(Instant now, const std::string& address, bool vital, const Result<HttpResponse>& answer) {
  if (address != current()) return;  // late news of an address that was already left
  if (!answer) {
    const bool hard = answer.error().code == ErrorCode::Unreachable;
    if (hard || vital) failed(now, hard, to_string(answer.error()));
    return;
  }
  if (answer->status < 500 && answer->status != 429) return answered(now);
  if (vital) failed(now, false, "HTTP " + std::to_string(answer->status));
}

void Addresses::answered(Instant now) {
  failures_ = 0;
  tried_ = 0;
  problem_.clear();
  if (answered_ && !down_) return;
  answered_ = true;
  down_ = false;
  observe(observer_, now, EventKind::RegistryUp, Severity::Info, {{"address", current()}});
}

void Addresses::failed(Instant now, bool hard, std::string problem) {
  problem_ = std::move(problem);
  if (!hard && ++failures_ < kPatience) return;
  failures_ = 0;
  if (++tried_ >= addresses_.size() && !down_) {
    down_ = true;
    observe(observer_, now, EventKind::RegistryDown, Severity::Warning, {{"address", current()}, {"reason", problem_}});
  }
  if (addresses_.size() > 1 && !SYNCER_MUTATED("catalog.no_failover"))
    use(now, (index_ + 1) % addresses_.size(), problem_);
}

void Addresses::use(Instant now, std::size_t index, std::string_view reason) {
  const std::string from = current();
  index_ = index;
  failures_ = 0;
  healthy_probes_ = 0;
  probe_due_ = now + kProbeInterval;
  observe(observer_, now, EventKind::RegistryFailover, Severity::Warning,
          {{"address", current()}, {"from", from}, {"reason", reason}});
}

void Addresses::probed(Instant now, bool healthy) {
  if (index_ == 0) return;
  healthy_probes_ = healthy ? healthy_probes_ + 1 : 0;
  if (healthy_probes_ >= kProbesToReturn) use(now, 0, "the preferred address is healthy again");
}

}  // namespace syncer::registry
