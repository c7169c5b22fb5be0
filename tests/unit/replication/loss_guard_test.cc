// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_guard.h"

#include <gtest/gtest.h>

#include "tests/unit/replication/guarded_region.h"

namespace syncer::replication {
namespace {

// What a look proves.

TEST_F(GuardedRegion, IsJudgedByALookThatBeganAfterTheAbsence) {
  services(2, 10);
  pass(minutes(10));
  absent({"s0-1"});
  EXPECT_TRUE(guard.needs_proof());
  guard.prove(now + milliseconds(5), {now - milliseconds(5), true, canary});
  follow();
  EXPECT_TRUE(seen.empty());
  pass(milliseconds(10));
  prove();
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
  EXPECT_FALSE(guard.needs_proof());
}

TEST_F(GuardedRegion, TakesNoNoticeOfAnOlderLook) {
  services(2, 10);
  pass(minutes(10));
  prove();
  guard.prove(now, {now - seconds(1), false, {}});
  absent({"s0-1"});
  prove();
  EXPECT_EQ(guard.held(), 0U);
}

TEST_F(GuardedRegion, WaitsWhileTheRegistryIsNotProvenHealthy) {
  services(2, 10);
  pass(minutes(10));
  healthy = false;
  gone({"s0-1"});
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0], (GuardDecision{Kind::Hold, Rule::Unproven, "s0-1", kNever}));
  EXPECT_EQ(guard.holding_until(), kNever);
  pass(minutes(60));
  EXPECT_EQ(guard.evidence(now, Rule::Unproven), "the registry has not shown the canary for 1h");
  healthy = true;
  prove();
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U) << "the canary is the same: nothing was forgotten";
}

TEST_F(GuardedRegion, CountsTheLeaseFromWhenTheRegistryIsHealthyAgain) {
  services(2, 10);
  pass(minutes(10));
  healthy = false;
  gone(all());
  canary = now;
  pass(minutes(5));
  healthy = true;
  prove();
  EXPECT_EQ(count(Kind::Hold, Rule::MemoryLost), 20U);
  EXPECT_EQ(guard.holding_until(), now + kHold);
}

TEST_F(GuardedRegion, StopsTheClockWhileTheRegistryIsSick) {
  services(2, 10);
  pass(minutes(10));
  wipe();
  pass(seconds(60));
  healthy = false;
  prove();
  pass(minutes(10));
  EXPECT_EQ(shown.size(), 20U);
  healthy = true;
  prove();
  EXPECT_EQ(guard.holding_until(), now + kHold);
  pass(kHold);
  EXPECT_EQ(count(Kind::Remove, Rule::HoldPassed), 20U);
}

// A registry that lost its memory.

TEST_F(GuardedRegion, HoldsWhatAWipeTookForItsOwnLease) {
  services(3, 10);
  pass(minutes(10));
  wipe();
  EXPECT_EQ(count(Kind::Hold, Rule::MemoryLost), 30U);
  EXPECT_EQ(guard.evidence(now + seconds(4), Rule::MemoryLost),
            "the registry had forgotten the canary, which is there anew since 4s");
  pass(kHold - seconds(1));
  EXPECT_EQ(shown.size(), 30U);
  pass(seconds(1));
  EXPECT_EQ(count(Kind::Remove, Rule::HoldPassed), 30U);
  EXPECT_FALSE(guard.holding(now));
}

TEST_F(GuardedRegion, HoldsASingleInstanceThatAWipeTook) {
  services(1, 1);
  pass(minutes(10));
  wipe();
  EXPECT_EQ(count(Kind::Hold, Rule::MemoryLost), 1U);
}

TEST_F(GuardedRegion, HoldsForTheBoundWhenTheLeaseIsLonger) {
  Sighting patient = app("s", 1);
  patient.lease = minutes(60);
  there(patient);
  prove();
  wipe();
  EXPECT_EQ(guard.holding_until(), now + minutes(10) + seconds(3));
}

TEST_F(GuardedRegion, ShowsThirtyForThirtyThatComeBackUnderNewIds) {
  services(3, 10);
  pass(minutes(10));
  wipe();
  for (int i = 0; i < 30; ++i) {
    pass(seconds(1));
    registered(app("s" + std::to_string(i / 10), i % 10, "-again"));
    EXPECT_EQ(shown.size(), 30U);
  }
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 30U);
  EXPECT_EQ(guard.held(), 0U);
}

