// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kInvalid = "Invalid parameter(s)";
constexpr const char* kGone = "Instance does not exist";

TEST(RegisterInstance, WithoutAnIdAlwaysMakesANewOne) {
  Center sc;
  const std::string service = sc.service("cart");
  const std::string first = sc.instance(service);
  const std::string second = sc.instance(service);
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(first[12], '4');
}

TEST(RegisterInstance, OfALiveIdOnlyRenewsTheLeaseAndDropsTheBody) {
  Center sc;
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"instanceId":"i1","properties":{"v":"old"})");
  sc.pass(100s);
  const std::string before = sc.get("/microservices/" + service + "/instances").body;
  EXPECT_EQ(sc.instance(service, R"(,"instanceId":"i1","properties":{"v":"new"})"), "i1");
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, before);
  sc.pass(119s);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, before);
}

TEST(RegisterInstance, OfAnExpiredIdTakesTheNewBody) {
  Center sc;
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"instanceId":"i1","status":"DOWN")");
  sc.pass(120s);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, "{}");
  sc.instance(service, R"(,"instanceId":"i1","status":"TESTING")");
  EXPECT_NE(sc.get("/microservices/" + service + "/instances/i1").body.find("TESTING"), std::string::npos);
}

TEST(RegisterInstance, ReplacesADeletedInstanceThatIsStillVisible) {
  ModelOptions options = plain_options();
  options.delete_visibility = 2300ms;
  Center sc(options);
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"instanceId":"i1","status":"DOWN")");
  sc.del("/microservices/" + service + "/instances/i1");
  sc.pass(1s);
  sc.instance(service, R"(,"instanceId":"i1","status":"TESTING")");
  sc.pass(10s);
  EXPECT_NE(sc.get("/microservices/" + service + "/instances/i1").body.find("TESTING"), std::string::npos);
}

TEST(RegisterInstance, RefusesUnknownServicesAndBrokenRules) {
  Center sc;
  const std::string good = R"({"instance":{"hostName":"h"}})";
  EXPECT_ERROR(sc.post("/microservices/nope/instances", good), "400012", "Micro-service does not exist",
               "Invalid 'serviceID' in request body.");
  const std::string path = "/microservices/" + sc.service("cart") + "/instances";
  EXPECT_ERROR(
      sc.post(path, R"({"instance":{}})"), "400001", kInvalid,
      R"(field 'MicroServiceInstance.HostName' invalid value '' does not match rule: {Min: 1, Max: 64, Regexp: \\S+})");
  EXPECT_ERROR(
      sc.post(path, "{}"), "400001", kInvalid,
      R"(field 'RegisterInstanceRequest.Instance' invalid value '\u003cnil\u003e' does not match rule: {Min: 1})");
  EXPECT_ERROR(sc.post(path, "{"), "400001", kInvalid, "Unmarshal error");
  EXPECT_ERROR(sc.post(path, R"({"instance":{"hostName":"h","healthCheck":{"interval":"5"}}})"), "400001", kInvalid,
               "Unmarshal error");
  const auto refuses = [&](const std::string& more) {
    return sc.post(path, R"({"instance":{"hostName":"h",)" + more + "}}").status == 400;
  };
  EXPECT_TRUE(refuses(R"("endpoints":[""])"));
  EXPECT_TRUE(refuses(R"("status":"UNKNOWN")"));
  EXPECT_TRUE(refuses(R"("instanceId":"a b")"));
  EXPECT_TRUE(refuses(R"("healthCheck":{"mode":"","interval":5})"));
  EXPECT_TRUE(refuses(R"("healthCheck":{"mode":"push","interval":0})"));
  EXPECT_TRUE(refuses(R"("healthCheck":{"mode":"push","interval":1,"port":65536})"));
  EXPECT_TRUE(refuses(R"("dataCenterInfo":{"name":"a","region":"b"})"));
  EXPECT_FALSE(refuses(R"("endpoints":["anything goes"],"instanceId":"")"));
}

TEST(RegisterInstance, RefusesBodiesOver5KiB) {
  Center sc;
  const std::string path = "/microservices/" + sc.service("cart") + "/instances";
  const auto answer =
      sc.post(path, R"({"instance":{"hostName":"h","properties":{"k":")" + std::string(5100, 'x') + "\"}}}");
  EXPECT_ERROR(answer, "400001", kInvalid, "http: request body too large");
  // Newer releases end the connection only over the limit of all calls.
  EXPECT_EQ(header(answer, "Connection"), "(none)");
  EXPECT_EQ(header(sc.post(path, std::string(3U << 20U, 'x')), "Connection"), "close");
}

