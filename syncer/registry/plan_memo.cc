// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/plan_memo.h"

#include "syncer/base/mutation.h"

namespace syncer::registry {

Result<SharedPlan> PlanMemo::plan(const std::string& region, const std::string& instance, ByteView payload) {
  const std::uint64_t name = hash64(instance, hash64(region));
  Hash128 print = hash128(payload, name);
  if (SYNCER_MUTATED("registry.plan_of_former_payload")) print = {name, 0};
  Slot& slot = slots_[name % kSlots];
  if (slot.plan && slot.print == print) return slot.plan;
  auto plan = plan_copy(region, instance, payload);
  if (!plan) return tl::make_unexpected(plan.error());
  slot = {print, std::make_shared<const CopyPlan>(std::move(*plan))};
  return slot.plan;
}

}  // namespace syncer::registry
