// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mocksc/servicecenter/api/find_calls.h"
#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kNoService = "Micro-service does not exist";

TEST(Find, RevisionIsTheHashOfGreatestRevisionAndCount) {
  EXPECT_EQ(revision_of(0, 0), "97784746be9a2d00f08bc72fe1ce5ff8c7d07ffe");
  EXPECT_EQ(revision_of(123, 2), "82e1650504b1e7c74798018ecf69a07b0d05a36b");
}

TEST(Find, AnUnknownServiceIsAnErrorAndAKnownOneWithoutInstancesIsEmpty) {
  Center sc;
  EXPECT_ERROR(sc.get("/instances?appId=shop&serviceName=cart"), "400012", kNoService,
               "Consumer[][///] find provider[/shop/cart] failed, provider does not exist");
  sc.service("cart");
  const auto empty = sc.get("/instances?appId=shop&serviceName=cart");
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.body, "{}");
  EXPECT_EQ(header(empty, "X-Resource-Revision"), "97784746be9a2d00f08bc72fe1ce5ff8c7d07ffe");
}

TEST(Find, ShowsInstancesOfEveryStatusWithAllMembersInOrder) {
  Center sc;
  const std::string id = sc.service("cart");
  sc.instance(id, R"(,"instanceId":"i1","status":"DOWN","properties":{"b":"<2>","a":"1"})");
  const auto found = sc.get("/instances?appId=shop&serviceName=cart");
  EXPECT_EQ(found.body, R"({"instances":[{"instanceId":"i1","serviceId":")" + id +
                            R"(","endpoints":["rest://1.2.3.4:80"],"hostName":"h","status":"DOWN","properties":)"
                            R"({"a":"1","b":"\u003c2\u003e"},"healthCheck":{"mode":"push","interval":30,"times":3},)"
                            R"("timestamp":"1700000000","modTimestamp":"1700000000","version":"1.0.0"}]})");
}

TEST(Find, AnswersNotModifiedWithTheRevisionWhenTheCallerKnowsIt) {
  Center sc;
  sc.instance(sc.service("cart"));
  const std::string revision = header(sc.get("/instances?appId=shop&serviceName=cart"), "X-Resource-Revision");
  const auto again = sc.get("/instances?appId=shop&serviceName=cart&rev=" + revision);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(again, "X-Resource-Revision"), revision);
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart&noCache=1&rev=" + revision).status, 200);
}

TEST(Find, RevisionChangesOnEveryWriteButNotOnHeartbeats) {
  Center sc;
  const std::string id = sc.service("cart");
  const auto revision = [&] { return header(sc.get("/instances?appId=shop&serviceName=cart"), "X-Resource-Revision"); };
  std::string last = revision();
  const auto changes = [&](bool expected) {
    const std::string next = revision();
    EXPECT_EQ(next != last, expected);
    last = next;
  };
  const std::string one = "/microservices/" + id + "/instances/i1";
  sc.instance(id, R"(,"instanceId":"i1")");
  changes(true);
  EXPECT_EQ(sc.put(one + "/heartbeat").status, 200);
  changes(false);
  EXPECT_EQ(sc.put(one + "/status?value=DOWN").status, 200);
  changes(true);
  EXPECT_EQ(sc.put(one + "/properties", R"({"properties":{"k":"v"}})").status, 200);
  changes(true);
  EXPECT_EQ(sc.put("/microservices/" + id + "/properties", R"({"properties":{"k":"v"}})").status, 200);
  changes(false);
  sc.pass(121s);
  changes(true);
}

TEST(Find, IgnoresTheVersionFrom21OnAndReturnsAllVersions) {
  Center sc;
  sc.instance(sc.service("cart"));
  const auto two = sc.post("/microservices", R"({"service":{"appId":"shop","serviceName":"cart","version":"2.0.0"}})");
  sc.instance(Center::value(two.body, "serviceId"), R"(,"instanceId":"two")");
  const auto found = sc.get("/instances?appId=shop&serviceName=cart&version=0%252B");
  EXPECT_NE(found.body.find("\"two\""), std::string::npos);
  EXPECT_NE(found.body.find("\"1.0.0\""), std::string::npos);
}

