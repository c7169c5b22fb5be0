// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/repeat_filter.h"

#include <gtest/gtest.h>

namespace syncer::daemon {
namespace {

using std::chrono::seconds;

std::optional<std::uint64_t> pass(RepeatFilter& filter, Duration at, EventKind kind, Severity severity,
                                  std::initializer_list<Field> fields) {
  return filter.pass(Event{Instant(at), kind, severity, {fields.begin(), fields.size()}});
}

TEST(RepeatFilter, TheSameTroublePassesOnceAMinuteWithTheNumberLeftOut) {
  RepeatFilter filter;
  const auto down = [&](Duration at) {
    return pass(filter, at, EventKind::RegistryDown, Severity::Warning, {{"address", "a"}, {"attempt", 7}});
  };
  EXPECT_EQ(down(seconds(0)), 0U);
  EXPECT_EQ(down(seconds(1)), std::nullopt);
  EXPECT_EQ(down(seconds(59)), std::nullopt);
  EXPECT_EQ(down(seconds(61)), 2U);
  EXPECT_EQ(down(seconds(62)), std::nullopt);
}

TEST(RepeatFilter, ARecoveryLetsTheNextTroublePassAtOnce) {
  RepeatFilter filter;
  EXPECT_TRUE(pass(filter, seconds(0), EventKind::LinkDown, Severity::Warning, {{"region", "b"}}));
  EXPECT_TRUE(pass(filter, seconds(1), EventKind::LinkUp, Severity::Info, {{"region", "b"}}));
  EXPECT_TRUE(pass(filter, seconds(2), EventKind::LinkDown, Severity::Warning, {{"region", "b"}}));
}

TEST(RepeatFilter, AReasonThatChangedIsLoggedAgainAndAgain) {
  RepeatFilter filter;
  const auto down = [&](int at, const char* reason) {
    return pass(filter, seconds(at), EventKind::RegistryDown, Severity::Warning,
                {{"address", "a"}, {"reason", reason}});
  };
  EXPECT_EQ(down(0, "refused"), 0U);
  EXPECT_EQ(down(1, "refused"), std::nullopt);
  EXPECT_EQ(down(2, "timeout"), 1U);
  EXPECT_EQ(down(3, "refused"), 0U) << "it is refused again, which nobody knows from the log otherwise";
  EXPECT_EQ(down(4, "refused"), std::nullopt);
}

TEST(RepeatFilter, AReasonThatChangesAllTheTimeIsBounded) {
  RepeatFilter filter;
  int lines = 0;
  for (int i = 0; i < 1000; ++i) {
    const char* reason = i % 2 == 0 ? "refused" : "timeout";
    lines +=
        pass(filter, std::chrono::milliseconds(i), EventKind::RegistryDown, Severity::Warning, {{"reason", reason}})
            ? 1
            : 0;
  }
  EXPECT_EQ(lines, 60);
}

TEST(RepeatFilter, DifferentTroublesDoNotHideEachOther) {
  RepeatFilter filter;
  EXPECT_TRUE(pass(filter, seconds(0), EventKind::RegistryDown, Severity::Warning, {{"reason", "refused"}}));
  EXPECT_TRUE(pass(filter, seconds(1), EventKind::RegistryDown, Severity::Warning, {{"reason", "timeout"}}));
  EXPECT_TRUE(pass(filter, seconds(1), EventKind::RegistryRefusal, Severity::Warning, {{"reason", "refused"}}));
}

TEST(RepeatFilter, WhatIsNoTroubleAlwaysPasses) {
  RepeatFilter filter;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(pass(filter, seconds(i), EventKind::MemberJoined, Severity::Info, {{"member", "b"}}));
  }
}

TEST(RepeatFilter, WhoComesAndGoesAllTheTimeFloodsNoLog) {
  for (const EventKind kind : {EventKind::LinkUp, EventKind::ReplicaRebound, EventKind::ReplicaReloaded,
                               EventKind::WayChanged, EventKind::RegionForgotten, EventKind::MemberJoined}) {
    RepeatFilter filter;
    std::uint64_t lines = 0;
    std::uint64_t told = 0;
    for (int i = 0; i < 10'000; ++i) {
      const std::string region = "zz" + std::to_string(i);
      const auto passed =
          pass(filter, std::chrono::milliseconds(i), kind, Severity::Info, {{"region", std::string_view(region)}});
      if (passed) ++lines, told += *passed;
    }
    EXPECT_EQ(lines, 300U) << syncer::name(kind);
    EXPECT_EQ(told, 0U);
    EXPECT_EQ(pass(filter, seconds(60), kind, Severity::Info, {{"region", "east"}}), 9700U) << syncer::name(kind);
  }
}

TEST(RepeatFilter, WhatStrangersDoLeavesRoomForWhatHappensAtHome) {
  RepeatFilter filter;
  for (int i = 0; i < 10'000; ++i) {
    pass(filter, std::chrono::milliseconds(i), EventKind::ReplicaRebound, Severity::Info, {{"region", "zz"}});
  }
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_TRUE(pass(filter, seconds(10), EventKind::CopyRegistered, Severity::Info, {{"key", "a"}}));
    EXPECT_TRUE(pass(filter, seconds(10), EventKind::Exported, Severity::Info, {{"key", "a"}}));
  }
  EXPECT_TRUE(pass(filter, seconds(10), EventKind::LinkUp, Severity::Info, {{"region", "b"}}));
}

TEST(RepeatFilter, RefusedPeersAreOneLinePerReasonAndMinute) {
  RepeatFilter filter;
  const auto refused = [&](Duration at, const std::string& from, const char* reason) {
    return pass(filter, at, EventKind::PeerRefused, Severity::Warning,
                {{"region", "r" + from}, {"node", ""}, {"address", from}, {"reason", reason}});
  };
  EXPECT_EQ(refused(seconds(0), "10.0.0.1:1", "no key"), 0U);
  for (int i = 2; i < 500; ++i) EXPECT_EQ(refused(seconds(1), "10.0.0.1:" + std::to_string(i), "no key"), std::nullopt);
  EXPECT_EQ(refused(seconds(2), "10.0.0.1:1", "not allowed"), 0U);
  EXPECT_EQ(refused(seconds(61), "10.0.0.2:1", "no key"), 498U);
}

TEST(RepeatFilter, WhoMakesUpReasonsFloodsNoLog) {
  RepeatFilter filter;
  int lines = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string made_up = "region " + std::to_string(i);
    lines += pass(filter, std::chrono::milliseconds(i), EventKind::PeerRefused, Severity::Warning,
                  {{"reason", std::string_view(made_up)}})
                 ? 1
                 : 0;
  }
  EXPECT_GT(lines, 60);
  EXPECT_LE(lines, 120) << "100 s are two turns";
}

}  // namespace
}  // namespace syncer::daemon
