// SPDX-License-Identifier: Apache-2.0
// A real Eureka server (Spring Cloud's) and a real client of it, where Java and Maven are at hand.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/region.h"
#include "tests/e2e/shop.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A machine that does other things, too, starts a server slowly.
constexpr seconds kStart{120};
/// Runs a program that is somewhere on the path.
constexpr const char* kFound = "/usr/bin/env";
const std::vector<std::string> kNoCache = {"--eureka.server.use-read-only-response-cache=false"};

bool is_at_hand(const char* program) {
  Process which({"/bin/sh", "-c", std::string("command -v ") + program + " >/dev/null"});
  return which.wait_for_exit(seconds(20)) == 0;
}

/// The jar, built by the first test that needs it; what went wrong instead.
struct Build {
  std::string jar = SYNCER_BUILD_DIR "/tests/eureka/eureka.jar";
  std::string failure;
  Build() {
    const std::string source = SYNCER_SOURCE_DIR "/tests/e2e/eureka/pom.xml";
    Process maven({kFound, "mvn", "-q", "-B", "-f", source, "-Dout=" SYNCER_BUILD_DIR "/tests/eureka", "package"});
    if (maven.wait_for_exit(seconds(400)) != 0 || !std::filesystem::exists(jar)) failure = maven.output() + "\nno jar";
  }
};

class RealEureka : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_at_hand("java") || !is_at_hand("mvn"))
      GTEST_SKIP() << "no real Eureka: Java and Maven are not at hand (./dev setup --full installs them)";
    static const Build kBuild;
    ASSERT_TRUE(kBuild.failure.empty()) << kBuild.failure;
    jar_ = kBuild.jar;
  }
  /// `role` is "server" or "client"; the properties are Spring's own.
  Process java(const std::string& role, const std::vector<std::string>& properties) const {
    std::vector<std::string> all = {kFound, "java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                                    "-jar", jar_,   role};
    all.insert(all.end(), properties.begin(), properties.end());
    return Process(all);
  }

  void lose_a_peer(const std::vector<std::string>& settings, seconds limit) const;

  std::string jar_;
};

/// The address that a server says it listens on.
std::string origin_of(const Process& server) {
  const std::string mark = "listening on ";
  const auto line = server.wait_for_line({mark}, kStart);
  if (!line) throw std::runtime_error("the Eureka server did not start:\n" + server.output());
  return line->substr(line->find(mark) + mark.size());
}

