// SPDX-License-Identifier: Apache-2.0
#include "sim/real/trace/trace_reader.h"

#include <gtest/gtest.h>

#include <fstream>

#include "sim/check/judge.h"
#include "sim/real/trace/traced_world.h"
#include "sim/scenario/run/run.h"
#include "syncer/daemon/trace_file.h"
#include "syncer/registry/record.h"

namespace sim::real {
namespace {

using syncer::EventKind;
using syncer::Severity;

constexpr std::int64_t kSecond = 1'000'000'000;
/// Where the wall clock stands when the story begins.
constexpr std::int64_t kBegin = 1'800'000'000 * kSecond;

std::string file_of(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "trace-reader-" + name;
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  return path;
}

/// The trace of one syncer, whose machine was booted so many seconds before the story begins.
class Story {
 public:
  Story(std::string node, std::string region, std::string mode, std::int64_t booted)
      : node_(std::move(node)), region_(std::move(region)), mode_(std::move(mode)), booted_(booted) {}

  Story& start(double second) {
    text_ += R"({"trace":1,"node":")" + node_ + R"(","region":")" + region_ + R"(","mode":")" + mode_ +
             R"(","kind":"servicecenter","gossip":"10.0.0.1:30190","version":"0.1.0","at":)" +
             std::to_string(syncer::nanos(at(second))) + R"(,"wall":)" +
             std::to_string(kBegin + static_cast<std::int64_t>(second * kSecond)) + "}\n";
    return *this;
  }
  Story& say(double second, EventKind kind, std::vector<syncer::Field> fields) {
    text_ += syncer::daemon::trace_line(node_, syncer::Event{at(second), kind, Severity::Info, fields}) + "\n";
    return *this;
  }
  Story& copy(double second, EventKind kind, const char* region, const char* instance, const char* id) {
    return say(second, kind, {{"region", region}, {"instance", instance}, {"copy", id}, {"reason", ""}});
  }
  std::string write() const { return file_of(node_, text_); }

 private:
  syncer::Instant at(double second) const {
    return syncer::instant(booted_ * kSecond + static_cast<std::int64_t>(second * kSecond));
  }
  std::string node_;
  std::string region_;
  std::string mode_;
  std::int64_t booted_;
  std::string text_;
};

syncer::Bytes key_of(const char* instance) {
  syncer::registry::RecordKey key;
  key.kind = syncer::registry::RecordKind::Instance;
  key.service = {"", "", "shop", "cart", "1.0.0"};
  key.id = instance;
  return syncer::registry::encode_key(key);
}

scenario::RunResult judged(const std::vector<std::string>& paths) {
  auto deployment = survey(paths);
  EXPECT_TRUE(deployment) << (deployment ? "" : to_string(deployment.error()));
  scenario::Scenario& scenario = deployment->scenario;
  scenario.relax = unobservable(check::vocabulary().invariants);
  scenario::Metric metric;
  metric.metric = "convergence.visible_after";
  metric.max = scenario::Bound{scenario::Compare::GreaterEqual, 0, scenario::Unit::Nanoseconds};
  metric.count = scenario::Bound{scenario::Compare::GreaterEqual, 0, scenario::Unit::Count};
  scenario.expect.push_back({{scenario.file, 0, 0}, "visible", metric, ""});
  const auto judge = check::make_judge(scenario);
  TracedWorld world(scenario, deployment->begin, std::move(MergedTraces::open(paths).value()));
  scenario::RunOptions options;
  options.outside = &world;
  scenario::RunResult result = scenario::run(scenario, 1, *judge, options);
  EXPECT_EQ(world.failure(), "");
  return result;
}

std::vector<std::string> violated(const scenario::RunResult& result) {
  std::vector<std::string> ids;
  for (const auto& violation : result.findings.violations) ids.push_back(violation.id);
  return ids;
}

