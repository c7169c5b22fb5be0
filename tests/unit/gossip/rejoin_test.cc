// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/rejoin.h"

#include <gtest/gtest.h>

namespace syncer::gossip {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

MemberInfo member(std::size_t number) {
  MemberInfo info;
  info.name = "m" + std::to_string(number);
  return info;
}

TEST(FailedMembers, AreKeptUpToALimitAndTheFirstToFailIsForgotten) {
  const Instant start = instant(1'000'000'000'000);
  FailedMembers failed(seconds(10), hours(24), Random(1), start);
  for (std::size_t i = 0; i < FailedMembers::kMost; ++i) failed.add(start + seconds(i), member(i));
  failed.add(start + seconds(5000), member(0));  // failed again: now the newest
  failed.add(start + seconds(5001), member(9999));
  EXPECT_EQ(failed.size(), FailedMembers::kMost);
  std::size_t kept = 0;
  failed.for_each([&](const MemberInfo& m) { kept += m.name == "m0" || m.name == "m9999" ? 1 : 0; });
  EXPECT_EQ(kept, 2U);
  failed.for_each([](const MemberInfo& m) { EXPECT_NE(m.name, "m1"); });
}

}  // namespace
}  // namespace syncer::gossip
