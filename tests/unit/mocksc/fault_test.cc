// SPDX-License-Identifier: Apache-2.0
#include "mocksc/fault/fault.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;

using Kind = Outcome::Kind;

/// A faulty registry with one service "s" and instances i0, i1, …
struct Sick {
  explicit Sick(int instances, ModelOptions options = plain_options())
      : sc(Model(std::move(options), syncer::Random(1)), syncer::Random(2)) {
    send("POST", "/v4/default/registry/microservices", R"({"service":{"serviceName":"cart","serviceId":"s"}})");
    for (int i = 0; i < instances; ++i) add("i" + std::to_string(i));
  }
  Outcome send(std::string method, std::string target, std::string body = {}, std::size_t frontend = 0) {
    return sc.handle(now, frontend, {std::move(method), "", std::move(target), {}, std::move(body)}, "tester");
  }
  Outcome add(const std::string& id) {
    return send("POST", kInstances, R"({"instance":{"hostName":"h","instanceId":")" + id + "\"}}");
  }
  Outcome list(std::size_t frontend = 0) { return send("GET", kInstances, {}, frontend); }
  std::size_t count() {
    const std::string body = list().response.body;
    std::size_t n = 0;
    for (auto at = body.find("instanceId"); at != std::string::npos; at = body.find("instanceId", at + 1)) ++n;
    return n;
  }
  void pass(syncer::Duration time) {
    now += time;
    sc.advance(now);
  }
  FaultId start(Fault fault, syncer::Duration how_long) {
    fault.until = now + how_long;
    return sc.start(now, std::move(fault));
  }
  static Fault fault(FaultKind kind) {
    Fault out;
    out.kind = kind;
    return out;
  }

  const std::string kInstances = "/v4/default/registry/microservices/s/instances";
  FaultyFrontend sc;
  syncer::Instant now = syncer::instant(0);
};

TEST(Outage, OfAFrontEndIsListedAsHealthyForTheLifeOfItsLease) {
  ModelOptions options = plain_options();
  options.frontends = {"rest://10.12.0.1:30100/", "rest://10.12.0.2:30100/"};
  Sick sick(0, options);
  const auto health = [&] { return sick.send("GET", "/v4/default/registry/health").response.body; };
  const std::string before = health();
  Fault fault = Sick::fault(FaultKind::Outage);
  fault.frontend = 1;
  sick.start(fault, 200s);
  sick.pass(119s);
  EXPECT_EQ(health(), before);
  sick.pass(1s);
  EXPECT_NE(health().find("10.12.0.1:30100"), std::string::npos);
  EXPECT_EQ(health().find("10.12.0.2:30100"), std::string::npos);
  sick.pass(80s);
  EXPECT_NE(health().find("10.12.0.2:30100"), std::string::npos);
  EXPECT_NE(health(), before) << "under a new id";
  sick.start(fault, 100s);
  sick.pass(1h);
  EXPECT_NE(health().find("10.12.0.2:30100"), std::string::npos) << "it was back in time";
}

