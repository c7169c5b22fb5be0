// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "mocksc/servicecenter/store/records.h"
#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kInvalid = "Invalid parameter(s)";
constexpr const char* kNoService = "Micro-service does not exist";

TEST(ServiceId, IsTheHashOfTheIndexKey) {
  Service center;
  center.environment = "production";
  center.app_id = "default";
  center.service_name = "SERVICECENTER";
  center.version = "0.0.1";
  EXPECT_EQ(derive_service_id("default", "default", center), "4042a6a3e5a2893698ae363ea99a69eb63fc51cd");
  Service hello;
  hello.app_id = "default";
  hello.service_name = "hello";
  hello.version = "1.0.0";
  EXPECT_EQ(derive_service_id("default", "default", hello), "28b0ee2cdd11afcc537f7c3517c141bf6e5fb452");
}

TEST(RegisterService, FillsDefaultsAndAnswersWithTheDerivedId) {
  Center sc;
  const auto answer = sc.post("/microservices", R"({"service":{"serviceName":"hello","version":"1.0.0"}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"serviceId":"28b0ee2cdd11afcc537f7c3517c141bf6e5fb452"})");
  EXPECT_EQ(sc.get("/microservices/28b0ee2cdd11afcc537f7c3517c141bf6e5fb452").body,
            R"({"service":{"serviceId":"28b0ee2cdd11afcc537f7c3517c141bf6e5fb452","appId":"default",)"
            R"("serviceName":"hello","version":"1.0.0","level":"BACK","status":"UP","timestamp":"1700000000",)"
            R"("modTimestamp":"1700000000"}})");
}

TEST(RegisterService, AgainGivesTheSameIdAndChangesNothing) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"description":"first")");
  const std::string before = sc.get("/microservices/" + id).body;
  sc.pass(5s);
  EXPECT_EQ(sc.service("cart", R"(,"description":"second")"), id);
  EXPECT_EQ(sc.get("/microservices/" + id).body, before);
}

TEST(RegisterService, AnAliasOfAnotherServiceGivesThatServicesId) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"alias":"a")");
  EXPECT_EQ(sc.service("basket", R"(,"alias":"a")"), id);
}

TEST(RegisterService, KeepsAFreeChosenIdAndRefusesConflicts) {
  Center sc;
  EXPECT_EQ(sc.service("cart", R"(,"serviceId":"mine")"), "mine");
  EXPECT_EQ(sc.service("cart", R"(,"serviceId":"mine")"), "mine");
  const std::string text = "ServiceID conflict or found the same service with different id.";
  const std::string same_key = R"({"service":{"appId":"shop","serviceName":"cart","version":"1.0.0","serviceId":"x"}})";
  EXPECT_ERROR(sc.post("/microservices", same_key), "400010", "Micro-service already exists", text);
  const std::string same_id = R"({"service":{"appId":"shop","serviceName":"pay","serviceId":"mine"}})";
  EXPECT_ERROR(sc.post("/microservices", same_id), "400010", "Micro-service already exists", text);
}

TEST(RegisterService, NamesTheFirstBrokenRule) {
  Center sc;
  EXPECT_ERROR(
      sc.post("/microservices", R"({"service":{"serviceName":"a b"}})"), "400001", kInvalid,
      R"(field 'MicroService.ServiceName' invalid value 'a b' does not match rule: {Min: 1, Max: 128, Regexp: )"
      R"(^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\\-.]*[a-zA-Z0-9]$})");
  const auto refuses = [&](const std::string& members) {
    return sc.post("/microservices", R"({"service":{"serviceName":"a",)" + members + "}}").status == 400;
  };
  EXPECT_TRUE(refuses(R"("version":"1.0.0.0.0")"));
  EXPECT_TRUE(refuses(R"("version":"32768")"));
  EXPECT_FALSE(refuses(R"("version":"32767")"));
  EXPECT_TRUE(refuses(R"("environment":"prod")"));
  EXPECT_TRUE(refuses(R"("level":"TOP")"));
  EXPECT_TRUE(refuses(R"("schemas":["-"])"));
  EXPECT_TRUE(refuses(R"("status":"OUT")"));
  EXPECT_TRUE(refuses(R"("alias":"a b")"));
  EXPECT_TRUE(refuses(R"("registerBy":"ME")"));
  EXPECT_TRUE(refuses(R"("framework":{"name":"a b"})"));
  EXPECT_TRUE(refuses(R"("paths":[{"path":"a b"}])"));
  EXPECT_TRUE(refuses(R"("description":")" + std::string(257, 'x') + "\""));
}

