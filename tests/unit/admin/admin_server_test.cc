// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/admin_server.h"

#include <gtest/gtest.h>

#include <future>

#include "syncer/admin/admin_client.h"
#include "syncer/net/loop.h"

namespace syncer::admin {
namespace {

/// A server whose node's thread is the test's own.
class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() {
    status_.node = "a";
    status_.region = "home";
    status_.pending = {"the registry was not read yet"};
    AdminApi api;
    api.status = [this] { return status_; };
    api.metrics = [] { return std::string("syncer_ready 1\n"); };
    api.release_guard = [this](const std::string& region) -> Result<void> {
      if (!leads_) return failure(ErrorCode::Refused, "", "no leader is known");
      released_.push_back(region);
      return {};
    };
    api.keys = [this](const std::string& verb, const std::string& argument) -> Result<std::string> {
      asked_.push_back(verb + " " + argument);
      if (argument == "unknown") return failure(ErrorCode::NotFound, "", "no such key");
      return std::string("done\n");
    };
    api.cluster = [this](const std::string& verb, const std::string& argument) -> Result<std::string> {
      asked_.push_back(verb + " " + argument);
      if (argument == "e9") return failure(ErrorCode::NotFound, "", "no such voter");
      return std::string("done\n");
    };
    server_ = std::move(*AdminServer::start(*parse_endpoint("127.0.0.1:0"), std::move(api),
                                            [this](std::function<void()> task) { loop_.post(std::move(task)); }));
  }

  HttpResponse ask(const std::string& method, const std::string& target, const std::string& body = "") {
    auto answer = std::async(std::launch::async, [&] { return ask_daemon(server_->local(), method, target, body); });
    const auto ready = [&] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    while (!ready()) loop_.run_until(ready, loop_.now() + std::chrono::milliseconds(5));
    return answer.get().value();
  }

  net::Loop loop_;
  node::Status status_;
  std::vector<std::string> released_;
  bool leads_ = true;
  std::vector<std::string> asked_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ReadinessSaysWhatIsMissing) {
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/readyz").body, "not ready\nthe registry was not read yet\n");
  status_.ready = true;
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
}

TEST_F(AdminServerTest, StatusIsJson) {
  const HttpResponse answer = ask("GET", "/v1/status");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"node\": \"a\""), std::string::npos) << answer.body;
  EXPECT_NE(ask("GET", "/v1/members").body.find("\"members\": []"), std::string::npos);
  EXPECT_EQ(ask("GET", "/metrics").body, "syncer_ready 1\n");
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  EXPECT_EQ(ask("GET", "/nothing").status, 404);
}

TEST_F(AdminServerTest, OnlyKnownRegionsAreReleased) {
  EXPECT_EQ(ask("POST", "/v1/guard/release?region=elsewhere").status, 404);
  EXPECT_EQ(ask("POST", "/v1/guard/release").status, 400);
  EXPECT_EQ(ask("POST", "/v1/guard/release?region=home").status, 200);
  EXPECT_EQ(ask("POST", "/v1/guard/release?region=*").status, 200);
  leads_ = false;
  EXPECT_EQ(ask("POST", "/v1/guard/release?region=home").status, 409);
  EXPECT_EQ(released_, (std::vector<std::string>{"home", "*"}));
}

TEST_F(AdminServerTest, KeysAreListedAndChanged) {
  EXPECT_EQ(ask("GET", "/v1/keys").body, "done\n");
  EXPECT_EQ(ask("POST", "/v1/keys/install", "c2VjcmV0").status, 200);
  EXPECT_EQ(ask("POST", "/v1/keys/use?id=12ab").status, 200);
  EXPECT_EQ(ask("POST", "/v1/keys/remove?id=unknown").status, 404);
  EXPECT_EQ(ask("POST", "/v1/keys/forge?id=12ab").status, 404);
  EXPECT_EQ(asked_, (std::vector<std::string>{"list ", "install c2VjcmV0", "use 12ab", "remove unknown"}));
}

TEST_F(AdminServerTest, TheGroupIsShownAndTold) {
  EXPECT_EQ(ask("GET", "/v1/cluster").status, 409);
  status_.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {{"e1", "0a", "10.0.0.1:30192", "leader"}}};
  EXPECT_NE(ask("GET", "/v1/cluster").body.find("\"state\": \"leader\""), std::string::npos);
  EXPECT_EQ(ask("POST", "/v1/cluster/replace?node=e3").body, "done\n");
  EXPECT_EQ(ask("POST", "/v1/cluster/replace?node=e9").status, 404);
  EXPECT_EQ(ask("POST", "/v1/cluster/raise-generation").status, 200);
  EXPECT_EQ(ask("POST", "/v1/cluster/dissolve").status, 404);
  EXPECT_EQ(asked_, (std::vector<std::string>{"replace e3", "replace e9", "raise-generation "}));
}

TEST_F(AdminServerTest, ALoopThatDoesNotTurnIsNotAlive) {
  EXPECT_EQ(ask_daemon(server_->local(), "GET", "/livez").value().status, 503);
}

TEST(AdminClient, NobodyThereIsUnreachable) {
  const auto answer = ask_daemon(*parse_endpoint("127.0.0.1:1"), "GET", "/livez");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Unreachable);
}

}  // namespace
}  // namespace syncer::admin
