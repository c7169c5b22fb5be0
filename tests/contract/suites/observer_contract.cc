// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/contract/suites/harness.h"

namespace contract {
namespace {

using syncer::EventKind;
using syncer::Severity;

constexpr EventKind kKinds[] = {
#define CONTRACT_KIND(kind, text) EventKind::kind,
    SYNCER_EVENT_KINDS(CONTRACT_KIND)
#undef CONTRACT_KIND
};
constexpr Severity kSeverities[] = {Severity::Trace, Severity::Debug, Severity::Info, Severity::Warning,
                                    Severity::Error};

TEST_P(ObserverContract, InfoAndAboveIsAlwaysWanted) {
  for (const Severity severity : {Severity::Info, Severity::Warning, Severity::Error}) {
    EXPECT_TRUE(harness_->observer().wants(severity)) << static_cast<int>(severity);
  }
}

TEST_P(ObserverContract, WhoWantsASeverityWantsAllThatMattersMore) {
  bool wanted = false;
  for (const Severity severity : kSeverities) {
    EXPECT_TRUE(!wanted || harness_->observer().wants(severity)) << static_cast<int>(severity);
    wanted = wanted || harness_->observer().wants(severity);
  }
}

TEST_P(ObserverContract, AnEventOfEveryKindIsTakenOnce) {
  for (const EventKind kind : kKinds) {
    observe(harness_->observer(), syncer::Instant{}, kind, Severity::Info, {{"region", "east"}, {"count", 1}});
  }
  for (const EventKind kind : kKinds) EXPECT_EQ(harness_->taken(kind), 1U) << name(kind);
}

TEST_P(ObserverContract, TheSameEventTwiceIsTwoEvents) {
  for (int i = 0; i < 2; ++i) {
    observe(harness_->observer(), syncer::Instant{}, EventKind::RegistryDown, Severity::Info, {{"address", "a"}});
  }
  EXPECT_EQ(harness_->taken(EventKind::RegistryDown), 2U);
}

TEST_P(ObserverContract, WhatIsNotWantedIsNotHandedOver) {
  for (const Severity severity : {Severity::Trace, Severity::Debug}) {
    const std::uint64_t before = harness_->taken(EventKind::EntryApplied);
    observe(harness_->observer(), syncer::Instant{}, EventKind::EntryApplied, severity, {});
    const std::uint64_t expected = before + (harness_->observer().wants(severity) ? 1 : 0);
    EXPECT_EQ(harness_->taken(EventKind::EntryApplied), expected);
  }
}

TEST_P(ObserverContract, TextsOfPeersMayHoldAnything) {
  const std::string hostile("a\"\n\xff\0\\{}%v", 11);
  observe(harness_->observer(), syncer::Instant{}, EventKind::MemberJoined, Severity::Info,
          {{"member", hostile}, {"key", hostile}, {"address", ""}});
  EXPECT_EQ(harness_->taken(EventKind::MemberJoined), 1U);
}

TEST_P(ObserverContract, NothingOfAnEventIsKeptBeyondItsCall) {
  for (const char* address : {"a registry whose address is long enough to be allocated", "another one of that kind"}) {
    auto text = std::make_unique<std::string>(address);
    observe(harness_->observer(), syncer::Instant{}, EventKind::RegistryDown, Severity::Info, {{"address", *text}});
    text->assign(text->size(), 'x');
  }
  EXPECT_EQ(harness_->taken(EventKind::RegistryDown), 2U);
}

}  // namespace
}  // namespace contract
