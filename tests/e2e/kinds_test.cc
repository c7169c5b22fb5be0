// SPDX-License-Identifier: Apache-2.0
// Regions whose registries are of different kinds: real daemons, and mocks on real sockets.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// An application's view of a Eureka server.
class Eureka {
 public:
  explicit Eureka(std::string origin) : origin_(std::move(origin)) {}

  bool add(const std::string& app, const std::string& id, const std::string& ip) const {
    const std::string body =
        R"({"instance":{"instanceId":")" + id + R"(","hostName":"h","app":")" + app + R"(","ipAddr":")" + ip +
        R"(","status":"UP","port":{"$":8080,"@enabled":"true"},"vipAddress":"orders","dataCenterInfo":)"
        R"({"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"}}})";
    const auto answer = test::request("POST", origin_, "/eureka/apps/" + app, body);
    return answer && answer->status == 204;
  }
  bool remove(const std::string& app, const std::string& id) const {
    const auto answer = test::request("DELETE", origin_, "/eureka/apps/" + app + "/" + id);
    return answer && answer->status == 200;
  }
  bool shows(const std::string& app, const std::string& ip) const {
    const auto answer = test::request("GET", origin_, "/eureka/apps/" + app);
    return answer && answer->body.find("<ipAddr>" + ip + "</ipAddr>") != std::string::npos;
  }
  std::string address() const { return "eureka+" + origin_ + "/eureka"; }

 private:
  std::string origin_;
};

/// An application's view of a Nacos server.
class Nacos {
 public:
  explicit Nacos(std::string origin) : origin_(std::move(origin)) {}

  bool add(const std::string& service, const std::string& ip) const {
    const auto answer = test::request("POST", origin_, "/nacos/v1/ns/instance" + who(service, ip));
    return answer && answer->body == "ok";
  }
  bool remove(const std::string& service, const std::string& ip) const {
    const auto answer = test::request("DELETE", origin_, "/nacos/v1/ns/instance" + who(service, ip));
    return answer && answer->body == "ok";
  }
  bool shows(const std::string& service, const std::string& ip) const {
    const auto answer =
        test::request("GET", origin_, "/nacos/v1/ns/instance/list?groupName=shop&serviceName=" + service);
    return answer && answer->body.find("\"ip\":\"" + ip + "\"") != std::string::npos;
  }
  std::string address() const { return "nacos+" + origin_ + "/nacos"; }

 private:
  static std::string who(const std::string& service, const std::string& ip) {
    return "?serviceName=" + service + "&ip=" + ip + "&port=8080";
  }
  std::string origin_;
};

const std::vector<std::string> kFresh = {"--kind", "eureka", "--set",
                                         "eureka.server.use-read-only-response-cache=false"};
constexpr int kRounds = 20;

/// How long steps took, sorted.
class Times {
 public:
  template <class Step, class Done>
  void measure(Step step, Done done) {
    const auto begin = Clock::now();
    ASSERT_TRUE(step());
    ASSERT_TRUE(eventually(seconds(30), done));
    all_.push_back(std::chrono::duration_cast<milliseconds>(Clock::now() - begin));
  }
  /// The worst of so few stands for the 99th percentile.
  milliseconds p99() const { return all_.empty() ? milliseconds(0) : *std::max_element(all_.begin(), all_.end()); }

 private:
  std::vector<milliseconds> all_;
};

void report(const char* what, const Times& visible, const Times& gone) {
  std::cout << what << ": visible p99 " << visible.p99().count() << " ms, gone p99 " << gone.p99().count() << " ms\n";
  EXPECT_LE(visible.p99(), seconds(10));
  EXPECT_LE(gone.p99(), seconds(10));
}

std::string ip_of(int round) { return "10.9.0." + std::to_string(round + 1); }

