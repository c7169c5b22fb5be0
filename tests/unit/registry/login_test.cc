// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/login.h"

#include <gtest/gtest.h>

namespace syncer::registry {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

LoginScheme scheme() {
  LoginScheme scheme;
  scheme.request = {"POST", "", "/token", {}, "{}"};
  scheme.read = [](const Result<HttpResponse>& raw) -> Result<LoginToken> {
    if (!raw) return tl::unexpected(raw.error());
    if (raw->status == 200) return LoginToken{raw->body, minutes(60)};
    return failure(raw->status == 401 ? ErrorCode::Refused : ErrorCode::Unreachable, "", "no");
  };
  scheme.sign = [](HttpRequest& request, const std::string& token) { request.headers.add("T", token); };
  scheme.is_rejected = [](const HttpResponse& answer) { return answer.status == 401; };
  return scheme;
}

const Instant kStart{};
const HttpResponse kRejected{401, {}, ""};

HttpResponse token(const std::string& text) { return {200, {}, text}; }

std::string signature(const Login& login) {
  HttpRequest request;
  login.sign(request);
  const std::string* header = request.headers.find("T");
  return header == nullptr ? "" : *header;
}

TEST(Login, ComesBeforeTheFirstCall) {
  Login login(scheme());
  EXPECT_FALSE(login.is_ready());
  EXPECT_TRUE(login.is_due(kStart));
  login.asked();
  EXPECT_FALSE(login.is_due(kStart)) << "one at a time";
  login.answered(kStart, token("a"));
  EXPECT_TRUE(login.is_ready());
  EXPECT_EQ(signature(login), "a");
}

TEST(Login, ARegistryThatWantsNoTokenGetsNone) {
  Login login(scheme());
  login.answered(kStart, token(""));
  EXPECT_TRUE(login.is_ready());
  EXPECT_EQ(signature(login), "");
}

TEST(Login, AnotherTokenIsThereBeforeTheFirstOneEnds) {
  Login login(scheme());
  login.answered(kStart, token("a"));
  EXPECT_FALSE(login.is_due(kStart + minutes(44)));
  ASSERT_TRUE(login.is_due(kStart + minutes(45)));
  login.asked();
  EXPECT_EQ(signature(login), "a") << "calls go on meanwhile";
  login.answered(kStart + minutes(46), failure(ErrorCode::Unreachable, "", "cut"));
  EXPECT_EQ(signature(login), "a");
  EXPECT_TRUE(login.is_due(kStart + minutes(46) + seconds(1)));
  login.answered(kStart + minutes(47), token("b"));
  EXPECT_EQ(signature(login), "b");
  EXPECT_FALSE(login.problem());
}

TEST(Login, ARejectedTokenIsReplacedAtOnceAndTheCallTriedAgain) {
  Login login(scheme());
  login.answered(kStart, token("a"));
  EXPECT_FALSE(login.rejects(kStart + minutes(1), 1, {403, {}, ""})) << "that is about something else";
  EXPECT_TRUE(login.rejects(kStart + minutes(1), 1, kRejected));
  EXPECT_FALSE(login.is_ready());
  EXPECT_TRUE(login.is_due(kStart + minutes(1)));
  login.asked();
  EXPECT_TRUE(login.rejects(kStart + minutes(1), 1, kRejected)) << "other calls under way wait for the same";
  login.answered(kStart + minutes(1), token("b"));
  EXPECT_TRUE(login.rejects(kStart + minutes(1), 1, kRejected)) << "it was signed with the former one";
  EXPECT_TRUE(login.is_ready()) << "and says nothing of this one";
}

TEST(Login, FreshTokensThatAreRejectedAreReplacedLessAndLessOften) {
  Login login(scheme());
  std::uint64_t logins = 0;
  for (Instant now = kStart; now < kStart + minutes(60); now += seconds(1)) {
    if (!login.is_ready()) {
      login.answered(now, token("t"));
      ++logins;
      login.tried_again(kRejected);
    }
    (void)login.rejects(now, login.generation(), kRejected);
  }
  EXPECT_LE(logins, 15U);
  login.tried_again(token(""));
  login.answered(kStart + minutes(61), token("t"));
  EXPECT_TRUE(login.rejects(kStart + minutes(61) + seconds(6), login.generation(), kRejected)) << "once one helped";
}

TEST(Login, ARefusedPasswordIsNotTriedSoOftenThatItWouldBeBanned) {
  Login login(scheme());
  login.answered(kStart, kRejected);
  EXPECT_EQ(login.problem()->code, ErrorCode::Refused);
  EXPECT_FALSE(login.is_due(kStart + seconds(59)));
  ASSERT_TRUE(login.is_due(kStart + minutes(1)));
  login.answered(kStart + minutes(1), kRejected);
  EXPECT_FALSE(login.is_due(kStart + minutes(16)));
  EXPECT_TRUE(login.is_due(kStart + minutes(17)));
}

TEST(Login, AnOutageIsWaitedOutWithPauses) {
  Login login(scheme());
  Instant now = kStart;
  for (int i = 0; i < 10; ++i) {
    login.answered(now, failure(ErrorCode::Timeout, "", "silence"));
    EXPECT_FALSE(login.is_due(now));
    EXPECT_LE(login.next_deadline(), now + seconds(10));
    now = login.next_deadline();
  }
}

TEST(Login, WhatWillNeverBeAnsweredIsAskedAgain) {
  Login login(scheme());
  login.asked();
  login.forgotten();
  EXPECT_TRUE(login.is_due(kStart));
}

}  // namespace
}  // namespace syncer::registry