TEST_F(GuardedRegion, KnowsTheReplacementThatCameBeforeTheAbsence) {
  services(2, 10);
  pass(minutes(10));
  registered(app("s0", 1, "-again"));
  EXPECT_EQ(count(Kind::Confirm, Rule::Replaced), 1U) << "the list still shows the old one";
  healthy = false;
  prove();
  absent({"s0-1"});
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 1U) << "needs no proof";
}

TEST_F(GuardedRegion, KnowsAReplacementByItsEndpointWhateverItsHostIsCalled) {
  services(2, 2);
  pass(minutes(10));
  wipe();
  Sighting renamed = app("s0", 1, "-again");
  renamed.host = "another-container";
  registered(renamed);
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 1U);
}

TEST_F(GuardedRegion, KnowsAReplacementByItsHostWhereItIsTheOnlyOne) {
  services(2, 2);
  pass(minutes(10));
  wipe();
  Sighting moved = app("s0", 1, "-again");
  moved.endpoints = {"10.0.s0-1:9999"};
  registered(moved);
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 1U);
}

TEST_F(GuardedRegion, DoesNotGuessWhichOfTwoOnAHostIsReplaced) {
  for (int n = 0; n < 2; ++n) {
    Sighting one = app("s", n);
    one.host = "big";
    there(one);
  }
  prove();
  wipe();
  Sighting moved = app("s", 7);
  moved.host = "big";
  registered(moved);
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 0U);
}

TEST_F(GuardedRegion, TakesAnotherServiceForNoReplacement) {
  services(2, 2);
  pass(minutes(10));
  wipe();
  Sighting other = app("s0", 1, "-again");
  other.service = "s1";
  registered(other);
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 0U);
}

TEST_F(GuardedRegion, LetsOneArrivalReplaceOneEntry) {
  for (int n = 0; n < 3; ++n) {
    Sighting behind_a_balancer = app("s", n);
    behind_a_balancer.endpoints = {"10.0.0.1:80"};
    there(behind_a_balancer);
  }
  prove();
  pass(minutes(10));
  Sighting again = app("s", 0, "-again");
  again.endpoints = {"10.0.0.1:80"};
  absent({"s-0"});
  registered(again);
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 1U);
  absent({"s-1", "s-2"});
  pass(seconds(1));
  canary = now;
  prove();
  EXPECT_EQ(guard.held(), 2U);
}

TEST_F(GuardedRegion, GoesOnWhenEntriesReturnUnderTheirOldIds) {
  services(2, 5);
  pass(minutes(10));
  wipe();
  for (int i = 0; i < 10; ++i) registered(app("s" + std::to_string(i / 5), i % 5));
  EXPECT_EQ(count(Kind::Return, Rule::MemoryLost), 10U);
  EXPECT_FALSE(guard.holding(now));
  pass(minutes(60));
  EXPECT_EQ(shown.size(), 10U);
}

TEST_F(GuardedRegion, HoldsWhatARestoredBackupLacksThoughTheCanaryIsInIt) {
  services(2, 5);
  pass(minutes(10));
  absent({"s0-1", "s1-1"});
  guard.went_back(now);
  prove();
  EXPECT_EQ(count(Kind::Hold, Rule::MemoryLost), 2U);
  EXPECT_EQ(guard.evidence(now, Rule::MemoryLost), "the registry went back in time 0s ago");
  guard.witness(now, "s1-2", now);
  EXPECT_EQ(guard.held(), 2U) << "what is in the backup is no witness";
}

TEST_F(GuardedRegion, HoldsLongerWhenTheRegistryIsWipedAgain) {
  services(2, 5);
  pass(minutes(10));
  wipe();
  pass(seconds(100));
  canary = now;
  prove();
  pass(seconds(60));
  EXPECT_EQ(shown.size(), 10U);
  pass(kHold - seconds(60));
  EXPECT_TRUE(shown.empty());
}