TEST(RegisterService, ReadsJsonAsGoDoes) {
  Center sc;
  EXPECT_ERROR(sc.post("/microservices", ""), "400001", kInvalid, "unexpected end of JSON input");
  EXPECT_ERROR(sc.post("/microservices", "{}"), "400001", kInvalid, "Request body is empty");
  EXPECT_ERROR(sc.post("/microservices", R"({"service":null})"), "400001", kInvalid, "Request body is empty");
  EXPECT_EQ(sc.post("/microservices", R"({"service":{"serviceName":7}})").status, 400);
  EXPECT_EQ(sc.post("/microservices", R"({"SERVICE":{"servicename":"a","unknown":{},"alias":null}})").status, 200);
}

TEST(RegisterService, KeepsFrameworkPathsAndStrategyInTheOrderOfTheTable) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"framework":{"version":"3","name":"JC"},"LBStrategy":{"k":"v"},)"
                                            R"("paths":[{"path":"/a","property":{"p":"q"}}],"environment":"testing")");
  EXPECT_EQ(sc.get("/microservices/" + id).body,
            R"({"service":{"serviceId":")" + id +
                R"(","appId":"shop","serviceName":"cart","version":"1.0.0","level":"BACK","paths":[{"path":"/a",)"
                R"("property":{"p":"q"}}],"status":"UP","timestamp":"1700000000","LBStrategy":{"k":"v"},)"
                R"("modTimestamp":"1700000000","environment":"testing","framework":{"name":"JC","version":"3"}}})");
}

TEST(RegisterService, WithRulesAloneIsStoredAndNeverAnswered) {
  Center sc;
  const std::string rule = R"("rules":[{"ruleType":"BLACK","attribute":"ServiceName","pattern":"x"}])";
  EXPECT_EQ(sc.post("/microservices", R"({"service":{"serviceName":"a","serviceId":"a"},)" + rule + "}").status, 0);
  EXPECT_EQ(sc.get("/microservices/a").status, 200);
  const std::string tagged = R"({"service":{"serviceName":"b","serviceId":"b"},"tags":{"k":"v"},)" + rule + "}";
  EXPECT_EQ(sc.post("/microservices", tagged).status, 200);
  FaultyFrontend front(Model(plain_options(), syncer::Random(1)), syncer::Random(2));
  const auto outcome = front.handle(
      sc.now, 0, {"POST", "", sc.base + "/microservices", {}, R"({"service":{"serviceName":"a"},)" + rule + "}"});
  EXPECT_EQ(outcome.kind, Outcome::Kind::Hang);
  EXPECT_EQ(outcome.delay, kForever);
}

TEST(RegisterService, StoresRulesUpTo20) {
  Center sc(plain_options(Release::V2_0_0));
  const std::string body = R"({"service":{"serviceName":"a","serviceId":"a"},)"
                           R"("rules":[{"ruleType":"BLACK","attribute":"ServiceName","pattern":"x"}]})";
  EXPECT_EQ(sc.post("/microservices", body).status, 200);
  EXPECT_NE(sc.get("/microservices/a/rules").body.find(R"("ruleType":"BLACK")"), std::string::npos);
}

