// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
// After gtest.
#include <rapidcheck/gtest.h>

#include "tests/property/membership/core_laws.h"
#include "tests/property/membership/pool_laws.h"

namespace rc {

template <>
struct Arbitrary<syncer::membership::Step> {
  static Gen<syncer::membership::Step> arbitrary() {
    using syncer::membership::Step;
    return gen::build<Step>(
        gen::set(&Step::kind, gen::map(gen::inRange(0, 5), [](int k) { return static_cast<Step::Kind>(k); })),
        gen::set(&Step::incarnation, gen::inRange<std::uint64_t>(0, 5)),
        gen::set(&Step::from, gen::inRange<std::uint8_t>(0, 4)),
        gen::set(&Step::wait_ms, gen::inRange<std::uint32_t>(0, 8000)));
  }
};

template <>
struct Arbitrary<syncer::gossip::Blow> {
  static Gen<syncer::gossip::Blow> arbitrary() {
    using syncer::gossip::Blow;
    return gen::build<Blow>(
        gen::set(&Blow::kind, gen::map(gen::inRange(0, 7), [](int k) { return static_cast<Blow::Kind>(k); })),
        gen::set(&Blow::a, gen::inRange<std::uint8_t>(0, 6)), gen::set(&Blow::b, gen::inRange<std::uint8_t>(0, 6)),
        gen::set(&Blow::wait_ms, gen::inRange<std::uint32_t>(0, 20000)));
  }
};

}  // namespace rc

namespace syncer {
namespace {

using membership::Steps;

RC_GTEST_PROP(Observer, NeverBelievesLessThanItKnew, (const Steps& steps)) {
  RC_ASSERT(membership::status_never_falls(steps) == "");
}

RC_GTEST_PROP(Observer, FindsMembersWhereTheyAre, (const Steps& steps)) {
  RC_ASSERT(membership::members_are_found_where_they_are(steps) == "");
}

RC_GTEST_PROP(Observer, GainsNothingFromTheSameExchangeTwice, (const Steps& mine, const Steps& theirs)) {
  RC_ASSERT(membership::second_merge_changes_nothing(mine, theirs) == "");
}

RC_GTEST_PROP(Observer, KillsNobodyByHearsay, (const Steps& mine, const Steps& theirs)) {
  RC_ASSERT(membership::hearsay_does_not_kill(mine, theirs) == "");
}

RC_GTEST_PROP(Observers, AgreeAfterAnExchange, (const Steps& mine, const Steps& theirs)) {
  RC_ASSERT(membership::observers_agree_after_exchange(mine, theirs) == "");
}

RC_GTEST_PROP(Accused, OutbidsEveryAccusation, (std::uint32_t incarnation, bool dead)) {
  RC_ASSERT(membership::accused_outbids(incarnation / 2, dead) == "");
}

RC_GTEST_PROP(Suspicion, CountsEachAccuserOnce, (const std::vector<std::uint8_t>& accusers)) {
  RC_ASSERT(membership::accusers_count_once(accusers) == "");
}

RC_GTEST_PROP(News, IsToldAsOftenAsPromised, (const std::vector<std::uint16_t>& lengths)) {
  const auto members = *rc::gen::inRange<std::size_t>(1, 1000);
  RC_ASSERT(membership::news_is_told_as_promised(members, lengths) == "");
}

RC_GTEST_PROP(Probe, HearsOnlyTheRightAnswer, (std::uint32_t offset)) {
  RC_ASSERT(membership::only_the_right_answer_counts(offset) == "");
}

RC_GTEST_PROP(Pool, IsCalmAfterChaos, (const std::vector<gossip::Blow>& blows)) {
  const auto members = *rc::gen::inRange<std::size_t>(0, 5);
  const std::string broken = gossip::calm_after_chaos(members, blows);
  RC_ASSERT(broken == "");
}

RC_GTEST_PROP(Pool, DeliversLostNewsByExchange, (std::uint32_t offset)) {
  RC_ASSERT(gossip::lost_news_arrives(offset) == "");
}

RC_GTEST_PROP(Pool, KnowsRestartedMembersAnew, (std::uint32_t offset)) {
  RC_ASSERT(gossip::restarted_members_are_known_anew(offset) == "");
}

TEST(Pool, TellsALeaveFromADeath) { EXPECT_EQ(gossip::leave_is_no_death(), ""); }

TEST(Pool, HealsAfterALongPartition) { EXPECT_EQ(gossip::long_partition_heals(), ""); }

}  // namespace
}  // namespace syncer
