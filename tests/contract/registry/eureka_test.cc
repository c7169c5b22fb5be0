// SPDX-License-Identifier: Apache-2.0
// What the suite for all kinds does not ask of a Eureka server's.
#include <gtest/gtest.h>

#include <array>

#include "mocksc/eureka/server.h"
#include "syncer/registry/eureka/copy.h"
#include "syncer/registry/eureka/documents.h"
#include "syncer/registry/eureka/driver.h"
#include "tests/contract/registry/driver_session.h"

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kPeers = {"http://10.0.0.1:8761", "http://10.0.0.2:8761"};

/// Two peers that tell each other of writes an hour later.
class Peers : public RegistryWorld {
 public:
  explicit Peers(bool cached = false, Duration load_time = {}) {
    mocksc::eureka::Options options;
    options.peers = 2;
    options.wall_at_zero = 1'700'000'000'000'000'000;
    options.read_only_cache = cached;
    options.load_time = load_time;
    options.replication_delay = std::chrono::hours(1);
    servers_ = mocksc::eureka::make_servers(options, Random(7));
  }
  std::string kind() const override { return "eureka"; }
  Kinds::Factory factory() const override { return eureka::make_driver; }
  Result<HttpResponse> serve(Instant now, const HttpRequest& request) override {
    const std::size_t peer = request.origin == kPeers[1] ? 1 : 0;
    ++asked[peer];
    if (peer == 0 && is_gone) return failure(ErrorCode::Unreachable, request.origin, "refused");
    if (on_asked) on_asked(request);
    if (peer == 1 && is_silent) return failure(ErrorCode::Timeout, request.origin, "no answer");
    HttpRequest behind = request;
    behind.target = "/eureka" + request.target;
    return servers_->handle(now, peer, behind, "", {});
  }
  std::string add(Instant, const App&) override { return ""; }
  void remove(Instant now, const std::string& id) override { servers_->expire(now, id); }
  void expire(Instant now, const std::string& id) override { servers_->expire(now, id); }
  void set_fault(Instant, Fault) override {}
  void advance(Instant now) override { servers_->advance(now); }

  bool is_silent = false;             ///< the second one drops what it gets
  bool is_gone = false;               ///< the first one
  std::array<int, 2> asked = {0, 0};  ///< requests to each
  std::function<void(const HttpRequest& request)> on_asked;

  int tell(Instant now, std::size_t peer, const std::string& method, const std::string& path, const std::string& body) {
    return servers_
        ->handle(now, peer, {method, "", "/eureka" + path, {{"Content-Type", "application/json"}}, body}, "", {})
        .status;
  }

 private:
  std::unique_ptr<mocksc::eureka::Servers> servers_;
};

std::string cart(const std::string& status, const std::string& extra = "") {
  return R"({"instance":{"instanceId":"i","hostName":"h","app":"CART","ipAddr":"10.0.0.1","status":")" + status +
         R"(","port":{"$":80,"@enabled":"true"},"vipAddress":"cart",)" + extra +
         R"("dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"}}})";
}

class EurekaPeers : public testing::Test {
 protected:
  static RegistrySettings settings() {
    RegistrySettings settings;
    settings.addresses = kPeers;
    return settings;
  }
  Presence presence() {
    const EntryId entry{"", eureka::ref_of({"", "", "default", "cart", "0.0.1"}).id, "i"};
    return session
        .wait<Confirmation>(
            [&](Driver::Answered<Confirmation> done) { session.driver().confirm(now, entry, std::move(done)); })
        .presence;
  }

  Instant now{10s};
  Peers world;
  DriverSession session{world, now, settings()};
};

TEST_F(EurekaPeers, AnInstanceIsAbsentWhenNoPeerKnowsIt) {
  EXPECT_EQ(presence(), Presence::Absent);
  ASSERT_EQ(world.tell(now, 1, "POST", "/apps/CART", cart("UP")), 204);
  EXPECT_EQ(presence(), Presence::Present);
}

