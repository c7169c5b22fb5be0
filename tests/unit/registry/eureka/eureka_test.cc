// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "syncer/registry/eureka/claims.h"
#include "syncer/registry/eureka/copy.h"
#include "syncer/registry/eureka/documents.h"
#include "syncer/registry/eureka/requests.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/marks.h"

namespace syncer::registry::eureka {
namespace {

using nlohmann::json;
using Parsed = syncer::json::Document;

/// An instance as a server lists it.
json instance() {
  return json::parse(R"({"instanceId":"host:cart:8080","hostName":"h1","app":"CART","ipAddr":"10.0.0.1","status":"UP",
    "overriddenStatus":"UNKNOWN","port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"false"},
    "countryId":1,"dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
    "leaseInfo":{"renewalIntervalInSecs":10,"durationInSecs":40,"registrationTimestamp":1700000009000,
    "lastRenewalTimestamp":1700000040000,"evictionTimestamp":0,"serviceUpTimestamp":1700000001000},
    "metadata":{"version":"1.2.3","zone":"z1"},"homePageUrl":"http://h1:8080/","vipAddress":"cart",
    "isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"1700000009000",
    "lastDirtyTimestamp":"1700000008000","actionType":"ADDED"})");
}

std::optional<SeenInstance> seen(const json& object) {
  const std::string text = object.dump();
  const auto document = Parsed::parse(text);
  return read_instance(document->root());
}

InstanceRecord record_of(const json& object) { return *decode_record(seen(object)->entry.payload); }

Bytes foreign(std::vector<ServiceEndpoint> endpoints, Status status = Status::Up, Metadata metadata = {}) {
  InstanceRecord record;
  record.instance.host_name = "far";
  record.instance.endpoints = std::move(endpoints);
  record.instance.status = status;
  record.instance.metadata = std::move(metadata);
  record.native.kind = "sc";
  return encode_record(record);
}

/// What is registered for a record, as the server gets it.
json registered(const Bytes& payload, const ServiceKey& service = {"", "", "default", "cart", "0.0.1"},
                const MarkSeal& seal = kOpenMarks) {
  const auto plan = plan_copy("east", "i1", payload);
  return json::parse(*registration_body(service, *plan, payload, "1.1", 0, seal))["instance"];
}

/// A seal that says what it was given.
const MarkSeal kSpeaking{[] { return true; }, [](ByteView text) { return "sealed " + std::string(text); },
                         [](ByteView text, std::string_view signature) {
                           return signature == "sealed " + std::string(text) ? Proof::Current : Proof::None;
                         }};

TEST(EurekaDocuments, ANeutralRecordSaysWhatOtherKindsCanShow) {
  const auto one = seen(instance());
  ASSERT_TRUE(one);
  EXPECT_EQ(one->service, (ServiceKey{"", "", "default", "cart", "1.2.3"}));
  const InstanceRecord record = record_of(instance());
  ASSERT_EQ(record.instance.endpoints.size(), 1U) << "the encrypted port is off";
  EXPECT_EQ(to_string(record.instance.endpoints[0]), "http://10.0.0.1:8080");
  EXPECT_EQ(record.instance.lease, 40U);
  EXPECT_EQ(record.instance.metadata, (Metadata{{"version", "1.2.3"}, {"zone", "z1"}}));
}

TEST(EurekaDocuments, RenewalsAndNewRegistrationsOfTheSameChangeNoRecord) {
  json later = instance();
  later["leaseInfo"]["lastRenewalTimestamp"] = 1700000090000;
  later["leaseInfo"]["registrationTimestamp"] = 1700000060000;
  later["lastDirtyTimestamp"] = "1700000059000";
  later["lastUpdatedTimestamp"] = "1700000060000";
  later["actionType"] = "MODIFIED";
  EXPECT_EQ(seen(later)->entry.payload, seen(instance())->entry.payload);
}

TEST(EurekaDocuments, AChangeIsNoNewEntryAndALossOfMemoryMakesOne) {
  json changed = instance();
  changed["leaseInfo"]["registrationTimestamp"] = 1700000060000;
  EXPECT_EQ(seen(changed)->entry.registration, seen(instance())->entry.registration);
  changed["leaseInfo"]["serviceUpTimestamp"] = 1700000060000;
  EXPECT_NE(seen(changed)->entry.registration, seen(instance())->entry.registration);
}

TEST(EurekaDocuments, TheSameKindGetsTheSameAgain) {
  const json copy = registered(seen(instance())->entry.payload, seen(instance())->service);
  for (const char* member : {"hostName", "app", "ipAddr", "port", "securePort", "homePageUrl", "vipAddress", "status"})
    EXPECT_EQ(copy[member], instance()[member]) << member;
  EXPECT_EQ(copy["metadata"]["zone"], "z1");
  EXPECT_FALSE(copy.contains("overriddenStatus")) << "it would become an operator's word";
}

TEST(EurekaDocuments, WhatCannotBeReadIsSaidToBeSo) {
  for (const char* member : {"hostName", "app", "status"}) {
    json broken = instance();
    broken.erase(member);
    EXPECT_FALSE(seen(broken)) << member;
  }
  json port = instance();
  port["port"] = 8080;
  EXPECT_FALSE(seen(port));
}

TEST(EurekaDocuments, MarksOfACopyAreSignedForItsIdAndReadBack) {
  json copy = registered(foreign({{"rest", "10.0.0.9", 80, false, ""}}), {"", "", "default", "cart", "1"}, kSpeaking);
  const auto entry = seen(copy)->entry;
  ASSERT_TRUE(entry.copy);
  EXPECT_TRUE(kSpeaking.believes(*entry.copy, entry.id));
  EXPECT_FALSE(kSpeaking.believes(*entry.copy, "another"));
  EXPECT_EQ(entry.metadata.count("syncer.seal"), 0U) << "it is part of the mark, and no difference to what is wanted";
  copy["metadata"]["syncer.epoch"] = "9.9";
  EXPECT_FALSE(kSpeaking.believes(*seen(copy)->entry.copy, entry.id));
}

TEST(EurekaDocuments, TheMarkOfACanaryIsSignedAndReadBack) {
  const std::string id = canary_id("east", "n1");
  const json canary = json::parse(canary_body(id, {"east", "n1", "run", 7}, 0, kSpeaking))["instance"];
  const auto entry = seen(canary)->entry;
  ASSERT_TRUE(entry.canary);
  EXPECT_EQ(entry.canary->count, 7U);
  EXPECT_TRUE(kSpeaking.believes(*entry.canary, id));
}

TEST(EurekaDocuments, AnOperatorsOverrideOfACopyIsNoDifference) {
  json copy = registered(foreign({{"rest", "10.0.0.9", 80, false, ""}}));
  copy["overriddenStatus"] = "OUT_OF_SERVICE";
  copy["status"] = "OUT_OF_SERVICE";
  ASSERT_TRUE(seen(copy)->entry.copy);
  EXPECT_EQ(seen(copy)->entry.status, "UP");
  EXPECT_EQ(seen(copy)->status, "OUT_OF_SERVICE") << "the counts of the server are its own";
}

TEST(EurekaDocuments, ACopyIsKnownByItsIdAndNotByWhatAnybodyWrites) {
  json copy = registered(foreign({{"rest", "10.0.0.9", 80, false, ""}}));
  EXPECT_EQ(seen(copy)->entry.copy, (CopyMark{"east", "i1", "1.1"}));
  copy["metadata"] = json::object();
  EXPECT_EQ(seen(copy)->entry.copy, CopyMark{}) << "its marks were taken off";
  json claims = instance();
  claims["metadata"]["syncer.region"] = "east";
  claims["metadata"]["syncer.instance"] = "i1";
  EXPECT_FALSE(seen(claims)->entry.copy);
  EXPECT_FALSE(record_of(claims).instance.metadata.contains("syncer.region"));
}

TEST(EurekaCopies, StandForTheirServiceInEveryRespect) {
  const ServiceKey service{"", "production", "shop", "Cart", "2.0.0"};
  const json copy = registered(foreign({{"rest", "10.0.0.9", 80, false, ""}}), service);
  EXPECT_EQ(copy["app"], "CART");
  EXPECT_EQ(copy["vipAddress"], "Cart");
  EXPECT_EQ(seen(copy)->service, service);
  const auto plan = plan_copy("east", "i1", foreign({{"rest", "10.0.0.9", 80, false, ""}}));
  EXPECT_TRUE(same_metadata(plan->metadata, seen(copy)->entry.metadata, false));
}

TEST(EurekaCopies, OnlyWhatIsUpGetsTraffic) {
  const std::pair<Status, const char*> words[] = {{Status::Up, "UP"},
                                                  {Status::Down, "DOWN"},
                                                  {Status::Starting, "STARTING"},
                                                  {Status::OutOfService, "DOWN"},
                                                  {Status::Testing, "DOWN"}};
  for (const auto& [status, word] : words) {
    const json copy = registered(foreign({{"rest", "10.0.0.9", 80, false, ""}}, status));
    EXPECT_EQ(copy["status"], word);
    EXPECT_EQ(copy["metadata"].value("syncer.status", "UP"), neutral_word(status));
  }
}

TEST(EurekaCopies, SayWhatHadNoPlace) {
  const Bytes payload = foreign(
      {{"highway", "10.0.0.9", 70, false, ""}, {"rest", "10.0.0.9", 80, false, ""}, {"rest", "10.0.0.9", 81, true, ""}},
      Status::Up, {{"fine", "1"}, {"not so", "2"}, {"", "3"}});
  const json copy = registered(payload);
  EXPECT_EQ(copy["port"], (json{{"$", 80}, {"@enabled", "true"}}));
  EXPECT_EQ(copy["securePort"], (json{{"$", 81}, {"@enabled", "true"}}));
  EXPECT_EQ(copy["metadata"]["syncer.cut"], "endpoints, metadata \"\", \"not so\"");
  EXPECT_EQ(copy["metadata"]["fine"], "1");
  EXPECT_FALSE(copy["metadata"].contains("not so"));
}

TEST(EurekaCopies, AnInstanceThatNobodyCouldReachIsRefusedAlone) {
  const std::vector<std::vector<ServiceEndpoint>> useless = {{},
                                                             {{"highway", "10.0.0.9", 70, false, ""}},
                                                             {{"rest", "127.0.0.1", 80, false, ""}},
                                                             {{"rest", "10.0.0.9", 0, false, ""}}};
  for (const auto& endpoints : useless) {
    const auto plan = plan_copy("east", "i1", foreign(endpoints));
    ASSERT_FALSE(plan);
    EXPECT_FALSE(is_outcome_unknown(plan.error()));
  }
}

/// A record comes from any region of the pool, and its native part says what that region likes.
TEST(EurekaCopies, TakeFromANativePartOnlyWhatBelongsThere) {
  InstanceRecord record;
  record.native.kind = kNativeKind;
  record.native.content = R"({"ipAddr":"10.0.0.1","statusPageUrl":"http://10.0.0.1/s","lastDirtyTimestamp":"9",)"
                          R"("overriddenStatus":"UP","port":{"$":80,"@enabled":"true","more":{}}})";
  const json document = registered(encode_record(record));
  EXPECT_EQ(document["statusPageUrl"], "http://10.0.0.1/s");
  EXPECT_EQ(document["port"], (json{{"$", 80}, {"@enabled", "true"}}));
  EXPECT_FALSE(document.contains("lastDirtyTimestamp"));
  EXPECT_FALSE(document.contains("overriddenStatus"));
}

TEST(EurekaCopies, AreRefusedWhereTheNativePartIsBroken) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  InstanceRecord record;
  record.native.kind = kNativeKind;
  for (const std::string& content :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"ipAddr":{}})"),
        std::string(R"({"ipAddr":"10.0.0.1","port":80})"), R"({"ipAddr":"10.0.0.1","x":)" + deep + "}"}) {
    record.native.content = content;
    const auto plan = plan_copy("east", "i1", encode_record(record));
    ASSERT_FALSE(plan) << content.substr(0, 60);
    EXPECT_EQ(plan.error().code, ErrorCode::Invalid);
    InstanceRecord moved = record;
    moved.instance.endpoints = {{"http", "10.0.0.2", 80, false, ""}};
    Instance former;
    former.endpoints = {{"http", "10.0.0.1", 80, false, ""}};
    EXPECT_FALSE(adapt_native(moved, former)) << content.substr(0, 60);
  }
}

