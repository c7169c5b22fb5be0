// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/documents.h"

#include <gtest/gtest.h>

#include "tests/support/instance_payload.h"

namespace syncer::registry::servicecenter {
namespace {

std::optional<Entry> instance(const char* text) { return read_instance(**json::Document::parse(text)); }

std::optional<ServiceDocument> service(const char* text) {
  return read_service(**json::Document::parse(text), "default", "default");
}

Duration lease(const char* text) { return lease_of(**json::Document::parse(text)); }

TEST(ServiceDocument, HasItsIdentityInTheKeyAndTheRestInThePayload) {
  const auto document = service(R"({"serviceId":"s1","appId":"shop","serviceName":"cart","version":"1.0.0",
      "level":"BACK","schemas":["b","a"],"timestamp":"1","modTimestamp":"7","futureMember":{"x":1}})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->id, "s1");
  EXPECT_EQ(document->state.name, (ServiceKey{"", "", "shop", "cart", "1.0.0"}));
  EXPECT_EQ(document->state.revision, "7");
  EXPECT_TRUE(document->state.has_attachments);
  EXPECT_EQ(document->state.record,
            encode_attachment(kNativeKind, R"({"futureMember":{"x":1},"level":"BACK","schemas":["a","b"]})"));
}

TEST(ServiceDocument, IsNothingWithoutIdOrWithAMemberOfTheWrongType) {
  EXPECT_FALSE(service(R"({"serviceName":"cart"})"));
  EXPECT_FALSE(service(R"({"serviceId":"s"})"));
  EXPECT_FALSE(service(R"({"serviceId":"s","serviceName":7})"));
  EXPECT_FALSE(service(R"({"serviceId":"s","serviceName":"n","schemas":{}})"));
  EXPECT_FALSE(service(R"({"serviceId":"s","serviceName":"n","properties":{"a":1}})"));
  EXPECT_FALSE(service(R"(["serviceId"])"));
}

/// A document of texts, in which `odd` is a number.
std::string with_number(std::initializer_list<const char*> members, std::string_view odd) {
  std::string text;
  for (const std::string_view name : members) {
    text += (text.empty() ? "{\"" : ",\"") + std::string(name) + (name == odd ? "\":7" : "\":\"1\"");
  }
  return text + "}";
}

TEST(ServiceDocument, IsNothingWhenAnyOfItsTextsIsANumber) {
  const auto members = {"serviceId", "environment", "appId", "serviceName", "version", "alias", "modTimestamp"};
  EXPECT_TRUE(service(with_number(members, "").c_str()));
  for (const char* odd : members) EXPECT_FALSE(service(with_number(members, odd).c_str())) << odd;
}

TEST(InstanceDocument, IsNothingWhenAnyOfItsTextsIsANumber) {
  const auto members = {"instanceId", "serviceId", "status"};
  EXPECT_TRUE(instance(with_number(members, "").c_str()));
  for (const char* odd : members) EXPECT_FALSE(instance(with_number(members, odd).c_str())) << odd;
}

TEST(InstanceDocument, KeepsUnknownMembersAndDropsWhatIsLocal) {
  const auto document = instance(R"({"instanceId":"i1","serviceId":"s1","hostName":"h","endpoints":["rest://1:2"],
      "timestamp":"1","modTimestamp":"2","version":"1.0.0","futureMember":[1],"gone":null})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->status, "UP");
  EXPECT_EQ(document->payload, instance_payload(R"({"endpoints":["rest://1:2"],"futureMember":[1],"hostName":"h"})"));
}

TEST(InstanceDocument, OfEqualContentHasEqualBytesWhateverTheOrder) {
  const auto a = instance(R"({"instanceId":"i","hostName":"h","properties":{"a":"1","b":"2"},"status":"UP"})");
  const auto b = instance(R"({"status":"UP","properties":{"b":"2","a":"1"},"hostName":"h","instanceId":"i"})");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->payload, b->payload);
}

std::string with_id(const std::string& id, const std::string& properties) {
  return R"({"instanceId":")" + id + R"(","hostName":"h","properties":)" + properties + "}";
}

TEST(CopyIds, AreRecognisedAndNoOthersAre) {
  const std::string id = copy_id_of("i1");
  EXPECT_EQ(id.size(), 32U);
  EXPECT_TRUE(is_copy_id(id));
  EXPECT_EQ(copy_id_of("i1"), id);
  EXPECT_NE(copy_id_of("i2"), id);
  EXPECT_FALSE(is_copy_id(id.substr(1)));
  EXPECT_FALSE(is_copy_id(""));
  EXPECT_FALSE(is_copy_id("7062417bf78911e4864cfa163eaef605"));
  EXPECT_FALSE(is_copy_id(canary_id("east", "n1")));
  std::string other = id;
  other[3] = other[3] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(is_copy_id(other));
}

