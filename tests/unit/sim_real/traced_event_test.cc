// SPDX-License-Identifier: Apache-2.0
#include "sim/real/trace/traced_event.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "sim/real/trace/shown.h"
#include "syncer/daemon/trace_file.h"

namespace sim::real {
namespace {

using syncer::EventKind;
using syncer::Severity;

const TracedEvent& event_of(const syncer::Result<std::optional<TraceEntry>>& entry) {
  return std::get<TracedEvent>(entry.value().value());
}

std::string bytes_of_every_value() {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  return all;
}

TEST(TracedEvent, ComesBackAsTheDaemonWroteIt) {
  const std::string key = bytes_of_every_value();
  const std::vector<syncer::Field> fields = {{"key", std::string_view(key)}, {"seq", std::int64_t{-7}}, {"op", "put"}};
  const syncer::Event event{syncer::instant(123'456'789), EventKind::EntryAppended, Severity::Debug, fields};
  const std::string line = syncer::daemon::trace_line("e 1\"\n", event);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto entry = parse_trace_line(line);
  ASSERT_TRUE(entry) << to_string(entry.error());
  EXPECT_EQ(event_of(entry).node(), "e 1\"\n");
  event_of(entry).use([&](const syncer::Event& read) {
    EXPECT_EQ(read.at, event.at);
    EXPECT_EQ(read.kind, event.kind);
    EXPECT_EQ(read.severity, event.severity);
    EXPECT_EQ(read.text("key"), key);
    EXPECT_EQ(read.number("seq"), -7);
    EXPECT_EQ(read.text("op"), "put");
    EXPECT_EQ(read.fields.size(), 3U);
  });
}

TEST(TracedEvent, OfEveryKindIsKnown) {
#define SYNCER_KIND_OF(one, text) EventKind::one,
  for (const EventKind kind : {SYNCER_EVENT_KINDS(SYNCER_KIND_OF)}) {
#undef SYNCER_KIND_OF
    const syncer::Event event{syncer::instant(1), kind, Severity::Info, {}};
    EXPECT_EQ(event_of(parse_trace_line(syncer::daemon::trace_line("n", event))).kind(), kind);
  }
}

TEST(TracedEvent, OfALaterReleaseIsPassedOver) {
  const auto entry = parse_trace_line(R"({"node":"n","at":1,"event":"moon.rises","severity":"info","fields":{}})");
  ASSERT_TRUE(entry);
  EXPECT_FALSE(*entry);
}

TEST(TracedEvent, ALineThatIsNoneSaysWhatIsWrong) {
  const auto wrong = [](const char* line) {
    const auto entry = parse_trace_line(line);
    return entry ? std::string("accepted") : entry.error().detail;
  };
  EXPECT_EQ(wrong("{"), "not a line of a trace");
  EXPECT_EQ(wrong("7"), "not a line of a trace");
  EXPECT_NE(wrong(R"({"node":"n","at":"1","event":"link.up","severity":"info","fields":{}})").find("\"at\""),
            std::string::npos);
  EXPECT_NE(wrong(R"({"node":"n","at":1,"event":"link.up","severity":"loud","fields":{}})").find("\"severity\""),
            std::string::npos);
  EXPECT_NE(wrong(R"({"node":"n","at":1,"event":"link.up","severity":"info","fields":{"a":[]}})").find("\"fields\""),
            std::string::npos);
  EXPECT_NE(wrong(R"({"node":"\u4711","at":1,"event":"link.up","severity":"info","fields":{}})").find("\"node\""),
            std::string::npos);
  EXPECT_EQ(wrong(R"({"trace":2})"), "a trace of another format than this program reads");
  EXPECT_NE(wrong(R"({"trace":1,"node":"n"})").find("\"region\""), std::string::npos);
}

TEST(TraceFile, BeginsWithWhoItIsAbout) {
  const std::string path = testing::TempDir() + "trace-file-test";
  std::remove(path.c_str());
  syncer::node::NodeConfig config;
  config.node = "e1";
  config.region = "east";
  config.mode = syncer::node::Mode::Cluster;
  config.registry.kind = "eureka";
  config.gossip_address = syncer::Endpoint::v4(10, 1, 1, 1, 30190);
  {
    auto file = syncer::daemon::TraceFile::open(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->begin(config, syncer::instant(5), 1'800'000'000'000'000'000, "1.2.3"));
    ASSERT_TRUE((*file)->note("e1", syncer::Event{syncer::instant(6), EventKind::NodeReady, Severity::Info, {}}));
  }
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  std::ifstream read(path);
  std::string line;
  ASSERT_TRUE(std::getline(read, line));
  const auto entry = parse_trace_line(line);
  ASSERT_TRUE(entry) << to_string(entry.error());
  const auto& start = std::get<TracedStart>(**entry);
  EXPECT_EQ(start.node, "e1");
  EXPECT_EQ(start.region, "east");
  EXPECT_TRUE(start.is_cluster);
  EXPECT_EQ(start.kind, "eureka");
  EXPECT_EQ(start.gossip, "10.1.1.1:30190");
  EXPECT_EQ(start.version, "1.2.3");
  EXPECT_EQ(start.at, syncer::instant(5));
  EXPECT_EQ(start.wall, 1'800'000'000'000'000'000);
  ASSERT_TRUE(std::getline(read, line));
  EXPECT_EQ(event_of(parse_trace_line(line)).kind(), EventKind::NodeReady);
  EXPECT_FALSE(std::getline(read, line));
}

TEST(TraceFile, EndsWhereItCannotGoOn) {
  auto file = syncer::daemon::TraceFile::open("/dev/full");
  ASSERT_TRUE(file);
  const syncer::Event event{syncer::instant(6), EventKind::NodeReady, Severity::Info, {}};
  const auto first = (*file)->note("e1", event);
  ASSERT_FALSE(first);
  EXPECT_NE(first.error().detail.find("No space left"), std::string::npos);
  EXPECT_TRUE((*file)->is_over());
  EXPECT_TRUE((*file)->note("e1", event)) << "it is said once";
}

TEST(Shown, FollowsMembersAndTheLead) {
  host::Appearance shown;
  const auto tell = [&](EventKind kind, std::vector<syncer::Field> fields) {
    follow(shown, syncer::Event{{}, kind, Severity::Info, fields});
  };
  using syncer::membership::State;
  tell(EventKind::MemberJoined, {{"member", "w1"}});
  EXPECT_EQ(shown.members.at("w1"), State::Alive);
  tell(EventKind::MemberSuspected, {{"member", "w1"}});
  EXPECT_EQ(shown.members.at("w1"), State::Suspect);
  tell(EventKind::MemberRefuted, {{"member", "w1"}});
  EXPECT_EQ(shown.members.at("w1"), State::Alive);
  tell(EventKind::MemberDied, {{"member", "w1"}});
  EXPECT_EQ(shown.members.at("w1"), State::Dead);
  tell(EventKind::MemberLeft, {{"member", "w1"}});
  EXPECT_EQ(shown.members.at("w1"), State::Left);
  tell(EventKind::LeaderElected, {{"term", std::int64_t{3}}});
  EXPECT_EQ(shown.led_term, 3U);
  tell(EventKind::LeaderLost, {{"term", std::int64_t{3}}});
  EXPECT_EQ(shown.led_term, 0U);
}

}  // namespace
}  // namespace sim::real
