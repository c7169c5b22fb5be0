// SPDX-License-Identifier: Apache-2.0
#include "sim/show/film.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim::show {
namespace {

using State = Showing::State;
using std::chrono::seconds;

/// Two regions; cart-1 is registered in east at 40 s and removed at 70 s; e1 crashes at 90 s, and they are cut at 100
/// s.
constexpr const char* kTwoRegions = R"json({
  "scenario": 1, "name": "filmed", "duration": "120s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"] } },
  "events": [
    { "id": "boot", "at": "0s", "do": "start", "who": "all" },
    { "id": "in", "at": "40s", "do": "registry.register", "registry": "sc-e",
      "service": { "name": "cart" }, "instance": "cart-1" },
    { "id": "out", "at": "70s", "do": "registry.deregister", "registry": "sc-e", "instance": "cart-1" },
    { "id": "power", "at": "90s", "do": "bounce", "who": "e1", "down": "2s" },
    { "id": "cut", "at": "100s", "do": "partition", "groups": [["e1"], ["w1"]], "for": "5s" }
  ] })json";

class FilmTest : public testing::Test {
 protected:
  FilmTest() : scenario_(parsed()), film_(check::make_judge(scenario_)) { scenario::run(scenario_, 1, film_); }

  static scenario::Scenario parsed() {
    auto parsed = scenario::parse("filmed.json", kTwoRegions, check::vocabulary());
    if (!parsed) throw std::invalid_argument(scenario::to_string(parsed.error()));
    return std::move(*parsed);
  }
  const Tables& tables() const { return film_.tables(); }
  std::string what(const Row& row) const { return tables().strings.all()[row.what]; }
  std::string who(const Row& row) const { return tables().sites[row.who]; }
  /// The first row of that kind that is about cart-1, or about nothing.
  const Row& row(const std::string& kind, std::uint32_t subject) const {
    const auto fits = [&](const Row& r) { return what(r) == kind && r.subject == subject; };
    return *std::find_if(tables().rows.begin(), tables().rows.end(), fits);
  }
  void add_rows(std::uint32_t turn, std::set<std::string>& to) const {
    for (const Row& r : tables().rows) {
      if (r.turn == turn) to.insert(who(r) + " " + what(r));
    }
  }
  /// "e1 export.put" of all that was reported in the turns that led to this one, itself included, and "e1 to w1" of the
  /// packets between them.
  std::set<std::string> led_to(std::uint32_t turn) const {
    std::set<std::string> all;
    for (;;) {
      add_rows(turn, all);
      const Turn& now = tables().turns[turn];
      if (now.cause == Turn::Cause::Label) all.insert("scenario " + tables().labels[now.of].label);
      if (now.cause != Turn::Cause::Message) return all;
      const Packet& packet = tables().packets[now.of];
      all.insert(tables().sites[packet.from] + " to " + tables().sites[packet.to]);
      add_rows(packet.arrived - 1, all);  // a registry answers later than it takes the request
      turn = packet.turn;
    }
  }

  const scenario::Scenario scenario_;
  Film film_;
};

TEST_F(FilmTest, FollowsWhatEachRegistryShows) {
  ASSERT_EQ(tables().instances.size(), 1U);
  std::vector<std::pair<std::uint32_t, State>> states;
  for (const Showing& s : tables().showings) states.emplace_back(s.registry, s.state);
  EXPECT_EQ(states, (std::vector<std::pair<std::uint32_t, State>>{{0, State::Home},
                                                                  {1, State::Missing},
                                                                  {1, State::Shown},
                                                                  {0, State::Nothing},
                                                                  {1, State::Ghost},
                                                                  {1, State::Nothing}}));
  EXPECT_EQ(tables().showings.front().at, syncer::Instant(seconds(40)));
}

TEST_F(FilmTest, KnowsThatACopyCameFromTheOtherRegionsReading) {
  const std::set<std::string> all = led_to(row("copy.registered", 1).turn);
  EXPECT_TRUE(all.contains("w1 copy.registered"));
  EXPECT_TRUE(all.contains("sc-w instance_registered")) << "the registry's answer to w1's request";
  EXPECT_TRUE(all.contains("w1 to sc-w"));
  EXPECT_TRUE(all.contains("sc-w to w1"));
  EXPECT_TRUE(all.contains("e1 to w1")) << "what came over the link made it write";
}

TEST_F(FilmTest, KnowsWhichLineOfTheScenarioDidSomething) {
  EXPECT_TRUE(led_to(row("process crashed", 0).turn).contains("scenario power"));
  const auto power =
      std::find_if(tables().labels.begin(), tables().labels.end(), [](const Label& l) { return l.label == "power"; });
  ASSERT_NE(power, tables().labels.end());
  EXPECT_EQ(power->line, 12);
  EXPECT_EQ(power->words, "bounce, filmed.json:12");
}

TEST_F(FilmTest, KnowsWhatBecameOfPackets) {
  std::map<host::MessageFate, std::size_t> fates;
  for (const Packet& p : tables().packets) {
    ++fates[p.fate];
    if (p.fate == host::MessageFate::Delivered) {
      EXPECT_GT(p.arrived, p.turn + 1);
    }
  }
  EXPECT_GT(fates[host::MessageFate::Delivered], 100U);
  EXPECT_GT(fates[host::MessageFate::Blocked], 0U) << "the cut";
  // What is still under way at the end is the exception.
  EXPECT_LT(fates[host::MessageFate::Sent], fates[host::MessageFate::Delivered] / 20);
}

TEST_F(FilmTest, CountsOverTime) {
  const auto& samples = tables().samples;
  ASSERT_EQ(samples.size(), 240U);
  EXPECT_EQ(tables().step, std::chrono::milliseconds(500));
  EXPECT_EQ(samples[100].copies, 1U);
  EXPECT_EQ(samples[200].copies, 0U);
  EXPECT_GT(samples[100].requests, 0U);
  std::uint64_t lost = 0;
  for (std::size_t i = 200; i < 210; ++i) lost += samples[i].lost;
  EXPECT_GT(lost, 0U) << "the cut";
}

}  // namespace
}  // namespace sim::show