TEST_F(EurekaPeers, ALongListIsReadLessOften) {
  const std::string much = R"("metadata":{"much":")" + std::string(100'000, 'x') + R"("},)";
  for (int i = 0; i < 20; ++i) {
    std::string body = cart("UP", much);
    body.replace(body.find(R"("i")"), 3, "\"i" + std::to_string(i) + "\"");
    ASSERT_EQ(world.tell(now, 0, "POST", "/apps/CART", body), 204);
  }
  session.settle_cycle();
  session.look();
  EXPECT_GE(session.cycle().interval(), 3s);
}

TEST_F(EurekaPeers, AreAskedOnceEach) {
  EXPECT_EQ(presence(), Presence::Absent);
  EXPECT_EQ(world.asked, (std::array<int, 2>{1, 1}));
}

TEST_F(EurekaPeers, OneThatIsSilentIsNotWaitedForAgainAndAgain) {
  world.is_silent = true;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(presence(), Presence::Absent);
  EXPECT_EQ(world.asked, (std::array<int, 2>{20, 1}));
  world.is_silent = false;
  ASSERT_EQ(world.tell(now, 1, "POST", "/apps/CART", cart("UP")), 204);
  now += 31s;
  EXPECT_EQ(presence(), Presence::Present) << "it is asked again after a while";
}

/// The first one goes before it told the second one that the canary counts further.
TEST_F(EurekaPeers, OneThatWasNotToldYetShowsNoOlderState) {
  const auto canary = session.wait<Result<EntryId>>([&](Driver::DoneWithId done) {
    session.driver().put_canary(now, {"east", "n1", "run-1", 1}, std::move(done));
  });
  ASSERT_TRUE(canary);
  ASSERT_EQ(world.tell(now, 1, "POST", "/apps/SYNCER",
                       eureka::canary_body(canary->id, {"east", "n1", "run-1", 1}, 0, kOpenMarks)),
            204);
  ASSERT_TRUE(session.done([&](Driver::Done done) {
    session.driver().change_canary(now, *canary, {"east", "n1", "run-1", 2}, std::move(done));
  }));
  world.is_gone = true;
  session.look();
  const auto look = [&] {
    return session.wait<Confirmation>(
        [&](Driver::Answered<Confirmation> done) { session.driver().confirm(now, *canary, std::move(done)); });
  };
  EXPECT_EQ(look().presence, Presence::Unknown);
  const Confirmation told = look();
  ASSERT_EQ(told.presence, Presence::Present);
  EXPECT_EQ(told.entry->canary->count, 2U);
}

TEST_F(EurekaPeers, AnEntryUnderAnotherVersionIsAnotherOne) {
  ASSERT_EQ(world.tell(now, 0, "POST", "/apps/CART", cart("UP")), 204);
  EXPECT_EQ(presence(), Presence::Present);
  ASSERT_EQ(world.tell(now, 0, "POST", "/apps/CART", cart("UP", R"("metadata":{"version":"2"},)")), 204);
  EXPECT_EQ(presence(), Presence::Absent);
}

TEST_F(EurekaPeers, AnEntryShowsTheStatusThatItsApplicationSays) {
  for (const char* status : {"DOWN", "OUT_OF_SERVICE"}) {
    ASSERT_EQ(world.tell(now, 0, "POST", "/apps/CART", cart(status)), 204);
    session.read();
    std::vector<std::string> shown;
    for (const auto& [ref, service] : session.snapshot.services()) {
      for (const auto& [id, seen] : service.entries) {
        if (id == "i") shown.push_back(seen.entry->status);
      }
    }
    EXPECT_EQ(shown, std::vector<std::string>{status});
  }
}

