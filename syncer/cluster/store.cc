// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/store.h"

namespace syncer::cluster {

void ClusterStore::write(Instant now, std::vector<raft::StoreOperation> operations, Done done) {
  for (raft::StoreOperation& operation : operations) steps_.push_back({std::move(operation), nullptr});
  steps_.push_back({std::nullopt, std::move(done)});
  issue(now);
}

void ClusterStore::issue(Instant now) {
  while (!under_way_ && !steps_.empty()) {
    Step step = std::move(steps_.front());
    steps_.pop_front();
    if (!step.operation) {
      step.done(now);
      continue;
    }
    under_way_ = next_call_();
    if (step.operation->append)
      storage_.append(*under_way_, step.operation->key, std::move(step.operation->value));
    else
      storage_.write(*under_way_, step.operation->key, std::move(step.operation->value));
  }
}

Result<bool> ClusterStore::on_stored(Instant now, CallId call, const Result<void>& outcome) {
  if (under_way_ != call) return false;
  under_way_.reset();
  if (!outcome) return tl::unexpected(outcome.error());
  issue(now);
  return true;
}

}  // namespace syncer::cluster