std::vector<std::string> with(std::vector<std::string> all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// How long until callers find it there, or find it no more.
milliseconds time_until(const Shop& shop, const std::string& ip, bool present) {
  const auto begin = Clock::now();
  EXPECT_TRUE(eventually(seconds(90), [&] { return shop.shows(ip) == present; })) << shop.address() << " " << ip;
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

/// Both ways, each a few times; the worst.
milliseconds worst_of(Shop& from, const Shop& to, int rounds, const std::string& net) {
  milliseconds worst{};
  for (int i = 1; i <= rounds; ++i) {
    const std::string ip = net + std::to_string(i);
    EXPECT_TRUE(from.add(ip));
    worst = std::max(worst, time_until(to, ip, true));
    EXPECT_TRUE(from.remove(ip));
    worst = std::max(worst, time_until(to, ip, false));
  }
  return worst;
}

TEST_F(RealEureka, AClientIsFoundThroughTheServiceCenterOfTheOtherRegionAndFindsWhatIsThere) {
  const Process server = java("server", with({"--server.port=0"}, kNoCache));
  const std::string origin = origin_of(server);
  const Workplace workplace;
  const Registry registry({"127.0.0.1:0"}, prompt_mock("servicecenter"));
  const auto center = make_shop("servicecenter", registry.origins.front());
  const auto basket = make_shop("servicecenter", registry.origins.front(), "basket");
  const auto eureka = make_shop("eureka", origin);
  const Syncer east(workplace, words("east", eureka->address()));
  const Syncer west(workplace, words("west", center->address(), east.gossip));
  const Process client =
      java("client", {"--eureka.client.service-url.defaultZone=" + origin + "/eureka/",
                      "--eureka.instance.ip-address=10.9.1.1", "--eureka.instance.non-secure-port=8080"});
  EXPECT_TRUE(eventually(kStart, [&] { return basket->shows("10.9.1.1"); }))
      << client.output() << east.process.output();
  ASSERT_TRUE(center->add("10.8.0.1"));
  EXPECT_TRUE(client.wait_for_line({"finds", "ORDERS@10.8.0.1:8080"}, kStart)) << client.output();
  const milliseconds out = worst_of(*eureka, *center, 5, "10.9.2.");
  const milliseconds in = worst_of(*center, *eureka, 5, "10.9.3.");
  std::cout << "no cache: real Eureka -> service center " << out.count() << " ms, service center -> real Eureka "
            << in.count() << " ms\n";
  EXPECT_LE(out, seconds(3));
  EXPECT_LE(in, seconds(3));
  client.signal(SIGTERM);  // an orderly end takes its registration away
  EXPECT_TRUE(eventually(seconds(60), [&] { return !basket->shows("10.9.1.1"); })) << east.process.output();
}

TEST_F(RealEureka, AsShippedChangesShowWithinTheTimeOfItsCacheAndTheSyncerSaysSo) {
  const Process server = java("server", {"--server.port=0"});
  const Workplace workplace;
  const Registry registry({"127.0.0.1:0"}, prompt_mock("servicecenter"));
  const auto center = make_shop("servicecenter", registry.origins.front());
  const auto eureka = make_shop("eureka", origin_of(server));
  const Syncer east(workplace, words("east", eureka->address()));
  const Syncer west(workplace, words("west", center->address(), east.gossip));
  EXPECT_TRUE(eventually(
      seconds(45), [&] { return east.process.output().find("use-read-only-response-cache") != std::string::npos; }))
      << east.process.output() << east.status("/registry");
  ASSERT_TRUE(center->add("10.8.0.1"));
  const milliseconds in = time_until(*eureka, "10.8.0.1", true);
  ASSERT_TRUE(eureka->add("10.9.0.1"));
  const milliseconds out = time_until(*center, "10.9.0.1", true);
  std::cout << "as shipped: service center -> real Eureka " << in.count() << " ms, real Eureka -> service center "
            << out.count() << " ms\n";
  EXPECT_LE(in, seconds(60));
  EXPECT_LE(out, seconds(60));
}

/// The changes as a syncer reads them: the server keeps an answer for each type.
std::optional<syncer::HttpResponse> changes_of(const std::string& origin) {
  return test::request("GET", origin, "/eureka/apps/delta", "", "application/json");
}

/// How the changes say that an instance was removed; by the order of names.
std::string removed(const std::string& ip) {
  return R"("actionType":"DELETED","app":"ORDERS","countryId":1,"dataCenterInfo":{"@class":"com.netflix.appinfo.)"
         R"(InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},"hostName":")" +
         ip + '"';
}