/// What a cache shows of an entry is older than its last registration by us.
class EurekaBehindACache : public testing::Test {
 protected:
  static Bytes record(const std::string& value) {
    InstanceRecord far;
    far.instance.host_name = "far";
    far.instance.endpoints = {parse_service_endpoint("rest://10.0.0.9:80")};
    far.instance.metadata = {{"value", value}};
    far.native.kind = "elsewhere";
    return encode_record(far);
  }
  static RegistrySettings settings() {
    RegistrySettings settings;
    settings.addresses = {kPeers[0]};
    return settings;
  }
  SharedEntry stored(const EntryId& entry) {
    return session
        .wait<Confirmation>(
            [&](const Driver::Answered<const Confirmation&>& done) { session.driver().confirm(now, entry, done); })
        .entry;
  }
  EntryId put_canary(std::uint64_t count) {
    return *session.wait<Result<EntryId>>([&](Driver::DoneWithId done) {
      session.driver().put_canary(now, {"east", "n1", "run-1", count}, std::move(done));
    });
  }

  Instant now{10s};
  Peers world{true};
  DriverSession session{world, now, settings()};
};

TEST_F(EurekaBehindACache, AChangeAfterAnotherRegistrationTakesEffect) {
  const auto entry = session.put("i1", record("1"));
  ASSERT_TRUE(entry);
  session.read();
  ASSERT_NE(session.snapshot.entry(*entry), nullptr);
  now += 5s;
  ASSERT_TRUE(session.put("i1", record("2")));
  for (const char* value : {"3", "4"}) {
    now += 1s;
    ASSERT_TRUE(session.change(*entry, "i1", record(value), Aspect::Properties));
    EXPECT_EQ(stored(*entry)->metadata.at("value"), value);
    session.look();
  }
  session.read();
  now += 1s;
  ASSERT_TRUE(session.change(*entry, "i1", record("5"), Aspect::Properties));
  EXPECT_EQ(stored(*entry)->metadata.at("value"), "5");
}

TEST_F(EurekaBehindACache, TheCanarysCountTakesEffectAfterAnotherRegistration) {
  const EntryId canary = put_canary(1);
  session.read();
  now += 5s;
  put_canary(2);
  now += 1s;
  ASSERT_TRUE(session.done([&](Driver::Done done) {
    session.driver().change_canary(now, canary, {"east", "n1", "run-1", 3}, std::move(done));
  }));
  EXPECT_EQ(stored(canary)->canary->count, 3U);
}

/// After the first time something else was changed, so that a list which only lacked a change is made anew.
void wait_for_lists_twice(Instant& now, DriverSession& session) {
  for (int i = 0; i < 2; ++i) {
    now += 5s;
    session.look();
    session.driver().advance(now);
    session.settle();
  }
}

/// A cache that is made anew right after an entry of ours was registered shows it in time; the next one tells.
TEST(EurekaCache, IsToldOfByWhateverOfOursItHides) {
  Instant now{10s};
  Peers world(true);
  RegistrySettings settings;
  settings.addresses = kPeers;
  DriverSession session(world, now, settings);
  InstanceRecord far;
  far.instance.host_name = "far";
  far.instance.endpoints = {parse_service_endpoint("rest://10.0.0.9:80")};
  far.native.kind = "elsewhere";
  session.read();
  ASSERT_TRUE(session.put("i1", encode_record(far)));
  session.read();
  EXPECT_EQ(session.refusals(), 0);
  ASSERT_TRUE(session.put("i2", encode_record(far)));
  wait_for_lists_twice(now, session);
  EXPECT_EQ(session.refusals(), 1);
}

/// Refusals of a session after its canary was registered and seen, then written again and not seen for a while.
int refusals_after_two_writings(bool cached) {
  Instant now{10s};
  Peers world(cached);
  RegistrySettings settings;
  settings.addresses = kPeers;
  DriverSession session(world, now, settings);
  const auto canary = session.wait<Result<EntryId>>([&](Driver::DoneWithId done) {
    session.driver().put_canary(now, {"east", "n1", "run-1", 1}, std::move(done));
  });
  session.read();
  EXPECT_TRUE(canary && session.snapshot.entry(*canary) != nullptr);
  EXPECT_EQ(session.refusals(), 0);
  EXPECT_TRUE(session.done([&](Driver::Done done) {
    session.driver().change_canary(now, *canary, {"east", "n1", "run-1", 2}, std::move(done));
  }));
  wait_for_lists_twice(now, session);
  return session.refusals();
}