TEST(InstanceDocument, OfAnApplicationStaysItsOwnWhateverItSays) {
  for (const char* forged :
       {R"({"syncer.region":"west","syncer.instance":"x","k":"v"})", R"({"syncer.region":"mars","k":"v"})",
        R"({"k":"v","syncer.canary":"x","syncer.node":"n","syncer.run":"1"})",
        R"({"k":"v","syncer.epoch":"18446744073709551615.1"})"}) {
    const auto document = instance(with_id("7062417bf78911e4864cfa163eaef605", forged).c_str());
    ASSERT_TRUE(document) << forged;
    EXPECT_FALSE(document->copy) << forged;
    EXPECT_FALSE(document->canary) << forged;
    EXPECT_EQ(document->payload, instance_payload(R"({"hostName":"h","properties":{"k":"v"}})")) << forged;
  }
}

TEST(InstanceDocument, IsACopyWithoutItsMarksToo) {
  const auto document = instance(with_id(copy_id_of("i1"), R"({"edited":"1"})").c_str());
  ASSERT_TRUE(document);
  ASSERT_TRUE(document->copy);
  EXPECT_EQ(document->copy->region, "");
  EXPECT_EQ(document->metadata, (Metadata{{"edited", "1"}}));
  EXPECT_TRUE(document->payload.empty());
}

TEST(InstanceDocument, IsACopyWhenItCarriesARegionMark) {
  const auto document = instance(with_id(copy_id_of("i1"), R"({"syncer.region":"east",)"
                                                           R"("syncer.instance":"i1","syncer.epoch":"1.2"})")
                                     .c_str());
  ASSERT_TRUE(document);
  EXPECT_EQ(document->copy, (CopyMark{"east", "i1", "1.2"}));
  EXPECT_EQ(document->metadata, (Metadata{{"syncer.region", "east"}, {"syncer.instance", "i1"}}));
  EXPECT_TRUE(document->payload.empty());
}

TEST(InstanceDocument, IsACanaryWhenItCarriesACanaryMark) {
  const auto document = instance((R"({"timestamp":"1700000000","instanceId":")" + canary_id("east", "n") +
                                  R"(","properties":{"syncer.canary":"east",)"
                                  R"("syncer.node":"n","syncer.run":"7","syncer.count":"12"}})")
                                     .c_str());
  ASSERT_TRUE(document);
  EXPECT_EQ(document->canary, (CanaryMark{"east", "n", "7", 12}));
  EXPECT_EQ(document->registration, "1700000000");
  EXPECT_FALSE(document->copy);
}

TEST(InstanceDocument, IsNothingWithWrongTypes) {
  EXPECT_FALSE(instance(R"({"hostName":"h"})"));
  EXPECT_FALSE(instance(R"({"instanceId":5})"));
  EXPECT_FALSE(instance(R"({"instanceId":"i","endpoints":"rest://1:2"})"));
  EXPECT_FALSE(instance(R"({"instanceId":"i","properties":{"a":["b"]}})"));
  EXPECT_FALSE(instance(R"("i")"));
}

TEST(Lease, IsIntervalTimesTimesPlusOne) {
  EXPECT_EQ(lease(R"({})"), std::chrono::seconds(120));
  EXPECT_EQ(lease(R"({"healthCheck":{"mode":"push","interval":5,"times":3}})"), std::chrono::seconds(20));
  EXPECT_EQ(lease(R"({"healthCheck":{"mode":"pull","interval":1,"times":1}})"), std::chrono::seconds(120));
}

TEST(Lease, StaysBoundedForAbsurdNumbers) {
  EXPECT_EQ(lease(R"({"healthCheck":{"mode":"push","interval":2147483647,"times":2147483647}})"),
            std::chrono::hours(24));
  EXPECT_EQ(lease(R"({"healthCheck":{"mode":"push","interval":-5,"times":"x"}})"), std::chrono::seconds(30));
  EXPECT_EQ(lease(R"({"healthCheck":7})"), std::chrono::seconds(30));
}

TEST(SyncerService, IsTheOneThatCanariesLiveUnder) {
  EXPECT_TRUE(is_syncer_service(canary_service("default", "default")));
  EXPECT_TRUE(is_syncer_service(canary_service("other", "project")));
  EXPECT_FALSE(is_syncer_service({"", "", "shop", "SYNCER", "1.0.0"}));
  EXPECT_FALSE(is_syncer_service({"", "", "default", "SERVICECENTER", "2.2.0"}));
}

TEST(CanonicalText, SortsMembersAndKeepsEverythingElse) {
  const auto text = [](const char* document) { return canonical_text(**json::Document::parse(document)); };
  EXPECT_EQ(text(R"( {"b" : [1, {"y":2.50,"x":[]}, null], "a\n":"é\u0026"} )"),
            R"({"a\n":"é&","b":[1,{"x":[],"y":2.5},null]})");
}

}  // namespace
}  // namespace syncer::registry::servicecenter
