// SPDX-License-Identifier: Apache-2.0
#include "tests/study/chaos.h"

#include <gtest/gtest.h>

namespace study {
namespace {

TEST(Pool, IsCalmInTimeAfterChaos) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Calm calm = calm_after(seed);
    EXPECT_TRUE(calm.in_time) << "seed " << seed << ": " << calm.disagreement;
  }
}

}  // namespace
}  // namespace study