TEST(Outage, RefusesHangsOrResetsUntilItsEndAndDoesNothing) {
  for (const auto& [mode, kind] : {std::pair{OutageMode::Refuse, Kind::Refuse},
                                   {OutageMode::Hang, Kind::Hang},
                                   {OutageMode::Reset, Kind::Reset}}) {
    Sick sick(1);
    Fault fault = Sick::fault(FaultKind::Outage);
    fault.mode = mode;
    sick.start(fault, 10s);
    sick.pass(4s);
    const Outcome outcome = sick.add("new");
    EXPECT_EQ(outcome.kind, kind);
    EXPECT_EQ(outcome.delay, kind == Kind::Hang ? 6s : 0s);
    EXPECT_EQ(sick.sc.next_deadline(), syncer::instant(10'000'000'000));
    sick.pass(6s);
    EXPECT_EQ(sick.count(), 1U);
  }
}

TEST(Outage, OfOneFrontEndLeavesTheOthers) {
  Sick sick(1);
  Fault fault = Sick::fault(FaultKind::Outage);
  fault.frontend = 1;
  sick.start(fault, 10s);
  EXPECT_EQ(sick.list(0).kind, Kind::Answer);
  EXPECT_EQ(sick.list(1).kind, Kind::Refuse);
}

TEST(Slow, DelaysAnswersWithinItsBounds) {
  Sick sick(1);
  Fault fault = Sick::fault(FaultKind::Slow);
  fault.latency_min = 1s;
  fault.latency_max = 2s;
  sick.start(fault, 10s);
  for (int i = 0; i < 20; ++i) {
    const auto delay = sick.list().delay;
    EXPECT_GE(delay, 1s);
    EXPECT_LE(delay, 2s);
  }
  sick.pass(10s);
  EXPECT_EQ(sick.list().delay, 0s);
}

TEST(Fail, ChoosesByWeightAndTouchesOnlyTheNamedOperations) {
  Sick sick(1);
  Fault fault = Sick::fault(FaultKind::Fail);
  fault.operations = {"list_instances"};
  Failure busy;
  busy.weight = 3;
  busy.retry_after = 7s;
  Failure hang;
  hang.kind = Failure::Kind::Hang;
  hang.hang = 20s;
  fault.failures = {busy, hang};
  sick.start(fault, 10s);
  std::map<Kind, int> seen;
  for (int i = 0; i < 400; ++i) {
    const Outcome outcome = sick.list();
    ++seen[outcome.kind];
    if (outcome.kind == Kind::Answer) {
      EXPECT_EQ(outcome.response.status, 503);
      EXPECT_EQ(header(outcome.response, "Retry-After"), "7");
    } else {
      EXPECT_EQ(outcome.delay, 20s);
    }
  }
  EXPECT_NEAR(seen[Kind::Answer], 300, 40);
  EXPECT_NEAR(seen[Kind::Hang], 100, 40);
  EXPECT_EQ(sick.send("GET", "/v4/default/registry/version").response.status, 200);
}

TEST(Fail, ResetAfterApplyDoesTheWorkButLosesTheAnswer) {
  Sick sick(1);
  Fault fault = Sick::fault(FaultKind::Fail);
  fault.failures.resize(1);
  fault.failures[0].kind = Failure::Kind::ResetAfterApply;
  const FaultId id = sick.start(fault, 10s);
  EXPECT_EQ(sick.add("new").kind, Kind::Reset);
  EXPECT_TRUE(sick.sc.stop(sick.now, id));
  EXPECT_FALSE(sick.sc.stop(sick.now, id));
  EXPECT_EQ(sick.count(), 2U);
}

TEST(Fail, CutsBodiesAndBreaksJson) {
  Sick sick(3);
  const std::string whole = sick.list().response.body;
  Fault fault = Sick::fault(FaultKind::Fail);
  fault.failures.resize(1);
  fault.failures[0].kind = Failure::Kind::TruncatedBody;
  sick.start(fault, 1s);
  const Outcome cut = sick.list();
  EXPECT_TRUE(cut.is_truncated);
  EXPECT_EQ(cut.response.body, whole.substr(0, whole.size() / 2));
  sick.pass(1s);
  fault.failures[0].kind = Failure::Kind::BadJson;
  sick.start(fault, 1s);
  EXPECT_EQ(sick.list().response.status, 200);
  EXPECT_NE(sick.list().response.body, whole);
}

TEST(ListEmpty, EmptiesListsAndFindsButNotSingleReads) {
  Sick sick(3);
  sick.start(Sick::fault(FaultKind::ListEmpty), 3s);
  const Outcome list = sick.list();
  EXPECT_EQ(list.response.status, 200);
  EXPECT_EQ(list.response.body, "{}");
  EXPECT_EQ(sick.send("GET", "/v4/default/registry/microservices").response.body, "{}");
  EXPECT_EQ(sick.send("GET", "/v4/default/registry/instances?appId=default&serviceName=cart").response.body, "{}");
  EXPECT_EQ(sick.send("GET", sick.kInstances + "/i1").response.status, 200);
  EXPECT_EQ(sick.send("PUT", sick.kInstances + "/i1/heartbeat").response.status, 200);
  sick.pass(3s);
  EXPECT_EQ(sick.count(), 3U);
}

TEST(ListPartial, MissesTheSameRecordsAsLongAsItLasts) {
  Sick sick(200);
  Fault fault = Sick::fault(FaultKind::ListPartial);
  fault.keep = {1, 2};
  sick.start(fault, 3s);
  const std::string first = sick.send("GET", sick.kInstances).response.body;
  EXPECT_NEAR(static_cast<double>(sick.count()), 100, 30);
  EXPECT_EQ(sick.list().response.body, first);
  EXPECT_NE(header(sick.list().response, "X-Resource-Revision"), "(none)");
  sick.pass(3s);
  EXPECT_EQ(sick.count(), 200U);
}

TEST(StaleRead, ShowsThePastThatWasRememberedAndMovesOn) {
  Sick sick(1);
  sick.sc.remember_past(sick.now, 10s);
  sick.pass(20s);
  sick.add("new");
  sick.pass(4s);
  Fault fault = Sick::fault(FaultKind::StaleRead);
  fault.by = 5s;
  sick.start(fault, 30s);
  EXPECT_EQ(sick.count(), 1U);
  EXPECT_EQ(sick.send("GET", sick.kInstances + "/new").response.status, 200);
  sick.pass(1s);
  EXPECT_EQ(sick.count(), 2U);
  sick.send("DELETE", sick.kInstances + "/new");
  sick.pass(4s);
  EXPECT_EQ(sick.count(), 2U);
  sick.pass(1s);
  EXPECT_EQ(sick.count(), 1U);
}

TEST(StaleRead, WithoutMemoryFreezesTheListsFirst) {
  Sick sick(1);
  Fault fault = Sick::fault(FaultKind::StaleRead);
  fault.by = 5s;
  sick.start(fault, 8s);
  sick.add("new");
  sick.pass(4s);
  EXPECT_EQ(sick.count(), 1U);
  sick.pass(1s);
  EXPECT_EQ(sick.count(), 2U);
}

TEST(DataLoss, DropsEverythingAndRestoreBringsTheOldStateBackWithNewLeases) {
  Sick sick(2);
  std::map<ChangeKind, int> seen;
  sick.sc.model().set_listener([&](const RegistryChange& change) { ++seen[change.kind]; });
  sick.sc.save(sick.now, "backup");
  sick.add("late");
  sick.pass(100s);
  ASSERT_TRUE(sick.sc.restore(sick.now, "backup"));
  EXPECT_EQ(seen[ChangeKind::InstanceLost], 1);
  EXPECT_EQ(sick.count(), 2U);
  sick.pass(119s);
  EXPECT_EQ(sick.count(), 2U);
  sick.pass(1s);
  EXPECT_EQ(sick.count(), 0U);
  ASSERT_TRUE(sick.sc.restore(sick.now, "backup"));
  EXPECT_EQ(seen[ChangeKind::InstanceRestored], 2);
  sick.sc.lose_data(sick.now);
  EXPECT_EQ(seen[ChangeKind::InstanceLost], 3);
  EXPECT_EQ(sick.list().response.status, 400);
  EXPECT_EQ(sick.sc.restore(sick.now, "nothing").error().detail, "nothing was saved as \"nothing\"");
  EXPECT_FALSE(sick.sc.model().restore(sick.now, "no data"));
}

TEST(Restore, TellsOfInstancesThatLiveOnWithOtherContent) {
  Sick sick(2);
  sick.sc.save(sick.now, "backup");
  const auto put = [&](const std::string& what, const std::string& body) {
    return sick.send("PUT", sick.kInstances + "/i0" + what, body).response.status;
  };
  ASSERT_EQ(put("/status?value=DOWN", ""), 200);
  ASSERT_EQ(put("/properties", R"({"properties":{"a":"b"}})"), 200);
  std::vector<std::string> seen;
  sick.sc.model().set_listener([&](const RegistryChange& change) {
    seen.push_back(std::string(name(change.kind)) + " " + change.instance->instance_id + " " + change.instance->status);
  });
  ASSERT_TRUE(sick.sc.restore(sick.now, "backup"));
  EXPECT_EQ(seen, std::vector<std::string>{"content_restored i0 UP"});
}

TEST(Limit, AnswersTooManyRequestsAboveTheRate) {
  Sick sick(1);
  Fault fault = Sick::fault(FaultKind::Limit);
  fault.rps = 2;
  sick.start(fault, 10s);
  EXPECT_EQ(sick.list().response.status, 200);
  EXPECT_EQ(sick.list().response.status, 200);
  EXPECT_EQ(sick.list().response.status, 429);
  EXPECT_EQ(header(sick.list().response, "Retry-After"), "1");
  sick.pass(1s);
  EXPECT_EQ(sick.list().response.status, 200);
}

TEST(LeaseFreeze, KeepsLeasesUntilItsEndAndExpireEndsOneAtOnce) {
  Sick sick(2);
  sick.start(Sick::fault(FaultKind::LeaseFreeze), 200s);
  EXPECT_EQ(sick.sc.expire(sick.now, "i1"), 1U);
  EXPECT_EQ(sick.sc.expire(sick.now, "i1"), 0U);
  sick.pass(199s);
  EXPECT_EQ(sick.count(), 1U);
  sick.pass(2s);
  EXPECT_EQ(sick.count(), 0U);
}

TEST(StoreOutage, LeavesWhatIsCachedAndHangsAllElseUntilTheStoreIsBack) {
  ModelOptions options = plain_options();
  options.frontends = {"rest://10.12.0.1:30100/"};
  Sick sick(2, options);
  const std::string one = sick.kInstances + "/i1";
  sick.start(Sick::fault(FaultKind::StoreOutage), 25s);
  sick.pass(5s);
  EXPECT_EQ(sick.count(), 2U);
  EXPECT_EQ(sick.send("GET", "/health").response.status, 200);
  EXPECT_EQ(sick.send("GET", one).response.status, 200);
  EXPECT_EQ(sick.send("PUT", one + "/heartbeat").response.status, 200);
  for (const auto& [method, target] : {std::pair<std::string, std::string>{"GET", one + "?noCache=1"},
                                       {"GET", sick.kInstances + "?noCache=1"},
                                       {"GET", sick.kInstances + "/unknown"},
                                       {"DELETE", one},
                                       {"PUT", one + "/status?value=DOWN"}}) {
    const Outcome outcome = sick.send(method, target);
    EXPECT_EQ(outcome.kind, Kind::Hang) << method << target;
    EXPECT_EQ(outcome.delay, 21400ms) << method << target;
  }
  EXPECT_EQ(sick.add("new").kind, Kind::Hang);
  sick.pass(20s);
  EXPECT_EQ(sick.add("new").kind, Kind::Hang) << "it is back, and not ready yet";
  sick.pass(1400ms);
  EXPECT_EQ(sick.count(), 2U) << "nothing was done";
  EXPECT_EQ(sick.add("new").response.status, 200);
  EXPECT_EQ(sick.count(), 3U);
}

TEST(StoreOutage, EndsNoLeaseAndBeginsAllOfThemAnew) {
  Sick sick(2);
  sick.start(Sick::fault(FaultKind::StoreOutage), 300s);
  EXPECT_EQ(sick.add("new").delay, 30s) << "as long as a front-end waits";
  sick.pass(300s);
  sick.pass(119s);
  EXPECT_EQ(sick.count(), 2U);
  sick.pass(2s);
  EXPECT_EQ(sick.count(), 0U);
}

TEST(Model, ACopyGoesOnExactlyAsTheOriginal) {
  Sick sick(5);
  Model copy = sick.sc.model().copy();
  const auto hash_of = [](const Model& model) {
    syncer::StateHasher hasher;
    model.hash(hasher);
    return hasher.digest();
  };
  const syncer::HttpRequest request{"POST", "", sick.kInstances, {}, R"({"instance":{"hostName":"h"}})"};
  EXPECT_EQ(copy.handle(sick.now, 0, request).body, sick.sc.model().handle(sick.now, 0, request).body);
  EXPECT_EQ(copy.save(), sick.sc.model().save());
  copy.advance(syncer::instant(120'000'000'000));
  EXPECT_NE(hash_of(copy), hash_of(sick.sc.model()));
}

TEST(FaultWords, AreReadAndSuggested) {
  EXPECT_EQ(*parse_fault_kind("list_partial"), FaultKind::ListPartial);
  EXPECT_EQ(name(FaultKind::LeaseFreeze), "lease_freeze");
  EXPECT_EQ(parse_fault_kind("outge").error().detail, "unknown fault \"outge\", did you mean \"outage\"?");
  EXPECT_EQ(parse_outage_mode("refused").error().detail, "unknown mode \"refused\", did you mean \"refuse\"?");
}

}  // namespace
}  // namespace mocksc::testing
