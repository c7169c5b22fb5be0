// SPDX-License-Identifier: Apache-2.0
// What a Nacos server does in time, as it was measured.
#include <gtest/gtest.h>

#include "mocksc/nacos/server/servers.h"

namespace mocksc::nacos {
namespace {

using namespace std::chrono_literals;
using syncer::Duration;
using syncer::HttpResponse;
using syncer::Instant;

constexpr const char* kInstance = "/v1/ns/instance";
constexpr const char* kCart = "?serviceName=cart&ip=10.0.0.1&port=80";

class NacosServer : public ::testing::TestWithParam<Release> {
 protected:
  static Options options() {
    Options options;
    options.release = GetParam();
    return options;
  }
  HttpResponse ask(const char* method, const std::string& target) {
    return servers->handle(now, 0, {method, "", "/nacos" + target, {}, ""}, "app", {});
  }
  bool lists(const std::string& text = "10.0.0.1") {
    return ask("GET", "/v1/ns/instance/list?serviceName=cart").body.find(text) != std::string::npos;
  }
  /// When what `done` asks for comes true, in steps of 100 ms.
  template <class Done>
  Duration wait(Done done, Duration limit = 130s) {
    const Instant begin = now;
    while (now - begin < limit && !done()) now += 100ms;
    return now - begin;
  }
  bool is_first() const { return GetParam() == Release::V1_4_8; }