TEST(RegisterInstance, RefusesOverTheQuota) {
  ModelOptions options = plain_options();
  options.quotas.instances = 1;
  Center sc(options);
  const std::string service = sc.service("cart");
  sc.instance(service);
  EXPECT_ERROR(sc.post("/microservices/" + service + "/instances", R"({"instance":{"hostName":"h"}})"), "400100",
               "Not enough quota", "no quota to create INSTANCE, max num is 1, curNum is 1, apply num is 1");
}

TEST(Lease, LivesIntervalTimesTimesPlusOneAndIsRaisedToTheMinimum) {
  Center sc;
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"healthCheck":{"mode":"push","interval":1,"times":0})");
  EXPECT_NE(sc.get("/microservices/" + service + "/instances").body.find(R"("interval":5,"times":3})"),
            std::string::npos);
  sc.pass(20s - 1ns);
  EXPECT_NE(sc.get("/microservices/" + service + "/instances").body, "{}");
  sc.pass(1ns);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, "{}");
}

TEST(Lease, IsTakenAsAskedUpTo20) {
  Center sc(plain_options(Release::V2_0_0));
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"healthCheck":{"mode":"push","interval":2,"times":1})");
  sc.pass(4s);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, "{}");
  const std::string huge =
      R"({"instance":{"hostName":"h","healthCheck":{"mode":"push","interval":2147483647,"times":9}}})";
  EXPECT_ERROR(sc.post("/microservices/" + service + "/instances", huge), "400001", kInvalid,
               "Invalid 'healthCheck' settings in request body.");
}

TEST(Lease, OfAPullInstanceIsTheDefaultAndExpiresToo) {
  Center sc;
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"healthCheck":{"mode":"pull","interval":500,"times":9,"port":80,"url":"/ping"})");
  EXPECT_NE(sc.get("/microservices/" + service + "/instances")
                .body.find(R"("healthCheck":{"mode":"pull","port":80,"interval":30,"times":3,"url":"/ping"})"),
            std::string::npos);
  sc.pass(120s);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, "{}");
}

TEST(Lease, CanBeSetForAll) {
  ModelOptions options = plain_options();
  options.ttl_override = 3s;
  Center sc(options);
  const std::string service = sc.service("cart");
  sc.instance(service);
  EXPECT_EQ(sc.model.next_deadline(), syncer::instant(3'000'000'000));
  sc.pass(3s);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, "{}");
}

TEST(Heartbeat, RenewsAndKnowsNothingOfUnknownServicesOrInstances) {
  Center sc;
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"instanceId":"i1")");
  for (int i = 0; i < 5; ++i) {
    sc.pass(100s);
    const auto answer = sc.put("/microservices/" + service + "/instances/i1/heartbeat");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
  }
  const std::string detail = "leaseId not exist, instance not exist";
  EXPECT_ERROR(sc.put("/microservices/" + service + "/instances/i2/heartbeat"), "400017", kGone, detail);
  EXPECT_ERROR(sc.put("/microservices/nope/instances/i1/heartbeat"), "400017", kGone, detail);
  EXPECT_EQ(Center::value(sc.put("/microservices/nope/instances/a%20b/heartbeat").body, "errorCode"), "400001");
}

