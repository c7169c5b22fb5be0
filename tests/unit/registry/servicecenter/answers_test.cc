// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/answers.h"

#include <gtest/gtest.h>

namespace syncer::registry::servicecenter {
namespace {

RawAnswer answer(int status, std::string body) { return HttpResponse{status, {}, std::move(body)}; }

RawAnswer refusal(const std::string& code) {
  return answer(std::stoi(code) / 1000, R"({"errorCode":")" + code + R"(","errorMessage":"m","detail":"d"})");
}

auto services(const RawAnswer& raw) { return read_services(raw, "default", "default"); }

const std::vector<EntryId> kAsked = {{"default", "s", "a"}, {"default", "s", "b"}};

TEST(ErrorAnswer, MeansNotThereForEachOfTheFourCodes) {
  for (const char* code : {"400012", "400016", "400017", "400026"}) {
    EXPECT_EQ(read_success(refusal(code)).error().code, ErrorCode::NotFound) << code;
  }
}

TEST(ErrorAnswer, IsARefusalForOtherClientErrors) {
  const auto outcome = read_success(refusal("400100"));
  EXPECT_EQ(outcome.error().code, ErrorCode::Refused);
  EXPECT_EQ(outcome.error().where, "400100");
  EXPECT_EQ(outcome.error().detail, "m: d");
}

TEST(ErrorAnswer, MeansUnavailableForServerErrorsAndThrottling) {
  for (const auto& raw :
       {refusal("500003"), refusal("500011"), answer(503, "busy"), answer(429, ""), refusal("400002")}) {
    EXPECT_EQ(read_success(raw).error().code, ErrorCode::Unreachable);
  }
}

TEST(ErrorAnswer, MayBePlainTextOrHaveANumericCode) {
  EXPECT_EQ(read_success(answer(400, "Header does not contain domain.")).error().code, ErrorCode::Refused);
  EXPECT_EQ(read_success(answer(404, "404 page not found\n")).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(read_success(answer(400, R"({"errorCode":400012})")).error().code, ErrorCode::Refused);
}

TEST(ErrorAnswer, OfTheAuthorizationAsksForANewToken) {
  EXPECT_TRUE(is_unauthorized(read_success(refusal("401201")).error()));
  EXPECT_TRUE(is_unauthorized(read_success(answer(401, "no")).error()));
  EXPECT_FALSE(is_unauthorized(read_success(refusal("400012")).error()));
}

TEST(ErrorAnswer, LeavesTheOutcomeOpenUnlessTheServiceCenterSaidNo) {
  EXPECT_TRUE(is_outcome_unknown(Error{ErrorCode::Timeout, "", ""}));
  EXPECT_TRUE(is_outcome_unknown(read_success(answer(503, "")).error()));
  EXPECT_FALSE(is_outcome_unknown(read_success(refusal("400001")).error()));
}

TEST(ErrorAnswer, SaysOfARedirectThatItIsNotFollowed) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const auto read = read_success(HttpResponse{status, {{"Location", "http://10.0.0.9:1/\x1b[2J"}}, "Moved"});
    ASSERT_FALSE(read) << status;
    EXPECT_EQ(read.error().detail.rfind("it redirects to http://10.0.0.9:1/?[2J, which is not followed", 0), 0U)
        << to_string(read.error());
  }
}

TEST(SuccessAnswer, IsExactly200) {
  EXPECT_TRUE(read_success(answer(200, "")));
  EXPECT_FALSE(read_success(answer(201, "")));
  EXPECT_FALSE(read_success(answer(304, "")));
  EXPECT_FALSE(read_success(answer(302, "")));
}

TEST(ServiceList, IsEmptyForAnEmptyObject) {
  const auto read = services(answer(200, "{}\n"));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->complete());
  EXPECT_TRUE(read->value.empty());
}

TEST(ServiceList, IsAnErrorWhenTruncatedEmptyOrAnotherThing) {
  for (const char* body :
       {"", "{\"services\":[{\"serviceId\":\"a\"", "<html></html>", "[]", "null", "7", R"({"services":{"a":1}})"}) {
    const auto read = services(answer(200, body));
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
  }
}

TEST(ServiceList, IsPartialWhenAnElementCannotBeRead) {
  const auto read = services(answer(200, R"({"services":[{"serviceId":"s","serviceName":"n"},{"serviceId":7}]})"));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->complete());
  EXPECT_EQ(read->value.size(), 1U);
}

