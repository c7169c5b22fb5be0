// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/spoilt_answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mocksc/fault/proxy_answer.h"

namespace mocksc {
namespace {

using nlohmann::json;
using syncer::HttpResponse;

HttpResponse answer(const json& body) { return {200, {{"Content-Type", "application/json"}}, body.dump()}; }

TEST(SpoiltAnswer, OfAProxyIsItsPageOrItsRedirect) {
  Failure failure;
  failure.status = 502;
  failure.page = Page::Html;
  const HttpResponse page = proxy_answer(failure);
  EXPECT_EQ(page.status, 502);
  EXPECT_EQ(*page.headers.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<h1>502</h1>"), std::string::npos);
  failure.page = Page::None;
  failure.status = 302;
  failure.location = "http://elsewhere.example/";
  const HttpResponse redirect = proxy_answer(failure);
  EXPECT_EQ(*redirect.headers.find("Location"), "http://elsewhere.example/");
  EXPECT_TRUE(redirect.body.empty());
}

TEST(SpoiltAnswer, AboutManyTellsEachIndexOnceWhatEverFailed) {
  const json body = {{"services",
                      {{"updated", json::array({{{"index", 0}, {"rev", "1.1"}}, {{"index", 2}, {"rev", "3.1"}}})},
                       {"notModified", {1, 3}}}}};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    HttpResponse spoilt = answer(body);
    syncer::Random random(seed);
    refuse_part(Operation::BatchFind, {1, 2}, random, spoilt);
    const json services = json::parse(spoilt.body).at("services");
    std::multiset<int> told;
    for (const json& element : services.value("updated", json::array())) told.insert(element.at("index").get<int>());
    for (const json& index : services.value("notModified", json::array())) told.insert(index.get<int>());
    for (const json& group : services.value("failed", json::array())) {
      EXPECT_EQ(group.at("error").at("errorCode"), "500003");
      for (const json& index : group.at("indexes")) told.insert(index.get<int>());
    }
    EXPECT_EQ(told, (std::multiset<int>{0, 1, 2, 3})) << spoilt.body;
  }
}

TEST(SpoiltAnswer, ToASetOfHeartbeatsNamesWhatFailedAndNothingIsCalledUnknown) {
  HttpResponse spoilt = answer({{"instances", {{{"serviceId", "s"}, {"instanceId", "i"}}}}});
  syncer::Random random(1);
  refuse_part(Operation::HeartbeatSet, {1, 1}, random, spoilt);
  const std::string message = json::parse(spoilt.body).at("instances").at(0).at("errMessage");
  EXPECT_EQ(message.find("not exist"), std::string::npos);
}

TEST(SpoiltAnswer, ToAnythingElseIsLeftAsItIs) {
  HttpResponse other = answer({{"instance", {{"instanceId", "i"}}}});
  const std::string before = other.body;
  syncer::Random random(1);
  refuse_part(Operation::GetInstance, {1, 1}, random, other);
  EXPECT_EQ(other.body, before);
}

}  // namespace
}  // namespace mocksc
