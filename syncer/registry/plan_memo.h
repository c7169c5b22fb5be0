// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "syncer/base/hash.h"
#include "syncer/registry/copy.h"

namespace syncer::registry {

using SharedPlan = std::shared_ptr<const CopyPlan>;

/// plan_copy() with a memory: a copy is compared with its origin several times while it is being written. A plan
/// depends on nothing but what is asked with, so a remembered one is never outdated; there is room for a fixed number.
class PlanMemo {
 public:
  /// As plan_copy().
  Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload);
  std::size_t size() const { return slots_.size(); }
  static constexpr std::size_t kSlots = 1024;

 private:
  struct Slot {
    Hash128 print;  ///< of all that was asked with
    SharedPlan plan;
  };
  std::map<std::uint64_t, Slot> slots_;  // by hash of the name, modulo kSlots
};

}  // namespace syncer::registry