TEST_F(GuardedRegion, LetsGoWhatAWitnessExplains) {
  services(2, 5);
  pass(minutes(10));
  absent({"s0-1"});
  canary = now;
  prove();
  EXPECT_EQ(count(Kind::Hold, Rule::MemoryLost), 1U);
  guard.witness(now, "s1-1", now);
  follow();
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(GuardedRegion, LetsGoWhatAYoungWitnessAndTheCanaryBeforeExplain) {
  services(2, 5);
  pass(minutes(10));
  registered(app("s2", 0));
  prove();
  pass(minutes(1));
  absent({"s0-1"});
  canary = now;
  prove();
  EXPECT_EQ(count(Kind::Hold, Rule::MemoryLost), 1U);
  guard.witness(now, "s2-0", now);
  follow();
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U) << "the canary was there when the witness came";
}

TEST_F(GuardedRegion, HoldsWhatAWitnessDoesNotExplainThatCameAfterTheCanaryBefore) {
  services(2, 5);
  pass(minutes(10));
  prove();
  pass(minutes(1));
  registered(app("s2", 0));  // the registry may have been wiped before it came
  pass(seconds(1));
  absent({"s0-1"});
  canary = now;
  prove();
  guard.witness(now, "s2-0", now);
  follow();
  EXPECT_TRUE(guard.holds("s0-1"));
}

// Mass expiry.

TEST_F(GuardedRegion, RecognisesAWaveOfExpiryAndGivesBackItsBeginning) {
  services(6, 2);
  pass(minutes(10));
  expire({"s0-0", "s0-1", "s1-0", "s1-1", "s2-0"});
  EXPECT_EQ(shown.size(), 7U);
  expire({"s2-1"});
  EXPECT_EQ(count(Kind::Hold, Rule::MassExpiry), 1U);
  EXPECT_EQ(count(Kind::Restore, Rule::MassExpiry), 5U);
  EXPECT_EQ(shown.size(), 12U);
  EXPECT_EQ(guard.evidence(now, Rule::MassExpiry),
            "6 of 12 entries are gone without a replacement, 3 services have next to none left");
}

TEST_F(GuardedRegion, HoldsEachOfAWaveForItsOwnLease) {
  services(6, 2);
  pass(minutes(10));
  const Instant begin = now;
  expire(all());
  pass(begin + kHold + seconds(3) - now);
  EXPECT_EQ(shown.size(), 9U) << "those that went in the first three seconds";
  pass(seconds(9));
  EXPECT_TRUE(shown.empty());
  EXPECT_EQ(guard.window().size(), 0U);
}

TEST_F(GuardedRegion, TakesTheLastOfAWaveInThoughSomeAreBack) {
  services(6, 2);
  pass(minutes(10));
  expire({"s0-0", "s0-1", "s1-0", "s1-1", "s2-0", "s2-1"});
  registered(app("s0", 0));
  registered(app("s0", 1));
  seen.clear();
  expire({"s3-0"});
  EXPECT_EQ(count(Kind::Hold, Rule::MassExpiry), 1U);
}

TEST_F(GuardedRegion, IsOrdinaryAgainWhenAWaveIsBack) {
  services(6, 2);
  pass(minutes(10));
  expire({"s0-0", "s0-1", "s1-0", "s1-1", "s2-0", "s2-1"});
  for (int i = 0; i < 6; ++i) registered(app("s" + std::to_string(i / 2), i % 2, "-again"));
  EXPECT_EQ(guard.held(), 0U);
  EXPECT_EQ(shown.size(), 12U);
  seen.clear();
  gone({"s3-0"});
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(GuardedRegion, IsOrdinaryAgainThoughOneOfAWaveNeverReturns) {
  services(6, 2);
  pass(minutes(10));
  gone({"s0-0", "s0-1", "s1-0", "s1-1", "s2-0", "s2-1", "s3-0", "s3-1"});
  for (int i = 0; i < 6; ++i) registered(app("s" + std::to_string(i / 2), i % 2));
  seen.clear();
  gone({"s4-0"});
  EXPECT_EQ(count(Kind::Hold, Rule::MassExpiry), 1U) << "two of eight are missing";
  registered(app("s3", 0));
  seen.clear();
  gone({"s5-0"});
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U) << "one of eight is missing";
  EXPECT_TRUE(guard.holds("s3-1"));
}

