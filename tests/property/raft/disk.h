// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/raft/store.h"

namespace syncer::raft::property {

/// One node's disk: writes wait until they complete in order; a power cut keeps, loses or cuts the one in progress.
class Disk {
 public:
  void issue(const std::vector<StoreOperation>& operations) {
    pending_.insert(pending_.end(), operations.begin(), operations.end());
  }
  bool busy() const { return !pending_.empty(); }
  /// Makes the oldest write durable; true when it was the last.
  bool complete_one() {
    apply(pending_.front());
    pending_.pop_front();
    return pending_.empty();
  }
  void complete_all() {
    while (busy()) complete_one();
  }
  void cut_power(Random& random) {
    if (busy()) half_apply(pending_.front(), random);
    pending_.clear();
  }
  StoreImage image() const { return {durable_.begin(), durable_.end()}; }
  /// For storage faults.
  Bytes& value(std::string_view key) { return durable_[key]; }
  void erase(std::string_view key) { durable_.erase(key); }

 private:
  void apply(const StoreOperation& operation) {
    if (!operation.append) durable_[operation.key].clear();
    durable_[operation.key] += operation.value;
  }

  void half_apply(const StoreOperation& operation, Random& random) {
    const std::size_t kept = random.below(operation.value.size() + 1);
    if (operation.append) {
      durable_[operation.key] += operation.value.substr(0, kept);
    } else if (kept == operation.value.size()) {
      apply(operation);
    }
  }

  std::map<std::string_view, Bytes> durable_;
  std::deque<StoreOperation> pending_;
};

}  // namespace syncer::raft::property