Result<Answer<std::vector<Found>>> find(const RawAnswer& raw, std::size_t queries) {
  InstanceMemo memo;
  return read_find(raw, queries, memo);
}

TEST(BatchFind, TellsEachQueryItsOwnStory) {
  const auto read =
      find(answer(200, R"({"services":{"failed":[{"indexes":[0,3],"error":{"errorCode":"400012","errorMessage":"m"}}],
        "notModified":[1],"updated":[{"index":2,"rev":"r","instances":[{"instanceId":"i","serviceId":"s"}]}]}})"),
           4);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->complete());
  EXPECT_EQ(read->value[0].kind, Found::Kind::NoService);
  EXPECT_EQ(read->value[1].kind, Found::Kind::Unchanged);
  EXPECT_EQ(read->value[2].kind, Found::Kind::Updated);
  EXPECT_EQ(read->value[2].revision, "r");
  EXPECT_EQ(read->value[2].instances.at(0)->id, "i");
  EXPECT_EQ(read->value[3].kind, Found::Kind::NoService);
}

TEST(BatchFind, IsPartialWhenAQueryIsNotMentioned) {
  const auto read = find(answer(200, R"({"services":{"notModified":[0]}})"), 2);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->complete());
  EXPECT_EQ(read->value[1].kind, Found::Kind::Unmentioned);
}

TEST(BatchFind, IsPartialWhenAnInstanceCannotBeReadOrHasNoService) {
  for (const char* element : {R"({"instanceId":7,"serviceId":"s"})", R"({"instanceId":"i"})", "3"}) {
    const std::string body =
        std::string(R"({"services":{"updated":[{"index":0,"rev":"r","instances":[)") + element + "]}]}}";
    const auto read = find(answer(200, body), 1);
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->complete());
    EXPECT_FALSE(read->value[0].instances_complete);
  }
}

TEST(BatchFind, IsNoneWhenAnInstanceIsNotJson) {
  for (const char* element : {R"({"instanceId":})", R"({"instanceId":"i","serviceId":"s"}{})", "{]", "x"}) {
    const std::string body =
        std::string(R"({"services":{"updated":[{"index":0,"rev":"r","instances":[)") + element + "]}]}}";
    EXPECT_EQ(find(answer(200, body), 1).error().code, ErrorCode::Corrupt) << element;
  }
}

TEST(BatchFind, SharesTheInstancesThatCameAgainUnchanged) {
  InstanceMemo memo;
  const auto list = [&](const char* second) {
    const std::string elements = std::string(R"({"instanceId":"a","serviceId":"s"},)") + second;
    return read_find(answer(200, R"({"services":{"updated":[{"index":0,"rev":"r","instances":[)" + elements + "]}]}}"),
                     1, memo)
        .value()
        .value[0]
        .instances;
  };
  const auto before = list(R"({"instanceId":"b","serviceId":"s","status":"UP"})");
  const auto after = list(R"({"instanceId":"b","serviceId":"s","status":"DOWN"})");
  EXPECT_EQ(after.at(0), before.at(0));
  EXPECT_EQ(after.at(1)->status, "DOWN");
}

TEST(BatchFind, SurvivesIndexesThatPointNowhereAndWrongTypes) {
  for (const char* services : {R"({"notModified":[9,-1,"0",1.5]})", R"({"updated":[{"index":5,"rev":"r"}]})",
                               R"({"updated":{"index":0}})", R"({"failed":[{"indexes":0,"error":3}]})", "[]", "null"}) {
    const auto read = find(answer(200, std::string(R"({"services":)") + services + "}"), 1);
    ASSERT_TRUE(read) << services;
    EXPECT_FALSE(read->complete()) << services;
    EXPECT_EQ(read->value[0].kind, Found::Kind::Unmentioned) << services;
  }
}

TEST(BatchFind, KeepsAnotherFailureApartFromAMissingService) {
  const auto read = find(
      answer(200, R"({"services":{"failed":[{"indexes":[0],"error":{"errorCode":"500003","detail":"etcd"}}]}})"), 1);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->complete());
  EXPECT_EQ(read->value[0].kind, Found::Kind::Failed);
}

