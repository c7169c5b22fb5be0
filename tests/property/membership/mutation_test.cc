// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/mutation.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/property/membership/core_laws.h"
#include "tests/property/membership/inflation_laws.h"
#include "tests/property/membership/intent_laws.h"
#include "tests/property/membership/key_laws.h"
#include "tests/property/membership/pool_laws.h"

namespace syncer {
namespace {

using Law = std::function<std::string(Random&)>;

const Law kStatus = [](Random& r) { return membership::status_never_falls(membership::draw_steps(r)); };
const Law kAddress = [](Random& r) { return membership::members_are_found_where_they_are(membership::draw_steps(r)); };
const Law kHearsay = [](Random& r) {
  const auto mine = membership::draw_steps(r);
  return membership::hearsay_does_not_kill(mine, membership::draw_steps(r));
};
const Law kOutbids = [](Random& r) { return membership::accused_outbids(r.below(5), false); };
const Law kAccusers = [](Random& r) {
  std::vector<std::uint8_t> accusers(static_cast<std::size_t>(r.below(6)));
  for (auto& a : accusers) a = static_cast<std::uint8_t>(r.below(4));
  return membership::accusers_count_once(accusers);
};
const Law kNews = [](Random& r) {
  return membership::news_is_told_as_promised(1 + static_cast<std::size_t>(r.below(200)), {40, 50, 60});
};
const Law kAnswer = [](Random& r) {
  return membership::only_the_right_answer_counts(static_cast<std::uint32_t>(r.below(1000)));
};
const Law kLostNews = [](Random& r) { return gossip::lost_news_arrives(static_cast<std::uint32_t>(r.below(1000))); };
const Law kAnew = [](Random& r) {
  return gossip::restarted_members_are_known_anew(static_cast<std::uint32_t>(r.below(1000)));
};
const Law kLeave = [](Random&) { return gossip::leave_is_no_death(); };
const Law kPartition = [](Random&) { return gossip::long_partition_heals(); };
const Law kAccused = [](Random& r) {
  return gossip::accused_is_heard_at_once(static_cast<std::uint32_t>(r.below(1000)));
};
const Law kJoiner = [](Random& r) { return gossip::joiner_gives_way(static_cast<std::uint32_t>(r.below(50'000))); };
const Law kOneAnswer = [](Random& r) { return gossip::key_query_is_answered_once(r); };
const Law kKeptKeys = [](Random& r) { return gossip::keys_that_serf_changes_are_kept(r); };
const Law kTakenBack = [](Random& r) { return gossip::unwanted_leave_is_taken_back(r); };
const Law kInflation = [](Random& r) {
  return wire::gossip::text_grows_a_hundredfold_at_most(1 + static_cast<std::size_t>(r.below(2000)));
};

/// Each deliberate fault, and the law that must catch it.
const std::map<std::string_view, Law> kCaughtBy = {
    {"membership.accept_equal_incarnation", kStatus},
    {"membership.look_for_movers_where_they_were", kAddress},
    {"membership.believe_hearsay_of_death", kHearsay},
    {"membership.refute_without_outbidding", kOutbids},
    {"membership.count_same_accuser_twice", kAccusers},
    {"membership.tell_news_once", kNews},
    {"membership.any_ack_counts", kAnswer},
    {"membership.no_state_exchange", kLostNews},
    {"membership.leave_counts_as_death", kLeave},
    {"gossip.forget_failed_members", kPartition},
    {"gossip.accuse_by_rumour_only", kAccused},
    {"gossip.keep_quiet_about_contradictions", kAnew},
    {"gossip.race_joiner_for_name", kJoiner},
    {"gossip.answer_query_again", kOneAnswer},
    {"gossip.forget_keys_of_serf", kKeptKeys},
    {"gossip.believe_own_leave", kTakenBack},
    {"wire.inflate_at_any_ratio", kInflation},
};

constexpr int kSeeds = 200;

/// The number of seeds that a fault survives.
int seeds_survived(const Law& law) {
  for (int seed = 0; seed < kSeeds; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    if (!law(random).empty()) return seed;
  }
  return kSeeds;
}

TEST(Mutations, AreEachCaughtByTheirLaw) {
  for (const auto& [name, law] : kCaughtBy) {
    mutation::active = name;
    EXPECT_LT(seeds_survived(law), kSeeds) << name << " goes unnoticed";
  }
  mutation::active = {};
}

TEST(Mutations, AreWhatTheLawsCatch) {
  mutation::active = {};
  for (const auto& [name, law] : kCaughtBy) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      Random random(seed);
      EXPECT_EQ(law(random), "") << name << " is off, seed " << seed;
    }
  }
}

}  // namespace
}  // namespace syncer
