// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "syncer/daemon/event_log.h"
#include "syncer/registry/record.h"

namespace syncer::daemon {
namespace {

TEST(EventText, KeysOfRecordsAreWrittenAsNames) {
  const registry::ServiceKey service{"", "", "shop", "cart", "1.0.0"};
  const Bytes key = registry::encode_key({registry::RecordKind::Instance, service, "i1"});
  const std::vector<Field> fields = {{"key", ByteView(key)}};
  const std::string text = event_as_text("export.put", "", fields);
  EXPECT_NE(text.find("shop/cart/1.0.0"), std::string::npos) << text;
  EXPECT_NE(text.find("i1"), std::string::npos) << text;
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

TEST(EventLog, WhatPassesIsKeptForOperatorsWhateverIsLogged) {
  EventLog log(Severity::Error, config::LogFormat::Json);
  std::vector<Said> kept;
  log.set_keep([&](Said said) { kept.push_back(std::move(said)); });
  const std::initializer_list<Field> fields = {{"region", "east"}, {"copy", "c1"}};
  for (const EventKind kind : {EventKind::CopyRegistered, EventKind::CopyRejected, EventKind::CopyRejected}) {
    log.on_event({Instant{}, kind, Severity::Warning, {fields.begin(), fields.size()}});
  }
  log.on_event({Instant{}, EventKind::EntryApplied, Severity::Debug, {fields.begin(), fields.size()}});
  log.say(Severity::Info, "operator.command", "", {{"by", "uid 0"}});
  ASSERT_EQ(kept.size(), 3U) << "repeated and debugging ones are not";
  EXPECT_TRUE(kept[0].single);
  EXPECT_FALSE(kept[1].single);
  EXPECT_EQ(kept[1].region, "east");
  const auto event = nlohmann::json::parse("{" + kept[2].inside + "}");
  EXPECT_EQ(event.at("by"), "uid 0");
  EXPECT_EQ(event.at("level"), "info");
  EXPECT_EQ(event.at("time").get<std::string>().size(), 24U);
}

TEST(EventLog, TimesAreWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(wall_time_text(std::chrono::system_clock::time_point(std::chrono::milliseconds(1'700'000'000'007))),
            "2023-11-14T22:13:20.007Z");
}

TEST(EventText, SingleInstancesAreForDebugging) {
  EXPECT_EQ(log_severity(EventKind::CopyRegistered, Severity::Info), Severity::Debug);
  EXPECT_EQ(log_severity(EventKind::EntryApplied, Severity::Trace), Severity::Trace);
  EXPECT_EQ(log_severity(EventKind::RegistryDown, Severity::Warning), Severity::Warning);
}

}  // namespace
}  // namespace syncer::daemon