TEST_F(GuardedRegion, IsOrdinaryAgainThoughTheLastOfAWaveNeverReturn) {
  services(6, 2);
  pass(minutes(10));
  gone({"s0-0", "s0-1", "s1-0", "s1-1", "s2-0", "s2-1", "s3-0", "s3-1"});
  pass(seconds(10));
  gone({"s4-0", "s4-1"});
  EXPECT_EQ(guard.held(), 10U);
  for (int i = 0; i < 8; ++i) registered(app("s" + std::to_string(i / 2), i % 2));
  seen.clear();
  gone({"s5-0"});
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(GuardedRegion, IsOrdinaryAgainThoughWhatWentShortlyBeforeNeverReturns) {
  services(6, 2);
  for (int n = 0; n < 6; ++n) there(app("churn", n));
  pass(minutes(10));
  std::vector<Bytes> wave;
  for (const Bytes& key : all()) {
    if (key.starts_with("s")) wave.push_back(key);
  }
  gone({"churn-0", "churn-1"});
  expire(wave);
  EXPECT_EQ(guard.held(), 14U) << "they may have been cut off, too";
  for (const Bytes& key : wave) registered(app(key.substr(0, 2), key.back() - '0'));
  EXPECT_EQ(guard.held(), 2U);
  seen.clear();
  gone({"churn-2"});
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(GuardedRegion, SuspectsNoWaveThatLeavesOneOfEachServiceInFour) {
  services(3, 12);
  pass(minutes(10));
  for (int s = 0; s < 3; ++s) {
    for (int n = 0; n < 9; ++n) gone({"s" + std::to_string(s) + "-" + std::to_string(n)});
  }
  EXPECT_EQ(count(Kind::Hold, Rule::MassExpiry), 0U);
}

TEST_F(GuardedRegion, SuspectsAWaveThatLeavesNextToNothingOfEachService) {
  services(3, 10);
  pass(minutes(10));
  for (int s = 0; s < 3; ++s) {
    for (int n = 0; n < 9; ++n) gone({"s" + std::to_string(s) + "-" + std::to_string(n)});
  }
  EXPECT_EQ(shown.size(), 30U);
}

// Operators and former leaders.

TEST_F(GuardedRegion, LetsAllGoOnTheOperatorsWord) {
  services(3, 10);
  pass(minutes(10));
  wipe();
  guard.release(now);
  follow();
  EXPECT_EQ(count(Kind::Remove, Rule::Operator), 30U);
  EXPECT_FALSE(guard.holding(now));
}

TEST_F(GuardedRegion, LetsTheRestOfAReleasedWaveGoForAMinute) {
  services(10, 2);
  pass(minutes(10));
  const std::vector<Bytes> keys = all();
  expire({keys.begin(), keys.begin() + 10});
  guard.release(now);
  follow();
  EXPECT_EQ(shown.size(), 10U);
  expire({keys.begin() + 10, keys.end()});
  EXPECT_TRUE(shown.empty());
}

TEST_F(GuardedRegion, JudgesWhatComesAMinuteAfterARelease) {
  services(10, 2);
  pass(minutes(10));
  const std::vector<Bytes> keys = all();
  expire({keys.begin(), keys.begin() + 10});
  guard.release(now);
  follow();
  pass(seconds(61));
  expire({keys.begin() + 10, keys.end()});
  EXPECT_EQ(shown.size(), 10U);
}

TEST_F(GuardedRegion, JudgesTheNextLossAnew) {
  services(3, 10);
  pass(minutes(10));
  absent({"s0-1"});
  canary = now;
  prove();
  guard.release(now);
  pass(seconds(10));
  wipe();
  EXPECT_EQ(guard.held(), 29U);
}

TEST_F(GuardedRegion, LetsGoWhatAnOperatorReleasedElsewhere) {
  services(3, 10);
  pass(minutes(10));
  guard.allow(now + seconds(60));
  wipe();
  EXPECT_TRUE(shown.empty());
}

TEST_F(GuardedRegion, GoesOnWhereTheLeaderBeforeStopped) {
  guard.inherit(now + seconds(100), 12);
  EXPECT_TRUE(guard.holding(now));
  services(2, 2);
  gone({"s0-0"});
  EXPECT_EQ(count(Kind::Hold, Rule::MassExpiry), 1U);
  for (int n = 0; n < 5; ++n) there(app("s5", n));
  EXPECT_FALSE(guard.is_inherited(now)) << "eight of twelve are there";
}

TEST_F(GuardedRegion, InheritsForALimitedTime) {
  guard.inherit(now + seconds(100), 12);
  pass(seconds(100));
  EXPECT_FALSE(guard.holding(now));
}

// The receiver's side.

TEST_F(GuardedRegion, HoldsWhatANewEpochLacksOfHalfTheRegion) {
  services(6, 2);
  guard.orphaned(now, std::vector<Bytes>{"s0-0", "s0-1", "s1-0", "s1-1", "s2-0", "s2-1"});
  follow();
  EXPECT_EQ(count(Kind::Hold, Rule::MassOrphaned), 6U);
  pass(kHold);
  EXPECT_EQ(count(Kind::Remove, Rule::HoldPassed), 6U);
}

TEST_F(GuardedRegion, LetsAFewOrphansGo) {
  services(6, 2);
  guard.orphaned(now, std::vector<Bytes>{"s0-0", "s0-1", "s1-0", "s1-1", "s2-0"});
  follow();
  EXPECT_EQ(shown.size(), 7U);
}

TEST_F(GuardedRegion, CountsYoungOrphansToo) {
  for (int s = 0; s < 6; ++s) registered(app("s" + std::to_string(s), 1));
  prove();
  guard.orphaned(now, all());
  follow();
  EXPECT_EQ(count(Kind::Hold, Rule::MassOrphaned), 6U);
}

/// A new leader finds both in its own registry: neither arrived.
TEST_F(GuardedRegion, LetsAnOrphanGoWhoseAddressTheNewEpochHasUnderAnotherId) {
  services(3, 4);
  there(app("s0", 1, "-again"));
  guard.orphaned(now, std::vector<Bytes>{"s0-1"}, true);
  follow();
  EXPECT_EQ(count(Kind::Remove, Rule::Replaced), 1U);
  EXPECT_EQ(guard.held(), 0U) << "though the origin's own guard held when the epoch before ended";
}

TEST_F(GuardedRegion, LetsOrphansWaitForAHealthyOrigin) {
  services(6, 2);
  healthy = false;
  prove();
  guard.orphaned(now, std::vector<Bytes>{"s0-0"});
  follow();
  EXPECT_EQ(count(Kind::Hold, Rule::Unproven), 1U);
  pass(seconds(5));
  healthy = true;
  prove();
  EXPECT_EQ(count(Kind::Remove, Rule::Ordinary), 1U);
}

TEST_F(GuardedRegion, TakesTheSuccessorOfAForgottenEntryForNoOther) {
  services(2, 6);
  pass(minutes(10));
  for (int s = 0; s < 2; ++s) {
    for (int n = 0; n < 2; ++n) {
      registered(app("s" + std::to_string(s), n, "-new"));
      guard.forget("s" + std::to_string(s) + "-" + std::to_string(n));
      shown.erase("s" + std::to_string(s) + "-" + std::to_string(n));
    }
  }
  std::vector<Bytes> orphans;
  for (const Bytes& key : all()) {
    if (!key.ends_with("-new")) orphans.push_back(key);
  }
  ASSERT_EQ(orphans.size(), 8U);
  guard.orphaned(now, orphans);
  follow();
  EXPECT_EQ(guard.held(), 8U);
}

TEST_F(GuardedRegion, ForgetsWithoutAVerdict) {
  services(3, 4);
  for (const Bytes& key : all()) guard.forget(key);
  EXPECT_TRUE(guard.take_decisions().empty());
  EXPECT_EQ(guard.window().size(), 0U);
  guard.forget("unknown");
}

// State.

LossGuard played() {
  LossGuard guard{{}};
  for (int n = 0; n < 12; ++n) guard.put(at(seconds(0)), app("s" + std::to_string(n), 1));
  guard.prove(at(seconds(1)), {at(seconds(1)), true, at(seconds(0))});
  return guard;
}

std::uint64_t digest(const LossGuard& guard) {
  StateHasher hasher;
  guard.hash(hasher);
  return hasher.digest();
}

TEST(LossGuardHash, IsEqualAfterEqualHistories) {
  LossGuard one = played();
  LossGuard other = played();
  EXPECT_EQ(digest(one), digest(other));
  const LossGuard::Absence absence{"s1-1"};
  one.absent(at(seconds(2)), std::span(&absence, 1));
  EXPECT_NE(digest(one), digest(other));
}

TEST(GuardRuleName, IsOneWord) {
  EXPECT_EQ(name(Rule::MemoryLost), "memory-lost");
  EXPECT_EQ(name(Rule::MassOrphaned), "mass-orphaned");
}

}  // namespace
}  // namespace syncer::replication
