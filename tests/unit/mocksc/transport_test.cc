// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/transport.h"

#include <gtest/gtest.h>

#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;

TEST(Routing, UnknownPathsAndTrailingSlashesAreNotFound) {
  Center sc;
  for (const char* path : {"/health/readiness", "/microservices/", "/nothing", "/microservices/a/rules"}) {
    const auto answer = sc.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, "404 page not found\n");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "Content-Type"), "text/plain; charset=utf-8");
  }
  EXPECT_EQ(sc.call("GET", "/v4/token").status, 404);
}

TEST(Routing, WrongMethodsNameTheAllowedOnes) {
  Center sc;
  const auto answer = sc.put("/microservices");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.body, "Method Not Allowed\n");
  EXPECT_EQ(header(answer, "Allow"), "DELETE, GET, POST");
}

TEST(Routing, MatchesTheDecodedPath) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"serviceId":"a.b")");
  EXPECT_EQ(sc.get("/microservices/a%2Eb").status, 200);
}

TEST(Routing, UncleanPathsAreRedirected) {
  Center sc;
  const auto answer = sc.get("//microservices/../microservices?x=1");
  EXPECT_EQ(answer.status, 301);
  EXPECT_EQ(header(answer, "Location"), "/v4/default/registry/microservices?x=1");
}

TEST(Routing, BadUrisAreRefusedAndExecutedAllTheSame) {
  Center sc;
  EXPECT_EQ(sc.get("/microservices?").status, 400);
  EXPECT_EQ(sc.get("/microservices?").body, "Invalid Request URI /v4/default/registry/microservices?{}");
  EXPECT_EQ(sc.get("/microservices?a=//").status, 400);
  EXPECT_EQ(sc.get("/microservices?a=" + std::string(2048, 'x')).status, 400);
  EXPECT_EQ(sc.get("/microservices?a=" + std::string(1900, 'x')).status, 200);
}

TEST(Routing, TheWatcherNeedsAnUpgradeThatIsNotServed) {
  Center sc;
  EXPECT_EQ(sc.get("/microservices/a/watcher").status, 400);
  EXPECT_EQ(sc.get("/microservices/a/watcher").body, "Bad Request\n");
}

TEST(Headers, NameTheServerAndWhatTheAnswerDependsOn) {
  Center sc;
  const auto answer = sc.get("/microservices");
  EXPECT_EQ(header(answer, "Server"), "SERVICECENTER/2.2.0");
  EXPECT_EQ(header(answer, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header(answer, "Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(header(answer, "X-Response-Status"), "(none)");
}

TEST(Release13, NeedsTheDomainAndEndsJsonWithANewline) {
  Center sc(plain_options(Release::V1_3_0));
  const auto missing = sc.get("/microservices");
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.body, "Header does not contain domain.");
  EXPECT_EQ(sc.get("/version").status, 200);
  const auto answer = sc.get("/microservices", {{"x-domain-name", "default"}});
  EXPECT_EQ(answer.body, "{}\n");
  EXPECT_EQ(header(answer, "X-Response-Status"), "200");
}

TEST(Health, ListsTheFrontEndsWhateverTheTenant) {
  ModelOptions options = plain_options();
  options.frontends = {"rest://10.12.0.1:30100/", "rest://10.12.0.2:30100/"};
  Center sc(options);
  const auto answer = sc.call("GET", "/v4/other/registry/health", {}, {{"X-Domain-Name", "x"}});
  EXPECT_EQ(answer.status, 200);
  for (const char* part :
       {R"("endpoints":["rest://10.12.0.1:30100/"],"hostName":"service_center_10_12_0_1","status":"UP",)",
        R"("endpoints":["rest://10.12.0.2:30100/"])", R"("healthCheck":{"mode":"push","interval":30,"times":3})"}) {
    EXPECT_NE(answer.body.find(part), std::string::npos) << answer.body;
  }
  sc.pass(1h);
  EXPECT_EQ(sc.call("GET", "/health").body, answer.body);
}

TEST(Health, IsAnErrorWithoutSelfRegistration) {
  Center sc;
  EXPECT_ERROR(sc.get("/health"), "400012", "Micro-service does not exist",
               "development/default/SERVICECENTER/2.2.0 does not exist.");
}

TEST(SelfRegistration, IsFoundByEveryConsumerOfTheDefaultTenant) {
  ModelOptions options = plain_options();
  options.frontends = {"rest://10.12.0.1:30100/"};
  Center sc(options);
  const std::string consumer = sc.service("web", R"(,"environment":"production")");
  const auto found = sc.get("/instances?appId=default&serviceName=SERVICECENTER", {{"X-ConsumerId", consumer}});
  EXPECT_NE(found.body.find("rest://10.12.0.1:30100/"), std::string::npos);
}

TEST(Version, TellsTheReleaseAndTheApi) {
  Center sc;
  EXPECT_EQ(sc.get("/version").body, R"({"version":"2.2.0","buildTag":"20231111000000.2.2.0.local",)"
                                     R"("goVersion":"go1.26.8","os":"linux","arch":"amd64","apiVersion":"4.0.0"})");
  EXPECT_EQ(Center::value(sc.call("GET", "/version").body, "apiVersion"), "3.0.0");
}

TEST(Dump, ShowsAllTenantsWithKeyRevisionAndCluster) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"alias":"c")");
  sc.instance(id, R"(,"instanceId":"i1")");
  sc.put("/microservices/" + id + "/schemas/a", R"({"schema":"x","summary":"1"})");
  sc.call("POST", "/v4/p2/registry/microservices", R"({"service":{"serviceName":"far"}})", {{"X-Domain-Name", "d2"}});
  const auto answer = sc.call("GET", "/v4/default/admin/dump");
  for (const std::string& part :
       {R"({"key":"/cse-sr/ms/files/default/default/)" + id + R"(","rev":3,"cluster":"default","value":{"serviceId":")",
        R"({"key":"/cse-sr/ms/indexes/default/default//shop/cart/1.0.0","rev":3,"cluster":"default","value":")" + id +
            "\"}",
        R"({"key":"/cse-sr/ms/alias/default/default//shop/c/1.0.0","rev":3,"cluster":"default","value":")" + id + "\"}",
        R"({"key":"/cse-sr/ms/schema-sum/default/default/)" + id + R"(/a","rev":3,"cluster":"default","value":"1"})",
        R"({"key":"/cse-sr/inst/files/default/default/)" + id +
            R"(/i1","rev":2,"cluster":"default","value":{"instanceId":"i1")",
        std::string(R"({"key":"/cse-sr/ms/files/d2/p2/)")}) {
    EXPECT_NE(answer.body.find(part), std::string::npos) << part << "\n" << answer.body;
  }
}

