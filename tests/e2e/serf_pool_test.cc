// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/serf_pool.h"

#include <algorithm>
#include <csignal>
#include <iostream>

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;

/// A suspicion lasts 4 s at least, and begins when the first of three observers has probed the dead member in vain:
/// that takes 1 s and comes round every 3 s.
constexpr seconds kEarliestDeath{4};
constexpr seconds kLatestDeath{9};

/// What each pool of agents and a syncer does, whether it has a key and however long that is.
struct KeyCase {
  const char* name;
  std::string key;
};
void PrintTo(const KeyCase& c, std::ostream* out) { *out << c.name; }

class MixedPool : public testing::TestWithParam<KeyCase> {
 protected:
  void SetUp() override {
    if (!serf_is_installed()) GTEST_SKIP() << "Debian's package serf is not installed; ./dev setup installs it";
    pool_.emplace(GetParam().key);
    pool_->meet();
  }

  /// What is left of the time in which a death must be known.
  milliseconds patience() const {
    const auto left = std::chrono::duration_cast<milliseconds>(kLatestDeath - (Clock::now() - killed_));
    return std::max(left, milliseconds(0));
  }
  /// Not too early; noted for the report of the test.
  void noticed_by(const std::string& observer) const {
    const auto took = Clock::now() - killed_;
    EXPECT_GE(took, kEarliestDeath) << observer;
    const auto ms = std::chrono::duration_cast<milliseconds>(took).count();
    testing::Test::RecordProperty("noticed_after_ms_by_" + observer, std::to_string(ms));
    std::cout << "noticed by " << observer << " after " << ms << " ms" << std::endl;
  }

  std::optional<SerfPool> pool_;
  Clock::time_point killed_;
};

TEST_P(MixedPool, ShowsTagsBothWays) {
  const std::string tags = shown(pool_->east, "two", "tags");
  EXPECT_NE(tags.find("\"role\":\"web\""), std::string::npos) << tags;
  const std::string members = pool_->one.run({"members"});
  EXPECT_NE(members.find("region=east"), std::string::npos) << members;
  EXPECT_NE(members.find(pool_->east.gossip), std::string::npos) << members;
}

TEST_P(MixedPool, TakesInAnAgentThatJoinsASyncer) {
  std::vector<std::string> words = lonely("west");
  const auto key = pool_->syncer_key();
  words.insert(words.end(), key.begin(), key.end());
  const Syncer west(pool_->workplace, words);
  pool_->three.run({"join", west.gossip});
  EXPECT_TRUE(pool_->three.logs("EventMemberJoin", "west", seconds(10))) << pool_->three.process().output();
  EXPECT_TRUE(shows(west, "one", "alive", seconds(10)));
  EXPECT_TRUE(shows(pool_->east, "west", "alive", seconds(10)));
}

TEST_P(MixedPool, NoticesTheDeathOfASyncer) {
  killed_ = Clock::now();
  pool_->east.process.signal(SIGKILL);
  for (const Serf* agent : pool_->agents()) {
    ASSERT_TRUE(agent->logs("EventMemberFailed", "east", patience())) << agent->process().output();
    noticed_by(agent->name());
  }
}

TEST_P(MixedPool, NoticesTheDeathOfAnAgent) {
  killed_ = Clock::now();
  pool_->two.process().signal(SIGKILL);
  ASSERT_TRUE(shows(pool_->east, "two", "dead", patience())) << shown(pool_->east, "two", "state");
  noticed_by("east");
}

TEST_P(MixedPool, TakesALeaveForNoDeath) {
  pool_->two.run({"leave"});
  EXPECT_TRUE(shows(pool_->east, "two", "left", seconds(10))) << shown(pool_->east, "two", "state");
  pool_->east.process.signal(SIGTERM);
  for (const Serf* agent : {&pool_->one, &pool_->three}) {
    EXPECT_TRUE(agent->logs("EventMemberLeave", "east", seconds(10))) << agent->process().output();
    const std::string members = agent->run({"members"});
    EXPECT_NE(members.find("left"), std::string::npos) << members;
    EXPECT_EQ(members.find("failed"), std::string::npos) << members;
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, MixedPool,
                         testing::Values(KeyCase{"open", ""}, KeyCase{"key16", kKey16}, KeyCase{"key24", kKey24},
                                         KeyCase{"key32", kKey32}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace e2e
