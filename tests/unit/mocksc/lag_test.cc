// SPDX-License-Identifier: Apache-2.0
// What a single answer does not show: how readers follow the store late, and what is lost on the way. The figures are
// those measured at real service centers.
#include <gtest/gtest.h>

#include <vector>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;
using syncer::Duration;
using syncer::Random;

ModelOptions real_options(Release release = Release::V2_2_0) {
  ModelOptions options;
  options.release = release;
  options.wall_at_zero = 1'700'000'000'000'000'000;
  return options;
}

/// Sets of instances "i1", "i2" and so on of one service, and how readers see them.
struct Shop : Center {
  explicit Shop(ModelOptions options = real_options(), std::uint64_t seed = 1) : Center(options) {
    model = Model(std::move(options), Random(seed));
    every_header = {{"X-Domain-Name", "default"}};  // which 1.3.0 needs
    service_id = service("cart");
  }
  std::string path(const std::string& id) const { return "/microservices/" + service_id + "/instances/" + id; }
  void add(const std::string& id, const std::string& more = {}) {
    instance(service_id, R"(,"instanceId":")" + id + "\"" + more);
  }
  /// As long as it takes until all is settled that was registered.
  void settle() { pass(400ms); }

  std::string list(const std::string& flags = {}) {
    return get("/instances?appId=shop&serviceName=cart&version=0%2B" + flags).body;
  }
  bool lists(const std::string& id, const std::string& flags = {}) {
    return list(flags).find("\"instanceId\":\"" + id + "\"") != std::string::npos;
  }
  bool stores(const std::string& id) { return lists(id, "&noCache=1"); }
  /// How long it takes until a condition holds, in steps of 10 ms; nothing within a minute is a minute.
  template <class Condition>
  Duration time_until(Condition condition) {
    const syncer::Instant begin = now;
    while (!condition() && now - begin < 60s) pass(10ms);
    return now - begin;
  }

  std::string service_id;
};

void expect_between(Duration least, Duration actual, Duration most, const std::string& what) {
  EXPECT_GE(actual, least) << what;
  EXPECT_LE(actual, most) << what;
}

TEST(ReadLag, AFirstInstanceIsReadFromTheStoreAndTheNextOneShowsLate) {
  Shop sc;
  sc.add("i1");
  EXPECT_TRUE(sc.lists("i1"));
  sc.settle();
  for (int i = 2; i < 22; ++i) {
    const std::string id = "i" + std::to_string(i);
    sc.add(id);
    EXPECT_FALSE(sc.lists(id));
    EXPECT_TRUE(sc.stores(id));
    expect_between(300ms, sc.time_until([&] { return sc.lists(id); }), 360ms, id);
  }
}

TEST(ReadLag, IsThatOfBatchFindsListsAndTheDumpToo) {
  Shop sc;
  sc.add("i1");
  sc.settle();
  sc.add("i2");
  const std::string find = R"({"services":[{"service":{"appId":"shop","serviceName":"cart"}}]})";
  const auto shown = [&](bool batch, bool list, bool dump) {
    const auto has = [](const HttpResponse& answer) { return answer.body.find("\"i2\"") != std::string::npos; };
    EXPECT_EQ(has(sc.post("/instances/action?type=query", find)), batch);
    EXPECT_EQ(has(sc.get("/microservices/" + sc.service_id + "/instances")), list);
    EXPECT_EQ(has(sc.call("GET", "/v4/default/admin/dump")), dump);
    EXPECT_TRUE(has(sc.post("/instances/action?type=query&noCache=1", find)));
  };
  shown(false, false, false);
  // A read of one instance that the cache lacks goes on to the store.
  EXPECT_EQ(sc.get(sc.path("i2")).status, 200);
  EXPECT_EQ(sc.get(sc.path("i2") + "?cacheOnly=1").status, 400);
  sc.settle();
  shown(true, true, true);
}