TEST(EurekaCache, IsToldOfByLaterWritingsOfTheCanary) {
  EXPECT_EQ(refusals_after_two_writings(true), 1);
  EXPECT_EQ(refusals_after_two_writings(false), 0);
}

/// A list lacks it, so it is to be written once more; meanwhile the syncer leaves.
TEST_F(EurekaBehindACache, ACanaryThatIsWithdrawnIsNotWrittenAgain) {
  const EntryId canary = put_canary(1);
  session.read();
  ASSERT_TRUE(session.done([&](Driver::Done done) {
    session.driver().change_canary(now, canary, {"east", "n1", "run-1", 2}, std::move(done));
  }));
  int looks = 0;
  world.on_asked = [&](const HttpRequest& request) {
    const bool is_look = request.method == "GET" && request.target.find("/apps/SYNCER/") != std::string::npos;
    if (is_look && ++looks == 2)
      session.driver().remove(now, canary, {}, Urgency::Lease, [](Instant, const Result<void>&) {});
  };
  now += 5s;
  session.look();
  EXPECT_EQ(looks, 2);
  world.on_asked = nullptr;
  EXPECT_EQ(stored(canary), nullptr);
}

/// The list was made while the canary was written, and the server keeps it.
TEST_F(EurekaPeers, AListThatLacksAChangeIsMadeAnewAndIsNoCache) {
  Peers slow(false, 1s);
  DriverSession here(slow, now, settings());
  const auto canary = here.wait<Result<EntryId>>([&](Driver::DoneWithId done) {
    here.driver().put_canary(now, {"east", "n1", "run-1", 1}, std::move(done));
  });
  ASSERT_TRUE(canary);
  now += 2s;
  ASSERT_EQ(slow.tell(now, 0, "POST", "/apps/CART", cart("UP")), 204);
  here.read();
  ASSERT_TRUE(here.done([&](Driver::Done done) {
    here.driver().change_canary(now, *canary, {"east", "n1", "run-1", 2}, std::move(done));
  }));
  now += 5s;
  here.look();
  ASSERT_EQ(here.snapshot.entry(*canary)->entry->canary->count, 1U);
  here.driver().advance(now);
  here.settle();
  now += 5s;
  here.look();
  EXPECT_EQ(here.snapshot.entry(*canary)->entry->canary->count, 2U);
  here.driver().advance(now);
  here.settle();
  EXPECT_EQ(here.refusals(), 0);
}

/// A clock that was set back, or another peer's: the server keeps what is newer and says 204 all the same.
TEST_F(EurekaPeers, AChangeIsTakenThoughTheClockOfTheServerIsBehind) {
  InstanceRecord far;
  far.instance.host_name = "far";
  far.instance.endpoints = {parse_service_endpoint("rest://10.0.0.9:80")};
  far.native.kind = "elsewhere";
  const auto entry = session.put("i1", encode_record(far));
  ASSERT_TRUE(entry);
  const std::string later =
      R"({"instance":{"instanceId":")" + entry->id.str() +
      R"(","hostName":"far","app":"CART","ipAddr":"10.0.0.9","status":"UP","port":{"$":80,)"
      R"("@enabled":"true"},"vipAddress":"cart","lastDirtyTimestamp":"1900000000000","metadata":{)"
      R"("syncer.region":"west","syncer.instance":"i1","syncer.app":"shop","syncer.version":"1.0.0"},)"
      R"("dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",)"
      R"("name":"MyOwn"}}})";
  ASSERT_EQ(world.tell(now, 0, "POST", "/apps/CART", later), 204);
  session.read();
  far.instance.status = Status::Down;
  EXPECT_TRUE(session.change(*entry, "i1", encode_record(far), Aspect::Status));
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  EXPECT_EQ(session.copies().front()->status, "DOWN");
}

}  // namespace
}  // namespace syncer::registry
