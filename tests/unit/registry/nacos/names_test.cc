// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/names.h"

#include <gtest/gtest.h>

#include <set>

namespace syncer::registry::nacos {
namespace {

/// Each group is an application of its own, and comes back as the very group.
TEST(NacosNames, NoTwoGroupsAreOneApplication) {
  std::set<std::string> apps;
  for (const std::string& group : {std::string(kDefaultGroup), std::string("default"), std::string("shop")}) {
    const Service service{"", group, "cart"};
    const ServiceKey key = key_of(service, "1.0.0");
    EXPECT_TRUE(apps.insert(key.app).second) << group;
    EXPECT_EQ(service_of(key), service) << group;
  }
  EXPECT_TRUE(apps.contains("default")) << "the group that is meant where none is said";
}

TEST(NacosNames, NoTwoApplicationsAreOneGroup) {
  std::set<std::string> groups;
  for (const char* app : {"default", "DEFAULT_GROUP", "shop"}) {
    EXPECT_TRUE(groups.insert(service_of({"", "", app, "cart", "1.0.0"}).group).second) << app;
  }
}

}  // namespace
}  // namespace syncer::registry::nacos
