// SPDX-License-Identifier: Apache-2.0
#include "sim/check/ledger.h"

#include <gtest/gtest.h>

#include "sim/check/metrics.h"

namespace sim::check {
namespace {

using namespace std::chrono_literals;
using ChangeKind = host::RegistryChangeKind;
using host::RegistryInstance;

class LedgerTest : public testing::Test {
 protected:
  void write(RegistryIndex registry, ChangeKind kind, const RegistryInstance& instance, Duration at) {
    const char* client = instance.mark ? "w1" : "app:x";
    ledger_.on_registry_change(registry, {kind, Instant(at), "", &instance, client});
  }
  static RegistryInstance origin(const std::string& id, const std::string& endpoint = "rest://a") {
    RegistryInstance instance;
    instance.service = "cart";
    instance.id = id;
    instance.endpoints = {endpoint};
    instance.status = "UP";
    instance.host = "host-of-" + id;
    return instance;
  }
  static RegistryInstance copy_of(const RegistryInstance& from, const std::string& id,
                                  const std::string& region = "east") {
    RegistryInstance copy = from;
    copy.id = id;
    copy.mark = {region, from.id, {}};
    return copy;
  }

  Ledger ledger_{{{"east", 0}, {"west", 1}}, {"servicecenter", "servicecenter"}};
};

TEST_F(LedgerTest, TimesARegistrationUntilItsCopyIsThere) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  EXPECT_EQ(ledger_.differing(), 1U);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c1"), 3s);
  EXPECT_EQ(ledger_.differing(), 0U);
  ASSERT_EQ(ledger_.timings().size(), 1U);
  EXPECT_EQ(ledger_.timings()[0].step, Origin::Step::Registered);
  EXPECT_EQ(ledger_.timings()[0].took, Duration(2s));
}

TEST_F(LedgerTest, TimesTheReturnOfALostCopyFromItsLoss) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c1"), 2s);
  write(1, ChangeKind::InstanceLost, copy_of(origin("i1"), "c1"), 100s);
  EXPECT_EQ(ledger_.differing(), 1U);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c2"), 102s);
  ASSERT_EQ(ledger_.timings().size(), 2U);
  EXPECT_EQ(ledger_.timings()[1].from, Instant(Duration(100s)));
  EXPECT_EQ(ledger_.timings()[1].took, Duration(2s));
}

TEST_F(LedgerTest, ACopyWithOtherContentIsNoGoodCopy) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1", "rest://b"), "c1"), 2s);
  EXPECT_EQ(ledger_.differing(), 1U);
}

TEST_F(LedgerTest, TwoCopiesAreOneTooMany) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c1"), 2s);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c2"), 3s);
  EXPECT_EQ(ledger_.differing(), 1U);
  write(1, ChangeKind::InstanceUnregistered, copy_of(origin("i1"), "c2"), 4s);
  EXPECT_EQ(ledger_.differing(), 0U);
}

TEST_F(LedgerTest, ACopyWhoseOriginIsGoneIsAGhost) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c1"), 2s);
  write(0, ChangeKind::InstanceExpired, origin("i1"), 5s);
  EXPECT_EQ(ledger_.ghosts(), 1U);
  EXPECT_EQ(ledger_.explain(1).size(), 1U);
  write(1, ChangeKind::InstanceUnregistered, copy_of(origin("i1"), "c1"), 6s);
  EXPECT_EQ(ledger_.ghosts(), 0U);
  EXPECT_EQ(ledger_.timings().back().step, Origin::Step::Removed);
  EXPECT_EQ(ledger_.timings().back().took, Duration(1s));
}

TEST_F(LedgerTest, ACopyAtHomeOrOfACopyIsALoop) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  write(0, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c1"), 2s);
  EXPECT_EQ(ledger_.loops(), 1U);
  write(1, ChangeKind::InstanceRegistered, copy_of(origin("i1"), "c2"), 3s);
  write(0, ChangeKind::InstanceRegistered, copy_of(origin("c2"), "c3", "west"), 4s);
  EXPECT_EQ(ledger_.loops(), 2U);
}

TEST_F(LedgerTest, EntriesOfRegistriesAndSyncersThemselvesAreNoInstances) {
  RegistryInstance canary = origin("k1");
  canary.internal = true;
  write(0, ChangeKind::InstanceRegistered, canary, 1s);
  EXPECT_TRUE(ledger_.origins().empty());
}

TEST_F(LedgerTest, AHostMakesADifferenceOnlyWhereBothRegistriesKnowIt) {
  write(0, ChangeKind::InstanceRegistered, origin("i1"), 1s);
  RegistryInstance copy = copy_of(origin("i1"), "c1");
  copy.host = "elsewhere";
  write(1, ChangeKind::InstanceRegistered, copy, 2s);
  EXPECT_EQ(ledger_.differing(), 1U);
  copy.host.reset();
  write(1, ChangeKind::InstanceChanged, copy, 3s);
  EXPECT_EQ(ledger_.differing(), 0U);
}

TEST(Metrics, QuantilesAreNearestRank) {
  const std::vector<std::int64_t> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(quantile(values, 50), 5);
  EXPECT_EQ(quantile(values, 99), 10);
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile({}, 50), 0);
}

}  // namespace
}  // namespace sim::check
