// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/servicecenter/copy.h"
#include "tests/support/instance_payload.h"

namespace syncer::registry::servicecenter {
namespace {

Bytes payload(const std::string& endpoint) {
  return instance_payload(R"({"endpoints":["rest://)" + endpoint + R"("]})");
}
std::string copy_id(const std::string& region, const std::string& instance, const Bytes& payload) {
  return plan_copy(region, instance, payload).value().id;
}

TEST(PlanMemo, GivesTheSamePlanForTheSameOrigin) {
  PlanMemo memo;
  const auto first = memo.plan("east", "i", payload("1:1"));
  const auto again = memo.plan("east", "i", payload("1:1"));
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
}

TEST(PlanMemo, PlansAnewWhenThePayloadChanged) {
  PlanMemo memo;
  const SharedPlan former = memo.plan("east", "i", payload("1:1")).value();
  const SharedPlan now = memo.plan("east", "i", payload("1:2")).value();
  EXPECT_EQ(now->id, copy_id("east", "i", payload("1:2")));
  EXPECT_NE(now->id, former->id);
}

TEST(PlanMemo, KeepsRegionsAndInstancesApart) {
  PlanMemo memo;
  EXPECT_EQ(memo.plan("dc1", "0i", payload("1:1")).value()->id, copy_id("dc1", "0i", payload("1:1")));
  EXPECT_EQ(memo.plan("dc10", "i", payload("1:1")).value()->id, copy_id("dc10", "i", payload("1:1")));
}

TEST(PlanMemo, SaysEachTimeThatAPayloadIsNone) {
  PlanMemo memo;
  EXPECT_EQ(memo.plan("east", "i", "").error().code, ErrorCode::Invalid);
  EXPECT_EQ(memo.plan("east", "i", "").error().code, ErrorCode::Invalid);
}

TEST(PlanMemo, HasRoomForAFixedNumber) {
  PlanMemo memo;
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(memo.plan("east", std::to_string(i), payload("1:1")));
  EXPECT_LE(memo.size(), PlanMemo::kSlots);
  EXPECT_EQ(memo.plan("east", "0", payload("1:1")).value()->id, copy_id("east", "0", payload("1:1")));
}

}  // namespace
}  // namespace syncer::registry::servicecenter
