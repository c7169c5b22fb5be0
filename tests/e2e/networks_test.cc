// SPDX-License-Identifier: Apache-2.0
// Regions on networks that are not one flat one: each host has a network of its own, with routers between.
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/e2e/region.h"
#include "tests/support/namespaces.h"

namespace e2e {
namespace {

using test::connect;
using test::Host;

constexpr const char* kGossip = ":30190";
constexpr const char* kRpc = ":30191";
constexpr int kForgets =
    4;  // s; longer than the silence between two heartbeats, shorter than what a link is given up after

/// A registry and a syncer on a host. The syncer speaks to other regions at `address`, the registry to its own only.
struct Site {
  Site(const Workplace& workplace, const Host& host, const std::string& address,
       const std::vector<std::string>& more = {})
      : registry({host.address() + ":30100"}, {}, host.prefix()),
        syncer(workplace, words(host, address, more), {"SYNCER_METRICS_ADDR=" + host.address() + ":9100"},
               host.prefix()) {}

  static std::vector<std::string> words(const Host& host, const std::string& address,
                                        const std::vector<std::string>& more) {
    std::vector<std::string> all = {"--node",       host.name(),
                                    "--sc-addr",    "http://" + host.address() + ":30100",
                                    "--bind-addr",  address + kGossip,
                                    "--rpc-addr",   address + kRpc,
                                    "--log-format", "json",
                                    "--log-level",  "debug"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  Registry registry;
  Syncer syncer;
};

/// East at home behind a router, west in the open, with one more router between them.
class Networks : public testing::Test {
 protected:
  static void SetUpTestSuite() { refusal() = test::enter_private_network(); }
  void SetUp() override {
    if (refusal()) GTEST_SKIP() << *refusal();
  }
  static std::optional<std::string>& refusal() {
    static std::optional<std::string> text;
    return text;
  }

  static std::size_t count_of(const Syncer& syncer, const std::string& event) {
    const std::string output = syncer.process.output();
    std::size_t count = 0;
    for (std::size_t at = output.find(event); at != std::string::npos; at = output.find(event, at + 1)) ++count;
    return count;
  }

  static bool meet(const Site& east, const Site& west, const std::string& service) {
    const Registered ours(east.registry.sc, service + "-east", "rest://10.9.0.1:8080");
    const Registered theirs(west.registry.sc, service + "-west", "rest://10.9.0.2:8080");
    return eventually(seconds(30),
                      [&] { return ours.visible_in(west.registry.sc) && theirs.visible_in(east.registry.sc); });
  }

  const Workplace workplace;
};

/// A router at home in front of one region.
class BehindNat : public Networks {
 protected:
  void connect_all(int mtu) {
    home.emplace("home");
    far.emplace("far");
    east.emplace("east");
    west.emplace("west");
    connect({*east, "10.1.0.2/24"}, {*home, "10.1.0.1/24"});
    connect({*home, "198.51.100.1/24"}, {*far, "198.51.100.2/24"}, mtu);
    connect({*far, "203.0.113.1/24"}, {*west, "203.0.113.2/24"});
    east->run("ip route add default via 10.1.0.1");
    home->run("ip route add default via 198.51.100.2");
    west->run("ip route add default via 203.0.113.1");
    far->run("sysctl -q net.ipv4.ip_forward=1");
    masquerade(*home, *far, kForgets);
  }

  /// West first, which nobody has to find; east joins it and is dialled by nobody.
  void start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> joining = {"--join-addr", std::string("203.0.113.2") + kGossip, "--sync.dial-only", "on"};
    joining.insert(joining.end(), more.begin(), more.end());
    there.emplace(workplace, *west, "203.0.113.2", std::vector<std::string>{"--sync.silence", "30s"});
    here.emplace(workplace, *east, "10.1.0.2", joining);
  }

  std::optional<Host> home, far, east, west;
  std::optional<Site> there, here;
};

TEST_F(BehindNat, ARegionThatDialsPublishesAndReceives) {
  connect_all(1500);
  start();
  EXPECT_TRUE(meet(*here, *there, "first")) << here->syncer.process.output() << there->syncer.process.output();
}

TEST_F(BehindNat, AForgottenFlowIsOpenedAgainWithoutAFullTransfer) {
  connect_all(1500);
  start();
  ASSERT_TRUE(meet(*here, *there, "first")) << here->syncer.process.output();
  const auto transfers = [&] {
    return count_of(there->syncer, "replica.repaired") + count_of(here->syncer, "replica.repaired");
  };
  const std::size_t before = transfers();

  here->syncer.process.signal(SIGSTOP);
  const auto flows = [&] { return home->run("grep ESTABLISHED /proc/net/nf_conntrack || true"); };
  ASSERT_TRUE(eventually(seconds(60), [&] { return flows().empty(); })) << flows();
  here->syncer.process.signal(SIGCONT);
  EXPECT_TRUE(meet(*here, *there, "second")) << here->syncer.process.output() << there->syncer.process.output();
  EXPECT_EQ(transfers(), before);
}

TEST_F(BehindNat, APathThatTakesShorterPacketsCarriesLongAnswers) {
  connect_all(1280);
  start();
  const std::string service = here->registry.sc.register_service("many");
  std::set<std::string> endpoints;
  for (int i = 0; i < 500; ++i) {
    const std::string endpoint =
        "rest://10.9." + std::to_string(i / 250 + 1) + "." + std::to_string(i % 250 + 1) + ":8080";
    here->registry.sc.register_instance(service, endpoint);
    endpoints.insert(endpoint);
  }
  EXPECT_TRUE(eventually(seconds(30), [&] { return there->registry.sc.endpoints("many") == endpoints; }))
      << there->registry.sc.endpoints("many").size() << there->syncer.process.output();
  EXPECT_TRUE(meet(*here, *there, "both"));
}

/// Two homes, and between them a region in the open that passes on what it holds of the others.
TEST_F(Networks, TwoRegionsBehindNatMeetByARelayInTheOpen) {
  const Host far("far"), hub("hub"), home_east("home-east"), home_west("home-west"), east("east"), west("west");
  connect({far, "203.0.113.1/24"}, {hub, "203.0.113.2/24"});
  connect({far, "198.51.100.2/24"}, {home_east, "198.51.100.1/24"});
  connect({far, "192.0.2.2/24"}, {home_west, "192.0.2.1/24"});
  connect({east, "10.1.0.2/24"}, {home_east, "10.1.0.1/24"});
  connect({west, "10.2.0.2/24"}, {home_west, "10.2.0.1/24"});
  far.run("sysctl -q net.ipv4.ip_forward=1");
  hub.run("ip route add default via 203.0.113.1");
  home_east.run("ip route add default via 198.51.100.2");
  home_west.run("ip route add default via 192.0.2.2");
  east.run("ip route add default via 10.1.0.1");
  west.run("ip route add default via 10.2.0.1");
  masquerade(home_east, far, 60);
  masquerade(home_west, far, 60);

  const std::vector<std::string> dialling = {"--join-addr", std::string("203.0.113.2") + kGossip, "--sync.dial-only",
                                             "on"};
  const Site between(workplace, hub, "203.0.113.2", {"--sync.relay", "on"});
  const Site here(workplace, east, "10.1.0.2", dialling);
  const Site there(workplace, west, "10.2.0.2", dialling);
  EXPECT_TRUE(meet(here, there, "far")) << here.syncer.process.output() << between.syncer.process.output();
  EXPECT_TRUE(meet(here, between, "near")) << here.syncer.process.output();
}

/// One region has IPv6 alone and one IPv4; between them one with both, known by its first address, passes on.
class OfOneFamilyEach : public Networks, public testing::WithParamInterface<const char*> {
 protected:
  std::vector<std::string> with_key(std::vector<std::string> words) const {
    const std::string ring = workplace.path() + "/keyring.json";
    std::ofstream(ring) << "[\"AAECAwQFBgcICQoLDA0ODw==\"]";
    ::chmod(ring.c_str(), 0600);
    words.insert(words.end(), {"--gossip.keyring-file", ring});
    return words;
  }
  /// What one registers the other shows, and not for longer than it is there.
  static bool shows(const Site& reader, const Site& writer, const std::string& service) {
    const Registered instance(writer.registry.sc, service, "rest://10.9.0.1:8080");
    if (!eventually(seconds(30), [&] { return instance.visible_in(reader.registry.sc); })) return false;
    return instance.remove() && eventually(seconds(30), [&] { return !instance.visible_in(reader.registry.sc); });
  }
};

TEST_P(OfOneFamilyEach, MeetByARelayOfBoth) {
  const Host hub("hub"), six("six"), four("four");
  connect({six, "2001:db8:6::2/64"}, {hub, "2001:db8:6::1/64"});
  connect({four, "203.0.113.2/24"}, {hub, "203.0.113.1/24"});
  const Site between(workplace, hub, "[::]", with_key({"--sync.relay", "on", "--advertise-addr", GetParam()}));
  const Site of_six(workplace, six, "[2001:db8:6::2]", with_key({"--join-addr", "[2001:db8:6::1]:30190"}));
  const Site of_four(workplace, four, "203.0.113.2", with_key({"--join-addr", "203.0.113.1:30190"}));
  EXPECT_TRUE(shows(of_four, of_six, "six")) << of_four.syncer.process.output() << between.syncer.process.output();
  EXPECT_TRUE(shows(of_six, of_four, "four")) << of_six.syncer.process.output() << between.syncer.process.output();
  EXPECT_TRUE(shows(of_six, between, "hub-six")) << of_six.syncer.process.output();
  EXPECT_TRUE(shows(of_four, between, "hub-four")) << of_four.syncer.process.output();
  EXPECT_TRUE(shows(between, of_four, "four-hub")) << of_four.syncer.process.output();
  // Both hear it themselves, and so nobody takes it for dead.
  EXPECT_EQ(count_of(of_four.syncer, "member.died") + count_of(of_six.syncer, "member.died"), 0U);
}

INSTANTIATE_TEST_SUITE_P(WhicheverComesFirst, OfOneFamilyEach,
                         testing::Values("2001:db8:6::1,203.0.113.1", "203.0.113.1,2001:db8:6::1"));

TEST_F(Networks, OfVersionSixAloneAreEnough) {
  const Host east("east6");
  const Host west("west6");
  connect({east, "fd00:1::1/64"}, {west, "fd00:1::2/64"});
  const Site there(workplace, west, "[fd00:1::2]");
  const Site here(workplace, east, "[fd00:1::1]", {"--join-addr", std::string("[fd00:1::2]") + kGossip});
  EXPECT_TRUE(meet(here, there, "six")) << here.syncer.process.output() << there.syncer.process.output();
}

}  // namespace
}  // namespace e2e
