// SPDX-License-Identifier: Apache-2.0
// The access control of the mock, against what the real one was seen to do.
#include <gtest/gtest.h>

#include "mocksc/servicecenter/api/model.h"

namespace mocksc {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using syncer::HttpResponse;
using syncer::Instant;

constexpr const char* kServices = "/v4/default/registry/microservices";

class AccountsTest : public testing::Test {
 protected:
  AccountsTest() : model_(options(), syncer::Random(1)) {}
  static ModelOptions options() {
    ModelOptions options;
    options.accounts = {{"syncer", "Secret#1"}};
    return options;
  }
  HttpResponse ask(Instant now, const char* method, const std::string& target, const std::string& body = "",
                   const std::string& authorization = "") {
    syncer::HttpRequest request{method, "", target, {}, body};
    if (!authorization.empty()) request.headers.add("Authorization", authorization);
    return model_.handle(now, 0, request, "10.0.0.9");
  }
  HttpResponse log_in(Instant now, const std::string& password, const std::string& more = "") {
    return ask(now, "POST", "/v4/token", R"({"name":"syncer","password":")" + password + "\"" + more + "}");
  }
  static std::string token_in(const HttpResponse& answer) {
    const std::string begin = "{\"token\":\"";
    return answer.body.rfind(begin, 0) == 0 ? answer.body.substr(begin.size(), answer.body.size() - begin.size() - 2)
                                            : "";
  }
  Model model_;
  const Instant start_{hours(1)};
};

bool says(const HttpResponse& answer, int status, const std::string& code) {
  return answer.status == status && answer.body.find("\"errorCode\":\"" + code + "\"") != std::string::npos;
}

TEST_F(AccountsTest, ATokenOpensWhatIsClosedWithoutOne) {
  EXPECT_TRUE(says(ask(start_, "GET", kServices), 401, "401204"));
  EXPECT_TRUE(says(ask(start_, "GET", kServices, "", "Basic abc"), 401, "401201"));
  EXPECT_TRUE(says(ask(start_, "GET", kServices, "", "Bearer abc"), 401, "401201"));
  EXPECT_TRUE(says(ask(start_, "GET", kServices, "", "Bearer syncer.99999999999999999.1"), 401, "401201"));
  const std::string token = token_in(log_in(start_, "Secret#1"));
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(ask(start_, "GET", kServices, "", "Bearer " + token).status, 200);
  EXPECT_NE(ask(start_, "GET", "/v4/default/registry/health").status, 401) << "everybody may ask";
  EXPECT_EQ(ask(start_, "GET", "/v4/default/registry/version").status, 200);
}

TEST_F(AccountsTest, ATokenEndsWhenItWasAskedTo) {
  const std::string usual = token_in(log_in(start_, "Secret#1"));
  const std::string brief = token_in(log_in(start_, "Secret#1", R"(,"tokenExpirationTime":"15m")"));
  EXPECT_EQ(ask(start_ + minutes(14), "GET", kServices, "", "Bearer " + brief).status, 200);
  EXPECT_TRUE(says(ask(start_ + minutes(15), "GET", kServices, "", "Bearer " + brief), 401, "401205"));
  EXPECT_EQ(ask(start_ + hours(11), "GET", kServices, "", "Bearer " + usual).status, 200);
  EXPECT_TRUE(says(ask(start_ + hours(12), "GET", kServices, "", "Bearer " + usual), 401, "401205"));
  EXPECT_TRUE(says(log_in(start_ + hours(12), "Secret#1", R"(,"tokenExpirationTime":"1m")"), 400, "400001"));
}

TEST_F(AccountsTest, TheThirdWrongPasswordBansForFifteenMinutes) {
  EXPECT_TRUE(says(log_in(start_, "wrong"), 401, "401202"));
  EXPECT_TRUE(says(log_in(start_, "wrong"), 401, "401202"));
  EXPECT_TRUE(says(log_in(start_, "wrong"), 403, "403201"));
  EXPECT_TRUE(says(log_in(start_ + minutes(14), "Secret#1"), 403, "403201"));
  EXPECT_EQ(log_in(start_ + minutes(15), "Secret#1").status, 200);
}

TEST(Accounts, WithoutAnyTheLoginIsUnknownAndEverythingOpen) {
  Model open(ModelOptions{}, syncer::Random(1));
  EXPECT_EQ(open.handle({}, 0, {"POST", "", "/v4/token", {}, "{}"}).status, 404);
  EXPECT_EQ(open.handle({}, 0, {"GET", "", kServices, {}, ""}).status, 200);
}

}  // namespace
}  // namespace mocksc
