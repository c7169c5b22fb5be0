// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/stamps.h"

#include <gtest/gtest.h>

#include <chrono>

namespace syncer::registry::eureka {
namespace {

using std::chrono::seconds;

const EntryId kCopy{"", "cart", "syncer:west:1"};
constexpr std::uint64_t kFirst = 1'700'000'000'000;  ///< what the server's clock gave the registration

Instant at(int second) { return instant(1) + seconds(second); }

TEST(EurekaStamps, AChangeIsAMomentNewerThanWhatListsShow) {
  Stamps stamps;
  EXPECT_EQ(stamps.next(at(0), kCopy, kFirst), kFirst + 1);
  stamps.registered(at(0), kCopy, 0);
  EXPECT_EQ(stamps.next(at(5), kCopy, kFirst), kFirst + 1) << "it can only be the registration";
}

TEST(EurekaStamps, WhatListsDoNotShowYetIsLeftToTheServersClock) {
  Stamps stamps;
  stamps.registered(at(0), kCopy, 0);
  EXPECT_EQ(stamps.next(at(5), kCopy, 0), 0U);
  EXPECT_EQ(stamps.next(at(40), kCopy, 0), 0U);
}

TEST(EurekaStamps, WhatListsDoNotShowAnyMoreIsLeftToTheServersClock) {
  Stamps stamps;
  stamps.registered(at(0), kCopy, kFirst - 60'000);
  EXPECT_EQ(stamps.next(at(3), kCopy, kFirst - 60'000), 0U);
  EXPECT_EQ(stamps.next(at(6), kCopy, 0), 0U) << "lists of the time between its removal and its registration";
}

TEST(EurekaStamps, AListThatShowsAWriteBeforeTheLastOneIsNotGoneBy) {
  Stamps stamps;
  stamps.registered(at(0), kCopy, 0);
  EXPECT_EQ(stamps.next(at(4), kCopy, 0), 0U);
  const std::uint64_t third = stamps.next(at(10), kCopy, kFirst);
  EXPECT_GT(third, kFirst + 4'000) << "the change is seconds newer than the registration";
  EXPECT_EQ(stamps.next(at(12), kCopy, kFirst), third + 1);
  EXPECT_EQ(stamps.next(at(20), kCopy, kFirst + 4'000), third + 2);
  EXPECT_EQ(stamps.next(at(60), kCopy, third + 2), third + 3) << "by now lists show the last one";
}

}  // namespace
}  // namespace syncer::registry::eureka
