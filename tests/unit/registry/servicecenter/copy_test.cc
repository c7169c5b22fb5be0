// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/copy.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace syncer::registry::servicecenter {
namespace {

const std::string kPayload = R"({"endpoints":["rest://1:2"],"hostName":"h","properties":{"a":"1"},"status":"UP"})";

CopyPlan plan(const std::string& payload) { return plan_copy("east", "i1", payload).value(); }

TEST(CopyId, IsTheSameFromEverySyncerAndAfterEveryCrash) {
  EXPECT_EQ(plan(kPayload).id, copy_id("east", "i1", kPayload));
  EXPECT_EQ(plan(kPayload).id.size(), 32U);
}

TEST(CopyId, StaysWithStatusAndPropertiesAndChangesWithEverythingElse) {
  const std::string id = plan(kPayload).id;
  EXPECT_EQ(plan(R"({"endpoints":["rest://1:2"],"hostName":"h","properties":{"a":"2"},"status":"DOWN"})").id, id);
  EXPECT_NE(plan(R"({"endpoints":["rest://1:3"],"hostName":"h"})").id, id);
  EXPECT_NE(plan(R"({"endpoints":["rest://1:2"],"hostName":"g"})").id, id);
  EXPECT_NE(plan(R"({"endpoints":["rest://1:2"],"hostName":"h","healthCheck":{"mode":"push"}})").id, id);
}

TEST(CopyId, KeepsRegionsApartThatBeginAlike) {
  EXPECT_NE(copy_id("dc1", "0i", kPayload), copy_id("dc10", "i", kPayload));
}

TEST(CopyPlan, CarriesTheMarksAndNoForgedOnes) {
  const CopyPlan p = plan(R"({"hostName":"h","properties":{"syncer.region":"fake","syncer.canary":"x"}})");
  EXPECT_EQ(p.metadata, (Properties{{"syncer.region", "east"}, {"syncer.instance", "i1"}}));
}

TEST(CopyPlan, RefusesWhatIsNoInstance) {
  for (const char* payload : {"", "[]", "{\"endpoints\":7}", "{\"properties\":{\"a\":1}}", "{\"status\":[]}"}) {
    EXPECT_EQ(plan_copy("east", "i", payload).error().code, ErrorCode::Invalid) << payload;
  }
}

TEST(CopyBody, RegistersUnderTheDerivedIdWithMarksAndUnknownMembers) {
  const std::string payload = R"({"futureMember":1,"hostName":"h"})";
  const auto body = nlohmann::json::parse(registration_body(plan(payload), payload, "1.2").value());
  const auto& instance = body["instance"];
  EXPECT_EQ(instance["instanceId"], plan(payload).id);
  EXPECT_EQ(instance["futureMember"], 1);
  EXPECT_EQ(instance["properties"]["syncer.region"], "east");
  EXPECT_EQ(instance["properties"]["syncer.epoch"], "1.2");
}

TEST(CopyBody, OverTheKnownLimitsIsTooLarge) {
  const std::string payload = R"({"hostName":"h","properties":{"a":")" + std::string(5000, 'x') + R"("}})";
  EXPECT_EQ(registration_body(plan(payload), payload, "1.2").error().code, ErrorCode::TooLarge);
  EXPECT_EQ(properties_body(plan(payload), "1.2").error().code, ErrorCode::TooLarge);
}

TEST(CopyMetadata, IsTheSameOnlyWithThePlannedValues) {
  Metadata registered = plan(kPayload).metadata;
  EXPECT_TRUE(same_metadata(plan(kPayload).metadata, registered, false));
  registered["added.by.server"] = "x";
  EXPECT_FALSE(same_metadata(plan(kPayload).metadata, registered, false));
  EXPECT_TRUE(same_metadata(plan(kPayload).metadata, registered, true));
  registered["a"] = "2";
  EXPECT_FALSE(same_metadata(plan(kPayload).metadata, registered, true));
}

TEST(ServiceBody, PutsTheKeyBackIntoTheDocument) {
  const auto body = service_body({"d", "p", "production", "shop", "cart", "1.0.0"}, R"({"level":"BACK"})");
  EXPECT_EQ(*body, R"({"service":{"appId":"shop","environment":"production","level":"BACK",)"
                   R"("serviceName":"cart","version":"1.0.0"}})");
  EXPECT_EQ(service_body({}, "[]").error().code, ErrorCode::Invalid);
}

TEST(CanaryId, BelongsToOneNodeOfOneRegion) {
  EXPECT_EQ(canary_id("east", "n1"), canary_id("east", "n1"));
  EXPECT_NE(canary_id("east", "n1"), canary_id("east", "n2"));
  EXPECT_NE(canary_id("dc1", "0"), canary_id("dc10", ""));
}

}  // namespace
}  // namespace syncer::registry::servicecenter
