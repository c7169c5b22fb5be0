// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {
namespace {

std::string text(const std::string& id, const std::string& status) {
  return R"({"instanceId":")" + id + R"(","serviceId":"0123456789012345678901234567890123456789","hostName":"host",)" +
         R"("endpoints":["rest://10.1.0.7:8000"],"status":")" + status + R"("})";
}

TEST(InstanceMemo, GivesTheSameInstanceForTheSameText) {
  InstanceMemo memo;
  const auto first = memo.read(text("i", "UP"));
  const auto again = memo.read(text("i", "UP"));
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
}

TEST(InstanceMemo, ReadsAChangedInstanceAnew) {
  InstanceMemo memo;
  const auto first = memo.read(text("i", "UP"));
  EXPECT_EQ(memo.read(text("i", "DOWN")).value()->status, "DOWN");
  EXPECT_EQ(first.value()->status, "UP");
}

TEST(InstanceMemo, RemembersNothingThatIsNoInstance) {
  InstanceMemo memo;
  EXPECT_FALSE(memo.read("{"));
  EXPECT_EQ(memo.read("7").value(), nullptr);
  EXPECT_EQ(memo.size(), 0U);
}

TEST(InstanceMemo, KeepsNothingAliveAndForgetsWhatIsGone) {
  InstanceMemo memo;
  std::weak_ptr<const Entry> gone = memo.read(text("gone", "UP")).value();
  EXPECT_TRUE(gone.expired());
  const SharedEntry held = memo.read(text("held", "UP")).value();
  for (int i = 0; i < 10'000; ++i) static_cast<void>(memo.read(text(std::to_string(i), "UP")));
  EXPECT_LE(memo.size(), 64U);
  EXPECT_EQ(memo.read(text("held", "UP")).value(), held);
}

TEST(InstanceMemo, KeepsAtMostAsManyGoneOnesAsThereAreHeld) {
  InstanceMemo memo;
  std::vector<SharedEntry> held;
  for (int i = 0; i < 100; ++i) held.push_back(memo.read(text("held" + std::to_string(i), "UP")).value());
  for (int i = 0; i < 1000; ++i) {
    static_cast<void>(memo.read(text(std::to_string(i), "UP")));
    ASSERT_LE(memo.size(), 2 * held.size());
  }
}

}  // namespace
}  // namespace syncer::registry::servicecenter
