// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/gate.h"

#include <gtest/gtest.h>

namespace syncer::admin {
namespace {

constexpr const char* kToken = "0123456789abcdef";
const httpio::Caller kLoopback = {"127.0.0.1:5", "127.0.0.1", "127.0.0.1:30199", true};
const httpio::Caller kNetwork = {"10.0.0.7:5", "10.0.0.7", "10.0.0.1:30199", false};
const httpio::Caller kUnix = {"uid 0 gid 0 pid 1", "uid 0", "", false};

int ask(Entrance entrance, const httpio::Caller& caller, HttpHeaders headers) {
  const httpio::ServedRequest request{"GET", "/v1/status", std::move(headers), "", true};
  const auto refused = gate(entrance, request, caller, [] { return Result<std::string>(kToken); });
  return refused ? refused->status : 200;
}

HttpHeaders headers(const std::string& host, const std::string& authorization = "") {
  HttpHeaders all = {{"Host", host}};
  if (!authorization.empty()) all.add("Authorization", authorization);
  return all;
}

TEST(Gate, TheTokenOpensTheTcpListenerAndNothingElseDoes) {
  const std::string right = std::string("Bearer ") + kToken;
  EXPECT_EQ(ask(Entrance::Token, kNetwork, headers("10.0.0.1:30199", right)), 200);
  EXPECT_EQ(ask(Entrance::Token, kNetwork, headers("10.0.0.1:30199", std::string("bearer   ") + kToken)), 200);
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer 0123456789abcdee", "Bearer 0123456789abcde",
                            "Bearer 0123456789abcdeff", "Basic 0123456789abcdef", "0123456789abcdef"}) {
    EXPECT_EQ(ask(Entrance::Token, kNetwork, headers("10.0.0.1:30199", wrong)), 401) << wrong;
  }
}

TEST(Gate, ANameThatWasReboundToThisMachineIsRefused) {
  const std::string right = std::string("Bearer ") + kToken;
  for (const char* host : {"evil", "evil:30199", "10.0.0.1", "10.0.0.1:80", "127.0.0.1:30199", "localhost:30199", ""}) {
    EXPECT_EQ(ask(Entrance::Token, kNetwork, headers(host, right)), 403) << host;
  }
  EXPECT_EQ(ask(Entrance::Token, kLoopback, headers("localhost:30199", right)), 200);
  EXPECT_EQ(ask(Entrance::Token, kLoopback, headers("localhost:30198", right)), 403);
  EXPECT_EQ(ask(Entrance::Token, kLoopback, {{"Authorization", right}}), 403) << "no Host at all";
}

TEST(Gate, APageOfABrowserIsKeptFromWhereCommandsAreTaken) {
  HttpHeaders page = headers("10.0.0.1:30199", std::string("Bearer ") + kToken);
  page.add("Origin", "http://10.0.0.1:30199");
  EXPECT_EQ(ask(Entrance::Token, kNetwork, page), 403);
  EXPECT_EQ(ask(Entrance::Socket, kUnix, page), 403);
  EXPECT_EQ(ask(Entrance::ReadOnly, kNetwork, page), 200);
}

TEST(Gate, TheSocketAsksForNothingSinceTheSystemDid) {
  EXPECT_EQ(ask(Entrance::Socket, kUnix, headers("localhost")), 200);
  EXPECT_EQ(ask(Entrance::ReadOnly, kNetwork, headers("prometheus.example:9100")), 200);
}

TEST(Gate, WithoutAReadableTokenNobodyComesIn) {
  const httpio::ServedRequest request{"GET", "/v1/status", headers("10.0.0.1:30199", "Bearer "), "", true};
  const auto refused = gate(Entrance::Token, request, kNetwork, []() -> Result<std::string> {
    return failure(ErrorCode::Invalid, "admin.token", "others may read it");
  });
  ASSERT_TRUE(refused);
  EXPECT_EQ(*refused, (httpio::Refusal{503, "admin.token: others may read it"}));
}

TEST(Gate, AShortTokenIsNone) {
  EXPECT_FALSE(check_token("0123456789abcde"));
  EXPECT_TRUE(check_token(kToken));
}

}  // namespace
}  // namespace syncer::admin