TEST(HeartbeatSet, IsAllRenewedWhenAnOldReleaseAnswersNothing) {
  const auto beats = read_heartbeats(answer(200, ""), kAsked);
  ASSERT_TRUE(beats);
  EXPECT_EQ(*beats, std::vector<Beat>(2, Beat::Renewed));
}

TEST(HeartbeatSet, IsRenewedInWhateverOrderItIsToldAndWritten) {
  for (const char* list : {R"({"serviceId":"s","instanceId":"b"},{"serviceId":"s","instanceId":"a"})",
                           R"( {"instanceId":"a", "serviceId":"s"} , {"serviceId":"s","instanceId":"b","x":1})"}) {
    const auto beats = read_heartbeats(answer(200, std::string(R"({"instances":[)") + list + "]}"), kAsked);
    ASSERT_TRUE(beats) << list;
    EXPECT_EQ(*beats, std::vector<Beat>(2, Beat::Renewed)) << list;
  }
}

TEST(HeartbeatSet, SaysNothingOfAnInstanceThatItLeavesOut) {
  const auto beats = read_heartbeats(
      answer(200, R"({"instances":[{"serviceId":"s","instanceId":"a"},{"serviceId":"s","instanceId":"c"}]})"), kAsked);
  EXPECT_EQ(beats, (std::vector<Beat>{Beat::Renewed, Beat::Unknown}));
}

TEST(HeartbeatSet, ThatIsNoJsonSaysNothing) {
  const std::string whole = R"({"instances":[{"serviceId":"s","instanceId":"a"},{"serviceId":"s","instanceId":"b"}]})";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(read_heartbeats(answer(200, whole.substr(0, size)), kAsked).error().code, ErrorCode::Corrupt) << size;
  }
}

TEST(HeartbeatSet, DoesNotSayWhichOneIsLostInAnOldRelease) {
  EXPECT_EQ(read_heartbeats(refusal("400017"), kAsked).error().code, ErrorCode::NotFound);
}

TEST(HeartbeatSet, TellsEachElementInANewRelease) {
  const auto beats = read_heartbeats(
      answer(
          200,
          R"j({"instances":[{"serviceId":"s","instanceId":"b","errMessage":"Instance does not exist(leaseId not exist)"},
        {"serviceId":"s","instanceId":"a"}]})j"),
      kAsked);
  ASSERT_TRUE(beats);
  EXPECT_EQ(*beats, (std::vector<Beat>{Beat::Renewed, Beat::Lost}));
}

TEST(HeartbeatSet, LeavesUnmentionedAndUnexplainedElementsUnknown) {
  const auto beats = read_heartbeats(
      answer(200,
             R"({"instances":[{"serviceId":"s","instanceId":"a","errMessage":"etcd timed out"},{"serviceId":4}]})"),
      kAsked);
  ASSERT_TRUE(beats);
  EXPECT_EQ(*beats, (std::vector<Beat>{Beat::Unknown, Beat::Unknown}));
}

TEST(Ids, AreReadFromTheAnswerAndNeverEmpty) {
  EXPECT_EQ(read_service_id(answer(200, R"({"serviceId":"x"})")), "x");
  EXPECT_EQ(read_instance_id(answer(200, R"({"instanceId":"y"})")), "y");
  EXPECT_FALSE(read_service_id(answer(200, R"({"serviceId":""})")));
  EXPECT_FALSE(read_service_id(answer(200, "")));
  EXPECT_EQ(read_service_id(refusal("400026")).error().code, ErrorCode::NotFound);
}

TEST(OneInstance, IsNotFoundWhenItOrItsServiceIsGone) {
  EXPECT_EQ(read_one_instance(refusal("400017")).error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_one_instance(refusal("400012")).error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_one_instance(answer(200, "{}")).error().code, ErrorCode::Corrupt);
  EXPECT_EQ(read_one_instance(answer(200, R"({"instance":{"instanceId":"i"}})"))->id, "i");
}

TEST(SchemaList, TellsListedIdsFromContents) {
  const auto read =
      read_schemas(answer(200, R"({"schemas":[{"schemaId":"a"},{"schemaId":"b","summary":"f0","schema":"text"}]})"));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->value[0].has_content);
  EXPECT_TRUE(read->value[1].has_content);
  EXPECT_EQ(read->value[1].payload, R"({"schema":"text","summary":"f0"})");
}

}  // namespace
}  // namespace syncer::registry::servicecenter