  Instant now{1s};
  std::unique_ptr<Servers> servers = make_servers(options(), 2);
};

TEST_P(NacosServer, LeasesEndByThemselvesInTwoSteps) {
  ask("POST", std::string(kInstance) + kCart);
  const Duration unhealthy = wait(
      [&] { return ask("GET", std::string(kInstance) + kCart).body.find("\"healthy\":false") != std::string::npos; });
  EXPECT_GE(unhealthy, 15s);
  EXPECT_LE(unhealthy, 16s);
  const Duration gone = unhealthy + wait([&] { return !lists(); });
  EXPECT_GE(gone, 30s);
  EXPECT_LE(gone, 31s);
}

TEST_P(NacosServer, MetadataSetTheTimesOfALease) {
  ask("POST", std::string(kInstance) + kCart +
                  "&metadata=preserved.heart.beat.interval=1000,preserved.heart.beat.timeout=3000,"
                  "preserved.ip.delete.timeout=6000");
  EXPECT_LE(wait([&] { return !lists(); }), 11s);
}

/// What was rendered once is answered again until something changed: an answer to a target that nobody asked for yet
/// says the same at every moment, whatever is done, and while leases end by themselves.
TEST_P(NacosServer, ACatalogThatIsKeptIsNeverOutOfDate) {
  const std::string catalog = GetParam() == Release::V3_0_3
                                  ? "/v3/admin/ns/service/list?pageNo=1&pageSize=100&withInstances=true"
                                  : "/v1/ns/catalog/services?pageNo=1&pageSize=100&withInstances=true";
  int asked = 0;
  const auto check = [&](const std::string& after) {
    const HttpResponse fresh = ask("GET", catalog + "&again=" + std::to_string(++asked));
    EXPECT_EQ(ask("GET", catalog).body, fresh.body) << after;
    EXPECT_EQ(fresh.status, 200) << fresh.body;
  };
  const std::string other = "?serviceName=stock&ip=10.0.0.2&port=80";
  const std::vector<std::pair<const char*, std::string>> steps = {
      {"POST", kInstance + std::string(kCart)},
      {"POST", kInstance + other},
      {"PUT", std::string(kInstance) + "/beat" + kCart},
      {"PUT", kInstance + other + "&enabled=false&weight=3"},
      {"PUT", kInstance + other + "&metadata=a=b"},
      {"POST", kInstance + std::string(kCart) + "&metadata=c=d"},
      {"PUT", "/v1/ns/service?serviceName=cart&protectThreshold=0.5&metadata=e=f"},
      {"DELETE", kInstance + other},
      {"DELETE", "/v1/ns/service?serviceName=stock"}};
  check("nothing");
  for (const auto& [method, target] : steps) {
    ask(method, target);
    check(target);
    now += 300ms;
    check("300 ms after " + target);
    now += 5s;
    check("5 s after " + target);
  }
  for (int i = 0; i < 60; ++i) {
    now += 1s;
    check(std::to_string(i) + " s without a beat");
  }
}

TEST_P(NacosServer, BeatsKeepAnInstanceAndTellWhenItIsUnknown) {
  ask("POST", std::string(kInstance) + kCart);
  for (int i = 0; i < 20; ++i) {
    now += 5s;
    EXPECT_NE(ask("PUT", std::string(kInstance) + "/beat" + kCart).body.find("10200"), std::string::npos);
  }
  EXPECT_TRUE(lists());
  ask("DELETE", std::string(kInstance) + kCart);
  EXPECT_NE(ask("PUT", std::string(kInstance) + "/beat" + kCart).body.find("20404"), std::string::npos);
}

TEST_P(NacosServer, AWriteShowsAtOnceInTheFirstReleaseAndWithTheNextMergeLater) {
  ask("POST", std::string(kInstance) + kCart);
  EXPECT_TRUE(lists());  // of what was never listed nothing older is remembered
  ask("POST", std::string(kInstance) + "?serviceName=cart&ip=10.0.0.2&port=80");
  const Duration shown = wait([&] { return lists("10.0.0.2"); });
  EXPECT_EQ(shown, is_first() ? Duration::zero() : Duration(600ms));
}

TEST_P(NacosServer, ARestartForgetsWhatIsEphemeralAndAnswersWellAndEmpty) {
  ask("POST", std::string(kInstance) + kCart);
  ask("POST", std::string(kInstance) + "?serviceName=stored&ip=10.0.0.3&port=80&ephemeral=false");
  servers->lose_data(now);
  EXPECT_FALSE(lists());
  EXPECT_EQ(ask("GET", "/v1/ns/instance/list?serviceName=cart").status, 200);
  EXPECT_NE(ask("GET", "/v1/ns/instance/list?serviceName=stored").body.find("10.0.0.3"), std::string::npos);
}

TEST_P(NacosServer, WhatAnOperatorSaysOutlivesTheInstanceForAMinute) {
  // In a 1.x server an operator's word is as good as the client's next one.
  const auto says = [&] {
    ask("POST", std::string(kInstance) + kCart);
    now += 1s;
    return ask("GET", std::string(kInstance) + kCart).body.find("\"by\":\"operator\"") != std::string::npos;
  };
  ask("POST", std::string(kInstance) + kCart);
  ask("PUT", std::string(kInstance) + kCart + "&metadata=by=operator");
  EXPECT_EQ(says(), !is_first());
  ask("DELETE", std::string(kInstance) + kCart);
  now += 20s;
  EXPECT_EQ(says(), !is_first());
  ask("DELETE", std::string(kInstance) + kCart);
  now += 100s;
  EXPECT_FALSE(says());
}

TEST_P(NacosServer, HttpNeverTouchesAnInstanceOfAConnection) {
  const std::string connection = std::string("/mock/nacos/connection") + kCart;
  EXPECT_EQ(servers->control(now, {"POST", "", connection, {}, ""})->status, 200);
  EXPECT_EQ(ask("DELETE", std::string(kInstance) + kCart).body, "ok");
  EXPECT_TRUE(lists());
  ask("POST", std::string(kInstance) + kCart);
  now += 1s;
  const std::string twins = ask("GET", "/v1/ns/instance/list?serviceName=cart").body;
  const std::size_t first = twins.find("\"ip\":\"10.0.0.1\"");
  EXPECT_NE(twins.find("\"ip\":\"10.0.0.1\"", first + 1), std::string::npos);
  now += 60s;
  EXPECT_TRUE(lists());
  EXPECT_EQ(servers->control(now, {"DELETE", "", connection, {}, ""})->status, 200);
  now += 1s;
  EXPECT_FALSE(lists());
}

TEST_P(NacosServer, WhileItsStateIsNotUpItRefuses) {
  ask("POST", std::string(kInstance) + kCart);
  servers->control(now, {"PUT", "", "/mock/nacos/state?value=READ_ONLY", {}, ""});
  EXPECT_EQ(ask("POST", std::string(kInstance) + kCart).status, 503);
  EXPECT_TRUE(lists());
  servers->control(now, {"PUT", "", "/mock/nacos/state?value=STARTING", {}, ""});
  EXPECT_EQ(ask("GET", "/v1/ns/instance/list?serviceName=cart").status, 503);
  servers->control(now, {"PUT", "", "/mock/nacos/state?value=UP", {}, ""});
  EXPECT_TRUE(lists());
}

TEST_P(NacosServer, ACopyOfItGoesOnByItself) {
  ask("POST", std::string(kInstance) + kCart);
  const std::unique_ptr<Store> copy = servers->copy();
  ask("DELETE", std::string(kInstance) + kCart);
  EXPECT_NE(copy->instances().find("10.0.0.1"), std::string::npos);
  EXPECT_EQ(servers->instances(), "");
}

INSTANTIATE_TEST_SUITE_P(Releases, NacosServer, ::testing::Values(Release::V1_4_8, Release::V2_5_1, Release::V3_0_3),
                         [](const auto& info) { return "R" + std::to_string(static_cast<int>(info.param) + 1); });

}  // namespace
}  // namespace mocksc::nacos
