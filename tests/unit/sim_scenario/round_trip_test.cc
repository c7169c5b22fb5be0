// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/scenario/language/schema.h"
#include "sim/scenario/language/text_forms.h"
#include "sim/scenario/language/writer.h"
#include "tests/unit/sim_scenario/small.h"

namespace sim::scenario {
namespace {

namespace gen = rc::gen;

Duration duration() {
  return Duration(*gen::oneOf(gen::inRange<std::int64_t>(1, 5'000), gen::inRange<std::int64_t>(1, 9'000'000'000)));
}

Ratio ratio() {
  const auto denominator = *gen::inRange<std::uint64_t>(1, 1000);
  const auto numerator = *gen::inRange<std::uint64_t>(0, denominator + 1);
  return *syncer::parse_ratio(std::to_string(numerator) + "/" + std::to_string(denominator));
}

bool coin() { return *gen::arbitrary<bool>(); }

std::string text() { return *gen::container<std::string>(gen::inRange<char>(' ', '~')); }

LinkQuality quality() {
  LinkQuality q;
  q.loss = ratio();
  if (coin()) q.latency = Delay{fault::Shape::Uniform, Duration(1), duration(), {}, {}, {}, {}};
  if (coin()) q.latency = Delay{fault::Shape::Const, {}, {}, duration(), {}, {}, {}};
  if (coin()) q.burst = Burst{ratio(), ratio(), ratio()};
  if (coin()) q.reorder = Reorder{ratio(), duration()};
  if (coin()) q.bandwidth = Bandwidth{*gen::inRange<std::uint64_t>(1, 10'000'000)};
  if (coin()) q.connect = ConnectFate::Hang;
  if (coin()) q.mtu = Size{*gen::inRange<std::uint64_t>(1, 10'000'000)};
  return q;
}

Action action() {
  switch (*gen::inRange(0, 11)) {
    case 0:
      return Crash{{"all"}, DiskFate::Tear};
    case 1:
      return Pause{{"one(all - e1)"}, coin() ? std::optional(duration()) : std::nullopt};
    case 2:
      return ClockJump{{"e1"}, {coin() ? duration() : -duration()}};
    case 3:
      return LinkChange{{"region:east"}, {"w1"}, coin(), quality(), duration()};
    case 4:
      return Partition{{{"e1"}, {"w1 + sc-w"}}, {}, {}, false, {}, {}, BlockMode::Jam, duration()};
    case 5:
      return RegistryFail{
          "sc-w", ratio(), {FailKind{503, {}, false, false, false, duration(), 3}}, {"heartbeat_set"}, {}};
    case 6:
      return RegistryRegister{"sc-e",
                              {"", "shop", "cart", "1.0.0"},
                              "a/b-1",
                              {text()},
                              {{"k", text()}},
                              InstanceStatus::Starting,
                              std::chrono::seconds(8)};
    case 7:
      return Restart{{"e1"}, DiskFate::Wipe, duration(), {{{"guard.minimum", "5"}}}};
    case 8:
      return ClockStrobe{{"all"}, {-duration()}, std::chrono::milliseconds(1), std::chrono::seconds(10)};
    case 9:
      return ClockSkew{{"w1"}, {duration()}, coin() ? std::optional(duration()) : std::nullopt};
    default:
      return ClockDrift{{"w1"}, *gen::inRange<std::int64_t>(-999'999, 999'999)};
  }
}

Predicate predicate(int depth) {
  Predicate p;
  if (depth > 0 && coin()) {
    p.word = coin() ? Word::All : Word::Any;
    for (int i = *gen::inRange(0, 3); i > 0; --i) p.parts.push_back(predicate(depth - 1));
    return p;
  }
  p.subject.text = "base/*/1";
  p.in.text = "sc-w";
  if (coin()) p.word = Word::Absent;
  if (p.word == Word::Absent) return p;
  p.word = Word::Mirrored;
  if (coin()) p.copies = *gen::inRange<std::uint64_t>(0, 9);
  if (coin()) p.status = InstanceStatus::OutOfService;
  if (coin()) p.properties = {{"k", text()}};
  return p;
}

Expectation expectation(const std::string& id) {
  Expectation e;
  e.id = id;
  switch (*gen::inRange(0, 4)) {
    case 0:
      e.form = Eventually{predicate(3), {"boot", duration()}, duration()};
      break;
    case 1:
      e.form = Never{predicate(2), {"boot", -duration()}, {"end", {}}, duration()};
      break;
    case 2:
      e.form = Keeps{predicate(1), predicate(1), {}, duration()};
      break;
    default:
      e.form = Metric{"net.bytes_sent",
                      Per::NodeSecond,
                      Bound{Compare::Less, duration().count(), Unit::Bytes},
                      {},
                      Bound{Compare::Equal, 0, Unit::Count},
                      {},
                      Bound{Compare::LessEqual, duration().count(), Unit::Nanoseconds}};
  }
  return e;
}

Scenario arbitrary_scenario() {
  Scenario s = *parse("f.json", small_file(""));
  s.about = text();
  s.ties = coin() ? Ties::Shuffle : Ties::File;
  s.seed.list = {*gen::inRange<std::uint64_t>(0, 1'000'000)};
  Event boot;
  boot.id = "boot";
  boot.anchor.at = Moment{};
  boot.action = Start{{"all"}, duration()};
  s.events.push_back(boot);
  for (int i = *gen::inRange(0, 6); i > 0; --i) {
    Event event;
    event.id = "ev-" + std::to_string(i);
    event.action = action();
    event.note = text();
    event.anchor.after = Moment{"boot", duration()};
    s.events.push_back(event);
  }
  for (int i = *gen::inRange(0, 4); i > 0; --i) s.expect.push_back(expectation("x" + std::to_string(i)));
  return s;
}

RC_GTEST_PROP(RoundTrip, WhatIsWrittenIsReadBackEqual, ()) {
  const Scenario scenario = arbitrary_scenario();
  const std::string json = to_json(scenario);
  const Parsed again = parse("again.json", json);
  if (!again) RC_FAIL(to_string(again.error()) + json);
  RC_ASSERT(*again == scenario);
  RC_ASSERT(to_json(*again) == json);
}

RC_GTEST_PROP(RoundTrip, MomentsBoundsAndShiftsReadTheirOwnText, ()) {
  const Moment moment{coin() ? "a-b.c/d" : "", duration()};
  RC_ASSERT(*parse_moment(to_string(moment)) == moment);
  const Shift shift{coin() ? duration() : -duration()};
  RC_ASSERT(*parse_shift(to_string(shift)) == shift);
  const Bound bound{Compare::GreaterEqual, duration().count(), coin() ? Unit::Bytes : Unit::Nanoseconds};
  RC_ASSERT(*parse_bound(to_string(bound)) == bound);
}

RC_GTEST_PROP(Parse, NoDamageToAFileIsMoreThanAnError, ()) {
  std::string json = to_json(arbitrary_scenario());
  for (int i = *gen::inRange(1, 5); i > 0; --i) {
    json[*gen::inRange<std::size_t>(0, json.size())] = *gen::arbitrary<char>();
    if (coin()) json.erase(*gen::inRange<std::size_t>(0, json.size()), 3);
  }
  const Parsed parsed = parse("f.json", json);
  if (!parsed) RC_ASSERT(!parsed.error().empty());
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(ScenarioFiles, AllParseAndReadTheirOwnTextBack) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(SYNCER_SOURCE_DIR) + "/scenarios")) {
    if (entry.path().extension() != ".json") continue;
    ++files;
    const Parsed parsed = load(entry.path().string());
    ASSERT_TRUE(parsed) << to_string(parsed.error());
    EXPECT_EQ(parsed->name, entry.path().stem().string());
    const Parsed again = parse("again", to_json(*parsed));
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_TRUE(*again == *parsed) << entry.path();
    EXPECT_FALSE(explain(*parsed).empty());
  }
  EXPECT_GT(files, 10U);
}

TEST(Schema, TheOneInTheDocumentationIsTheProgramsOwn) {
  EXPECT_EQ(text_of(std::string(SYNCER_SOURCE_DIR) + "/docs/scenario.schema.json"), json_schema());
}

}  // namespace
}  // namespace sim::scenario