TEST(EurekaCopies, OtherEndpointsAreAnotherRegistration) {
  const auto id = [](std::uint16_t port, Metadata metadata) {
    return plan_copy("east", "i1", foreign({{"rest", "10.0.0.9", port, false, ""}}, Status::Up, std::move(metadata)))
        ->id;
  };
  EXPECT_EQ(id(80, {}), id(80, {{"zone", "b"}}));
  EXPECT_NE(id(80, {}), id(81, {}));
  EXPECT_TRUE(is_copy_id(id(80, {})));
  std::string forged = id(80, {});
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_FALSE(is_copy_id(forged));
}

TEST(EurekaClaims, AreForgottenWhenTheyEnd) {
  Claims claims;
  Instant now = instant(0);
  claims.take(now, "CART", "cart");
  EXPECT_EQ(claims.holder(now + std::chrono::seconds(59), "CART"), "cart");
  EXPECT_EQ(claims.holder(now + std::chrono::seconds(60), "CART"), "");
  for (int i = 0; i < 10'000; ++i) {
    now += std::chrono::seconds(1);
    claims.take(now, "APP" + std::to_string(i), "app");
    ASSERT_EQ(claims.holder(now, "APP" + std::to_string(i)), "app");
  }
  EXPECT_LE(claims.size(), 256U);
}

