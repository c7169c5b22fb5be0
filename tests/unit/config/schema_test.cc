// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "syncer/config/keys.h"

namespace syncer::config {
namespace {

TEST(ConfigSchema, HasEveryKeyNestedAndWithItsDots) {
  const auto schema = nlohmann::json::parse(json_schema());
  const auto& properties = schema.at("properties");
  for (const Key& key : keys()) {
    ASSERT_TRUE(properties.contains(key.name)) << key.name;
    EXPECT_NE(properties[key.name].at("description").get<std::string>().find(key.about), std::string::npos);
    const std::size_t dot = key.name.find('.');
    if (dot == std::string::npos) continue;
    const auto& group = properties.at(key.name.substr(0, dot));
    EXPECT_TRUE(group.at("properties").contains(key.name.substr(dot + 1))) << key.name;
    EXPECT_EQ(group.at("additionalProperties"), false);
  }
  const auto& bridge = properties.at("bridge").at("properties");
  EXPECT_TRUE(bridge.at("tls").at("properties").contains("key-file")) << "two dots";
  EXPECT_TRUE(properties.contains("$schema"));
  EXPECT_TRUE(properties.at("registry").at("properties").contains("addresses")) << "another spelling of sc-addr";
  EXPECT_EQ(schema.at("additionalProperties"), false);
}

TEST(ConfigSchema, ListsValuesWhereThereAreFew) {
  const auto properties = nlohmann::json::parse(json_schema()).at("properties");
  EXPECT_EQ(properties["log.format"]["enum"], nlohmann::json({"auto", "text", "json"}));
  EXPECT_EQ(properties["log"]["properties"]["level"]["default"], "info");
  EXPECT_EQ(properties["sc-addr"]["type"], nlohmann::json({"string", "array"}));
  EXPECT_EQ(properties["gossip.tcp-ping"]["enum"], nlohmann::json({"on", "off", true, false}));
  EXPECT_EQ(properties["registry"]["type"], nlohmann::json({"string", "array", "object"}));
  EXPECT_FALSE(properties["sync.hold"].contains("enum"));
}

}  // namespace
}  // namespace syncer::config
