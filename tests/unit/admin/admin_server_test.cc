// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/admin_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>

#include "syncer/admin/command.h"
#include "syncer/net/loop.h"

namespace syncer::admin {
namespace {

/// A server whose node's thread is the test's own.
class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() {
    status_.node = "a";
    status_.region = "home";
    status_.starting = "the registry was not read yet";
    AdminApi api;
    api.status = [this] { return status_; };
    api.metrics = [] { return std::string("syncer_ready 1\n"); };
    api.keys = [] { return node::KeysReport{{{"12ab", 128, true}}}; };
    api.run = [this](const Command& command) -> Result<std::string> {
      if (refusal_) return tl::unexpected(*refusal_);
      commands_.push_back(command);
      return std::string("done\n");
    };
    server_ = std::move(*AdminServer::start(*parse_endpoint("127.0.0.1:0"), std::move(api),
                                            [this](std::function<void()> task) { loop_.post(std::move(task)); }));
  }

  /// Turns the node's loop until `blocking` has its answer.
  template <class Blocking>
  auto turn_until(Blocking blocking) {
    auto answer = std::async(std::launch::async, blocking);
    const auto ready = [&] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    while (!ready()) loop_.run_until(ready, loop_.now() + std::chrono::milliseconds(5));
    return answer.get();
  }

  HttpResponse ask(const std::string& method, const std::string& target, const std::string& body = "") {
    return turn_until([&] { return ask_daemon(server_->local(), method, target, body).value(); });
  }
  HttpResponse send(const Command& command) {
    return turn_until([&] { return ask_daemon(server_->local(), command).value(); });
  }

  net::Loop loop_;
  node::Status status_;
  std::optional<Error> refusal_;
  std::vector<Command> commands_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ReadinessSaysWhatIsMissing) {
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/readyz").body, "not ready\nnode a: the registry was not read yet\n");
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

TEST_F(AdminServerTest, EveryCommandArrivesAsItWasGiven) {
  const std::vector<Command> all = {ReleaseGuard{"east & west"}, ReleaseGuard{"*"}, ForgetRegion{"we st"},
                                    InstallKey{"c2VjcmV0"},      UseKey{"12ab"},    RemoveKey{"34cd"},
                                    ReplaceVoter{"e3"},          RaiseGeneration{}, ForgetProposal{}};
  for (const Command& command : all) EXPECT_EQ(send(command).status, 200) << to_request(command).path;
  EXPECT_EQ(commands_, all);
}

TEST_F(AdminServerTest, AnUnknownCommandIsRefusedWithThoseThereAre) {
  for (const char* target : {"/v1/keys/forge?id=12ab", "/v1/keys/", "/v1/cluster/dissolve", "/"}) {
    const HttpResponse answer = ask("POST", target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_NE(answer.body.find("/v1/keys/remove"), std::string::npos) << answer.body;
  }
  EXPECT_TRUE(commands_.empty());
}

TEST_F(AdminServerTest, ACommandWithoutItsArgumentIsRefused) {
  for (const char* target : {"/v1/guard/release", "/v1/keys/install", "/v1/keys/use", "/v1/keys/remove?name=12ab",
                             "/v1/cluster/replace?node=", "/v1/region/forget"}) {
    EXPECT_EQ(ask("POST", target).status, 400) << target;
  }
  EXPECT_TRUE(commands_.empty());
}

TEST_F(AdminServerTest, ARefusalKeepsItsKind) {
  refusal_ = Error{ErrorCode::NotFound, "", "no such voter"};
  EXPECT_EQ(send(ReplaceVoter{"e9"}).status, 404);
  refusal_->code = ErrorCode::Refused;
  EXPECT_EQ(send(ReplaceVoter{"e9"}).status, 409);
}

/// The answer to the bytes of a request.
std::string raw(const Endpoint& to, const std::string& request) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  std::array<char, 4096> buffer{};
  ssize_t size = -1;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(descriptor, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size())) {
    size = ::recv(descriptor, buffer.data(), buffer.size(), 0);
  }
  ::close(descriptor);
  return std::string(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
}

TEST_F(AdminServerTest, APostThatAnnouncesNoBodyIsAnsweredAtOnce) {
  const auto post = [&](const std::string& target, const std::string& header) {
    return turn_until(
        [&] { return raw(server_->local(), "POST " + target + " HTTP/1.1\r\nHost: a\r\n" + header + "\r\n"); });
  };
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(post("/v1/cluster/raise-generation", "X-Syncer: curl\r\n").rfind("HTTP/1.1 200", 0), 0U);
  EXPECT_EQ(commands_, std::vector<Command>{RaiseGeneration{}});
  EXPECT_EQ(post("/v1/keys/install", "X-Syncer: curl\r\n").rfind("HTTP/1.1 400", 0), 0U);
  EXPECT_EQ(post("/v1/cluster/raise-generation", "").rfind("HTTP/1.1 403", 0), 0U) << "a page of a browser";
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
  EXPECT_EQ(commands_.size(), 1U);
}

TEST_F(AdminServerTest, KeysAreListed) {
  EXPECT_NE(ask("GET", "/v1/keys").body.find("\"id\": \"12ab\""), std::string::npos);
}

TEST_F(AdminServerTest, TheGroupIsShown) {
  EXPECT_EQ(ask("GET", "/v1/cluster").status, 409);
  status_.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {{"e1", "0a", "10.0.0.1:30192", "leader"}}};
  EXPECT_NE(ask("GET", "/v1/cluster").body.find("\"state\": \"leader\""), std::string::npos);
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