TEST(RegisterService, TakesInlineTagsAndOneInstance) {
  Center sc;
  const auto answer =
      sc.post("/microservices", R"({"service":{"serviceName":"a"},"tags":{"k":"v"},)"
                                R"("instances":[{"hostName":"h","instanceId":"i1"},{"hostName":"h"}]})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const std::string found = sc.get("/instances?appId=default&serviceName=a&tags=k").body;
  EXPECT_NE(found.find("\"i1\""), std::string::npos);
  EXPECT_EQ(found.find("},{"), std::string::npos) << found;
}

TEST(RegisterService, TellsWhatFailedOfItsExtras) {
  Center sc;
  const auto answer = sc.post("/microservices", R"({"service":{"serviceName":"a"},"instances":[{"hostName":""}]})");
  EXPECT_EQ(Center::value(answer.body, "detail").find("errMessages: [Invalid parameter(s)(field"), 0U) << answer.body;
}

TEST(RegisterService, RefusesOverTheQuota) {
  ModelOptions options = plain_options();
  options.quotas.services = 1;
  Center sc(options);
  sc.service("cart");
  EXPECT_ERROR(sc.post("/microservices", R"({"service":{"serviceName":"b"}})"), "400100", "Not enough quota",
               "no quota to create SERVICE, max num is 1, curNum is 1, apply num is 1");
}

TEST(ListServices, IsAnEmptyObjectWithoutServicesAndHidesTheServiceCenterFrom21On) {
  ModelOptions options = plain_options();
  options.frontends = {"rest://10.0.0.1:30100/"};
  Center sc(options);
  EXPECT_EQ(sc.get("/microservices").body, "{}");
  EXPECT_NE(sc.get("/microservices?withShared=1").body.find("SERVICECENTER"), std::string::npos);
  options.release = Release::V2_0_0;
  EXPECT_NE(Center(options).get("/microservices").body.find("SERVICECENTER"), std::string::npos);
}

TEST(ListServices, ShowsEveryChangeAtOnce) {
  Center sc;
  const std::string id = sc.service("cart");
  const std::string before = sc.get("/microservices").body;
  EXPECT_EQ(sc.get("/microservices").body, before);
  sc.put("/microservices/" + id + "/properties", R"({"properties":{"a":"b"}})");
  EXPECT_NE(sc.get("/microservices").body, before);
}

TEST(ServiceProperties, AreReplacedAndOnlyTheyChange) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"properties":{"a":"1"})");
  sc.pass(7s);
  const auto answer =
      sc.put("/microservices/" + id + "/properties", R"({"properties":{"b":"2"},"framework":{"name":"x"}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(header(answer, "Content-Type"), "text/plain; charset=UTF-8");
  const std::string now = sc.get("/microservices/" + id).body;
  EXPECT_NE(now.find(R"("properties":{"b":"2"},"timestamp":"1700000000","modTimestamp":"1700000007"})"),
            std::string::npos);
  EXPECT_EQ(sc.put("/microservices/" + id + "/properties", "{}").status, 200);
  EXPECT_EQ(sc.get("/microservices/" + id).body.find("properties"), std::string::npos);
  EXPECT_ERROR(sc.put("/microservices/nope/properties", "{}"), "400012", kNoService, "Service does not exist.");
}

TEST(Existence, TellsUnknownServiceFromUnknownVersion) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"alias":"shop:cart")");
  const std::string ask = "/existence?type=microservice&appId=shop&serviceName=";
  EXPECT_EQ(sc.get(ask + "cart&version=1.0.0").body, R"({"serviceId":")" + id + "\"}");
  EXPECT_EQ(sc.get(ask + "shop:cart&version=1.0.0").status, 200);
  EXPECT_ERROR(sc.get(ask + "cart&version=1.0"), "400026", "Micro-service version does not exist",
               "/shop/cart/1.0 version mismatch.");
  EXPECT_ERROR(sc.get(ask + "pay&version=1.0.0"), "400012", kNoService, "/shop/pay/1.0.0 does not exist.");
  EXPECT_ERROR(sc.get("/existence?type=x"), "400001", kInvalid, "Only micro-service and schema can be used as type.");
  EXPECT_EQ(sc.get(ask + "cart&version=latest").status, 400);
}

TEST(Existence, AllowsVersionRulesUpTo20) {
  Center sc(plain_options(Release::V2_0_0));
  const std::string id = sc.service("cart");
  const std::string ask = "/existence?type=microservice&appId=shop&serviceName=cart&version=";
  EXPECT_EQ(Center::value(sc.get(ask + "latest").body, "serviceId"), id);
  EXPECT_EQ(Center::value(sc.get(ask + "0.5%2B0").body, "errorCode"), "400001");
  EXPECT_EQ(Center::value(sc.get(ask + "2.0.0").body, "errorCode"), "400012");
  EXPECT_EQ(Center::value(sc.get(ask + "2.0.0-3.0.0").body, "errorCode"), "400026");
}

