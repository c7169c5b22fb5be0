// SPDX-License-Identifier: Apache-2.0
#include "mocksc/fault/control.h"

#include <gtest/gtest.h>

#include "mocksc/fault/fault.h"
#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

struct Desk {
  HttpResponse call(std::string method, std::string target, std::string body = {}) {
    return control(sc, now, {std::move(method), "", std::move(target), {}, std::move(body)});
  }
  std::string refusal(const std::string& fault) { return call("POST", "/mock/faults", fault).body; }

  FaultyFrontend sc{Model(plain_options(), syncer::Random(1)), syncer::Random(2)};
  syncer::Instant now = syncer::instant(0);
};

TEST(Control, StartsListsAndEndsFaults) {
  Desk desk;
  EXPECT_EQ(desk.call("POST", "/mock/faults", R"({"fault":"outage","mode":"hang","for":"10s","frontend":1})").body,
            "{\"id\":1}\n");
  EXPECT_EQ(
      desk.call("POST", "/mock/faults",
                R"({"fault":"fail","rate":"30%","with":[{"status":503,"weight":3},{"hang":"20s"}],"ops":["find"]})")
          .body,
      "{\"id\":2}\n");
  EXPECT_EQ(desk.call("GET", "/mock/faults").body,
            "{\"faults\":[{\"id\":1,\"fault\":\"outage\",\"frontend\":1,\"for\":\"10s\",\"mode\":\"hang\"},"
            "{\"id\":2,\"fault\":\"fail\",\"rate\":\"30%\",\"with\":[{\"status\":503,\"weight\":3},{\"hang\":\"20s\","
            "\"weight\":1}],\"ops\":[\"find\"]}]}\n");
  EXPECT_EQ(desk.call("DELETE", "/mock/faults/1").status, 200);
  EXPECT_EQ(desk.call("DELETE", "/mock/faults/1").status, 404);
  EXPECT_EQ(desk.call("DELETE", "/mock/faults").status, 200);
  EXPECT_EQ(desk.call("GET", "/mock/faults").body, "{\"faults\":[]}\n");
}

TEST(Control, EveryKindReadsBackWhatItShows) {
  for (
      const char* text :
      {R"({"fault":"outage","for":"10s","mode":"reset"})", R"({"fault":"slow","latency":"1s","latency_max":"2s"})",
       R"({"fault":"fail","rate":"1/3","with":[{"truncated_body":true,"weight":1},{"bad_json":true,"weight":2},{"reset_after_apply":true,"weight":1},{"status":503,"retry_after":"2s","weight":1}]})",
       R"({"fault":"list_empty"})", R"({"fault":"list_partial","keep":"50%"})", R"({"fault":"stale_read","by":"10s"})",
       R"({"fault":"limit","rps":5})", R"({"fault":"lease_freeze","frontend":0})",
       R"({"fault":"store_outage","for":"25s"})"}) {
    const auto fault = parse_fault(text, syncer::instant(0), [](std::string_view) { return syncer::Result<void>(); });
    ASSERT_TRUE(fault) << text << ": " << to_string(fault.error());
    EXPECT_EQ(render(*fault, syncer::instant(0)), text);
  }
}

TEST(Control, RefusesTheOutageOfAPartOfTheStore) {
  Desk desk;
  const auto part = desk.call("POST", "/mock/faults", R"({"fault":"store_outage","frontend":1})");
  EXPECT_EQ(part.status, 400);
  EXPECT_EQ(part.body, "\"frontend\": all front-ends have one store\n");
}

TEST(Control, NamesTheBadKeyAndTheNearestWord) {
  Desk desk;
  EXPECT_EQ(desk.refusal("nothing"), "a JSON object is needed\n");
  EXPECT_EQ(desk.refusal("{}"), "\"fault\": is needed: the kind of fault\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"outge"})"), "unknown fault \"outge\", did you mean \"outage\"?\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"outage","mod":"hang"})"), "unknown key \"mod\", did you mean \"mode\"?\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"outage","mode":"hung"})"),
            "\"mode\": unknown mode \"hung\", did you mean \"hang\"?\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"slow"})"), "\"latency\": is needed by fault slow\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"limit","rps":"5"})"), "\"rps\": a whole number up to 1000000000 is needed\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"fail","with":[{"statos":5}]})"),
            "\"with\": unknown key \"statos\", did you mean \"status\"?\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"fail","with":[{"status":503}],"ops":["finds"]})"),
            "\"ops\": unknown operation \"finds\", did you mean \"find\"?\n");
  EXPECT_EQ(desk.refusal(R"({"fault":"outage","for":"10"})").substr(0, 5), "\"for\"");
}

TEST(Control, ExpiresLosesSavesAndRestores) {
  Desk desk;
  const auto ask = [&](std::string method, std::string target, std::string body) {
    return desk.sc.handle(desk.now, 0, {std::move(method), "", std::move(target), {}, std::move(body)}).response;
  };
  ask("POST", "/v4/default/registry/microservices", R"({"service":{"serviceName":"cart","serviceId":"s"}})");
  ask("POST", "/v4/default/registry/microservices/s/instances",
      R"({"instance":{"hostName":"h","instanceId":"i1","endpoints":["rest://1.2.3.4:80"]}})");
  const std::string line = "default/default default/cart/0.0.1 i1 UP rest://1.2.3.4:80\n";
  EXPECT_EQ(desk.call("GET", "/mock/instances").body, line);
  EXPECT_EQ(desk.call("POST", "/mock/save/a").body, "saved\n");
  EXPECT_EQ(desk.call("POST", "/mock/expire/i1").body, "expired 1\n");
  EXPECT_EQ(desk.call("POST", "/mock/expire/i1").status, 404);
  EXPECT_EQ(desk.call("GET", "/mock/instances").body, "");
  EXPECT_EQ(desk.call("POST", "/mock/restore/a").body, "restored\n");
  EXPECT_EQ(desk.call("GET", "/mock/instances").body, line);
  EXPECT_EQ(desk.call("POST", "/mock/data-loss").body, "lost\n");
  EXPECT_EQ(desk.call("GET", "/mock/instances").body, "");
  EXPECT_EQ(desk.call("POST", "/mock/restore/b").status, 404);
}

TEST(Control, ExplainsItself) {
  Desk desk;
  EXPECT_TRUE(is_control("/mock"));
  EXPECT_TRUE(is_control("/mock/faults?x=1"));
  EXPECT_FALSE(is_control("/mocks"));
  for (const char* word : {"outage", "slow", "fail", "list_empty", "list_partial", "stale_read", "limit",
                           "lease_freeze", "store_outage"}) {
    EXPECT_NE(desk.call("GET", "/mock").body.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(desk.call("GET", "/mock/other").status, 404);
  EXPECT_EQ(desk.call("POST", "/mock/other").status, 404);
}

}  // namespace
}  // namespace mocksc::testing
