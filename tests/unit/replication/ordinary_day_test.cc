// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/replication/guarded_region.h"

namespace syncer::replication {
namespace {

class OrdinaryDay : public GuardedRegion {
 protected:
  void TearDown() override {
    EXPECT_EQ(guard.held(), 0U);
    for (const GuardDecision& decision : seen) {
      EXPECT_NE(decision.kind, Kind::Hold) << decision.key;
      EXPECT_NE(decision.kind, Kind::Restore) << decision.key;
    }
  }
};

// Ordinary days.

TEST_F(OrdinaryDay, LetsEntriesGoOneByOne) {
  services(4, 10);
  pass(minutes(10));
  gone({"s0-0"});
  pass(seconds(10));
  gone({"s1-0"});
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 2U);
}

TEST_F(OrdinaryDay, LetsAHundredOfOneServiceGoAtOnce) {
  services(2, 100);
  pass(minutes(10));
  gone(of("s0"));
  EXPECT_EQ(shown.size(), 100U);
}

TEST_F(OrdinaryDay, LetsASmallRegionStopAltogether) {
  services(5, 1);
  pass(minutes(10));
  gone(all());
  EXPECT_TRUE(shown.empty());
}

TEST_F(OrdinaryDay, LetsEachServiceShrinkToAQuarter) {
  services(6, 8);
  pass(minutes(10));
  for (int s = 0; s < 6; ++s) {
    for (int n = 0; n < 6; ++n) gone({"s" + std::to_string(s) + "-" + std::to_string(n)});
  }
  EXPECT_EQ(shown.size(), 12U);
}

TEST_F(OrdinaryDay, LetsAServiceThatIsMostOfTheRegionBeUndeployed) {
  services(1, 30);
  there(app("other", 1));
  there(app("another", 1));
  pass(minutes(10));
  gone(of("s0"));
  EXPECT_EQ(shown.size(), 2U);
}

TEST_F(OrdinaryDay, LetsAReleaseTrainPass) {
  services(6, 4);
  pass(minutes(10));
  for (int s = 0; s < 6; ++s) {
    for (int n = 0; n < 4; ++n) {
      registered(app("s" + std::to_string(s), n + 100));
      pass(seconds(1));
      gone({"s" + std::to_string(s) + "-" + std::to_string(n)});
    }
  }
  EXPECT_EQ(shown.size(), 24U);
}

TEST_F(OrdinaryDay, LetsTheOldHalfGoLongAfterTheNewOneCame) {
  services(6, 4);
  for (int s = 0; s < 6; ++s) {
    for (int n = 100; n < 104; ++n) registered(app("s" + std::to_string(s), n));
  }
  pass(minutes(60));
  for (int s = 0; s < 6; ++s) {
    for (int n = 0; n < 4; ++n) gone({"s" + std::to_string(s) + "-" + std::to_string(n)});
  }
  EXPECT_EQ(shown.size(), 24U);
}

TEST_F(OrdinaryDay, LetsTwoServicesBeEmptyForAMomentAfterTheOldHalfWent) {
  services(8, 1);
  for (int s = 0; s < 8; ++s) registered(app("s" + std::to_string(s), 100));
  pass(minutes(60));
  for (int s = 0; s < 8; ++s) gone({"s" + std::to_string(s) + "-0"});
  pass(seconds(5));
  gone({"s0-100", "s1-100"});
  EXPECT_EQ(shown.size(), 6U);
}

TEST_F(OrdinaryDay, LetsServicesComeBackSmallerTwoAtATime) {
  services(6, 4);
  pass(minutes(10));
  for (int pair = 0; pair < 3; ++pair) {
    const std::string one = "s" + std::to_string(2 * pair);
    const std::string other = "s" + std::to_string(2 * pair + 1);
    gone(of(one));
    gone(of(other));
    pass(seconds(5));
    for (const auto& service : {one, other}) {
      registered(app(service, 100));
      registered(app(service, 101));
    }
  }
  EXPECT_EQ(shown.size(), 12U);
}

TEST_F(OrdinaryDay, CountsOnlyWhatNoArrivalMadeGood) {
  services(6, 2);
  pass(minutes(10));
  for (int s = 0; s < 6; ++s) {
    const std::string service = "s" + std::to_string(s);
    gone(of(service));
    pass(seconds(5));
    registered(app(service, 100));
    registered(app(service, 101));
    pass(seconds(1));
  }
  EXPECT_EQ(guard.window().lost(), 0U);
}

TEST_F(OrdinaryDay, LetsWhatIsYoungerThanItsLeaseGo) {
  pass(minutes(10));
  prove();
  for (int s = 0; s < 12; ++s) registered(app("test" + std::to_string(s), 1));
  pass(seconds(60));
  gone(all());
  EXPECT_TRUE(shown.empty()) << "nothing expires within its lease";
}

TEST_F(OrdinaryDay, ForgetsALossAfterHalfItsLease) {
  services(16, 2);
  pass(minutes(10));
  for (int s = 0; s < 10; ++s) {
    gone(of("s" + std::to_string(s)));
    pass(seconds(50));
  }
  EXPECT_EQ(guard.window().lost(), 2U);
  pass(kHold);
  EXPECT_EQ(guard.window().lost(), 0U);
  EXPECT_EQ(guard.window().size(), guard.window().live());
}

TEST_F(OrdinaryDay, LetsWhatWasRegisteredAfterABreakGo) {
  services(2, 10);
  pass(minutes(10));
  canary = now;
  prove();
  registered(app("s0", 100));
  pass(seconds(5));
  gone({"s0-100"});
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(OrdinaryDay, LetsWhatTheStoreHeldAfterABreakGo) {
  services(2, 10);
  pass(minutes(10));
  canary = now;
  prove();
  pass(seconds(5));
  const LossGuard::Absence absence{"s0-1", now - seconds(2)};
  guard.absent(now, std::span(&absence, 1));
  prove();
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(OrdinaryDay, IsNotDisturbedByACanaryThatBrokeByItself) {
  services(3, 10);
  pass(minutes(10));
  canary = now;  // the registry could not be reached from here
  guard.witness(now, "s1-1", now);
  gone({"s0-1", "s0-2"});
  EXPECT_EQ(shown.size(), 28U);
}

}  // namespace
}  // namespace syncer::replication
