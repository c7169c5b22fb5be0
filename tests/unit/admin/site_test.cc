// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/site.h"

#include <gtest/gtest.h>

#include "syncer/admin/late_document.h"
#include "syncer/admin/status_json.h"
#include "syncer/admin/ui_page.h"

namespace syncer::admin {
namespace {

const httpio::Caller kCaller = {"uid 1000 gid 1000 pid 7", "uid 1000", "", false};

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    status_.node = "a";
    status_.region = "home";
    status_.starting = "the registry was not read yet";
  }

  AdminApi api() {
    AdminApi api;
    api.status = [this] { return status_; };
    api.bridge = [this] { return bridge_; };
    api.metrics = [] { return std::string("syncer_ready 1\n"); };
    api.events = &feed_;
    api.copies = [](const catalog::CopyQuery& query) {
      node::CopiesReport report;
      report.next = query.region + "/" + query.search + "/" + query.after + "/" + std::to_string(query.limit);
      return report;
    };
    api.services = [](const std::string& search, const std::string& after, std::size_t limit) {
      node::ServicesReport report;
      report.next = search + "/" + after + "/" + std::to_string(limit);
      return report;
    };
    const auto late = [](const std::string& text) {
      auto document = std::make_shared<LateDocument>();
      document->finish(text);
      return document;
    };
    api.explain = [this, late](const std::string& what, bool for_everybody) {
      if (for_everybody && somebody_asks_) return std::shared_ptr<LateDocument>();
      return late("about " + what);
    };
    api.differences = [late](const std::string& a, const std::string& b) { return late(a + " and " + b); };
    api.mappings = [](const node::MappingQuery& query) {
      node::MappingsReport report;
      report.next = query.region + "/" + query.search + "/" + query.after + "/" + std::to_string(query.limit);
      return report;
    };
    api.reachability = [late] { return late("who answers"); };
    api.round_trips = [](const std::string& about) -> Result<node::RttReport> {
      if (about == "nobody") return failure(ErrorCode::NotFound, "", "no other member and no region is known");
      node::RttReport report;
      report.node = about;
      return report;
    };
    api.history = [] { return node::HistoryReport{}; };
    api.config = [] { return node::ConfigReport{"syncer/config/1", {{"node", "a", "flag"}}}; };
    api.keys = [] { return node::KeysReport{{{"12ab", 128, true}}}; };
    api.run = [this](const Command& command, const std::string& who) -> Result<std::string> {
      if (refusal_) return tl::unexpected(*refusal_);
      commands_.push_back(command);
      EXPECT_EQ(who, kCaller.who);
      return std::string("done\n");
    };
    return api;
  }

  httpio::Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
                     Entrance entrance = Entrance::Socket) {
    const Site site(api(), [] { return Result<std::string>("0123456789abcdef"); });
    return site.answer(entrance, {method, target, {{"Host", "localhost"}}, body, true}, kCaller);
  }
  httpio::Answer send(const Command& command) {
    const CommandRequest request = to_request(command);
    if (request.parameter.empty()) return ask("POST", request.path, request.argument);
    return ask("POST", request.path + "?" + request.parameter + "=" + percent_encode(request.argument));
  }

  node::Status status_;
  EventFeed feed_;
  std::optional<node::Status> bridge_;
  std::optional<Error> refusal_;
  std::vector<Command> commands_;
  bool somebody_asks_ = false;  ///< at the read-only listener
};

TEST_F(SiteTest, BothSidesOfABridgeAreShownAndHaveToBeReady) {
  status_.starting.clear();
  status_.ready = true;
  const auto alone = bridge_of(ask("GET", "/v1/status").body);
  ASSERT_TRUE(alone);
  EXPECT_FALSE(*alone);
  bridge_ = status_;
  bridge_->node = bridge_->region = "home-bridge";
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
  const auto shown = bridge_of(ask("GET", "/v1/status").body);
  ASSERT_TRUE(shown);
  ASSERT_TRUE(*shown);
  EXPECT_EQ((*shown)->region, "home-bridge");
  bridge_->starting = "the registry was not read yet";
  bridge_->ready = false;
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/readyz").body, "not ready\nbridge: node home-bridge: the registry was not read yet\n");
}

