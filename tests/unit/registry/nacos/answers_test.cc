// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/answers.h"

#include <gtest/gtest.h>

namespace syncer::registry::nacos {
namespace {

TEST(NacosAnswers, AnOddWeightIsTheOrdinaryOneAndKeepsNoListFromBeingRead) {
  const HttpResponse answer{
      200, {}, R"([{"serviceName":"cart","groupName":"DEFAULT_GROUP","clusterMap":{"DEFAULT":{"hosts":[
    {"valid":true,"metadata":{},"port":8080,"ip":"10.0.0.1","weight":"NaN","enabled":true},
    {"valid":true,"metadata":{},"port":8080,"ip":"10.0.0.2","weight":2.50,"enabled":true}]}}}])"};
  const auto page = read_catalog(answer, "");
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->instances.size(), 2U);
  EXPECT_EQ(page->instances[0].weight, "1");
  EXPECT_EQ(page->instances[1].weight, "2.5");
}

}  // namespace
}  // namespace syncer::registry::nacos