TEST(DeleteService, NeedsForceWhileItHasInstancesOrConsumers) {
  Center sc;
  const std::string web = sc.service("web");
  const std::string cart = sc.service("cart");
  const std::string cart_instance = sc.instance(cart);
  EXPECT_ERROR(sc.del("/microservices/" + cart), "400013", "Micro-service has deployed instance(s)",
               "Can not delete the service deployed instance(s).");
  sc.get("/instances?appId=shop&serviceName=cart", {{"X-ConsumerId", web}});
  EXPECT_ERROR(sc.del("/microservices/" + cart), "400023", "Consumer(s) depends on this micro-service",
               "Can not delete this service, other service rely it.");
  EXPECT_EQ(sc.get("/microservices/" + web + "/providers").body.find(R"({"providers":[{"serviceId":")" + cart), 0U);
  EXPECT_EQ(sc.get("/microservices/" + cart + "/consumers").body.find(R"({"consumers":[{"serviceId":")" + web), 0U);
  EXPECT_ERROR(sc.del("/microservices/" + cart + "?force=yes"), "400001", kInvalid,
               "parameter force must be false or true");
  EXPECT_EQ(sc.del("/microservices/" + cart + "?force=1").status, 200);
  EXPECT_ERROR(sc.del("/microservices/" + cart + "?force=1"), "400012", kNoService, "Service does not exist.");
  EXPECT_EQ(sc.put("/microservices/" + cart + "/instances/" + cart_instance + "/heartbeat").status, 400);
}

TEST(DeleteService, RefusesTheServiceCenterItself) {
  ModelOptions options = plain_options();
  options.frontends = {"rest://10.0.0.1:30100/"};
  Center sc(options);
  const std::string id = Center::value(sc.get("/microservices?withShared=1").body, "serviceId");
  EXPECT_ERROR(sc.del("/microservices/" + id + "?force=1"), "400001", kInvalid, "not allow to delete service center");
}

TEST(DeleteServices, AnswersForEachIdFrom21OnAndWithOneErrorBefore) {
  for (const Release release : {Release::V2_2_0, Release::V2_0_0}) {
    Center sc(plain_options(release));
    const std::string id = sc.service("cart", R"(,"serviceId":"a")");
    const auto answer = sc.del("/microservices", R"({"serviceIds":["b","a","a"],"force":false})");
    if (release == Release::V2_0_0) {
      EXPECT_ERROR(answer, "400001", kInvalid, "Delete services failed.");
    } else {
      EXPECT_EQ(answer.body, R"x({"services":[{"serviceId":"a"},{"errMessage":"Micro-service does not exist(Service )x"
                             R"x(does not exist.)","serviceId":"b"}]})x");
    }
  }
}

TEST(Tags, AreReplacedByPostFrom148OnAndMergedIn13) {
  for (const Release release : {Release::V2_2_0, Release::V1_3_0}) {
    Center sc(plain_options(release));
    const HttpHeaders domain = {{"X-Domain-Name", "default"}};
    const auto made = sc.post("/microservices", R"({"service":{"serviceName":"a"}})", domain);
    const std::string path = "/microservices/" + Center::value(made.body, "serviceId") + "/tags";
    EXPECT_EQ(sc.post(path, R"({"tags":{"a":"x","b":"y"}})", domain).status, 200);
    EXPECT_EQ(sc.post(path, R"({"tags":{"b":"z"}})", domain).status, 200);
    const bool merges = release == Release::V1_3_0;
    EXPECT_EQ(sc.get(path, domain).body, merges ? "{\"tags\":{\"a\":\"x\",\"b\":\"z\"}}\n" : R"({"tags":{"b":"z"}})");
  }
}

TEST(Tags, ChangeAndDeleteOnlyWhatIsThere) {
  Center sc;
  const std::string path = "/microservices/" + sc.service("cart") + "/tags";
  EXPECT_EQ(sc.get(path).body, "{}");
  EXPECT_ERROR(sc.put(path + "/a?value=x"), "400018", "Tag does not exist",
               "Tag does not exist, please add one first.");
  sc.post(path, R"({"tags":{"a":"x","b":"y"}})");
  EXPECT_EQ(sc.put(path + "/a?value=z").status, 200);
  EXPECT_EQ(Center::value(sc.del(path + "/a,c").body, "errorCode"), "400018");
  EXPECT_EQ(sc.get(path).body, R"({"tags":{"a":"z","b":"y"}})");
  EXPECT_EQ(sc.del(path + "/a,b").status, 200);
  EXPECT_EQ(sc.get(path).body, "{}");
  EXPECT_EQ(sc.post(path, R"({"tags":{"1":"x"}})").status, 400);
}

}  // namespace
}  // namespace mocksc::testing