/// Reads the changes as fast as the server answers, until it is destroyed.
class BusyReader {
 public:
  explicit BusyReader(std::string origin)
      : thread_([this, origin = std::move(origin)] {
          while (!done_) changes_of(origin);
        }) {}
  BusyReader(const BusyReader&) = delete;
  BusyReader& operator=(const BusyReader&) = delete;
  ~BusyReader() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

/// A list that was made while something changed lacks that, and the server keeps the list: for three minutes, were
/// there no other change (https://github.com/google/guava/issues/1881).
TEST_F(RealEureka, ARemovalThatAListLacksWhichIsKeptShowsElsewhereInTime) {
  const Process server = java("server", with({"--server.port=0"}, kNoCache));
  const std::string origin = origin_of(server);
  const Workplace workplace;
  const Registry registry({"127.0.0.1:0"}, prompt_mock("servicecenter"));
  const auto center = make_shop("servicecenter", registry.origins.front());
  const auto eureka = make_shop("eureka", origin);
  const Syncer east(workplace, words("east", eureka->address()));
  const Syncer west(workplace, words("west", center->address(), east.gossip));
  const auto is_lacked = [&](const std::string& ip) {
    const auto changes = changes_of(origin);
    return changes && nlohmann::json::parse(changes->body).dump().find(removed(ip)) == std::string::npos;
  };
  int lacked = 0;
  milliseconds worst{};
  for (int i = 1; i <= 100 && lacked < 3; ++i) {
    const std::string first = "10.9.5." + std::to_string(i);
    const std::string second = "10.9.6." + std::to_string(i);
    ASSERT_TRUE(eureka->add(first) && eureka->add(second));
    time_until(*center, first, true);
    time_until(*center, second, true);
    {
      const BusyReader one(origin);
      const BusyReader other(origin);
      ASSERT_TRUE(eureka->remove(first) && eureka->remove(second));
    }
    if (!is_lacked(second)) continue;
    ++lacked;
    worst = std::max(worst, time_until(*center, second, false));
  }
  std::cout << "lacked by a list that is kept, gone elsewhere after " << worst.count() << " ms\n";
  EXPECT_EQ(lacked, 3) << "no list was made during a change";
  EXPECT_LE(worst, seconds(20));
}

/// Two peers here and one server there, with these settings. One peer is killed: nothing goes away elsewhere, and news
/// shows within that time, both ways.
void RealEureka::lose_a_peer(const std::vector<std::string>& settings, seconds limit) const {
  const std::vector<std::string> hosts = {"127.30.193.1", "127.30.193.2"};
  const auto peer = [&](std::size_t own) {
    return java("server", with({"--server.address=" + hosts[own], "--server.port=8761",
                                "--eureka.instance.hostname=" + hosts[own],
                                "--eureka.client.service-url.defaultZone=http://" + hosts[1 - own] + ":8761/eureka/",
                                "--eureka.client.register-with-eureka=true", "--eureka.client.fetch-registry=true"},
                               settings));
  };
  Process first = peer(0);
  const Process second = peer(1);
  const Process far_server = java("server", with({"--server.port=0"}, settings));
  const auto near = make_shop("eureka", origin_of(first));
  const auto other = make_shop("eureka", origin_of(second));
  const auto far = make_shop("eureka", origin_of(far_server));
  const Workplace workplace;
  const Syncer east(workplace, words("east", near->address() + "," + other->address()));
  const Syncer west(workplace, words("west", far->address(), east.gossip));
  ASSERT_TRUE(near->add("10.9.0.1"));
  ASSERT_TRUE(eventually(kStart, [&] { return far->shows("10.9.0.1") && other->shows("10.9.0.1"); }))
      << east.process.output();
  first.signal(SIGKILL);
  ASSERT_TRUE(first.wait_for_exit(seconds(20)));
  ASSERT_TRUE(far->add("10.9.0.2"));
  const auto shows = [&](const Shop& shop, const std::string& ip) {
    other->renew("10.9.0.1");  // its application goes on meanwhile
    return shop.shows(ip);
  };
  EXPECT_TRUE(eventually(limit, [&] { return shows(*other, "10.9.0.2"); })) << east.process.output();
  ASSERT_TRUE(other->add("10.9.0.3"));
  EXPECT_TRUE(eventually(limit, [&] { return shows(*far, "10.9.0.3"); })) << east.process.output();
  EXPECT_TRUE(far->shows("10.9.0.1"));
  EXPECT_EQ(east.status("/registry/guard_held"), "0");
}

TEST_F(RealEureka, APeerThatIsKilledTakesNothingAwayElsewhere) { lose_a_peer(kNoCache, seconds(60)); }

/// What is told to one server waits for its cache, and then for that of the other one.
TEST_F(RealEureka, APeerThatIsKilledTakesNothingAwayElsewhereAsShippedEither) { lose_a_peer({}, seconds(100)); }

constexpr int kInstances = 500;
constexpr seconds kReturn{30};

std::string ip_of(int number) {
  return "10.7." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
}

TEST_F(RealEureka, AServerThatForgetsAllTakesNoCopyAway) {
  const std::vector<std::string> at = with({"--server.address=127.30.193.3", "--server.port=8761"}, kNoCache);
  std::optional<Process> server(java("server", at));
  const auto eureka = make_shop("eureka", origin_of(*server));
  const Workplace workplace;
  const Registry registry({"127.0.0.1:0"}, prompt_mock("servicecenter"));
  const auto center = make_shop("servicecenter", registry.origins.front());
  const Syncer east(workplace, words("east", eureka->address()));
  const Syncer west(workplace, words("west", center->address(), east.gossip));
  for (int i = 0; i < kInstances; ++i) ASSERT_TRUE(eureka->add(ip_of(i)));
  const auto shown = [&] { return static_cast<int>(center->shown().size()); };
  ASSERT_TRUE(eventually(seconds(60), [&] { return shown() == kInstances; })) << shown() << east.process.output();

  server->signal(SIGKILL);
  ASSERT_TRUE(server->wait_for_exit(seconds(20)));
  server.emplace(java("server", at));
  origin_of(*server);
  // Clients notice with their next renewal, each at its own time.
  const auto begin = Clock::now();
  int fewest = kInstances;
  for (int i = 0; i < kInstances; ++i) {
    const auto turn = begin + kReturn * i / kInstances;
    ASSERT_TRUE(eventually(2 * kReturn, [&] {
      fewest = std::min(fewest, shown());
      return Clock::now() >= turn;
    }));
    EXPECT_FALSE(eureka->renew(ip_of(i))) << "the server forgot it";
    ASSERT_TRUE(eureka->add(ip_of(i)));
  }
  const auto until = Clock::now() + seconds(15);
  while (Clock::now() < until) fewest = std::min(fewest, shown());
  std::cout << "fewest copies of " << kInstances << " while the server's memory came back: " << fewest << "\n";
  EXPECT_EQ(fewest, kInstances) << east.process.output();
}

}  // namespace
}  // namespace e2e
