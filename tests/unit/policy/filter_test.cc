// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/filter.h"

#include <gtest/gtest.h>

namespace syncer::policy {
namespace {

using registry::Instance;
using registry::RecordKey;
using registry::RecordKind;

Policy read(std::string_view text) {
  auto policy = parse_policy(text);
  EXPECT_TRUE(policy) << to_string(policy.error());
  return policy.value_or(Policy());
}

RecordKey key_of(RecordKind kind, const std::string& app, const std::string& environment = "") {
  return {kind, {"", environment, app, "cart", "1.0.0"}, kind == RecordKind::Service ? "" : "i-1"};
}

const RecordKey kShop = key_of(RecordKind::Instance, "shop");
const RecordKey kPay = key_of(RecordKind::Instance, "pay");

TEST(Filter, WithoutRulesEverythingPassesAndNothingDecided) {
  const Policy policy;
  const Filter filter(policy, Direction::Export, "west");
  EXPECT_TRUE(filter.is_open());
  const Instance instance;
  EXPECT_EQ(filter.decide(kShop, &instance), (Decision{true, kNoRule}));
}

TEST(Filter, ARuleIsAboutTheRegionsThatItNames) {
  const Policy policy = read(R"({"export": [{"to": "eu-*", "deny": {}}]})");
  EXPECT_TRUE(Filter(policy, Direction::Export, "west").is_open());
  EXPECT_FALSE(Filter(policy, Direction::Export, "eu-1").is_open());
  EXPECT_TRUE(Filter(policy, Direction::Import, "eu-1").is_open());
}

TEST(Filter, DenyWinsWhereverItStands) {
  const Policy policy = read(R"({"import": [{"name": "yes", "allow": {"app": "*"}},
                                            {"name": "no", "deny": {"app": "pay"}}]})");
  const Filter filter(policy, Direction::Import, "east");
  const Instance instance;
  const Decision denied = filter.decide(kPay, &instance);
  EXPECT_FALSE(denied.passes);
  EXPECT_EQ(rule_name(policy, Direction::Import, denied.rule), "no");
  const Decision allowed = filter.decide(kShop, &instance);
  EXPECT_TRUE(allowed.passes);
  EXPECT_EQ(rule_name(policy, Direction::Import, allowed.rule), "yes");
}

TEST(Filter, WhereRulesAllowTheRestStaysAway) {
  const Policy policy = read(R"({"export": [{"allow": {"app": "shop"}}]})");
  const Filter filter(policy, Direction::Export, "west");
  const Instance instance;
  EXPECT_TRUE(filter.decide(kShop, &instance).passes);
  const Decision denied = filter.decide(kPay, &instance);
  EXPECT_FALSE(denied.passes);
  EXPECT_EQ(rule_name(policy, Direction::Export, denied.rule), "nothing allows it");
}

TEST(Filter, AllConditionsOfARuleHaveToHold) {
  const Policy policy = read(R"({"export": [{"deny": {"app": "shop", "environment": ["production", "testing"],
      "service": "c?rt", "version": "1.*", "state": "DOWN", "metadata": {"zone": "a*", "team": "*"}}}]})");
  const Filter filter(policy, Direction::Export, "west");
  const RecordKey key = key_of(RecordKind::Instance, "shop", "testing");
  Instance instance;
  instance.status = registry::Status::Down;
  instance.metadata = {{"zone", "a1"}, {"team", "x"}};
  EXPECT_FALSE(filter.decide(key, &instance).passes);
  EXPECT_TRUE(filter.decide(kShop, &instance).passes) << "environment";
  instance.status = registry::Status::Up;
  EXPECT_TRUE(filter.decide(key, &instance).passes) << "state";
  instance.status = registry::Status::Down;
  instance.metadata.erase("team");
  EXPECT_TRUE(filter.decide(key, &instance).passes) << "metadata";
}

TEST(Filter, WhatBelongsToAServiceGoesWhereInstancesOfItCould) {
  const Policy policy = read(R"({"export": [{"deny": {"metadata": {"secret": "*"}}},
                                            {"allow": {"app": "shop", "state": "UP"}}]})");
  const Filter filter(policy, Direction::Export, "west");
  EXPECT_TRUE(filter.decide(key_of(RecordKind::Service, "shop"), nullptr).passes);
  EXPECT_TRUE(filter.decide(key_of(RecordKind::Attachment, "shop"), nullptr).passes);
  EXPECT_FALSE(filter.decide(key_of(RecordKind::Service, "pay"), nullptr).passes);
}

TEST(Filter, WhatAGuardSaysAlwaysPasses) {
  const Policy policy = read(R"({"export": [{"deny": {}}]})");
  const Filter filter(policy, Direction::Export, "west");
  EXPECT_TRUE(filter.decide({RecordKind::Guard, {}, "holding"}, nullptr).passes);
  EXPECT_FALSE(filter.decide(kShop, nullptr).passes);
}

}  // namespace
}  // namespace syncer::policy