TEST(HeartbeatSet, AnswersForEachElementAndWith200EvenIfAllFailed) {
  Center sc;
  const std::string service = sc.service("cart", R"(,"serviceId":"s")");
  sc.instance(service, R"(,"instanceId":"i1")");
  const auto answer =
      sc.put("/heartbeats", R"({"instances":[{"serviceId":"s","instanceId":"i2"},)"
                            R"({"serviceId":"s","instanceId":"i1"},{"serviceId":"s","instanceId":"i1"}]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"x({"instances":[{"serviceId":"s","instanceId":"i1"},{"serviceId":"s","instanceId":"i2",)x"
                         R"x("errMessage":"Instance does not exist(leaseId not exist, instance not exist)"}]})x");
  EXPECT_ERROR(sc.put("/heartbeats", R"({"instances":[]})"), "400001", kInvalid, "Request format invalid.");
}

TEST(HeartbeatSet, IsEmptyOrOneErrorUpTo20) {
  Center sc(plain_options(Release::V2_0_0));
  const std::string service = sc.service("cart", R"(,"serviceId":"s")");
  sc.instance(service, R"(,"instanceId":"i1")");
  const auto good = sc.put("/heartbeats", R"({"instances":[{"serviceId":"s","instanceId":"i1"}]})");
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body, "");
  EXPECT_ERROR(sc.put("/heartbeats", R"({"instances":[{"serviceId":"s","instanceId":"i2"}]})"), "400017", kGone,
               "Heartbeat set failed.");
}

TEST(Unregister, RemovesAndThenDoesNotKnowTheInstance) {
  Center sc;
  const std::string path = "/microservices/" + sc.service("cart") + "/instances/";
  EXPECT_ERROR(sc.del(path + "i1"), "400017", kGone, "Instance's leaseId not exist.");
  const std::string id = sc.instance(sc.service("cart"));
  const auto answer = sc.del(path + id);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(sc.get(path + id).status, 400);
}

TEST(Status, ChangesOnlyTheMemberAndTheModificationTime) {
  Center sc;
  const std::string one = "/microservices/" + sc.service("cart") + "/instances/i1";
  sc.instance(sc.service("cart"), R"(,"instanceId":"i1")");
  sc.pass(3s);
  EXPECT_EQ(sc.put(one + "/status?value=OUTOFSERVICE").status, 200);
  const std::string body = sc.get(one).body;
  EXPECT_NE(body.find(R"("status":"OUTOFSERVICE")"), std::string::npos);
  EXPECT_NE(body.find(R"("timestamp":"1700000000","modTimestamp":"1700000003")"), std::string::npos);
  EXPECT_EQ(Center::value(sc.put(one + "/status?value=GONE").body, "errorCode"), "400001");
  EXPECT_ERROR(sc.put("/microservices/s/instances/i9/status?value=UP"), "400017", kGone,
               "Service instance does not exist.");
}

TEST(InstanceProperties, AreReplacedAndDoNotRenewTheLease) {
  Center sc;
  const std::string one = "/microservices/" + sc.service("cart") + "/instances/i1";
  sc.instance(sc.service("cart"), R"(,"instanceId":"i1","properties":{"a":"1"})");
  sc.pass(100s);
  EXPECT_EQ(sc.put(one + "/properties", R"({"properties":{"b":"2"}})").status, 200);
  EXPECT_NE(sc.get(one).body.find(R"("properties":{"b":"2"})"), std::string::npos);
  EXPECT_EQ(sc.put(one + "/properties", R"({"properties":{"k":")" + std::string(3100, 'x') + "\"}}").status, 400);
  sc.pass(20s);
  EXPECT_EQ(Center::value(sc.get(one).body, "errorCode"), "400017");
}

TEST(BulkStatus, TouchesMatchingInstancesAndExistsOnlyIn22) {
  Center sc;
  const std::string service = sc.service("cart");
  sc.instance(service, R"(,"instanceId":"i1","properties":{"az":"1","x":"y"})");
  sc.instance(service, R"(,"instanceId":"i2")");
  const std::string body = R"({"matches":{"properties":{"az":"1"}},"status":"DOWN"})";
  EXPECT_EQ(sc.put("/instances/status", body).status, 200);
  EXPECT_NE(sc.get("/microservices/" + service + "/instances/i1").body.find("DOWN"), std::string::npos);
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances/i2").body.find("DOWN"), std::string::npos);
  EXPECT_EQ(Center(plain_options(Release::V2_1_0)).put("/instances/status", body).status, 404);
}

TEST(ListInstances, OfAnUnknownServiceNamesTheProvider) {
  Center sc;
  EXPECT_ERROR(sc.get("/microservices/nope/instances"), "400012", "Micro-service does not exist",
               "Provider[nope] does not exist.");
  const std::string service = sc.service("cart");
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances").body, "{}");
  const std::string revision = header(sc.get("/microservices/" + service + "/instances"), "X-Resource-Revision");
  EXPECT_EQ(sc.get("/microservices/" + service + "/instances?rev=" + revision).status, 304);
}

TEST(ChangeListener, SeesEveryWriteAndByWhom) {
  Center sc;
  std::vector<std::string> seen;
  sc.model.set_listener([&](const RegistryChange& change) {
    const std::string id = change.instance == nullptr ? std::string() : change.instance->instance_id;
    seen.push_back(std::string(name(change.kind)) + " " + id + " " + std::string(change.client));
  });
  const std::string service = sc.service("cart");
  const std::string one = "/microservices/" + service + "/instances/i1";
  sc.instance(service, R"(,"instanceId":"i1")");
  sc.put(one + "/heartbeat");
  sc.put(one + "/status?value=DOWN");
  sc.put(one + "/properties", "{}");
  sc.del(one);
  sc.instance(service, R"(,"instanceId":"i2")");
  sc.pass(120s);
  const std::vector<std::string> expected = {
      "service_created  tester",      "instance_registered i1 tester",   "status_changed i1 tester",
      "properties_changed i1 tester", "instance_unregistered i1 tester", "instance_registered i2 tester",
      "instance_expired i2 "};
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace mocksc::testing