TEST(Find, NeedsAndAppliesTheVersionRuleUpTo20) {
  Center sc(plain_options(Release::V2_0_0));
  sc.instance(sc.service("cart"), R"(,"instanceId":"one")");
  const auto two = sc.post("/microservices", R"({"service":{"appId":"shop","serviceName":"cart","version":"2.0.0"}})");
  sc.instance(Center::value(two.body, "serviceId"), R"(,"instanceId":"two")");
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart").status, 400);
  const auto latest = sc.get("/instances?appId=shop&serviceName=cart&version=latest");
  EXPECT_EQ(latest.body.find("\"one\""), std::string::npos);
  EXPECT_NE(latest.body.find("\"two\""), std::string::npos);
  const auto from = sc.get("/instances?appId=shop&serviceName=cart&version=1.0.0%2B");
  EXPECT_NE(from.body.find("\"one\""), std::string::npos);
  const auto range = sc.get("/instances?appId=shop&serviceName=cart&version=1.0.0-2.0.0");
  EXPECT_EQ(range.body.find("\"two\""), std::string::npos);
}

TEST(Find, TriesTheAliasWhenNoServiceHasTheName) {
  Center sc;
  sc.instance(sc.service("cart", R"(,"alias":"shop:cart")"), R"(,"instanceId":"i1")");
  EXPECT_NE(sc.get("/instances?appId=shop&serviceName=shop:cart").body.find("\"i1\""), std::string::npos);
}

TEST(Find, ConsumersEnvironmentReplacesTheOneAsked) {
  Center sc;
  const std::string consumer = sc.service("web", R"(,"environment":"production")");
  sc.instance(sc.service("cart", R"(,"environment":"production")"), R"(,"instanceId":"prod")");
  sc.service("cart");
  const auto found = sc.get("/instances?appId=shop&serviceName=cart&env=", {{"X-ConsumerId", consumer}});
  EXPECT_NE(found.body.find("\"prod\""), std::string::npos);
  EXPECT_ERROR(sc.get("/instances?appId=shop&serviceName=cart", {{"X-ConsumerId", "nobody"}}), "400012", kNoService,
               "Consumer[nobody] does not exist.");
}

TEST(Find, HidesOtherAppsSilentlyUnlessTheyAllowIt) {
  Center sc;
  const std::string consumer = sc.service("web");
  const auto register_other = [&](const std::string& name, const std::string& more) {
    const auto answer =
        sc.post("/microservices", R"({"service":{"appId":"bank","serviceName":")" + name + "\"" + more + "}}");
    return Center::value(answer.body, "serviceId");
  };
  const std::string closed = register_other("closed", "");
  sc.instance(closed, R"(,"instanceId":"i1")");
  sc.instance(register_other("open", R"(,"properties":{"allowCrossApp":"TRUE"})"), R"(,"instanceId":"i2")");
  const HttpHeaders as_web = {{"X-ConsumerId", consumer}};
  EXPECT_EQ(sc.get("/instances?appId=bank&serviceName=closed", as_web).body, "{}");
  EXPECT_NE(sc.get("/instances?appId=bank&serviceName=open", as_web).body.find("\"i2\""), std::string::npos);
  EXPECT_EQ(Center::value(sc.get("/microservices/" + closed + "/instances", as_web).body, "errorCode"), "400012");
  EXPECT_EQ(Center::value(sc.get("/microservices/" + closed + "/instances/i1", as_web).body, "errorCode"), "400017");
  EXPECT_EQ(sc.get("/microservices/" + closed + "/instances/i1").status, 200);
}

TEST(Find, TagsKeepServicesThatOwnAllTheNamedKeys) {
  Center sc;
  const std::string id = sc.service("cart");
  sc.instance(id, R"(,"instanceId":"i1")");
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart&tags=a").body, "{}");
  EXPECT_EQ(sc.post("/microservices/" + id + "/tags", R"({"tags":{"a":"x","b":"y"}})").status, 200);
  EXPECT_NE(sc.get("/instances?appId=shop&serviceName=cart&tags=a,b").body, "{}");
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart&tags=a,c").body, "{}");
}

TEST(Find, TenantsDoNotSeeEachOther) {
  Center sc;
  sc.instance(sc.service("cart"));
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart", {{"X-Domain-Name", "other"}}).status, 400);
  EXPECT_EQ(sc.call("GET", "/v4/other/registry/instances?appId=shop&serviceName=cart").status, 400);
}