TEST_F(SiteTest, ReadinessSaysWhatIsMissing) {
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/readyz").body, "not ready\nnode a: the registry was not read yet\n");
  status_.ready = true;
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
  EXPECT_EQ(ask("GET", "/readyz?verbose").status, 200);
}

TEST_F(SiteTest, EveryPartOfTheStatusIsACheckOfReadiness) {
  status_.regions.emplace_back().region = "east\x1b";
  status_.regions[0].link.problem = "no link to it";
  const httpio::Answer answer = ask("GET", "/readyz?verbose");
  EXPECT_EQ(answer.status, 503);
  for (const char* line :
       {"[-] node a: the registry was not read yet\n", "[+] registry", "[-] region east?: no link to it"}) {
    EXPECT_NE(answer.body.find(line), std::string::npos) << line << " in\n" << answer.body;
  }
  EXPECT_EQ(answer.body.find('\x1b'), std::string::npos);
}

TEST_F(SiteTest, ThePageIsForEverybodyAndMayAskNobodyElse) {
  const auto page = ask("GET", "/ui", "", Entrance::ReadOnly);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body, kUiPage);
  const std::string* policy = page.headers.find("Content-Security-Policy");
  ASSERT_NE(policy, nullptr);
  EXPECT_NE(policy->find("default-src 'none'; connect-src 'self'"), std::string::npos) << *policy;
  EXPECT_NE(policy->find("frame-ancestors 'none'"), std::string::npos) << *policy;
  EXPECT_NE(policy->find("script-src 'sha256-"), std::string::npos) << *policy;
  EXPECT_EQ(policy->find("unsafe"), std::string::npos) << *policy;
  // A browser has no business where commands are taken.
  EXPECT_EQ(ask("GET", "/ui", "", Entrance::Socket).status, 404);
}

TEST_F(SiteTest, DocumentsAreShownAtEveryEntrance) {
  for (const Entrance entrance : {Entrance::Socket, Entrance::ReadOnly}) {
    const auto status = ask("GET", "/v1/status", "", entrance);
    EXPECT_EQ(status.status, 200);
    EXPECT_EQ(status.type, "application/json");
    EXPECT_NE(status.body.find("\"node\": \"a\""), std::string::npos) << status.body;
    EXPECT_NE(ask("GET", "/v1/members", "", entrance).body.find("\"members\": []"), std::string::npos);
    EXPECT_EQ(ask("GET", "/metrics", "", entrance).body, "syncer_ready 1\n");
    EXPECT_EQ(ask("HEAD", "/livez", "", entrance).status, 200);
    EXPECT_EQ(ask("GET", "/nothing", "", entrance).status, 404);
    EXPECT_EQ(ask("GET", "/v1/cluster", "", entrance).status, 409);
  }
}

TEST_F(SiteTest, EventsAreAStreamWithFiltersThatResumes) {
  feed_.add({0, Severity::Info, "link.up", "east", "\"event\":\"link.up\"", false});
  feed_.add({0, Severity::Warning, "guard.tripped", "west", "\"event\":\"guard.tripped\"", false});
  const auto got = [&](const std::string& query, httpio::Answer answer) {
    EXPECT_EQ(answer.status, 200) << query << answer.body;
    EXPECT_EQ(answer.type, "text/event-stream");
    return answer.stream->take().value_or("none");
  };
  const auto all = [&](const std::string& query) {
    return got(query, ask("GET", "/v1/events" + query, "", Entrance::ReadOnly));
  };
  EXPECT_NE(all("").find("link.up"), std::string::npos);
  EXPECT_EQ(all("?kind=guard").find("link.up"), std::string::npos);
  EXPECT_EQ(all("?region=east&level=warning&follow=0"), "none");
  EXPECT_EQ(all("?after=1").find("link.up"), std::string::npos);
  const Site site(api(), nullptr);
  EXPECT_EQ(got("resumed", site.answer(Entrance::ReadOnly,
                                       {"GET", "/v1/events?follow=0", {{"Last-Event-ID", "2"}}, "", true}, kCaller)),
            "none");
  for (const char* query : {"?kind=guart", "?level=loud", "?after=x", "?after=-1"}) {
    EXPECT_EQ(ask("GET", std::string("/v1/events") + query).status, 400) << query;
  }
}

