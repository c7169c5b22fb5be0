// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "syncer/daemon/event_log.h"
#include "syncer/registry/record.h"

namespace syncer::daemon {
namespace {

using std::chrono::seconds;

std::optional<std::uint64_t> pass(RepeatFilter& filter, Duration at, EventKind kind, Severity severity,
                                  std::initializer_list<Field> fields) {
  return filter.pass(Event{Instant(at), kind, severity, {fields.begin(), fields.size()}});
}

TEST(EventText, KeysOfRecordsAreWrittenAsNames) {
  const registry::ServiceKey service{"", "", "shop", "cart", "1.0.0"};
  const Bytes key = registry::encode_key({registry::RecordKind::Instance, service, "i1"});
  const std::vector<Field> fields = {{"key", ByteView(key)}};
  const std::string text = event_as_text("export.put", "", fields);
  EXPECT_NE(text.find("shop/cart/1.0.0"), std::string::npos) << text;
  EXPECT_NE(text.find("i1"), std::string::npos) << text;
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

TEST(EventText, TextsThatWouldBeReadWronglyAreQuoted) {
  const std::initializer_list<Field> fields = {{"plain", "a:1"}, {"blank", "no answer"}, {"none", ""}, {"n", -3}};
  EXPECT_EQ(event_as_text("registry.down", "", {fields.begin(), fields.size()}),
            R"(registry.down plain=a:1 blank="no answer" none="" n=-3)");
}

TEST(EventText, JsonSurvivesHostileNames) {
  const std::initializer_list<Field> fields = {{"member", "a\"\n\xff\x01"}, {"count", 5}};
  const std::string inside = event_as_json("member.joined", "", {fields.begin(), fields.size()});
  const auto document = nlohmann::json::parse("{" + inside + "}");
  EXPECT_EQ(document.at("event"), "member.joined");
  EXPECT_EQ(document.at("count"), 5);
  EXPECT_EQ(inside.find('\n'), std::string::npos) << "one line an event";
}

TEST(EventText, SingleInstancesAreForDebugging) {
  EXPECT_EQ(log_severity(EventKind::CopyRegistered, Severity::Info), Severity::Debug);
  EXPECT_EQ(log_severity(EventKind::EntryApplied, Severity::Trace), Severity::Trace);
  EXPECT_EQ(log_severity(EventKind::RegistryDown, Severity::Warning), Severity::Warning);
}

}  // namespace
}  // namespace syncer::daemon