TEST(Find, ADeletedInstanceStaysVisibleForAWhileThoughItsHeartbeatFails) {
  ModelOptions options = plain_options();
  options.delete_visibility = 2300ms;
  Center sc(options);
  const std::string id = sc.service("cart");
  sc.instance(id, R"(,"instanceId":"i1")");
  const std::string one = "/microservices/" + id + "/instances/i1";
  EXPECT_EQ(sc.del(one).status, 200);
  EXPECT_ERROR(sc.del(one), "400017", "Instance does not exist", "Instance's leaseId not exist.");
  EXPECT_ERROR(sc.put(one + "/status?value=DOWN"), "400017", "Instance does not exist",
               "Instance's leaseId not exist.");
  EXPECT_EQ(sc.put(one + "/heartbeat").status, 400);
  sc.pass(2299ms);
  EXPECT_NE(sc.get("/instances?appId=shop&serviceName=cart").body, "{}");
  EXPECT_EQ(Center::value(sc.del("/microservices/" + id).body, "errorCode"), "400013");
  sc.pass(1ms);
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart").body, "{}");
}

TEST(BatchFind, AnswersChangedUnchangedAndFailedElementsByIndex) {
  Center sc;
  sc.instance(sc.service("cart"), R"(,"instanceId":"i1")");
  sc.instance(sc.service("pay"), R"(,"instanceId":"i2")");
  const std::string cart = header(sc.get("/instances?appId=shop&serviceName=cart"), "X-Resource-Revision");
  const std::string pay = header(sc.get("/instances?appId=shop&serviceName=pay"), "X-Resource-Revision");
  const auto key = [](const std::string& name) {
    return R"({"service":{"environment":"","appId":"shop","serviceName":")" + name + "\"}";
  };
  const auto answer =
      sc.post("/instances/action?type=query", "{\"services\":[" + key("none") + "}," + key("cart") + ",\"rev\":\"" +
                                                  cart + "\"}," + key("pay") + "}," + key("gone") + "}]}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body.find(R"({"services":{"failed":[{"indexes":[0,3],"error":{"errorCode":"400012","errorMessage":)"
                       R"("Micro-service does not exist","detail":"Micro-service does not exist(Consumer[][///] find )"
                       R"x(provider[/shop/none] failed, provider does not exist)"}}],"notModified":[1],"updated":)x"
                       R"([{"index":2,"rev":")" +
                       pay + R"(","instances":[{"instanceId":"i2",)"),
      0U)
      << answer.body;
}

TEST(BatchFind, FindsSingleInstancesWithTheirOwnRevision) {
  Center sc;
  const std::string id = sc.service("cart");
  sc.instance(id, R"(,"instanceId":"i1")");
  const std::string body = R"({"instances":[{"instance":{"serviceId":")" + id + R"(","instanceId":"i1"}}]})";
  const auto answer = sc.post("/instances/action?type=query", body);
  const std::string revision = header(sc.get("/microservices/" + id + "/instances/i1"), "X-Resource-Revision");
  EXPECT_EQ(answer.body.find(R"({"instances":{"updated":[{"index":0,"rev":")" + revision + R"(","instances":[{)"), 0U)
      << answer.body;
}

TEST(BatchFind, RefusesEmptyBodiesAndOtherActions) {
  Center sc;
  EXPECT_ERROR(sc.post("/instances/action?type=query", "{}"), "400001", "Invalid parameter(s)",
               "Required services or instances");
  EXPECT_ERROR(sc.post("/instances/action?type=x", "{}"), "400001", "Invalid parameter(s)", "Invalid action: x");
  EXPECT_ERROR(sc.post("/instances/action?type=query", ""), "400001", "Invalid parameter(s)", "Unmarshal error");
  EXPECT_ERROR(sc.post("/instances/action?type=query", R"({"services":[{"rev":"1"}]})"), "400001",
               "Invalid parameter(s)",
               "field 'FindService.Service' invalid value '\\u003cnil\\u003e' does not match rule: {Min: 1}");
}

TEST(BatchFind, DoesNotTryAliases) {
  Center sc;
  sc.instance(sc.service("cart", R"(,"alias":"shop:cart")"));
  const auto answer = sc.post("/instances/action?type=query",
                              R"({"services":[{"service":{"appId":"shop","serviceName":"shop:cart"}}]})");
  EXPECT_NE(answer.body.find("\"failed\""), std::string::npos);
}

TEST(BatchFind, TheConsumerHeaderWinsOverTheBody) {
  Center sc;
  sc.service("cart");
  const auto answer =
      sc.post("/instances/action?type=query",
              R"({"consumerServiceId":"","services":[{"service":{"appId":"shop","serviceName":"cart"}}]})",
              {{"X-ConsumerId", "nobody"}});
  EXPECT_NE(answer.body.find("Consumer[nobody] does not exist."), std::string::npos);
}

}  // namespace
}  // namespace mocksc::testing
