// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/copy.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/instance_payload.h"

namespace syncer::registry::servicecenter {
namespace {

const std::string kInstance = R"({"endpoints":["rest://1:2"],"hostName":"h","properties":{"a":"1"},"status":"UP"})";

CopyPlan plan(const std::string& json) { return plan_copy("east", "i1", instance_payload(json)).value(); }
std::string copy_id(const std::string& region, const std::string& instance, const std::string& json) {
  return plan_copy(region, instance, instance_payload(json)).value().id;
}

TEST(CopyId, IsTheSameFromEverySyncerAndAfterEveryCrash) {
  EXPECT_EQ(plan(kInstance).id, copy_id("east", "i1", kInstance));
  EXPECT_EQ(plan(kInstance).id.size(), 32U);
}

TEST(CopyId, StaysWithStatusAndPropertiesAndChangesWithEverythingElse) {
  const std::string id = plan(kInstance).id;
  EXPECT_EQ(plan(R"({"endpoints":["rest://1:2"],"hostName":"h","properties":{"a":"2"},"status":"DOWN"})").id, id);
  EXPECT_NE(plan(R"({"endpoints":["rest://1:3"],"hostName":"h"})").id, id);
  EXPECT_NE(plan(R"({"endpoints":["rest://1:2"],"hostName":"g"})").id, id);
  EXPECT_NE(plan(R"({"endpoints":["rest://1:2"],"hostName":"h","healthCheck":{"mode":"push"}})").id, id);
}

TEST(CopyId, ChangesWithPropertiesThatCannotBeChangedInPlace) {
  const auto with = [](std::size_t size, const char* value) {
    return plan(R"({"hostName":"h","properties":{"big":")" + std::string(size, 'x') + value + R"("}})");
  };
  EXPECT_TRUE(with(2000, "a").properties_in_place);
  EXPECT_EQ(with(2000, "a").id, with(2000, "b").id);
  EXPECT_FALSE(with(3500, "a").properties_in_place);
  EXPECT_NE(with(3500, "a").id, with(3500, "b").id);
  EXPECT_NE(with(3500, "a").id, with(2000, "a").id);
  EXPECT_TRUE(is_copy_id(with(3500, "a").id));
}

TEST(CopyRoom, IsMissingWhereOnlyTheMarksMakeItTooLarge) {
  const auto fits = [](std::size_t size) {
    const std::string payload = R"({"hostName":"h","properties":{"a":")" + std::string(size, 'x') + R"("}})";
    return check_copy("east", "i1", instance_payload(payload)).has_value();
  };
  EXPECT_TRUE(fits(4700));
  EXPECT_FALSE(fits(4950));
}

TEST(CopyId, KeepsRegionsApartThatBeginAlike) {
  EXPECT_NE(copy_id("dc1", "0i", kInstance), copy_id("dc10", "i", kInstance));
}

TEST(CopyPlan, CarriesTheMarksAndNoForgedOnes) {
  const CopyPlan p = plan(R"({"hostName":"h","properties":{"syncer.region":"fake","syncer.canary":"x"}})");
  EXPECT_EQ(p.metadata, (Properties{{"syncer.region", "east"}, {"syncer.instance", "i1"}}));
}

TEST(CopyPlan, RefusesWhatIsNoInstance) {
  for (const char* native : {"[]", "{\"endpoints\":7}", "{\"properties\":{\"a\":1}}", "{\"status\":[]}"}) {
    const Bytes payload = encode_record({{}, {std::string(kNativeKind), native}});
    EXPECT_EQ(plan_copy("east", "i", payload).error().code, ErrorCode::Invalid) << native;
  }
  EXPECT_EQ(plan_copy("east", "i", "").error().code, ErrorCode::Invalid);
}

TEST(CopyBody, RegistersUnderTheDerivedIdWithMarksAndTheirSignature) {
  const std::string payload = R"({"dataCenterInfo":{"name":"d"},"hostName":"h"})";
  const auto body =
      nlohmann::json::parse(registration_body(plan(payload), instance_payload(payload), "1.2", "77").value());
  const auto& instance = body["instance"];
  EXPECT_EQ(instance["instanceId"], plan(payload).id);
  EXPECT_EQ(instance["dataCenterInfo"]["name"], "d");
  EXPECT_EQ(instance["properties"]["syncer.region"], "east");
  EXPECT_EQ(instance["properties"]["syncer.epoch"], "1.2");
  EXPECT_EQ(instance["properties"]["syncer.seal"], "77");
}

TEST(CopyBody, HasNoMemberThatADecoderCouldTakeForOneOfOurs) {
  const std::string payload = R"({"InstanceId":"x","in\u017ftanceId":"y","PROPERTIES":{"syncer.canary":"west"},)"
                              R"("serviceId":"s","Status":"DOWN","timestamp":"1","futureMember":1,"hostName":"h"})";
  const auto body =
      nlohmann::json::parse(registration_body(plan(payload), instance_payload(payload), "1.2", "").value());
  std::set<std::string> names;
  for (const auto& [name, value] : body["instance"].items()) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{"hostName", "instanceId", "properties", "status"}));
  EXPECT_EQ(plan(payload).id, plan(R"({"hostName":"h"})").id) << "and it is no other copy for them";
  const auto service = nlohmann::json::parse(
      *service_body({"", "", "shop", "cart", "1.0.0"}, R"({"ServiceName":"x","AppId":"y","level":"BACK"})"));
  EXPECT_EQ(service["service"].size(), 6U) << service;
  EXPECT_TRUE(is_made_by_syncer(service["service"].dump()));
}

TEST(CopyBody, OverTheKnownLimitsIsTooLarge) {
  const std::string payload = R"({"hostName":"h","properties":{"a":")" + std::string(5000, 'x') + R"("}})";
  EXPECT_EQ(registration_body(plan(payload), instance_payload(payload), "1.2", "").error().code, ErrorCode::TooLarge);
  EXPECT_EQ(properties_body(plan(payload), "1.2", "").error().code, ErrorCode::TooLarge);
}

TEST(CopyMetadata, IsTheSameOnlyWithThePlannedValues) {
  Metadata registered = plan(kInstance).metadata;
  EXPECT_TRUE(same_metadata(plan(kInstance).metadata, registered, false));
  registered["added.by.server"] = "x";
  EXPECT_FALSE(same_metadata(plan(kInstance).metadata, registered, false));
  EXPECT_TRUE(same_metadata(plan(kInstance).metadata, registered, true));
  registered["a"] = "2";
  EXPECT_FALSE(same_metadata(plan(kInstance).metadata, registered, true));
}

TEST(ServiceBody, PutsTheKeyBackIntoTheDocument) {
  const auto body = service_body({"d/p", "production", "shop", "cart", "1.0.0"}, R"({"level":"BACK"})");
  EXPECT_EQ(*body, R"({"service":{"appId":"shop","environment":"production","level":"BACK",)"
                   R"("registerBy":"PLATFORM","serviceName":"cart","version":"1.0.0"}})");
  EXPECT_EQ(service_body({}, "[]").error().code, ErrorCode::Invalid);
}

TEST(CanaryId, BelongsToOneNodeOfOneRegion) {
  EXPECT_EQ(canary_id("east", "n1"), canary_id("east", "n1"));
  EXPECT_NE(canary_id("east", "n1"), canary_id("east", "n2"));
  EXPECT_NE(canary_id("dc1", "0"), canary_id("dc10", ""));
}

}  // namespace
}  // namespace syncer::registry::servicecenter