TEST_F(SiteTest, WhoCommandsAndWhereTheProcessLivesIsNotForEverybody) {
  for (const char* name : {"daemon.ready", "operator.command", "link.up"}) {
    feed_.add({0, Severity::Info, name, "", std::string("\"event\":\"") + name + "\"", false});
  }
  const std::string open = ask("GET", "/v1/events", "", Entrance::ReadOnly).stream->take().value();
  EXPECT_EQ(open.find("daemon.ready"), std::string::npos) << open;
  EXPECT_EQ(open.find("operator.command"), std::string::npos) << open;
  EXPECT_NE(open.find("link.up"), std::string::npos) << open;
  const std::string all = ask("GET", "/v1/events").stream->take().value();
  EXPECT_NE(all.find("daemon.ready"), std::string::npos) << all;
  EXPECT_NE(all.find("operator.command"), std::string::npos) << all;
}

TEST_F(SiteTest, SingleInstancesAreAskedForAtEveryEntrance) {
  const auto body = [&](const std::string& target) { return ask("GET", target, "", Entrance::ReadOnly).body; };
  EXPECT_NE(body("/v1/copies?region=e%20&search=c&after=x&limit=7").find("\"next\": \"e /c/x/7\""), std::string::npos);
  EXPECT_NE(body("/v1/services").find("\"next\": \"//100\""), std::string::npos) << body("/v1/services");
  EXPECT_NE(body("/v1/mappings?region=e&search=c&after=x&limit=7").find("\"next\": \"e/c/x/7\""), std::string::npos);
  EXPECT_NE(body("/v1/rtt?about=west").find("\"node\": \"west\""), std::string::npos) << body("/v1/rtt?about=west");
  EXPECT_EQ(ask("GET", "/v1/rtt?about=nobody").status, 404);
  EXPECT_NE(body("/v1/history").find("syncer/history/1"), std::string::npos);
  EXPECT_EQ(ask("GET", "/v1/explain?what=cart").stream->take(), "about cart");
  EXPECT_EQ(ask("GET", "/v1/diff?a=x&b=y").stream->take(), "x and y");
  for (const char* target : {"/v1/copies?limit=0", "/v1/copies?limit=501", "/v1/services?limit=x", "/v1/explain",
                             "/v1/diff?a=x", "/v1/explain?what=", "/v1/mappings?limit=0"}) {
    EXPECT_EQ(ask("GET", target).status, 400) << target;
  }
}

TEST_F(SiteTest, TheReadOnlyListenerTakesNoCommandAndShowsNoKeys) {
  for (const char* path : {"/v1/cluster/raise-generation", "/v1/guard/release?region=*", "/v1/keys/install"}) {
    EXPECT_EQ(ask("POST", path, "c2VjcmV0", Entrance::ReadOnly).status, 405) << path;
  }
  EXPECT_TRUE(commands_.empty());
  EXPECT_EQ(ask("GET", "/v1/keys", "", Entrance::ReadOnly).status, 404);
  EXPECT_EQ(ask("GET", "/v1/config", "", Entrance::ReadOnly).status, 404);
  EXPECT_EQ(ask("GET", "/v1/reachability", "", Entrance::ReadOnly).status, 404) << "it sends packets to everybody";
  EXPECT_EQ(ask("GET", "/v1/reachability").stream->take(), "who answers");
  EXPECT_NE(ask("GET", "/v1/config").body.find("syncer/config/1"), std::string::npos);
  EXPECT_NE(ask("GET", "/v1/keys").body.find("\"id\": \"12ab\""), std::string::npos);
}

