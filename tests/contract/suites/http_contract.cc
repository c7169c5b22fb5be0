// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/contract/suites/harness.h"

namespace contract {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using syncer::CallId;
using syncer::ErrorCode;
using syncer::HttpRequest;
using syncer::HttpResponse;

HttpRequest get(std::string origin, std::string target) {
  return {"GET", std::move(origin), std::move(target), {}, {}};
}

TEST_P(HttpContract, ARequestArrivesAsItIsAndItsAnswerComesBack) {
  HttpRequest seen;
  harness_->serve([&](const HttpRequest& request) {
    seen = request;
    return HttpResponse{201, {{"X-Answer", "yes"}}, "{\"ok\":true}"};
  });
  HttpRequest request{"PUT", harness_->origin(), "/v4/a%20b?x=1%2F2&y=", {{"X-Domain-Name", "default"}}, "{\"a\":1}"};
  harness_->http().call(CallId{7}, request, harness_->now() + seconds(5));
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->outcomes().empty(); }));
  const auto& [id, answer] = harness_->outcomes()[0];
  EXPECT_EQ(id, CallId{7});
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "{\"ok\":true}");
  ASSERT_NE(answer->headers.find("x-answer"), nullptr);
  EXPECT_EQ(*answer->headers.find("x-answer"), "yes");
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, request.target) << "the raw target goes over the wire";
  EXPECT_EQ(seen.body, request.body);
  ASSERT_NE(seen.headers.find("X-Domain-Name"), nullptr);
  EXPECT_EQ(*seen.headers.find("X-Domain-Name"), "default");
}

TEST_P(HttpContract, EveryStatusIsAnAnswer) {
  for (const int status : {200, 204, 302, 400, 404, 500, 503}) {
    const auto fresh = GetParam()();
    fresh->serve([&](const HttpRequest&) { return HttpResponse{status, {{"Location", "/elsewhere"}}, ""}; });
    fresh->http().call(CallId{1}, get(fresh->origin(), "/"), fresh->now() + seconds(5));
    ASSERT_TRUE(fresh->run_until([&] { return !fresh->outcomes().empty(); })) << status;
    ASSERT_TRUE(fresh->outcomes()[0].second) << status << ": " << to_string(fresh->outcomes()[0].second.error());
    EXPECT_EQ(fresh->outcomes()[0].second->status, status) << "redirections are not followed";
  }
}

TEST_P(HttpContract, ManyCallsEachEndOnce) {
  harness_->serve([](const HttpRequest& request) { return HttpResponse{200, {}, request.target}; });
  for (std::uint64_t i = 1; i <= 100; ++i) {
    harness_->http().call(CallId{i}, get(harness_->origin(), "/" + std::to_string(i)), harness_->now() + seconds(10));
  }
  ASSERT_TRUE(harness_->run_until([&] { return harness_->outcomes().size() >= 100; }));
  std::set<std::uint64_t> ids;
  for (const auto& [id, answer] : harness_->outcomes()) {
    ids.insert(id.value);
    ASSERT_TRUE(answer) << to_string(answer.error());
    EXPECT_EQ(answer->body, "/" + std::to_string(id.value));
  }
  EXPECT_EQ(ids.size(), 100U);
}

TEST_P(HttpContract, ARefusedConnectionIsUnreachable) {
  harness_->http().call(CallId{1}, get(harness_->nobody(), "/"), harness_->now() + seconds(5));
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->outcomes().empty(); }));
  ASSERT_FALSE(harness_->outcomes()[0].second);
  EXPECT_EQ(harness_->outcomes()[0].second.error().code, ErrorCode::Unreachable);
}

TEST_P(HttpContract, AServerThatNeverAnswersEndsInTimeoutAtTheDeadline) {
  harness_->serve([](const HttpRequest&) { return std::nullopt; });
  const syncer::Instant deadline = harness_->now() + milliseconds(300);
  harness_->http().call(CallId{1}, get(harness_->origin(), "/"), deadline);
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->outcomes().empty(); }));
  ASSERT_FALSE(harness_->outcomes()[0].second);
  EXPECT_EQ(harness_->outcomes()[0].second.error().code, ErrorCode::Timeout);
  EXPECT_GE(harness_->now(), deadline);
  EXPECT_LT(harness_->now(), deadline + seconds(2));
}

TEST_P(HttpContract, ATimeoutDoesNotSpoilTheNextCall) {
  harness_->serve([](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (request.target == "/stuck") return std::nullopt;
    return HttpResponse{200, {}, "fine"};
  });
  for (std::uint64_t i = 1; i <= 4; ++i) {
    harness_->http().call(CallId{i}, get(harness_->origin(), "/stuck"), harness_->now() + milliseconds(200));
  }
  ASSERT_TRUE(harness_->run_until([&] { return harness_->outcomes().size() == 4; }));
  harness_->http().call(CallId{9}, get(harness_->origin(), "/"), harness_->now() + seconds(5));
  ASSERT_TRUE(harness_->run_until([&] { return harness_->outcomes().size() == 5; }));
  ASSERT_TRUE(harness_->outcomes()[4].second) << to_string(harness_->outcomes()[4].second.error());
  EXPECT_EQ(harness_->outcomes()[4].second->body, "fine");
}

TEST_P(HttpContract, ACancelledCallIsNeverHeardOfAgain) {
  harness_->serve([](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (request.target == "/stuck") return std::nullopt;
    return HttpResponse{200, {}, ""};
  });
  harness_->http().call(CallId{1}, get(harness_->origin(), "/stuck"), harness_->now() + milliseconds(200));
  harness_->http().cancel(CallId{1});
  harness_->http().cancel(CallId{42});
  const syncer::Instant later = harness_->now() + milliseconds(400);
  EXPECT_FALSE(harness_->run_until([&] { return !harness_->outcomes().empty(); }, later - harness_->now()));
}

}  // namespace
}  // namespace contract
