// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
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

TEST(EventText, NoByteOfANameCommandsATerminal) {
  const std::initializer_list<Field> fields = {{"region",
                                                "a\x1b[2J\n\xc2\x9b"
                                                "1m"}};
  const std::string text = event_as_text("daemon.failed", "no\x1b[2J\nway", {fields.begin(), fields.size()});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; })) << text;
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