TEST_F(SiteTest, EverybodyTogetherAsksOtherRegionsNoMoreThanOneQuestion) {
  const auto ask_here = [&](const char* target) { return ask("GET", target, "", Entrance::ReadOnly); };
  EXPECT_EQ(ask_here("/v1/explain?what=cart").stream->take(), "about cart");
  EXPECT_EQ(ask_here("/v1/diff?a=x&b=y").status, 404);
  EXPECT_NE(ask_here("/v1/diff?a=x&b=y").body.find("syncer diff"), std::string::npos) << "it says who is answered";
  somebody_asks_ = true;
  EXPECT_EQ(ask_here("/v1/explain?what=cart").status, 503);
  EXPECT_NE(ask_here("/v1/explain?what=cart").body.find("syncer explain"), std::string::npos);
  EXPECT_EQ(ask("GET", "/v1/explain?what=cart").stream->take(), "about cart") << "operators have places of their own";
}

TEST_F(SiteTest, EveryCommandArrivesAsItWasGiven) {
  const std::vector<Command> all = {ReleaseGuard{"east & west"},
                                    ReleaseGuard{"*"},
                                    ForgetRegion{"we st"},
                                    InstallKey{"c2VjcmV0"},
                                    UseKey{"12ab"},
                                    RemoveKey{"34cd"},
                                    ReplaceVoter{"e3"},
                                    RaiseGeneration{},
                                    ForgetProposal{},
                                    Reload{},
                                    SetLogLevel{"debug 10m"},
                                    Join{"a:1"},
                                    Leave{},
                                    ForceLeave{"e3"},
                                    SyncNow{""},
                                    SyncNow{"we st"},
                                    Pause{"import we st"},
                                    Resume{"export"},
                                    Drain{"we st 20/s"}};
  for (const Command& command : all) EXPECT_EQ(send(command).status, 200) << to_request(command).path;
  EXPECT_EQ(commands_, all);
}

TEST_F(SiteTest, AnUnknownCommandIsRefusedWithThoseThereAre) {
  for (const char* target : {"/v1/keys/forge?id=12ab", "/v1/keys/", "/v1/cluster/dissolve", "/"}) {
    const auto answer = ask("POST", target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_NE(answer.body.find("/v1/keys/remove"), std::string::npos) << answer.body;
  }
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE"}) EXPECT_EQ(ask(method, "/v1/status").status, 405);
  EXPECT_TRUE(commands_.empty());
}

TEST_F(SiteTest, ACommandWithoutItsArgumentIsRefused) {
  for (const char* target : {"/v1/guard/release", "/v1/keys/install", "/v1/keys/use", "/v1/keys/remove?name=12ab",
                             "/v1/cluster/replace?node=", "/v1/region/forget"}) {
    EXPECT_EQ(ask("POST", target).status, 400) << target;
  }
  EXPECT_TRUE(commands_.empty());
}

TEST_F(SiteTest, ARefusalKeepsItsKind) {
  refusal_ = Error{ErrorCode::NotFound, "", "no such voter"};
  EXPECT_EQ(send(ReplaceVoter{"e9"}).status, 404);
  refusal_->code = ErrorCode::Refused;
  EXPECT_EQ(send(ReplaceVoter{"e9"}).status, 409);
}

TEST_F(SiteTest, TheGroupIsShown) {
  status_.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {{"e1", "0a", "10.0.0.1:30192", "leader"}}};
  EXPECT_NE(ask("GET", "/v1/cluster").body.find("\"state\": \"leader\""), std::string::npos);
}

}  // namespace
}  // namespace syncer::admin