TEST(Dump, OutsideTheDefaultTenantFails) {
  Center sc;
  EXPECT_EQ(sc.call("GET", "/v4/p2/admin/dump").status, 500);
  Center old(plain_options(Release::V1_3_0));
  const auto refused = old.call("GET", "/v4/p2/admin/dump", {}, {{"X-Domain-Name", "default"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, error_body("403001", "Forbidden", "Required admin permission") + "\n");
}

TEST(Govern, CountsAndListsWithoutSchemasAndInstanceProperties) {
  Center sc;
  const std::string id = sc.service("cart", R"(,"schemas":["a"])");
  sc.instance(id, R"(,"instanceId":"i1","properties":{"k":"v"})");
  const auto all = sc.call("GET", "/v4/default/govern/microservices?options=instances,statistics");
  EXPECT_EQ(all.body.find("\"schemas\""), std::string::npos);
  EXPECT_EQ(all.body.find("\"k\""), std::string::npos);
  EXPECT_NE(
      all.body.find(R"("statistics":{"services":{"count":1,"onlineCount":1},"instances":{"count":1,"countByDomain":1},)"
                    R"("apps":{"count":1}})"),
      std::string::npos)
      << all.body;
  EXPECT_NE(sc.call("GET", "/v4/default/govern/microservices?options=instances&countOnly=1")
                .body.find(R"("statics":{"instances":{"count":1}})"),
            std::string::npos);
  EXPECT_EQ(sc.call("GET", "/v4/default/govern/microservices?options=statistics").body.find("allServicesDetail"),
            std::string::npos);
  EXPECT_EQ(sc.call("GET", "/v4/default/govern/apps").body, R"({"appIds":["shop"]})");
  EXPECT_NE(sc.call("GET", "/v4/default/govern/microservices/" + id).body.find(R"("microServiceVersions":["1.0.0"])"),
            std::string::npos);
  EXPECT_EQ(
      sc.call("GET", "/v4/default/govern/statistics").body,
      R"({"statistics":{"services":{"count":1,"onlineCount":1},"instances":{"count":1,"countByDomain":1},"apps":{"count":1}}})");
}

TEST(Operation, HasANameForScenariosAndSuggestsTheNearest) {
  EXPECT_EQ(operation_of("POST", "/v4/default/registry/instances/action?type=query"), Operation::BatchFind);
  EXPECT_EQ(operation_of("GET", "/nowhere"), Operation::Unknown);
  EXPECT_EQ(*parse_operation("unregister"), Operation::Unregister);
  EXPECT_EQ(parse_operation("heartbeat_sett").error().detail,
            "unknown operation \"heartbeat_sett\", did you mean \"heartbeat_set\"?");
  EXPECT_TRUE(is_write(Operation::Heartbeat));
  EXPECT_FALSE(is_write(Operation::BatchFind));
}

TEST(Release, KnowsFiveNumbers) {
  EXPECT_EQ(*parse_release("1.4.8"), Release::V1_4_8);
  EXPECT_EQ(parse_release("3.0.0").error().detail,
            "unknown release \"3.0.0\"; known: 1.3.0, 1.4.8, 2.0.0, 2.1.0, 2.2.0");
}

}  // namespace
}  // namespace mocksc::testing