TEST(ReadLag, ChangesShowAsLateAsRegistrationsAndMoveTheRevisionThen) {
  Shop sc;
  sc.add("i1");
  sc.settle();
  const auto revision = [&] { return header(sc.get("/instances?appId=shop&serviceName=cart"), "X-Resource-Revision"); };
  const std::string before = revision();
  sc.put(sc.path("i1") + "/status?value=DOWN");
  EXPECT_EQ(revision(), before);
  const Duration took = sc.time_until([&] { return sc.list().find("DOWN") != std::string::npos; });
  expect_between(300ms, took, 360ms, "status");
  EXPECT_NE(revision(), before);
}

TEST(ReadLag, ListsAreInOrderOfArrivalOnceCached) {
  Shop sc;
  for (const char* id : {"b", "c", "a"}) sc.add(id);
  const auto order = [&](const std::string& flags = {}) {
    const std::string list = sc.list(flags);
    std::string out;
    for (std::size_t at = 0; (at = list.find(R"("instanceId":")", at)) != std::string::npos; at += 15) {
      out += list[at + 14];
    }
    return out;
  };
  EXPECT_EQ(order(), "abc") << "the store sorts by key";
  sc.settle();
  EXPECT_EQ(order(), "bca");
  EXPECT_EQ(order("&noCache=1"), "abc");
  sc.put(sc.path("b") + "/status?value=DOWN");
  sc.settle();
  EXPECT_EQ(order(), "bca") << "a change keeps its place";
}

TEST(Removal, IsListedForMoreThanTwoSecondsAndNotReadPastTheCache) {
  Shop sc;
  for (const char* id : {"i1", "i2"}) sc.add(id);
  sc.settle();
  sc.del(sc.path("i1"));
  EXPECT_FALSE(sc.stores("i1"));
  EXPECT_EQ(sc.get(sc.path("i1") + "?noCache=1").status, 400);
  EXPECT_EQ(sc.get(sc.path("i1")).status, 200);
  EXPECT_EQ(Center::value(sc.put(sc.path("i1") + "/heartbeat").body, "errorCode"), "400017");
  expect_between(2300ms, sc.time_until([&] { return !sc.lists("i1"); }), 2310ms, "removal");
}

TEST(Removal, InAFreshServiceTheRemovedReappear) {
  Shop sc;
  for (const char* id : {"i1", "i2", "i3"}) sc.add(id);
  sc.del(sc.path("i1"));
  EXPECT_FALSE(sc.lists("i1")) << "nothing is cached yet: the store answers";
  sc.settle();
  EXPECT_TRUE(sc.lists("i1")) << "the cache learns of the registration first";
  sc.pass(1900ms);
  EXPECT_FALSE(sc.lists("i1"));
}

TEST(Removal, TheCacheRemembersInstancesOfADeletedService) {
  Shop sc;
  for (const char* id : {"i1", "i2"}) sc.add(id);
  sc.settle();
  sc.del("/microservices/" + sc.service_id + "?force=1");
  EXPECT_EQ(sc.get("/instances?appId=shop&serviceName=cart").status, 400);
  sc.service("cart");
  EXPECT_TRUE(sc.lists("i1"));
  sc.pass(2300ms);
  EXPECT_EQ(sc.list(), "{}");
}

/// What remains of a change that another one follows after `pause`.
std::pair<bool, bool> change_both(Duration pause, bool status_first) {
  Shop sc;
  sc.add("i1");
  sc.settle();
  const auto status = [&] { EXPECT_EQ(sc.put(sc.path("i1") + "/status?value=DOWN").status, 200); };
  const auto properties = [&] {
    EXPECT_EQ(sc.put(sc.path("i1") + "/properties", R"({"properties":{"k":"new"}})").status, 200);
  };
  status_first ? status() : properties();
  sc.pass(pause);
  status_first ? properties() : status();
  sc.settle();
  const std::string list = sc.list();
  EXPECT_EQ(list, sc.list("&noCache=1"));
  return {list.find("DOWN") != std::string::npos, list.find("new") != std::string::npos};
}

TEST(LostUpdate, TheFirstOfTwoChangesAtOnceIsLostThoughBothAreAnsweredWell) {
  EXPECT_EQ(change_both(0ms, true), std::pair(false, true));
  EXPECT_EQ(change_both(0ms, false), std::pair(true, false));
  EXPECT_EQ(change_both(250ms, true), std::pair(false, true));
  EXPECT_EQ(change_both(360ms, true), std::pair(true, true));
}

TEST(ReadLag, WritesThatFollowShowTogetherWithTheFirstOne) {
  Shop sc;
  sc.add("i1");
  sc.settle();
  sc.add("i2");
  sc.pass(200ms);
  sc.add("i3");
  EXPECT_FALSE(sc.lists("i2"));
  const Duration took = sc.time_until([&] { return sc.lists("i3"); });
  expect_between(100ms, took, 160ms, "the second of a batch");
  EXPECT_TRUE(sc.lists("i2"));
}

TEST(Reregistration, ListsTheOldRecordAndThenTheNewOne) {
  Shop sc;
  for (const char* id : {"i1", "i2"}) sc.add(id);
  sc.settle();
  sc.del(sc.path("i1"));
  sc.pass(1500ms);
  sc.add("i1", R"(,"status":"TESTING")");
  EXPECT_EQ(sc.list().find("TESTING"), std::string::npos);
  EXPECT_TRUE(sc.lists("i1"));
  const Duration took = sc.time_until([&] { return sc.list().find("TESTING") != std::string::npos; });
  expect_between(300ms, took, 360ms, "new record");
  sc.pass(5s);
  EXPECT_TRUE(sc.lists("i1")) << "the removal before it is over";
}

struct Outcomes {
  int lost = 0;
  int refused = 0;
  int refused_for_3s = 0;
};

/// Removes and registers one id at once, a thousand times.
Outcomes reregister(Release release, Duration pause) {
  Shop sc(real_options(release));
  Outcomes out;
  sc.add("i0");
  for (int i = 1; i <= 1000; ++i) {
    sc.add("i1");
    sc.pass(5s);
    sc.del(sc.path("i1"));
    sc.pass(pause);
    sc.add("i1");
    const bool is_there = sc.stores("i1");
    if (!is_there) ++out.lost;
    const auto beats = [&] { return sc.put(sc.path("i1") + "/heartbeat").status == 200; };
    if (is_there && !beats()) {
      ++out.refused;
      sc.pass(300ms);
      EXPECT_FALSE(beats());
      sc.pass(400ms);
      if (!beats()) ++out.refused_for_3s;
      sc.pass(2400ms);
      EXPECT_TRUE(beats());
    }
    sc.del(sc.path("i1"));
    sc.put(sc.path("i0") + "/heartbeat");
    sc.pass(5s);
  }
  return out;
}

TEST(Reregistration, AtOnceIsSometimesLostOrRefusesHeartbeatsForAWhile) {
  const Outcomes at_once = reregister(Release::V2_2_0, 0ms);
  EXPECT_GT(at_once.lost, 10);
  EXPECT_GT(at_once.refused, 10);
  EXPECT_GT(at_once.refused_for_3s, 0);
  EXPECT_LT(at_once.refused_for_3s, at_once.refused);
  EXPECT_GT(at_once.lost + at_once.refused, 40);
  EXPECT_LT(at_once.lost + at_once.refused, 80);
  const Outcomes later = reregister(Release::V2_2_0, 1100ms);
  EXPECT_EQ(later.lost + later.refused, 0);
  const Outcomes old = reregister(Release::V1_3_0, 0ms);
  EXPECT_EQ(old.lost + old.refused, 0);
}

/// Removes `removed` of `all` instances, and how long one of them is listed.
Duration listed_after_removal(int all, int removed) {
  Shop sc;
  for (int i = 1; i <= all; ++i) {
    sc.add("i" + std::to_string(i), R"(,"healthCheck":{"mode":"push","interval":5,"times":3})");
  }
  sc.settle();
  for (int i = 1; i <= removed; ++i) sc.del(sc.path("i" + std::to_string(i)));
  EXPECT_FALSE(sc.stores("i1"));
  return sc.time_until([&] { return !sc.lists("i1"); });
}

TEST(SelfPreservation, HoldsBackTheRemovalOfNearlyAllForTheLifeOfTheirLeases) {
  expect_between(20300ms, listed_after_removal(11, 10), 20400ms, "10 of 11");
  expect_between(2300ms, listed_after_removal(11, 8), 2310ms, "8 of 11");
  expect_between(2300ms, listed_after_removal(5, 4), 2310ms, "4 of 5");
  expect_between(2300ms, listed_after_removal(5, 5), 2310ms, "5 of 5");
}

TEST(SelfPreservation, HoldsWhatIsRemovedMeanwhileAndEndsWithTheLastOne) {
  Shop sc;
  const std::string lease = R"(,"healthCheck":{"mode":"push","interval":5,"times":3})";
  for (int i = 1; i <= 11; ++i) sc.add("i" + std::to_string(i), lease);
  sc.settle();
  for (int i = 1; i <= 10; ++i) sc.del(sc.path("i" + std::to_string(i)));
  sc.pass(10s);
  sc.add("i1", R"(,"status":"TESTING")" + lease);
  sc.put(sc.path("i11") + "/heartbeat");
  sc.settle();
  EXPECT_NE(sc.list().find("TESTING"), std::string::npos) << "who comes back is shown anew";
  sc.del(sc.path("i11"));
  sc.pass(10400ms);
  EXPECT_FALSE(sc.lists("i2"));
  EXPECT_TRUE(sc.lists("i1"));
  EXPECT_TRUE(sc.lists("i11")) << "removed while it was on";
  sc.put(sc.path("i1") + "/heartbeat");
  sc.pass(10100ms);
  EXPECT_FALSE(sc.lists("i11"));
  sc.put(sc.path("i1") + "/heartbeat");
  sc.add("i12", lease);
  sc.settle();
  sc.del(sc.path("i12"));
  expect_between(2300ms, sc.time_until([&] { return !sc.lists("i12"); }), 2310ms, "afterwards");
}

TEST(Removal, ShowsTogetherWithTheFirstOneOfItsWindow) {
  Shop sc;
  for (const char* id : {"i1", "i2", "i3", "i4", "i5"}) sc.add(id);
  sc.settle();
  sc.del(sc.path("i1"));
  sc.pass(1900ms);
  sc.del(sc.path("i2"));
  sc.pass(200ms);
  sc.del(sc.path("i3"));
  expect_between(190ms, sc.time_until([&] { return !sc.lists("i1"); }), 210ms, "the first");
  EXPECT_FALSE(sc.lists("i2"));
  EXPECT_TRUE(sc.lists("i3")) << "the next window begins with it";
  expect_between(2090ms, sc.time_until([&] { return !sc.lists("i3"); }), 2110ms, "the next");
}

TEST(Expiry, IsStoredSoonAndSeenByReadersWithItsWindow) {
  Shop sc;
  const std::string lease = R"(,"healthCheck":{"mode":"push","interval":5,"times":3})";
  for (const char* id : {"i1", "i2", "i3"}) sc.add(id, lease);
  sc.pass(1700ms);
  sc.put(sc.path("i2") + "/heartbeat");
  sc.pass(10s);
  sc.put(sc.path("i3") + "/heartbeat");
  sc.pass(8300ms + 190ms);
  EXPECT_TRUE(sc.stores("i1"));
  sc.pass(10ms);
  EXPECT_FALSE(sc.stores("i1"));
  expect_between(2290ms, sc.time_until([&] { return !sc.lists("i1"); }), 2310ms, "the first, 2.5 s after its lease");
  EXPECT_FALSE(sc.lists("i2")) << "0.8 s after its lease";
  EXPECT_TRUE(sc.lists("i3"));
}

TEST(Lags, LoseNothingOfACallerWhomNoFaultTouches) {
  FaultyFrontend sc(Model(real_options(), Random(1)), Random(2));
  syncer::Instant now{};
  const auto ask = [&](std::string method, std::string target, std::string body = {}) {
    return sc.handle_unharmed(now, 0, {std::move(method), "", "/v4/default/registry" + target, {}, std::move(body)});
  };
  ask("POST", "/microservices", R"({"service":{"serviceName":"cart","serviceId":"s"}})");
  const std::string path = "/microservices/s/instances";
  for (int i = 0; i < 200; ++i) {
    ask("POST", path, R"({"instance":{"hostName":"h","instanceId":"i1"}})");
    EXPECT_EQ(ask("PUT", path + "/i1/heartbeat").status, 200);
    now += 1s;
    ask("PUT", path + "/i1/status?value=DOWN");
    ask("PUT", path + "/i1/properties", R"({"properties":{"k":"new"}})");
    const std::string stored = ask("GET", path + "/i1?noCache=1").body;
    EXPECT_NE(stored.find("DOWN"), std::string::npos);
    EXPECT_NE(stored.find("new"), std::string::npos);
    ask("DELETE", path + "/i1");
  }
}

TEST(Lags, AreEqualForEqualSeedsAndInACopy) {
  const auto play = [](Model& model, syncer::Instant begin) {
    std::string seen;
    for (int i = 0; i < 40; ++i) {
      const syncer::Instant now = begin + i * 130ms;
      const std::string path = "/v4/default/registry/microservices/s/instances";
      const std::string body = R"({"instance":{"hostName":"h","instanceId":"i)" + std::to_string(i % 5) + "\"}}";
      if (i % 3 == 0) model.handle(now, 0, {"DELETE", "", path + "/i" + std::to_string(i % 5), {}, {}});
      if (i % 3 != 1) model.handle(now, 0, {"POST", "", path, {}, body});
      seen += model.handle(now, 0, {"GET", "", path, {}, {}}).body + "\n";
    }
    return seen;
  };
  const auto make = [] {
    Model model(real_options(), Random(7));
    model.handle({}, 0,
                 {"POST",
                  "",
                  "/v4/default/registry/microservices",
                  {},
                  R"({"service":{"serviceName":"cart","serviceId":"s"}})"});
    return model;
  };
  Model first = make();
  Model second = make();
  EXPECT_EQ(play(first, syncer::Instant{}), play(second, syncer::Instant{}));
  Model copy = first.copy();
  EXPECT_EQ(play(first, syncer::instant(6'000'000'000)), play(copy, syncer::instant(6'000'000'000)));
}

TEST(Lags, NoneAreLeftWhenSwitchedOff) {
  ModelOptions options = real_options();
  options.lags = Lags::none();
  options.delete_visibility = Duration(0);
  Shop sc(options);
  for (int i = 1; i <= 11; ++i) sc.add("i" + std::to_string(i));
  EXPECT_TRUE(sc.lists("i11"));
  sc.put(sc.path("i11") + "/status?value=DOWN");
  sc.put(sc.path("i11") + "/properties", R"({"properties":{"k":"new"}})");
  EXPECT_NE(sc.list().find("DOWN"), std::string::npos);
  for (int i = 1; i <= 10; ++i) sc.del(sc.path("i" + std::to_string(i)));
  EXPECT_FALSE(sc.lists("i1"));
  for (int i = 0; i < 200; ++i) {
    sc.del(sc.path("i11"));
    sc.add("i11");
    ASSERT_TRUE(sc.stores("i11"));
  }
}

}  // namespace
}  // namespace mocksc::testing
