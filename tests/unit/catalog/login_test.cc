// SPDX-License-Identifier: Apache-2.0
// A registry that wants tokens, as its syncer sees it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;

mocksc::ModelOptions with_accounts(Duration token_life = {}) {
  mocksc::ModelOptions options;
  options.accounts = {{"syncer", "Secret#1"}};
  options.token_life = token_life;
  return options;
}

CatalogConfig logging_in(const std::string& password) {
  CatalogConfig config = catalog_config_of("east");
  config.registry.user = "syncer";
  config.registry.password = password;
  return config;
}

std::size_t logins(const CatalogDriver& driver) {
  return static_cast<std::size_t>(std::count_if(driver.sent.begin(), driver.sent.end(),
                                                [](const HttpRequest& r) { return r.target == "/v4/token"; }));
}

RegistryStatus status_of(CatalogDriver& driver) {
  RegistryStatus status;
  driver.catalog().fill(status);
  return status;
}

void desire_one(RegistryWorld& world, CatalogDriver& driver, const std::string& id) {
  const auto record = remote_instance("cart", id, "rest://1:1");
  driver.catalog().region_state(world.now(), "west", true, true, true);
  driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
  driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
}

TEST(RegistryLogin, OneTokenServesUntilItIsRenewedBeforeItEnds) {
  RegistryWorld world(with_accounts());
  world.add("cart", "i1", "rest://1:1");
  CatalogDriver east(logging_in("Secret#1"), world);
  world.run_for(5s);
  EXPECT_TRUE(east.catalog().view_complete());
  EXPECT_EQ(logins(east), 1U);
  world.run_for(40min);
  EXPECT_EQ(logins(east), 1U);
  world.run_for(10min);
  EXPECT_EQ(logins(east), 2U) << "in the last quarter of an hour";
  EXPECT_EQ(east.events().count(EventKind::RegistryRefusal), 0);
}

TEST(RegistryLogin, TokensThatEndTooSoonAreReplacedAndNobodyNotices) {
  RegistryWorld world(with_accounts(20s));
  CatalogDriver east(logging_in("Secret#1"), world);
  world.run_for(5s);
  for (int i = 0; i < 20; ++i) {
    desire_one(world, east, "i" + std::to_string(i));
    world.run_for(7s);
    EXPECT_EQ(world.copies("west").size(), static_cast<std::size_t>(i + 1));
  }
  EXPECT_GE(logins(east), 7U);
  EXPECT_LE(logins(east), 9U);
  EXPECT_EQ(east.events().count(EventKind::RegistryRefusal), 0);
  EXPECT_EQ(east.events().count(EventKind::RegistryDown), 0);
  EXPECT_EQ(status_of(east).problem, "");
}

TEST(RegistryLogin, AWrongPasswordIsNamedAndBansNobody) {
  RegistryWorld world(with_accounts());
  CatalogDriver east(logging_in("Secret#2"), world);
  world.run_for(15min);
  EXPECT_FALSE(east.catalog().view_complete());
  EXPECT_EQ(logins(east), 2U);
  EXPECT_EQ(east.sent.size(), 2U) << "nothing else is sent without a token";
  const std::string problem = status_of(east).problem;
  EXPECT_NE(problem.find("the login as \"syncer\" failed"), std::string::npos) << problem;
  EXPECT_EQ(problem.find("Secret"), std::string::npos) << problem;
}

TEST(RegistryLogin, ARegistryWithoutAccessControlIsReadWithoutAToken) {
  RegistryWorld world;
  world.add("cart", "i1", "rest://1:1");
  CatalogDriver east(logging_in("Secret#1"), world);
  world.run_for(5s);
  EXPECT_TRUE(east.catalog().view_complete());
  const auto is_signed = [](const HttpRequest& r) { return r.headers.find("Authorization") != nullptr; };
  EXPECT_TRUE(std::none_of(east.sent.begin(), east.sent.end(), is_signed));
}

TEST(RegistryLogin, AnOutageDuringTheLoginIsWaitedOut) {
  RegistryWorld world(with_accounts());
  mocksc::Fault outage;
  outage.kind = mocksc::FaultKind::Outage;
  outage.until = world.now() + 30s;
  world.center.start(world.now(), outage);
  CatalogDriver east(logging_in("Secret#1"), world);
  world.run_for(25s);
  EXPECT_FALSE(east.catalog().view_complete());
  EXPECT_NE(status_of(east).problem, "");
  world.run_for(20s);
  EXPECT_TRUE(east.catalog().view_complete());
  EXPECT_EQ(status_of(east).problem, "");
}

}  // namespace
}  // namespace syncer::catalog