TEST(Kinds, AServiceCenterAndAEurekaShowEachOther) {
  const Workplace workplace;
  const Registry center({"127.0.0.1:0"}, {"--gentle", "--delete-visibility", "0s"});
  const Registry server({"127.0.0.1:0"}, kFresh);
  const Eureka eureka(server.origins.front());
  const Syncer east(workplace, words("east", center.sc.origin()));
  const Syncer west(workplace, words("west", eureka.address(), east.gossip));
  const Registered first(center.sc, "orders", "rest://10.8.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return eureka.shows("ORDERS", "10.8.0.1"); })) << west.process.output();
  Times to_eureka;
  Times from_eureka;
  Times gone_there;
  Times gone_here;
  for (int i = 0; i < kRounds; ++i) {
    std::string id;
    to_eureka.measure(
        [&] { return !(id = center.sc.register_instance(first.service, "rest://" + ip_of(i) + ":8080")).empty(); },
        [&] { return eureka.shows("ORDERS", ip_of(i)); });
    gone_there.measure([&] { return center.sc.remove_instance(first.service, id); },
                       [&] { return !eureka.shows("ORDERS", ip_of(i)); });
    const std::string endpoint = "rest://" + ip_of(i) + ":8080";
    const auto seen = [&] {
      const auto list = test::request("GET", center.sc.origin(),
                                      "/v4/default/registry/instances?appId=default&serviceName=orders&version=0%2B");
      return list && list->body.find(endpoint) != std::string::npos;
    };
    from_eureka.measure([&] { return eureka.add("ORDERS", "i" + std::to_string(i), ip_of(i)); }, seen);
    gone_here.measure([&] { return eureka.remove("ORDERS", "i" + std::to_string(i)); }, [&] { return !seen(); });
  }
  report("service center -> eureka", to_eureka, gone_there);
  report("eureka -> service center", from_eureka, gone_here);
}

TEST(Kinds, TwoEurekasShowEachOtherWhenAPeerIsKilled) {
  const Workplace workplace;
  const Registry servers({"127.0.0.1:0", "127.0.0.1:0"}, kFresh);
  const Registry far({"127.0.0.1:0"}, kFresh);
  const Eureka near(servers.origins[0]);
  const Eureka other(far.origins[0]);
  const std::string both = near.address() + "," + Eureka(servers.origins[1]).address();
  const Syncer east(workplace, words("east", both));
  const Syncer west(workplace, words("west", other.address(), east.gossip));
  ASSERT_TRUE(near.add("ORDERS", "i", "10.9.0.1"));
  ASSERT_TRUE(eventually(seconds(30), [&] { return other.shows("ORDERS", "10.9.0.1"); })) << west.process.output();
  const auto fault = test::request("POST", servers.origins[0], "/mock/faults", R"({"fault":"outage","frontend":0})");
  ASSERT_TRUE(fault && fault->status == 200);
  ASSERT_TRUE(other.add("ORDERS", "j", "10.9.0.2"));
  EXPECT_TRUE(eventually(seconds(30), [&] { return Eureka(servers.origins[1]).shows("ORDERS", "10.9.0.2"); }))
      << east.process.output();
  EXPECT_TRUE(other.shows("ORDERS", "10.9.0.1"));
}

TEST(Kinds, AServiceCenterAndANacosShowEachOther) {
  const Workplace workplace;
  const Registry center({"127.0.0.1:0"}, {"--gentle", "--delete-visibility", "0s"});
  const Registry server({"127.0.0.1:0"}, {"--kind", "nacos"});
  const Nacos nacos(server.origins.front());
  const Syncer east(workplace, words("east", center.sc.origin()));
  const Syncer west(workplace, words("west", nacos.address(), east.gossip));
  const Registered first(center.sc, "orders", "rest://10.8.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return nacos.shows("orders", "10.8.0.1"); })) << west.process.output();
  const auto seen = [&] {
    const auto list = test::request("GET", center.sc.origin(),
                                    "/v4/default/registry/instances?appId=default&serviceName=bills&version=0%2B");
    return list && list->body.find("rest://10.7.0.1:8080") != std::string::npos;
  };
  ASSERT_TRUE(nacos.add("bills", "10.7.0.1"));
  EXPECT_TRUE(eventually(seconds(30), seen)) << east.process.output();
  ASSERT_TRUE(nacos.remove("bills", "10.7.0.1"));
  EXPECT_TRUE(eventually(seconds(10), [&] { return !seen(); })) << west.process.output();
  ASSERT_TRUE(first.remove());
  EXPECT_TRUE(eventually(seconds(30), [&] { return !nacos.shows("orders", "10.8.0.1"); })) << west.process.output();
}

TEST(Kinds, ANacosThatWantsATokenGetsOneAndItsClusterFailsOver) {
  const Workplace workplace;
  const std::vector<std::string> locked = {"--kind", "nacos",       "--release", "1.4.8",
                                           "--set",  "user=syncer", "--set",     "password=secret word"};
  const Registry servers({"127.0.0.1:0", "127.0.0.1:0"}, locked);
  const Registry center;
  std::ofstream(workplace.path() + "/password") << "secret word\n";
  std::filesystem::permissions(workplace.path() + "/password", std::filesystem::perms(0600));
  const std::string both = Nacos(servers.origins[0]).address() + "," + Nacos(servers.origins[1]).address();
  std::vector<std::string> in_east = words("east", both);
  for (const std::string& word : {std::string("--registry.user"), std::string("syncer"),
                                  std::string("--registry.password-file"), workplace.path() + "/password"})
    in_east.push_back(word);
  const Syncer east(workplace, in_east);
  const Syncer west(workplace, words("west", center.sc.origin(), east.gossip));
  const Registered first(center.sc, "orders", "rest://10.8.0.1:8080");
  const auto shows = [&](std::size_t server, const char* ip) {
    const auto answer = test::request(
        "GET", servers.origins[server],
        "/nacos/v1/ns/instance/list?groupName=shop&serviceName=orders&username=syncer&password=secret%20word");
    return answer && answer->body.find(ip) != std::string::npos;
  };
  ASSERT_TRUE(eventually(seconds(30), [&] { return shows(0, "10.8.0.1"); })) << east.process.output();
  const auto fault = test::request("POST", servers.origins[0], "/mock/faults", R"({"fault":"outage","frontend":0})");
  ASSERT_TRUE(fault && fault->status == 200);
  center.sc.register_instance(first.service, "rest://10.8.0.2:8080");
  EXPECT_TRUE(eventually(seconds(30), [&] { return shows(1, "10.8.0.2"); })) << east.process.output();
}

TEST(Kinds, AWrongKindIsToldInWords) {
  const Workplace workplace;
  const Registry server({"127.0.0.1:0"}, kFresh);
  const Registry center;
  const Syncer east(workplace, words("east", server.origins.front()));
  const Syncer west(workplace, words("west", "eureka+" + center.origins.front() + "/eureka"));
  const auto says = [](const Syncer& syncer, const std::string& what) {
    return eventually(seconds(30), [&] { return syncer.status("/registry/problem").find(what) != std::string::npos; });
  };
  EXPECT_TRUE(says(east, "a Eureka server answers; write --sc-addr eureka+" + server.origins.front() + "/eureka"))
      << east.status("/registry");
  EXPECT_TRUE(says(west, "a service center answers; write --sc-addr " + center.origins.front()))
      << west.status("/registry");
}

}  // namespace
}  // namespace e2e