TEST(EurekaRequests, OnlyTheServersOwnWordIsThatAnInstanceIsAbsent) {
  EXPECT_TRUE(says_absent({404, {}, ""}));
  EXPECT_TRUE(
      says_absent({404, {}, R"({"timestamp":"t","status":404,"error":"Not Found","path":"/eureka/apps/A/b"})"}));
  EXPECT_FALSE(says_absent({404, {}, "<html>not found</html>"}));
  EXPECT_FALSE(says_absent({200, {}, ""}));
}

TEST(EurekaRequests, CarryANameAndAPasswordWhereThereAreAny) {
  EXPECT_EQ(*Requests("user", "pässword").list().headers.find("Authorization"), "Basic dXNlcjpww6Rzc3dvcmQ=");
  EXPECT_EQ(Requests("", "").list().headers.find("Authorization"), nullptr);
}

TEST(Mapping, AVersionIsUpToFourNumbers) {
  for (const char* text : {"1", "1.2", "1.2.3", "1.2.3.4"}) EXPECT_TRUE(is_version(text)) << text;
  for (const char* text : {"", "1.", ".1", "1.2.3.4.5", "v1", "1.2-SNAPSHOT", "1..2"})
    EXPECT_FALSE(is_version(text)) << text;
}

}  // namespace
}  // namespace syncer::registry::eureka