TEST(TraceReader, PutsTracesInOrderByTheirWallClocks) {
  const std::string east = Story("e1", "east", "single", 100).start(0).say(3, EventKind::NodeReady, {}).write();
  const std::string west = Story("w1", "west", "single", 9000).start(1).say(2, EventKind::NodeReady, {}).write();
  auto merged = MergedTraces::open({east, west});
  ASSERT_TRUE(merged);
  std::vector<std::int64_t> seconds;
  for (;;) {
    auto next = merged->next();
    ASSERT_TRUE(next);
    if (!*next) break;
    seconds.push_back(((*next)->wall - kBegin) / kSecond);
  }
  EXPECT_EQ(seconds, (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST(TraceReader, NamesThePlaceOfWhatIsNoTrace) {
  const auto problem = [](const std::string& text) {
    const auto surveyed = survey({file_of("wrong", text)});
    return surveyed ? std::string("accepted") : to_string(surveyed.error());
  };
  const std::string start =
      R"({"trace":1,"node":"e1","region":"east","mode":"single","kind":"x","gossip":"a","version":"v","at":1,"wall":2})";
  EXPECT_NE(problem(start + "\nnonsense\n").find("trace-reader-wrong:2"), std::string::npos);
  EXPECT_NE(problem(R"({"node":"e1","at":1,"event":"link.up","severity":"info","fields":{}})"
                    "\n")
                .find("stands before the line that says when it started"),
            std::string::npos);
  EXPECT_NE(problem("").find("no syncer"), std::string::npos);
  EXPECT_NE(to_string(survey({"/does/not/exist"}).error()).find("cannot be read"), std::string::npos);
  std::string other = start;
  other.replace(other.find("east"), 4, "west");
  EXPECT_NE(problem(start + "\n" + other + "\n").find("is of region east in one place and of west in another"),
            std::string::npos);
  EXPECT_EQ(problem(start + "\n{\"node\":\"e1\",\"at\":5,"), "accepted") << "the process died while it wrote";
}

TEST(TracedWorld, MeasuresHowLongACopyTook) {
  const syncer::Bytes key = key_of("cart-1");
  const std::string east =
      Story("e1", "east", "single", 100).start(0).say(5, EventKind::Exported, {{"key", std::string_view(key)}}).write();
  const std::string west = Story("w1", "west", "single", 9000)
                               .start(0)
                               .copy(6.5, EventKind::CopyRegistered, "east", "cart-1", "copy-of-cart-1")
                               .write();
  const auto result = judged({west, east});
  EXPECT_EQ(violated(result), std::vector<std::string>{});
  ASSERT_EQ(result.findings.metrics.size(), 2U);
  EXPECT_EQ(result.findings.metrics[0].value, kSecond * 3 / 2);
  EXPECT_EQ(result.findings.metrics[1].value, 1);
}

TEST(TracedWorld, SeesTwoLeadersOfOneTerm) {
  const auto lead = [](const char* node) {
    return std::vector<syncer::Field>{
        {"region", "east"}, {"group", "east/1"}, {"term", std::int64_t{4}}, {"leader", node}};
  };
  const std::string e1 =
      Story("e1", "east", "cluster", 100).start(0).say(5, EventKind::LeaderElected, lead("e1")).write();
  const std::string e2 =
      Story("e2", "east", "cluster", 200).start(0).say(6, EventKind::LeaderElected, lead("e2")).write();
  EXPECT_EQ(violated(judged({e1, e2})), std::vector<std::string>{"single-leader"});
}

TEST(TracedWorld, SeesACopyThatStandsTwice) {
  const syncer::Bytes key = key_of("cart-1");
  const std::string east =
      Story("e1", "east", "single", 100).start(0).say(5, EventKind::Exported, {{"key", std::string_view(key)}}).write();
  const std::string west = Story("w1", "west", "single", 9000)
                               .start(0)
                               .copy(6, EventKind::CopyRegistered, "east", "cart-1", "a")
                               .copy(7, EventKind::CopyRegistered, "east", "cart-1", "b")
                               .say(60, EventKind::NodeReady, {})
                               .write();
  EXPECT_EQ(violated(judged({west, east})), std::vector<std::string>{"single-copy"});
}

TEST(TracedWorld, SeesAMemberThatIsDeadWithoutASuspicion) {
  const auto about = [](std::int64_t incarnation) {
    return std::vector<syncer::Field>{{"member", "w1"}, {"address", "10.0.0.2:1"}, {"incarnation", incarnation}};
  };
  const std::string west = Story("w1", "west", "single", 9000).start(0).say(20, EventKind::NodeReady, {}).write();
  const std::string east = Story("e1", "east", "single", 100)
                               .start(0)
                               .say(5, EventKind::MemberJoined, about(3))
                               .say(6, EventKind::MemberRefuted, about(2))
                               .write();
  EXPECT_EQ(violated(judged({east, west})), std::vector<std::string>{"member-states"});
}

}  // namespace
}  // namespace sim::real
