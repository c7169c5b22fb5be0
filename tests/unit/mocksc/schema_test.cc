// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

constexpr const char* kInvalid = "Invalid parameter(s)";

TEST(PutSchema, StoresContentAndSummaryAndListsTheId) {
  Center sc;
  const std::string service = "/microservices/" + sc.service("cart");
  EXPECT_EQ(sc.put(service + "/schemas/hello", R"({"schema":"swagger","summary":"abc","schemaId":"other"})").body, "");
  const auto one = sc.get(service + "/schemas/hello");
  EXPECT_EQ(one.body, R"({"schema":"swagger"})");
  EXPECT_EQ(header(one, "X-Schema-Summary"), "abc");
  EXPECT_NE(sc.get(service).body.find(R"("schemas":["hello"])"), std::string::npos);
  EXPECT_EQ(sc.get(service + "/schemas").body, R"({"schemas":[{"schemaId":"hello","summary":"abc"}]})");
  EXPECT_EQ(sc.get(service + "/schemas?withSchema=1").body,
            R"({"schemas":[{"schemaId":"hello","summary":"abc","schema":"swagger"}]})");
  EXPECT_ERROR(sc.get(service + "/schemas?withSchema=2"), "400001", kInvalid, "parameter withSchema must be 1 or 0");
}

TEST(PutSchema, RefusesEmptyContentBadSummariesAndUnknownServices) {
  Center sc;
  const std::string service = "/microservices/" + sc.service("cart");
  EXPECT_ERROR(sc.put(service + "/schemas/a", R"({"schema":""})"), "400001", kInvalid,
               "field 'ModifySchemaRequest.Schema' invalid value '' does not match rule: {Min: 1}");
  EXPECT_EQ(sc.put(service + "/schemas/a", R"({"schema":"x","summary":"-"})").status, 400);
  EXPECT_EQ(sc.put(service + "/schemas/-a", R"({"schema":"x"})").status, 400);
  EXPECT_ERROR(sc.put("/microservices/nope/schemas/a", R"({"schema":"x"})"), "400012", "Micro-service does not exist",
               "Service does not exist.");
}

TEST(PutSchema, RefusesMoreThanTheQuota) {
  ModelOptions options = plain_options();
  options.quotas.schemas = 1;
  Center sc(options);
  const std::string service = "/microservices/" + sc.service("cart");
  EXPECT_EQ(sc.put(service + "/schemas/a", R"({"schema":"x"})").status, 200);
  EXPECT_EQ(sc.put(service + "/schemas/a", R"({"schema":"y"})").status, 200);
  EXPECT_EQ(Center::value(sc.put(service + "/schemas/b", R"({"schema":"x"})").body, "errorCode"), "400100");
}

TEST(PutSchema, IsFrozenInProductionUpTo20) {
  Center sc(plain_options(Release::V2_0_0));
  const std::string service = "/microservices/" + sc.service("cart", R"(,"schemas":["a"])");
  EXPECT_EQ(Center::value(sc.put(service + "/schemas/b", R"({"schema":"x"})").body, "errorCode"), "400014");
  EXPECT_EQ(sc.put(service + "/schemas/a", R"({"schema":"x","summary":"1"})").status, 200);
  EXPECT_EQ(Center::value(sc.put(service + "/schemas/a", R"({"schema":"y","summary":"2"})").body, "errorCode"),
            "400015");
  const std::string open = "/microservices/" + sc.service("dev", R"(,"environment":"development")");
  EXPECT_EQ(sc.put(open + "/schemas/a", R"({"schema":"x","summary":"1"})").status, 200);
  EXPECT_EQ(sc.put(open + "/schemas/a", R"({"schema":"y","summary":"2"})").status, 200);
}

TEST(PutSchemas, OverwritesAllOfThem) {
  Center sc;
  const std::string service = "/microservices/" + sc.service("cart", R"(,"schemas":["old"])");
  sc.put(service + "/schemas/gone", R"({"schema":"x"})");
  const std::string body =
      R"({"schemas":[{"schemaId":"b","summary":"1","schema":"B"},{"schemaId":"a","summary":"2","schema":"A"}]})";
  EXPECT_EQ(sc.post(service + "/schemas", body).status, 200);
  EXPECT_NE(sc.get(service).body.find(R"("schemas":["b","a"])"), std::string::npos);
  EXPECT_EQ(sc.get(service + "/schemas").body,
            R"({"schemas":[{"schemaId":"b","summary":"1"},{"schemaId":"a","summary":"2"}]})");
  EXPECT_ERROR(sc.post(service + "/schemas", R"({"schemas":[]})"), "400001", kInvalid, "Invalid request.");
  EXPECT_ERROR(sc.post(service + "/schemas", R"({"schemas":[{"schemaId":"a","schema":"A"}]})"), "400001", kInvalid,
               "Invalid request.");
}

TEST(DeleteSchema, LeavesTheIdBehind) {
  Center sc;
  const std::string service = "/microservices/" + sc.service("cart");
  sc.put(service + "/schemas/a", R"({"schema":"x","summary":"1"})");
  EXPECT_EQ(sc.del(service + "/schemas/a").status, 200);
  EXPECT_EQ(sc.get(service + "/schemas").body, R"({"schemas":[{"schemaId":"a"}]})");
  EXPECT_EQ(Center::value(sc.del(service + "/schemas/a").body, "errorCode"), "400016");
  EXPECT_ERROR(sc.get(service + "/schemas/a"), "400016", "Schema does not exist", "schema ref not found.");
}

TEST(SchemaExistence, AnswersWithBothIdsAndTheSummary) {
  Center sc;
  const std::string id = sc.service("cart");
  sc.put("/microservices/" + id + "/schemas/a", R"({"schema":"x","summary":"1"})");
  const auto answer = sc.get("/existence?type=schema&serviceId=" + id + "&schemaId=a");
  EXPECT_EQ(answer.body, R"({"serviceId":")" + id + R"(","schemaId":"a"})");
  EXPECT_EQ(header(answer, "X-Schema-Summary"), "1");
  EXPECT_ERROR(sc.get("/existence?type=schema&serviceId=" + id + "&schemaId=b"), "400016", "Schema does not exist",
               "schema ref not found.");
  EXPECT_ERROR(sc.get("/existence?type=schema&serviceId=nope&schemaId=b"), "400012", "Micro-service does not exist",
               "service does not exist.");
}

TEST(ListSchemas, IsAnEmptyObjectWithoutSchemas) {
  Center sc;
  EXPECT_EQ(sc.get("/microservices/" + sc.service("cart") + "/schemas").body, "{}");
}

}  // namespace
}  // namespace mocksc::testing
